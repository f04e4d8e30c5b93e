"""The sample frames' renderer: the same bytes each time, and a truth that fits the picture."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import benchmarks.scenes
from benchmarks.scenes import Rendered, Scene, make_deck, render_scene
from benchmarks.scenes.__main__ import build_parser, main
from benchmarks.scenes.rendering import draw_still
from benchmarks.scenes.writing import frame_stem

SMALL = (160, 120)
SAMPLES = Path(__file__).resolve().parents[2] / "images" / "frames"
CAMERAS = ("c10", "c20")
NAME = re.compile(r"(c\d+)(_\d{4}(_\d\d){2}__\d\d_\d\d_\d\d|-\d{13})")


def read_image(path: Path) -> np.ndarray:
    """The pixels of a file as they are stored."""
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)


def empty_deck(scene: Scene) -> Scene:
    """The same scene with nobody in it."""
    return replace(scene, appearances=())


@pytest.fixture(scope="module", params=CAMERAS)
def scene(request: pytest.FixtureRequest) -> Scene:
    """Twelve busy frames of a camera."""
    return make_deck(request.param, seed=4, frames=12, activity=0.7)


@pytest.fixture(scope="module")
def frames(scene: Scene) -> list[Rendered]:
    """All frames of the scene, small."""
    return [render_scene(scene, index, SMALL) for index in range(12)]


def test_same_seed_same_bytes_in_any_order(scene: Scene, frames: list[Rendered]) -> None:
    again = make_deck(scene.camera, seed=4, frames=12, activity=0.7)
    assert again == scene
    draw_still.cache_clear()
    for index in (7, 2, 11):
        assert render_scene(again, index, SMALL).image.tobytes() == frames[index].image.tobytes()


def test_another_seed_is_another_day(scene: Scene, frames: list[Rendered]) -> None:
    other = make_deck(scene.camera, seed=5, frames=12, activity=0.7)
    assert other.appearances != scene.appearances
    assert other.times != scene.times
    assert not np.array_equal(render_scene(other, 3, SMALL).image, frames[3].image)


def test_boxes_and_areas_are_those_of_the_labels(frames: list[Rendered]) -> None:
    assert sum(len(f.objects) for f in frames) > 12
    for frame in frames:
        assert frame.labels.dtype == np.uint16
        assert set(np.unique(frame.labels)) - {0} == {o.object_id for o in frame.objects}
        for seen in frame.objects:
            mask = frame.labels == seen.object_id
            rows, columns = np.nonzero(mask)
            x, y, width, height = seen.box
            assert seen.area == mask.sum() > 0
            assert (x, y) == (columns.min(), rows.min())
            assert (x + width, y + height) == (columns.max() + 1, rows.max() + 1)


def test_objects_are_where_the_picture_differs_from_the_empty_deck(scene: Scene, frames: list[Rendered]) -> None:
    for index, frame in enumerate(frames):
        nobody = render_scene(empty_deck(scene), index, SMALL)
        difference = cv2.absdiff(nobody.image, frame.image).max(axis=2)
        for seen in frame.objects:
            assert (difference[frame.labels == seen.object_id] > 12).mean() > 0.6, (index, seen)
        # Shadows and light thrown by objects stay near them; the far rest of the picture is the empty deck.
        near = cv2.dilate((frame.labels > 0).astype(np.uint8), np.ones((41, 41), np.uint8))
        assert not (difference[near == 0] > 12).any()


def test_empty_deck_has_an_empty_truth(scene: Scene) -> None:
    frame = render_scene(empty_deck(scene), 0, SMALL)
    assert frame.objects == ()
    assert not frame.labels.any()


def test_noise_is_fresh_in_every_frame_and_small(scene: Scene) -> None:
    first, second = (render_scene(empty_deck(scene), index, SMALL).image for index in (0, 1))
    assert not np.array_equal(first, second)
    assert cv2.absdiff(cv2.GaussianBlur(first, (5, 5), 0), cv2.GaussianBlur(second, (5, 5), 0))[14:100].max() < 20


def test_light_changes_slowly_but_really() -> None:
    for camera in CAMERAS:
        scene = empty_deck(make_deck(camera, seed=4, frames=24))
        grey = [cv2.blur(render_scene(scene, i, SMALL).image[14:100], (5, 5)) for i in range(24)]
        steps = [cv2.absdiff(a, b).max() for a, b in zip(grey, grey[6:], strict=False)]
        assert max(steps) < 45
        assert np.percentile(cv2.absdiff(grey[0], grey[23]), 95) > 12


def test_cars_keep_their_id_and_leave_long_quiet_stretches() -> None:
    scene = make_deck("c10", seed=1, frames=2000)
    changes = sum(now != before for before, now in pairwise(scene.present))
    assert 0.05 < changes / 2000 < 0.25
    for present in scene.present:
        ids = [a.object_id for a in present]
        assert len(ids) == len(set(ids))
    parked = {a.object_id for a in scene.appearances if a.kind == "car" and not a.driving}
    assert {a.object_id for a in scene.appearances if a.driving} <= parked


def test_times_rise_by_about_the_interval() -> None:
    times = make_deck("c20", frames=200, interval=timedelta(minutes=5)).times
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert 290 < min(gaps) < max(gaps) < 310
    assert len(set(gaps)) > 50


@pytest.mark.parametrize("size", [(97, 61), (64, 160), (200, 80), (1, 1)])
def test_any_size(size: tuple[int, int]) -> None:
    frame = render_scene(make_deck("c20", seed=4), 8, size)
    assert frame.image.shape == (size[1], size[0], 3)
    assert frame.labels.shape == (size[1], size[0])


def test_every_place_renders() -> None:
    pictures = [render_scene(make_deck(camera), 0, (80, 60)).image for camera in ("c10", "c20", "c30", "c40")]
    assert all(picture.std() > 20 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 4


def test_camera_without_a_number() -> None:
    with pytest.raises(ValueError, match="number"):
        make_deck("north")


def test_command_writes_frames_and_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "frames"
    arguments = [str(out), "--frames", "4", "--size", "160x120", "--format", "png", "--seed", "4", "--truth"]
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"8 frames in {out}\n"
    stems = sorted(p.stem for p in out.iterdir())
    assert all(NAME.fullmatch(stem) for stem in stems)
    truth = tmp_path / "frames-truth"
    with (truth / "objects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for stem in stems:
        assert read_image(out / f"{stem}.png").shape == (120, 160, 3)
        labels = read_image(truth / f"{stem}.png")
        areas = {int(r["object_id"]): int(r["area"]) for r in rows if r["frame"] == stem}
        assert areas == {i: int((labels == i).sum()) for i in np.unique(labels) if i}
    scene = make_deck("c10", 4, 4)
    assert np.array_equal(read_image(out / f"{frame_stem(scene, 2)}.png"), render_scene(scene, 2, SMALL).image)


def test_command_leaves_a_filled_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path)])
    assert [p.name for p in tmp_path.iterdir()] == ["mine.jpg"]


def sample_arguments() -> list[str]:
    """The command in the package's docstring that made the committed frames."""
    found = re.search(r"python -m benchmarks\.scenes (.+)", benchmarks.scenes.__doc__ or "")
    assert found
    return found[1].split()


