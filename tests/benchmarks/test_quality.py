"""The quality benchmark: its figures by hand, its truth by a slow version, and a tiny scene through every method."""

import importlib.util
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from benchmarks.quality import __main__ as command
from benchmarks.quality import film, methods, peers, plot, table
from benchmarks.quality.metrics import Quality, measure_quality, summarise
from benchmarks.quality.own import read_cameras
from benchmarks.quality.stages import STAGES
from benchmarks.quality.truth import (
    TAU,
    UNKNOWN,
    Truth,
    compare_states,
    measure_distance,
    measure_distances,
    read_mask,
)
from tests.conftest import encode, make_image

SMALL = (128, 96)


def truth_of(states: str, still: bool = False) -> Truth:
    """A camera whose frames differ where their letters do."""
    frames = tuple(Path(f"c1_{i}.png") for i in range(len(states)))
    return Truth("c1", frames, compare_states(states) * (not still), still)


@pytest.mark.parametrize(
    ("chosen", "kept", "missed", "false_keeps"),
    [
        ([0, 2, 4], 3, 0, 0),
        ([0], 1, 2, 0),
        ([], 1, 2, 0),
        ([0, 1, 2, 3, 4, 5], 6, 0, 3),
        ([0, 3], 2, 3, 0),
        ([0, 4], 2, 2, 1),
    ],
)
def test_figures_by_hand(chosen, kept, missed, false_keeps):
    quality = measure_quality(truth_of("aabbaa"), chosen)
    assert (quality.kept, quality.missed, quality.false_keeps, quality.oracle) == (kept, missed, false_keeps, 3)
    assert quality.coverage == pytest.approx(1 - missed / 6)
    assert quality.keep_rate == pytest.approx(kept / 6)


def test_excess_says_nothing_of_few_or_nearly_all_frames():
    assert measure_quality(truth_of("aabbaa"), [0, 2]).excess is None
    assert measure_quality(truth_of("abcdefghij"), range(10)).excess is None
    assert measure_quality(truth_of("aabbccddee"), range(10)).excess == 2


def test_means_leave_out_cameras_where_nothing_moves():
    moving = measure_quality(truth_of("aabbccddee"), range(10))
    still = measure_quality(truth_of("aaaa", still=True), [0, 1, 3])
    summary = summarise([moving, still])
    assert (summary.coverage, summary.keep_rate, summary.excess) == (1, 1, 2)
    assert (summary.false_keeps, summary.still_keeps) == (5 + 2, 2)
    assert summarise([still]).coverage is None


def measure_slowly(one: np.ndarray, other: np.ndarray) -> float:
    """The definition word by word, px by px."""
    height, width = one.shape
    changed = (one != other) & (one != UNKNOWN) & (other != UNKNOWN)

    def around(y: int, x: int) -> list[tuple[int, int]]:
        rows, columns = range(max(y - 1, 0), min(y + 2, height)), range(max(x - 1, 0), min(x + 2, width))
        return [(row, column) for row in rows for column in columns]

    spots = [(y, x) for y in range(height) for x in range(width)]
    core = {spot for spot in spots if all(changed[near] for near in around(*spot))}
    left = {near for spot in core for near in around(*spot)}
    largest = 0
    while left:
        edge, region = [left.pop()], 0
        while edge:
            spot, region = edge.pop(), region + 1
            neighbours = left.intersection(around(*spot))
            left -= neighbours
            edge += neighbours
        largest = max(largest, region)
    return largest / (height * width)


@pytest.mark.parametrize("seed", range(6))
def test_distance_is_that_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    labels = []
    for _ in range(2):
        label = np.zeros((24, 31), np.int32)
        for value in (1, 2, UNKNOWN, 1):
            y, x, high, wide = rng.integers((0, 0, 1, 1), (20, 27, 14, 16))
            label[y : y + high, x : x + wide] = value
        labels.append(label)
    distance = measure_distance(*labels)
    assert distance == pytest.approx(measure_slowly(*labels))
    assert np.array_equal(measure_distances([*labels, labels[0]]), measure_distances([*labels, labels[0]]).T)
    assert measure_distances([*labels, labels[0]])[2] == pytest.approx([0, distance, 0])


