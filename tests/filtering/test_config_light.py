"""Settings by light: which section is stronger, what it can say, and that a frame is decided by its own light."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import cli, filter_frames
from framesift.errors import UsageError
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.config import CameraConfig, Config
from framesift.filtering.describing import read_frame
from framesift.filtering.manifest import open_record
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.section_words import name_files
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.looking.explanation import explain_decision
from tests.conftest import read_tree

GROUNDS = {Light.DAY: (150, 120, 90), Light.NIGHT: (60, 30, 20), Light.INFRARED: (120, 120, 120)}
"""BGR."""
SEEN = st.tuples(st.sampled_from(list(Light)), st.integers(0, 2))
"""A light, and where a thing stands; 0 for nowhere."""
BY_LIGHT = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["framediff", "tolerance"]),
        "score_threshold": st.sampled_from(["0%", "0.5%", "20%", "200"]),
        "blur": st.sampled_from(["none", "9"]),
        "border_mask": st.sampled_from(["0,0,0,0", "30,0,20,5"]),
        "decode": st.sampled_from(["fast", "exact"]),
    },
)


def draw(light: Light, place: int) -> np.ndarray:
    image = np.full((96, 128, 3), GROUNDS[light], np.uint8)
    image[20::24] //= 2
    if place:
        cv2.rectangle(image, (30 * place, 30), (30 * place + 24, 70), (230, 230, 230), -1)
    return image


def write_frames(folder: Path, seen: Iterable[tuple[Light, int]], suffix: str = "jpg") -> Path:
    folder.mkdir(exist_ok=True)
    for number, (light, place) in enumerate(seen):
        cv2.imwrite(str(folder / f"c1_2021_03_27__10_{number:02}_00.{suffix}"), draw(light, place))
    return folder


def of(light: Light | None, camera: str = "c1") -> Frame:
    return Frame("a.jpg", camera, None, light=light)


def test_light_is_stronger_than_the_whole_day_and_infrared_than_night():
    read = read_settings(
        Config(
            {"blur": "11"},
            (
                CameraConfig("c1", {"blur": "9"}, light="infrared"),
                CameraConfig("*", {"blur": "7", "most": "70"}, light="night"),
                CameraConfig("c1", {"blur": "5"}),
                CameraConfig("c2", {"blur": "3"}, light="day"),
            ),
        )
    )
    assert [read.at(of(light)).blur for light in (None, *Light)] == [(5,), (5,), (7,), (9,)]
    assert [read.at(of(light, "c2")).blur for light in (None, *Light)] == [(11,), (3,), (7,), (7,)]
    assert read.at(of(Light.INFRARED)).most == 70
    assert not read_settings(Config({}, (CameraConfig("c2", {"blur": "3"}, light="day"),))).goes_by_light("c1")


@pytest.mark.parametrize(("name", "reason"), [
    ("exclude", "light is seen once a frame has been read"), ("size", "the same by any light"),
    ("against", "the same by any light"), ("keep", "it is of the whole run"),
])  # fmt: skip
def test_what_is_settled_before_a_frame_is_seen_cannot_differ_by_its_light(name, reason):
    with pytest.raises(UsageError, match=reason):
        CameraConfig("c1", {name: "5"}, light="night")


def test_what_is_no_light_is_refused():
    with pytest.raises(UsageError, match="dusk is no light: day, night, infrared are"):
        CameraConfig("c1", {"blur": "3"}, light="dusk")
    with pytest.raises(UsageError, match="not of both"):
        CameraConfig("c1", {"blur": "3"}, "22-6", light="night")


def walk_plainly(frames: Path, seen: list[tuple[Light, int]], read: Settings) -> list[tuple[str, float | None, str]]:
    """Each frame, seen as by its own light, against the last kept one, seen so too."""
    rows, last = [], ""
    for path, (light, _) in zip(sorted(read_tree(frames)), seen, strict=True):
        own = read.at(Frame(path, "c1", None, light=light))
        comparator = comparator_of(own, "c1")
        after, before = (
            comparator.describe(read_frame(str(frames / each), own).pixels) for each in (path, last or path)
        )
        score = comparator.score(before, after) if last else None
        kept = score is None or score > own.score_threshold.px(comparator.compared_area(after))
        rows.append((path, score, "keep" if kept else "drop"))
        last = path if kept else last
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SEEN, min_size=2, max_size=8), BY_LIGHT, BY_LIGHT, st.integers(1, 7), st.sampled_from(["jpg", "png"]))
def test_a_frame_is_decided_by_the_settings_of_its_light(tmp_path, seen, night, infrared, stop, suffix):
    """Also where a run stopped in between, with any number of workers, and in a dry run."""
    for path in ("frames", "r", "later", "later-results"):
        shutil.rmtree(tmp_path / path, ignore_errors=True)
    config = Config({}, (CameraConfig("*", night, light="night"), CameraConfig("c1", infrared, light="infrared")))
    frames = write_frames(tmp_path / "frames", seen, suffix)
    expected = walk_plainly(frames, seen, read_settings(config))

    def rows(decisions) -> list[tuple[str, float | None, str]]:
        return [(d.frame.path, d.score, str(d.verdict)) for d in decisions]

    assert rows(filter_frames(frames, config=config)) == expected
    assert rows(filter_frames(frames, tmp_path / "r", jobs=2, config=config)) == expected
    for count in (stop, len(seen)):
        list(filter_frames(write_frames(tmp_path / "later", seen[:count], suffix), tmp_path / "later-results",
                           config=config, jobs=1))  # fmt: skip
    record = open_record(tmp_path / "later-results")
    assert rows(record.decisions()) == expected
    assert [decision.frame.light for decision in record.decisions()] == [light for light, _ in seen]
    assert record.settings == read_settings(config)


def test_light_with_the_settings_of_all_changes_nothing(tmp_path):
    values = {"method": "tolerance", "thorough": True}
    seen = [(light, place) for place in (0, 1, 2) for light in Light]
    frames = write_frames(tmp_path / "frames", seen)
    config = Config(values, (CameraConfig("*", values, light="night"),))
    by_light = list(filter_frames(frames, config=config))
    assert by_light == list(filter_frames(frames, **values))


def test_frames_of_films_go_by_their_light(tmp_path):
    (tmp_path / "frames").mkdir()
    film = cv2.VideoWriter(str(tmp_path / "frames" / "c1.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 1, (128, 96))
    for seen in [(Light.DAY, 0), (Light.DAY, 1), (Light.NIGHT, 1), (Light.NIGHT, 2)]:
        film.write(draw(*seen))
    film.release()
    config = Config({}, (CameraConfig("*", {"method": "tolerance", "score_threshold": "90%"}, light="night"),))
    decisions = list(filter_frames(tmp_path / "frames", tmp_path / "r", config=config, every="frame"))
    assert [(each.frame.light, str(each.verdict)) for each in decisions] == [
        (Light.DAY, "keep"), (Light.DAY, "keep"), (Light.NIGHT, "drop"), (Light.NIGHT, "drop")
    ]  # fmt: skip
    assert list(filter_frames(tmp_path / "frames", tmp_path / "r", config=config, every="frame")) == []


def test_explanations_go_by_the_light_of_each_frame(tmp_path):
    seen = [(Light.DAY, 0), (Light.DAY, 1), (Light.NIGHT, 1), (Light.NIGHT, 2)]
    frames = write_frames(tmp_path / "frames", seen)
    config = Config({}, (CameraConfig("*", {"method": "tolerance", "score_threshold": "90%"}, light="night"),))
    decisions = list(filter_frames(frames, tmp_path / "r", config=config))
    assert "".join(str(each.verdict)[0] for each in decisions) == "kkdd"
    record = open_record(tmp_path / "r")
    for decision in record.decisions():
        told = explain_decision(record, decision, None)
        assert told.change == ""
        if decision.reference:
            assert told.limit == record.settings.at(decision.frame).score_threshold.px(told.area)


def test_commands_name_the_settings_file_where_none_lies_among_the_frames(tmp_path, capsys):
    frames = write_frames(
        tmp_path / "frames", [(light, place) for place in (1, 2) * 12 for light in (Light.DAY, Light.NIGHT)]
    )
    (tmp_path / "own.toml").write_text('[night]\nscore-threshold = "0.6%"\n')
    words = ["filter", str(frames), str(tmp_path / "r"), "--config", str(tmp_path / "own.toml")]
    assert cli.main(words) == 0
    assert f"--config {tmp_path / 'own.toml'}" in capsys.readouterr().err.splitlines()[-1]
    assert name_files(open_record(tmp_path / "r")) == " --config FILE"
    (frames / "framesift.toml").write_text("")
    assert name_files(open_record(tmp_path / "r")) == ""


def test_light_goes_without_a_budget(tmp_path):
    frames = write_frames(tmp_path / "frames", [(Light.DAY, 0)])
    config = Config({}, (CameraConfig("*", {"most": 50}, light="night"),))
    with pytest.raises(UsageError, match="by light, go without --keep and --cluster"):
        list(filter_frames(frames, config=config, keep="2"))


@pytest.mark.parametrize("light", ["dusk", 5, ["night"]])
def test_a_forged_light_is_refused_in_one_line(light):
    record = read_settings(Config({}, (CameraConfig("*", {"most": 50}, light="night"),))).record()
    record["sections"][0] |= {"light": light}
    with pytest.raises(UsageError):
        Settings.from_record(record)