def test_committed_frames_are_those_of_the_documented_command() -> None:
    arguments = build_parser().parse_args(sample_arguments())
    assert SAMPLES.as_posix().endswith(arguments.out.as_posix())
    scenes = [make_deck(c, arguments.seed, arguments.frames, activity=arguments.activity) for c in CAMERAS]
    expected = {f"{frame_stem(s, i)}.jpg": (s, i) for s in scenes for i in range(arguments.frames)}
    paths = sorted(SAMPLES.iterdir())
    assert [p.name for p in paths] == sorted(expected)
    assert len(paths) >= 40
    assert sum(p.stat().st_size for p in paths) < 2_000_000
    images = {path.name: read_image(path) for path in paths}
    assert {image.shape for image in images.values()} == {(480, 640, 3)}
    # One full-sized render for each camera, of a frame with many objects: a moved car would add more than the limit.
    for scene in scenes:
        index = max(range(arguments.frames), key=lambda i, present=scene.present: len(present[i]))
        fresh = render_scene(scene, index, arguments.size).image
        committed = images[f"{frame_stem(scene, index)}.jpg"]
        assert cv2.absdiff(fresh, committed).mean() < 3
        assert cv2.absdiff(cv2.blur(fresh, (9, 9)), cv2.blur(committed, (9, 9))).max() < 20