def test_another_object_at_the_same_place_is_a_change():
    first, second = np.zeros((20, 20), np.int32), np.zeros((20, 20), np.int32)
    first[5:10, 5:10], second[5:10, 5:10] = 1, 2
    assert measure_distance(first, second) == 25 / 400


def test_masks_are_read_by_their_grey_levels():
    assert read_mask(np.array([[0, 50, 85, 170, 255]], np.uint8)).tolist() == [[0, 0, UNKNOWN, UNKNOWN, 1]]


def test_scenes_enough_and_each_with_its_own_name():
    assert len({stage.name for stage in STAGES}) == len(STAGES) >= 12
    assert sum(stage.still for stage in STAGES) >= 2


def test_a_scene_is_the_same_each_time_and_its_truth_fits(tmp_path):
    stage = {stage.name: stage for stage in STAGES}["bags"]
    first = film.film_stage(stage, tmp_path / "a", 10, 3, SMALL)
    second = film.film_stage(stage, tmp_path / "b", 10, 3, SMALL)
    assert [path.read_bytes() for path in first.frames] == [path.read_bytes() for path in second.frames]
    assert np.array_equal(first.distances, second.distances)
    assert first.distances.max() > TAU
    again = film.film_stage(stage, tmp_path / "a", 10, 3, SMALL)
    assert np.array_equal(again.distances, first.distances)


def test_a_still_scene_has_no_truth_but_changing_pictures(tmp_path):
    stage = {stage.name: stage for stage in STAGES}["still-light"]
    truth = film.film_stage(stage, tmp_path, 6, 0, SMALL)
    assert truth.still and not truth.distances.any()
    assert len({path.read_bytes() for path in truth.frames}) == 6


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_light_and_weather_leave_the_truth_alone(stage):
    scene = stage.draw_scene(3, 0)
    frames = list(film.play(stage, 3, 0, (64, 48)))
    assert len(scene.times) == len(frames) == 3
    for image, labels in frames:
        assert image.shape == (48, 64, 3) and image.dtype == np.uint8
        assert labels.shape == (48, 64)
        assert image.std() > 1


def test_every_installed_method_runs_over_a_scene(tmp_path, monkeypatch, capsys):
    tiny = film.film_stage
    monkeypatch.setattr(command, "film_stage", lambda *arguments: tiny(*arguments, SMALL))
    arguments = ["--work", str(tmp_path), "--scenes", "persons,still-wind", "--frames", "8"]
    assert command.main([*arguments, "--table", str(tmp_path / "table.md")]) == 0
    report = capsys.readouterr().out
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == report
    found, missing = peers.find_peers()
    for contender in [*methods.own_contenders(), *found]:
        assert report.count(f"| {contender.name} ") == 1 + len(contender.settings)
    assert all(f"not installed: {peer.name}: {peer.install}" in report for peer in missing)
    assert report.count("| still-wind") == 3
    assert "16 rendered frames, seed 0; 2 cameras" in report


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: None)
    monkeypatch.setattr(peers.shutil, "which", lambda program: None)
    found, missing = peers.find_peers()
    assert not found
    assert [peer.name for peer in missing] == ["pHash 64", "pHash 576", "SSIM", "SuBSENSE", "mpdecimate", "scene score"]


def write_steps(folder: Path, levels: list[int]) -> list[Path]:
    """Pictures with a bright box where the level is not 0."""
    folder.mkdir()
    paths = []
    for index, level in enumerate(levels):
        box = (20 + 30 * level, 30, 24, 24) if level else None
        paths.append(folder / f"c5_2021_03_27__12_00_{index:02}.png")
        paths[-1].write_bytes(encode(make_image(160, 120, box=box)))
    return paths


def test_each_method_finds_plain_changes(tmp_path):
    paths = write_steps(tmp_path / "frames", [0, 0, 1, 1, 3, 3, 0, 0])
    found, _ = peers.find_peers()
    chains = {
        "framesift framediff", "framesift tolerance", "framesift thorough", "consecutive frames", "mpdecimate",
    }  # fmt: skip
    kept = {}
    for contender, _, chosen in methods.choose_all(paths, [*methods.own_contenders(), *found]):
        kept.setdefault(contender.name, chosen)
        assert chosen[0] == 0 and chosen == sorted(set(chosen)) and chosen[-1] < len(paths)
    for name in chains & kept.keys():
        assert kept[name] == [0, 2, 4, 6], name
    assert kept["uniform sampling"] == [0, 2, 3, 4, 5, 6, 7]


