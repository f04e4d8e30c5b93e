"""Faults of cameras are told in the summary, in `--json`, and while watching; and they change no decision."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from framesift import cli
from tests.filtering.health.scenes import NOON, see

COVERED = range(12, 16)


@pytest.fixture
def frames(tmp_path):
    """Twenty frames of a camera that somebody covers for four of them."""
    folder = tmp_path / "frames" / "c1"
    folder.mkdir(parents=True)
    for number in range(20):
        picture = np.full_like(see(number), 70) if number in COVERED else see(number)
        if number in COVERED:
            picture[0, 0] = number
        cv2.imwrite(str(folder / f"c1_{NOON.replace(minute=number):%Y_%m_%d__%H_%M_%S}.png"), picture)
    return folder.parent


LINE = (
    "c1: covered (100 % of the picture) from 2026-05-01 12:12:00 to 2026-05-01 12:16:00: c1/c1_2026_05_01__12_12_00.png"
)


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_the_summary_names_camera_kind_times_amount_and_frame(frames, tmp_path, capsys, method):
    assert cli.main(["filter", str(frames), str(tmp_path / "kept"), "--method", method]) == 0
    assert LINE in capsys.readouterr().out.splitlines()


def test_json_has_it_for_programs(frames, capsys):
    assert cli.main(["filter", str(frames), "--dry-run", "--json"]) == 0
    (fault,) = json.loads(capsys.readouterr().out)["health"]
    assert (fault["camera"], fault["kind"], fault["over"]) == ("c1", "covered", True)
    assert (fault["begin"], fault["end"]) == ("2026-05-01T12:12:00+00:00", "2026-05-01T12:16:00+00:00")
    assert fault["path"] == "c1/c1_2026_05_01__12_12_00.png"
    assert fault["amount"] == 1.0


def test_it_is_told_within_a_budget_too(frames, tmp_path, capsys):
    assert cli.main(["filter", str(frames), str(tmp_path / "kept"), "--keep", "5"]) == 0
    assert LINE in capsys.readouterr().out.splitlines()


def test_a_name_that_says_another_day_than_exif_is_a_wrong_clock(tmp_path, capsys):
    folder = tmp_path / "frames" / "c1"
    folder.mkdir(parents=True)
    for number in range(4):
        name = f"{NOON.replace(minute=number, day=9 if number == 2 else 1):%Y_%m_%d__%H_%M_%S}"
        exif = Image.Exif()
        exif[0x0132] = f"{NOON.replace(minute=number):%Y:%m:%d %H:%M:%S}"
        picture = Image.fromarray(cv2.cvtColor(see(number), cv2.COLOR_BGR2RGB))
        picture.save(folder / f"c1_{name}.jpg", exif=exif)
    assert cli.main(["filter", str(folder.parent), "--dry-run", "--json"]) == 0
    (fault,) = json.loads(capsys.readouterr().out)["health"]
    assert (fault["kind"], fault["amount"]) == ("clock wrong", 8 * 86400.0)
    assert fault["path"] == "c1/c1_2026_05_09__12_02_00.jpg"


def test_the_results_folder_has_a_record_and_goes_on_beside_it(frames, tmp_path, capsys):
    kept = tmp_path / "kept"
    assert cli.main(["filter", str(frames), str(kept), "--jobs", "1"]) == 0
    begun, over = map(json.loads, (kept / "health.jsonl").read_text().splitlines())
    assert (begun["kind"], begun["over"], begun["end"]) == ("covered", False, None)
    assert over == begun | {"over": True, "end": "2026-05-01T12:16:00+00:00"}
    with open(kept / "health.jsonl", "a") as record:
        record.write('{"camera": "c1", "ki')  # as a crash leaves it
    later = [NOON.replace(hour=13, minute=number) for number in range(12)]
    for number, time in enumerate(later):
        picture = see(50 + number) if number < 8 else see(9)
        cv2.imwrite(str(frames / "c1" / f"c1_{time:%Y_%m_%d__%H_%M_%S}.png"), picture)
    assert cli.main(["filter", str(frames), str(kept)]) == 0
    lines = [json.loads(line) for line in (kept / "health.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["covered", "covered", "frozen"]


def test_the_record_is_the_same_for_any_number_of_jobs(frames, tmp_path):
    for jobs in ("1", "4"):
        assert cli.main(["filter", str(frames), str(tmp_path / jobs), "--jobs", jobs, "--quiet"]) == 0
    assert (tmp_path / "1" / "health.jsonl").read_bytes() == (tmp_path / "4" / "health.jsonl").read_bytes()


def test_a_dry_run_leaves_no_record(frames, tmp_path):
    assert cli.main(["filter", str(frames), str(tmp_path / "kept"), "--dry-run", "--quiet"]) == 0
    assert not (tmp_path / "kept").exists()


def test_overview_says_it_in_table_page_and_json(frames, tmp_path, capsys):
    page = tmp_path / "overview.html"
    assert cli.main(["overview", str(frames), "--report", str(page)]) == 0
    said = capsys.readouterr().out
    path = "c1/c1_2026_05_01__12_12_00.png"
    assert "camera health: 1" in said
    assert f"covered (100 % of the picture) from 2026-05-01 12:12 to 2026-05-01 12:16: {path}" in said
    assert "Camera health" in page.read_text()
    assert cli.main(["overview", str(frames), "--json"]) == 0
    (camera,) = json.loads(capsys.readouterr().out)["cameras"]
    (fault,) = camera["health"]
    assert (fault["kind"], fault["path"], fault["over"]) == ("covered", path, True)
