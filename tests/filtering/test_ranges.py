"""16-bit frames: one range for each camera, the same whoever reads them, in how many runs, and on how many workers."""

import json
import random
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.errors import UnreadableFrame
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.opening import open_source
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from framesift.frames.levels import WHOLE, Levels
from tests.conftest import encode, without_files
from tests.filtering.test_chunks import walk
from tests.filtering.test_run import letters, name

STATES = [0, 0, 1, 1, 2, 0]
RIGHT = "kdkdkk"
"""New is what is not as in the last kept frame."""


def draw(state: int, size: tuple[int, int] = (160, 120)) -> np.ndarray:
    """A still pattern, uint8, and a dark square at place `state`; 0 is nowhere."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    grey = 110 + 35 * np.sin(x / 5) + 35 * np.cos(y / 6)
    if state:
        left, top = 15 + (state * 33) % 110, 20 + (state * 21) % 60
        grey[top : top + 30, left : left + 30] = 5
    return grey.astype(np.uint8)


def shift(bits: int):
    return lambda grey: grey.astype(np.uint16) << (bits - 8)


def count_thermal(grey: np.ndarray) -> np.ndarray:
    """Counts from 7400 on, as a thermal camera has them."""
    return 7400 + grey.astype(np.uint16) * 3


def paint(grey: np.ndarray) -> np.ndarray:
    return np.dstack([count_thermal(grey), count_thermal(grey) + np.uint16(50), count_thermal(grey)])


def write(root: Path, make, states=STATES, camera="c1", start=0, suffix=".png", **options) -> Path:
    (root / camera).mkdir(parents=True, exist_ok=True)
    for number, state in enumerate(states):
        path = root / camera / name(start + number, camera).replace(".png", suffix)
        path.write_bytes(encode(make(draw(state, **options)), suffix))
    return root


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize(
    "make",
    [shift(10), shift(12), shift(14), shift(16), count_thermal, paint],
    ids=["10", "12", "14", "16", "thermal", "colours"],
)
def test_what_is_new_is_kept_however_many_bits_the_camera_uses(tmp_path, make, suffix, method):
    frames = write(tmp_path, make, suffix=suffix)
    assert letters(filter_frames(frames, jobs=1, method=method)) == RIGHT


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_whole_depths_are_decided_as_8_bits_are(tmp_path, bits):
    plain = list(filter_frames(write(tmp_path / "8", lambda grey: grey), jobs=1))
    assert list(filter_frames(write(tmp_path / "deep", shift(bits)), jobs=1)) == plain


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_the_noise_of_a_thermal_camera_is_nothing_new_and_a_person_is(tmp_path, method):
    noise = np.random.default_rng(5)
    ground = 29300 + draw(0).astype(float) * 2
    for minute in range(8):
        picture = ground + noise.normal(0, 5, ground.shape)
        if 3 <= minute <= 5:
            picture[40:110, 30 * (minute - 2) : 30 * (minute - 2) + 25] = 30600  # 8 degrees warmer than all else
        (tmp_path / name(minute)).write_bytes(encode(picture.astype(np.uint16)))
    assert letters(filter_frames(tmp_path, jobs=1, method=method)) == "kddkkkkd"


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
@pytest.mark.parametrize("spread", [0.5, 5, 50])
def test_noise_alone_is_nothing_new(tmp_path, method, spread):
    noise = np.random.default_rng(6)
    for minute in range(6):
        picture = noise.normal(8000, spread, (120, 160)).round().astype(np.uint16)
        (tmp_path / name(minute)).write_bytes(encode(picture))
    assert letters(filter_frames(tmp_path, jobs=1, method=method)) == "kddddd"


def write_cameras(root: Path, seed: int) -> Path:
    """Cameras of 8 and of 16 bits, from their beginning or later, of two sizes, with damaged frames."""
    draws = random.Random(seed)
    makes = [shift(12), count_thermal, lambda grey: grey, lambda grey: 30000 + grey.astype(np.uint16) * 20]
    for camera in ("c1", "c2"):
        make, place = draws.choice(makes), 0
        for minute in range(24):
            place = draws.choice([place, place, draws.randrange(3)])
            if draws.random() < 0.1:
                make = draws.choice(makes)
            path = root / camera / name(minute, camera)
            path.parent.mkdir(parents=True, exist_ok=True)
            content = encode(make(draw(place, (160, 120) if draws.random() < 0.8 else (96, 128))))
            path.write_bytes(content[:-20] if draws.random() < 0.1 else content)
    return root


def record(frames: Path, results: Path, **options) -> bytes:
    for _ in filter_frames(frames, results, **options):
        pass
    return without_files(manifest.NAME, (results / manifest.NAME).read_bytes())


REFERENCES = st.fixed_dictionaries({"against": st.integers(1, 3), "most": st.sampled_from([None, 20.0])})
"""How many a frame is compared with, and whether one that was left out is among them."""


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), REFERENCES)
def test_any_number_of_workers_and_any_chunks_decide_the_same(tmp_path_factory, seed, references):
    folder = tmp_path_factory.mktemp("cameras")
    frames = write_cameras(folder / "frames", seed)
    lines = record(frames, folder / "one", jobs=1, **references)
    assert record(frames, folder / "two", jobs=2, **references) == lines
    decisions = list(filter_frames(frames, jobs=1, **references))
    with ThreadPoolExecutor(4) as threads:
        for slots, longest in (1, 5), (4, 3), (16, 7):
            assert walk(frames, threads, slots=slots, longest=longest, **references)[0] == decisions


def test_other_processes_decide_the_same(tmp_path):
    frames = write_cameras(tmp_path / "frames", 3)
    with ProcessPoolExecutor(2) as processes:
        lines = record(frames, tmp_path / "there", executor=processes)
    assert lines == record(frames, tmp_path / "here", jobs=1)


def check_later_days(folder: Path, frames: Path, cut: int, **options) -> bytes:
    """Filter at once, and the frames from minute `cut` on a day later; return what it comes to."""
    at_once = record(frames, folder / "at-once", jobs=1, **options)
    later = [path for path in frames.rglob("*.png") if int(path.stem[-5:-3]) >= cut]
    contents = {path: path.read_bytes() for path in later}
    for path in later:
        path.unlink()
    record(frames, folder / "by-day", jobs=2, **options)
    for path, content in contents.items():
        path.write_bytes(content)
    by_day = record(frames, folder / "by-day", jobs=1, **options)
    assert sorted(by_day.splitlines()) == sorted(at_once.splitlines())
    return at_once


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 23), REFERENCES)
def test_the_frames_of_later_days_are_read_in_the_recorded_range(tmp_path_factory, seed, cut, references):
    folder = tmp_path_factory.mktemp("days")
    check_later_days(folder, write_cameras(folder / "frames", seed), cut, **references)


def write_warming(root: Path) -> Path:
    """A thermal camera: an engine passes twice, between them all is warm; each frame alone would suit another range."""

    def pass_by(grey: np.ndarray) -> np.ndarray:
        counts = count_thermal(grey)
        counts[50:80, 60:90] = 11000
        return counts

    write(root, count_thermal, states=[0])
    write(root, pass_by, states=[0], start=1)
    write(root, lambda grey: count_thermal(grey) + np.uint16(300), states=[0, 0], start=2)
    write(root, pass_by, states=[0], start=4)
    return write(root, count_thermal, states=[2], start=5)


@pytest.mark.parametrize("cut", range(1, 6))
def test_all_references_of_earlier_days_are_read_in_the_recorded_range(tmp_path, cut):
    lines = check_later_days(tmp_path, write_warming(tmp_path / "frames"), cut, against=2, most=20)
    decisions = [manifest.decode_decision(line) for line in lines.splitlines()[1:]]
    assert letters(decisions) == "kkdddk" and [d.left_out for d in decisions] == [n == 2 for n in range(6)]
    assert [d.reference and int(Path(d.reference).stem[-5:-3]) for d in decisions] == [None, 0, 1, 2, 1, 0]


def test_a_left_out_frame_that_became_one_of_16_bits_decides_nothing(tmp_path):
    frames = write(tmp_path / "frames", lambda grey: grey, states=[0])
    write(frames, lambda grey: 255 - grey, states=[0], start=1)
    record(frames, tmp_path / "results", most=20)
    write(frames, count_thermal, states=[1, 1], start=1)
    record(frames, tmp_path / "results", most=20)
    results = open_record(tmp_path / "results")
    *_, left_out, last, refreshed = results.decisions()
    assert left_out.left_out and last.verdict is Verdict.KEEP and results.levels["c1"].low > 7000
    assert refreshed.frame.source == left_out.frame.path and refreshed.frame.path != left_out.frame.path


def test_the_recorded_range_holds_though_later_frames_would_suit_another(tmp_path):
    frames = write(tmp_path / "frames", shift(12), states=[0, 1])
    record(frames, tmp_path / "results")
    write(frames, lambda grey: grey.astype(np.uint16) * 255, states=[0], start=2)
    last = json.loads(record(frames, tmp_path / "results").splitlines()[-1])
    assert last["levels"] == [0, 4096] and last["verdict"] == "keep"


def test_the_manifest_says_the_range_of_16_bits_and_nothing_of_8(tmp_path):
    frames = write(tmp_path / "frames", count_thermal)
    write(frames, lambda grey: grey, camera="c2")
    lines = [json.loads(line) for line in record(frames, tmp_path / "results").splitlines()[1:]]
    ranges = {line["camera"]: {tuple(line.get("levels", ()))} for line in lines}
    levels = open_record(tmp_path / "results").levels
    assert ranges == {"c1": {(levels["c1"].low, levels["c1"].high)}, "c2": {()}}
    assert set(levels) == {"c1"}


def test_one_range_for_all_sizes_of_a_camera(tmp_path):
    frames = write(tmp_path / "frames", shift(12), states=[0, 1])
    write(frames, count_thermal, states=[0, 1], start=2, size=(96, 128))
    record(frames, tmp_path / "results")
    assert open_record(tmp_path / "results").levels == {"c1": Levels(0, 4096)}


def test_a_frame_that_is_skipped_decides_nothing(tmp_path):
    frames = write(tmp_path / "frames", count_thermal, states=[0], size=(30, 20))
    write(frames, shift(14), states=[0], start=2)
    (frames / "c1" / name(1)).write_bytes(encode(shift(12)(draw(0)))[:-30])
    record(frames, tmp_path / "results", min_size=40)
    assert open_record(tmp_path / "results").levels == {"c1": Levels(0, 1 << 14)}


def summarise(frames: Path, **options) -> list[str]:
    made = read_settings(**options)
    source = open_source(frames, made)
    with Run(source, Results(frames.parent / "results", frames, made), made) as run:
        for _ in run.decide(1):
            pass
    return run.sink.summary.lines()


def test_the_summary_says_the_range_also_of_what_an_earlier_run_has_decided(tmp_path):
    frames = write(tmp_path / "frames", shift(12))
    line = "; of its 16 bits levels 0 to 4095 are black to white"
    assert summarise(frames)[0].endswith(line)
    assert summarise(frames)[0].endswith(line)


def test_it_is_told_when_the_first_frame_was_no_measure_of_the_others(tmp_path):
    frames = write(tmp_path / "frames", shift(10), states=[0])
    write(frames, shift(16), states=[0, 1, 2], start=1)
    assert summarise(frames)[1] == (
        "c1: 3 of 4 frames lie mostly beyond the levels 0 to 1023, which suit its first: "
        "filter them into results of their own"
    )


def test_it_is_told_when_frames_span_too_few_levels(tmp_path):
    def fog(grey: np.ndarray) -> np.ndarray:
        return (150 + grey // 5).astype(np.uint8)

    frames = write(tmp_path / "frames", fog)
    assert summarise(frames)[1] == (
        "c1: 6 of 6 frames span at most 45 grey levels, too few for framediff to see any change: "
        "--method tolerance sees more"
    )


def test_nothing_is_told_of_frames_that_can_be_seen(tmp_path):
    frames = write(tmp_path / "frames", lambda grey: grey)
    assert len(summarise(frames)) == 2


def test_references_of_a_manifest_without_a_range_decide_it(tmp_path):
    """As an earlier version wrote it, which cut 16 bits to the upper 8."""
    frames = write(tmp_path / "frames", count_thermal, states=[0])
    content = record(frames, tmp_path / "results")
    lines = [json.loads(line) for line in content.splitlines()]
    for line in lines:
        line.pop("levels", None)
    path = tmp_path / "results" / manifest.NAME
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    write(frames, count_thermal, states=[0, 1], start=1)
    record(frames, tmp_path / "results")
    assert letters(open_record(tmp_path / "results").decisions()) == "kdk"


def test_nothing_is_read_to_find_a_range(tmp_path, monkeypatch):
    frames = find_frames(write(tmp_path, count_thermal)).frames
    opened = []
    levels = CameraLevels(Settings())
    monkeypatch.setattr("framesift.frames.reader.source.os.open", lambda *a, **k: opened.append(a))
    assert [known for _, known in levels.attach(frames)] == [None] * 6 and not opened


def test_a_search_reads_what_can_be_of_16_bits_up_to_the_first(tmp_path, monkeypatch):
    write(tmp_path, lambda grey: cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), states=[0], suffix=".jpg")
    write(tmp_path, lambda grey: grey, states=[0], start=1)
    write(tmp_path, shift(12), states=[0, 1], start=2)
    (tmp_path / "c1" / name(2)).write_bytes(encode(count_thermal(draw(0)))[:-30])
    levels = CameraLevels(Settings())
    assert levels.search(str(tmp_path), find_frames(tmp_path).frames) == Levels(0, 4096)
    assert levels.find("c1") == Levels(0, 4096) and levels.find("c2") is None
    with pytest.raises(UnreadableFrame):
        levels.read("c1", str(tmp_path / "c1" / name(2)), Settings())
    assert levels.decide("c1", WHOLE) == Levels(0, 4096)