def test_own_frames_with_labels_and_masks(tmp_path, capsys):
    paths = write_steps(tmp_path / "frames", [0, 0, 1, 1, 2, 0])
    truth = tmp_path / "truth"
    truth.mkdir()
    rows = [f"{path.name},{state}" for path, state in zip(paths[:5], "eeaab", strict=True)]
    (truth / "c5-labels.csv").write_text("\n".join(["frame,state", *rows]), encoding="utf-8")
    (camera,) = read_cameras(tmp_path / "frames", truth)
    assert [path.name for path in camera.frames] == [path.name for path in paths[:5]]
    assert camera.follow_oracle() == [0, 2, 4]
    (truth / "c5-labels.csv").unlink()
    masks = truth / "c5-masks"
    masks.mkdir()
    for path, level in zip(paths, [0, 0, 255, 255, 170, 0], strict=True):
        mask = np.zeros((120, 160), np.uint8)
        mask[30:54, 50:74] = level
        (masks / path.name).write_bytes(encode(mask))
    (camera,) = read_cameras(tmp_path / "frames", truth)
    assert camera.distances[0] == pytest.approx([0, 0, 576 / 19200, 576 / 19200, 0, 0])
    masks.rename(tmp_path / "frames" / "c5-masks")
    (among,) = read_cameras(tmp_path / "frames", tmp_path / "frames")
    assert among.frames == camera.frames and np.array_equal(among.distances, camera.distances)
    (blank,) = read_cameras(tmp_path / "frames", tmp_path / "frames", border=(50, 0, 0, 0))
    assert blank.distances[0] == pytest.approx([0, 0, 0, 0, 0, 0])
    (still,) = read_cameras(tmp_path / "frames", truth, ["c5"])
    assert still.still and not still.distances.any()
    assert command.main(["--own", str(tmp_path / "frames")]) == 0
    assert "6 frames of frames; 1 cameras" in capsys.readouterr().out


def test_several_cameras_of_ones_own_beside_a_scene(tmp_path, monkeypatch, capsys):
    tiny = film.film_stage
    monkeypatch.setattr(command, "film_stage", lambda *arguments: tiny(*arguments, SMALL))
    frames = tmp_path / "frames"
    frames.mkdir()
    for camera in ("c5", "c6", "c7", "c8"):
        for path in write_steps(frames / camera, [0, 1, 0]):
            path.rename(path.with_name(path.name.replace("c5", camera)))
    (frames / "c7-labels.csv").write_text("frame,state\n" + "".join(
        f"c7_2021_03_27__12_00_{second:02}.png,empty\n" for second in range(3)
    ), encoding="utf-8")  # fmt: skip
    arguments = ["--work", str(tmp_path), "--scenes", "persons", "--frames", "3", "--own", str(frames)]
    assert command.main([*arguments, "--still", "c5", "c6", "--border", "5,10,5,0"]) == 0
    told = capsys.readouterr()
    assert "left out, for they have neither masks nor labels: c8" in told.err
    assert "3 rendered frames, seed 0; 1 cameras and 9 frames of frames; 3 cameras" in told.out
    assert "own frames, 3 cameras: one setting of each method" in told.out
    assert command.main(["--own", str(frames), "--still", "c5,c6"]) == 0
    assert "9 frames of frames; 3 cameras" in capsys.readouterr().out


def test_own_frames_of_which_nothing_is_known(tmp_path, capsys):
    write_steps(tmp_path / "frames", [0, 1])
    assert command.main(["--own", str(tmp_path / "frames"), "--truth", str(tmp_path)]) == 3
    assert "no camera has masks or labels" in capsys.readouterr().err


