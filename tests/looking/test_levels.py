"""People see 16-bit frames in the range in which the run has read them."""

import base64
import json
import re

import cv2
import numpy as np
import pytest

from framesift import cli
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.frames.levels import Levels
from framesift.looking.explanation import explain_decision
from framesift.looking.rereading import read_pixels
from tests.conftest import encode
from tests.filtering.test_ranges import count_thermal, draw, write
from tests.filtering.test_run import name


@pytest.fixture
def thermal(tmp_path):
    frames = write(tmp_path / "frames", count_thermal)
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"]) == 0
    return tmp_path


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_a_decision_is_explained_in_the_recorded_range(tmp_path, method):
    frames = write(tmp_path / "frames", count_thermal)
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet", "--method", method])
    record = open_record(tmp_path / "results")
    for decision in record.decisions():
        explanation = explain_decision(record, decision, None)
        assert explanation.change == "" and explanation.levels == record.levels["c1"]
        assert np.ptp(explanation.candidate) > 100


def test_a_frame_is_shown_in_the_range_of_its_camera_not_in_its_own(thermal):
    record, path = open_record(thermal / "results"), f"c1/{name(2)}"
    shown = read_pixels(record, "c1", path)
    (thermal / "frames" / path).write_bytes(encode(count_thermal(draw(1)) + np.uint16(100)))
    (thermal / "results" / path).unlink()
    warmer = read_pixels(record, "c1", path)
    assert warmer.mean() > shown.mean() + 20


def pictures_of(page: str) -> list[np.ndarray]:
    texts = re.findall(r'type="text/plain" id="picture[^>]*>([^<]+)<', page)
    return [cv2.imdecode(np.frombuffer(base64.b64decode(t), np.uint8), 0) for t in texts]


@pytest.mark.parametrize("dry", [False, True])
def test_the_report_says_the_range_and_has_pictures_in_it(tmp_path, dry):
    frames, page = write(tmp_path / "frames", count_thermal), tmp_path / "report.html"
    options = ["--dry-run"] if dry else []
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet", "--report", str(page), *options])
    text = page.read_text()
    assert "are black to white" in text and "The files have changed" not in text
    assert all(np.ptp(picture) > 100 for picture in pictures_of(text))


def test_the_overview_says_the_range_and_measures_in_it(tmp_path, capsys):
    frames = write(tmp_path / "frames", count_thermal, states=[0, 0])
    warmer = encode(count_thermal(draw(0)) + np.uint16(300))
    (frames / "c1" / name(5)).write_bytes(warmer)
    assert cli.main(["overview", str(frames), "--json"]) == 0
    [camera] = json.loads(capsys.readouterr().out)["cameras"]
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"]) == 0
    levels = manifest.read_levels(str(tmp_path / "results" / manifest.NAME))["c1"]
    assert Levels(*camera["levels"]) == levels and "flat" not in camera
    assert cli.main(["overview", str(frames)]) == 0
    told = capsys.readouterr().out
    assert f"16 bits: 3 frames; levels {levels} are black to white" in told
    assert re.search(r"brightness 12\d to 1[5-9]\d|brightness 12\d to 2\d\d", told)


@pytest.mark.parametrize("heat", [11000, 20000])
def test_the_overview_compares_frames_in_one_range(tmp_path, capsys, heat):
    frames = write(tmp_path / "frames", count_thermal, states=[0, 0])
    hot = count_thermal(draw(0))
    hot[40:60, 40:60] = heat  # in a range of its own, all else is of few greys
    (frames / "c1" / name(2)).write_bytes(encode(hot))
    (frames / "c1" / name(3)).write_bytes(encode(count_thermal(draw(0)) + np.uint16(300)))
    assert cli.main(["overview", str(frames), "--json"]) == 0
    [camera] = json.loads(capsys.readouterr().out)["cameras"]
    assert [change["path"] for change in camera["whole_picture_changed"]] == [f"c1/{name(3)}"]


def test_the_overview_tells_of_fog(tmp_path, capsys):
    frames = write(tmp_path / "frames", lambda grey: (150 + grey // 5).astype(np.uint8))
    assert cli.main(["overview", str(frames)]) == 0
    told = capsys.readouterr().out
    assert "few grey levels: 6 of 6 frames span at most 45\n    framediff sees little or nothing of them" in told
    assert max(map(len, told.splitlines())) <= 100