def load_yardstick(shared: Path) -> ModuleType:
    """The formulas that this benchmark's are to agree with."""
    path = shared / "quality" / "common.py"
    if not path.exists():
        pytest.skip("needs ../shared/quality, which a clone does not carry")
    spec = importlib.util.spec_from_file_location("yardstick", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_figures_are_those_of_the_yardstick(shared):
    yardstick = load_yardstick(shared)  # it leaves closing its files to the garbage collector, hence the mark
    folder = shared / "frames"
    ours = {truth.camera: truth for truth in read_cameras(folder / "c105", folder / "truth")}
    ours |= {truth.camera: truth for truth in read_cameras(folder / "c102", folder / "truth")}
    cameras = yardstick.find_frames(str(folder))
    theirs = yardstick.load_truth(str(folder / "truth"), {camera: cameras[camera] for camera in ours})
    for camera, truth in ours.items():
        assert [path.name for path in truth.frames] == theirs[camera].frames
        assert truth.distances == pytest.approx(theirs[camera].D)
        for step in (1, 2, 5):
            chosen = list(range(0, len(truth.frames), step))
            quality, other = measure_quality(truth, chosen), yardstick.measure(theirs[camera], chosen, TAU)
            assert (quality.kept, quality.oracle) == (other["kept"], other["oracle"])
            assert quality.coverage == pytest.approx(other["coverage"])
            assert quality.false_keeps / max(1, quality.kept - 1) == pytest.approx(other["redundant"])


def test_table_lines_up_and_shows_the_best_setting_of_others():
    def result(name: str, text: str, missed: int, kept: int, ours: bool = False) -> table.Result:
        contender = contenders.setdefault(name, methods.Contender(name, lambda shot: None, (), ours))
        return table.Result(contender, methods.Setting(text, len), {"c1": Quality(100, kept, missed, 3, 10, False)})

    contenders: dict[str, methods.Contender] = {}
    results = [
        result("ours", "usual", 20, 30, ours=True),
        result("ours", "other", 0, 20, ours=True),
        result("theirs", "all", 0, 100),
        result("theirs", "some", 4, 60),
        result("theirs", "few", 50, 10),
        result("poor", "less", 40, 10),
        result("poor", "more", 30, 20),
    ]
    head = table.write_report(results, [peers.Missing("x", "y")]).partition("every setting")[0].splitlines()
    rows = [line for line in head if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1
    assert [row.split("|")[2].strip() for row in rows[2:]] == ["usual", "some", "more"]
    assert rows[3].split("|")[3:7] == ["    0.960 ", "     0.600 ", "   6.00 ", "           3 "]
    assert "not installed: x: y" in head


def test_each_group_of_cameras_has_its_own_tables():
    contender = methods.Contender("theirs", lambda shot: None, ())
    groups = {"a": "scenes", "b": "stills", "c": "stills"}
    results = [
        table.Result(
            contender,
            methods.Setting(text, len),
            {camera: Quality(100, 40, missed[group], 3, 10, False, group) for camera, group in groups.items()},
        )
        for text, missed in (("one", {"scenes": 2, "stills": 50}), ("two", {"scenes": 60, "stills": 4}))
    ]
    split = table.split_groups(results)
    assert {name: [len(each.qualities) for each in found] for name, found in split.items()} == {
        "scenes": [1, 1],
        "stills": [2, 2],
    }
    report = table.write_report(results, [])
    assert report.startswith("1 scenes: one setting of each method")
    assert [row.split("|")[2].strip() for row in report.splitlines() if row.startswith("| theirs")][:2] == [
        "one",
        "two",
    ]


def test_a_plot_that_cannot_be_drawn_is_said_before_the_run(monkeypatch, capsys):
    monkeypatch.setattr(command, "is_importable", lambda module: False)
    monkeypatch.setattr(command, "run", None)
    assert command.main(["--plot", "plot.png"]) == 2
    assert capsys.readouterr().err == "--plot needs matplotlib: pip install matplotlib\n"


def test_plot_needs_matplotlib_only_when_asked(tmp_path):
    pytest.importorskip("matplotlib")
    contender = methods.Contender("a", lambda shot: None, ())
    qualities = [Quality(100, kept, missed, 0, 10, False) for kept, missed in ((20, 8), (40, 1))]
    results = [table.Result(contender, methods.Setting("s", len), {"c1": quality}) for quality in qualities]
    plot.write_plot(results, "caption", tmp_path / "plot.png")
    image = cv2.imread(str(tmp_path / "plot.png"))
    assert image is not None and image.shape[0] > 400
