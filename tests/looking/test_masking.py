"""What the page for masks shows of a run: polygons, some frames of each camera, and where they had changed."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.cli import options
from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.masks import Mask
from framesift.errors import UsageError
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Decision, Verdict
from framesift.frames.frame import Frame
from framesift.looking.masking import CameraChanges, changes, list_polygons, sample_changes
from framesift.looking.masking.changes import COLUMNS, DROPPED, KEPT, find_changes, fit_grid
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, name, scene

TRIANGLE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))
RIGHT = (52, 10, 10, 30)


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def blocks(page: Path) -> dict[str, dict]:
    """The data of a page, by the names of its blocks."""
    text = page.read_text(encoding="utf-8")
    return {key: json.loads(data) for key, data in re.findall(r'json" id="([^"]+)">(.*?)</script>', text)}


@pytest.fixture
def frames(write_tree) -> Path:
    return write_tree(scene(None, NEW, None, NEW, RIGHT, RIGHT) | scene(None, None, NEW, camera="c2"))


@pytest.fixture
def results(frames, tmp_path) -> Path:
    assert run("filter", frames, tmp_path / "results", "--quiet") == options.DONE
    return tmp_path / "results"


def test_polygons_have_camera_kind_and_name():
    masks = [Mask(None, (TRIANGLE,), (TRIANGLE,), names=("tree", "")), Mask("c1", (), (TRIANGLE,))]
    found = [(each.camera, each.kind, each.name) for each in list_polygons(masks)]
    assert found == [(None, "ignore", "tree"), (None, "only", ""), ("c1", "only", "")]


@pytest.mark.parametrize(
    ("masks", "line"),
    [
        ([Mask("c1", size=(4, 3), runs="0 12", path="m.png")], "is a painted mask"),
        (
            [Mask("c1", only=(TRIANGLE,)), Mask("c1", only=(TRIANGLE,))],
            "2 masks say what only is looked at of",
        ),
    ],
)
def test_what_one_file_of_polygons_cannot_say_is_refused(masks, line):
    with pytest.raises(UsageError, match=line):
        list_polygons(masks)


def decision(number: int, verdict: Verdict, **more) -> Decision:
    known = {"score": 1.0, "reference": "0.png", "reason": "", "size": (64, 48)} | more
    return Decision(Frame(f"{number}.png", "c1", None), verdict, **known)


def test_some_frames_of_a_long_run_are_chosen_from_all_over_it():
    camera = CameraChanges()
    camera.add(decision(0, Verdict.KEEP, score=None, reference=None))
    camera.add(decision(0, Verdict.SKIP, score=None, reference=None))
    camera.add(decision(0, Verdict.DROP, extent=0.9))
    for number in range(5000):
        camera.add(decision(number, Verdict.KEEP if number % 2 else Verdict.DROP))
    chosen = [int(each.frame.path.removesuffix(".png")) for each in camera.choose()]
    assert (camera.first, camera.left_out, camera.kept.met, camera.dropped.met) == (1, 1, 2500, 2500)
    assert len(chosen) == KEPT + DROPPED and all(number % 2 for number in chosen[:KEPT])
    assert max(chosen[:KEPT]) > 4500 and max(chosen[KEPT:]) > 4500


@given(
    corner=st.tuples(st.integers(0, 500), st.integers(0, 300)),
    size=st.tuples(st.integers(1, 140), st.integers(1, 60)),
    shape=st.tuples(st.integers(640, 4000), st.integers(360, 3000)),
)
def test_a_region_lies_on_the_grid_where_it_lies_on_the_picture(corner, size, shape):
    """Shares of the picture: whatever it measures, the cells outside of the box are empty and it covers its area."""
    width, height = shape
    x, y = corner
    across, down = size
    contour = np.array([[[x, y]], [[x + across, y]], [[x + across, y + down]], [[x, y + down]]], np.int32)
    picture = np.zeros((height, width), np.uint8)
    region = Region(contour, cv2.contourArea(contour), Bearing.COUNTED)
    columns, rows = grid = fit_grid(width, height)
    patch = changes._lay(region, Comparison(picture, picture, (region,), 0, "", 0, 0), grid)
    weights = np.frombuffer(patch.weights, np.uint8).reshape(-1, patch.columns)
    left, top = patch.corner
    assert left == int(x * columns / width + 1e-9) or left == int((x + 0.5) * columns / width)
    assert left + patch.columns <= columns and top + len(weights) <= rows
    assert weights[0].any() and weights[-1].any() and weights[:, 0].any() and weights[:, -1].any()
    wide, high = (across + 1) * columns * 8 / width, (down + 1) * rows * 8 / height
    assert max(wide - 2, 0) * max(high - 2, 0) <= weights.sum() <= (wide + 2) * (high + 2)


def test_what_changed_is_found_without_the_masks_of_the_run(frames, tmp_path):
    mask = tmp_path / "m.json"
    mask.write_text('{"cameras": {"c1": {"ignore": [[[0, 0], [0.75, 0], [0.75, 1], [0, 1]]]}}}')
    assert run("filter", frames, tmp_path / "masked", "--mask", mask, "--quiet") == options.DONE
    record = open_record(tmp_path / "masked")
    found = sample_changes(record)["c1"]
    assert (found.first, found.kept.met, found.dropped.met) == (1, 1, 4)
    told = []
    [right, *dropped] = find_changes(record, found.choose(), fit_grid(64, 48), 1, lambda: told.append(1))
    assert len(told) == 5 and right.kept and not any(change.kept for change in dropped)
    assert [bool(change.patches) for change in dropped] == [True, False, True, False], "against the first frame"
    assert right.limit == pytest.approx(0.0075 * 57 * 43), "of all that the border mask leaves"


def test_frames_that_are_gone_are_passed_over(frames, results):
    (frames / "c1" / name(1)).unlink()
    (results / "c1" / name(1)).unlink()
    record = open_record(results)
    found = list(find_changes(record, sample_changes(record)["c1"].choose(), (COLUMNS, 36), 1, lambda: None))
    assert len(found) == 3, "of 5: one is gone, and it was the reference of another"


def test_a_page_has_all_that_it_needs(frames, results, tmp_path, capsys):
    mask = tmp_path / "m.json"
    tree = {"name": "a </script> tree", "points": [[0, 0], [0.5, 0], [0.5, 0.5]]}
    mask.write_text(json.dumps({"all": {"ignore": [tree]}, "cameras": {"c2": {"only": [[[0, 0], [0, 1], [1, 1]]]}}}))
    before = read_tree(frames)
    assert run("mask", frames, "--page", tmp_path / "p.html", "--results", results, "--mask", mask) == options.DONE
    told, following = capsys.readouterr().out.splitlines()
    assert told == f"{tmp_path / 'p.html'}: open it, draw, and save the mask"
    assert following.endswith(f"framesift mask {frames} --mask mask.json --save framesift.toml")
    data = blocks(tmp_path / "p.html")
    assert data["page"]["cameras"] == ["c1", "c2"] and data["page"]["file"] == "mask.json"
    regions = [(each["camera"], each["kind"], each["name"]) for each in data["page"]["regions"]]
    assert regions == [(None, "ignore", "a </script> tree"), (1, "only", "")]
    assert data["page"]["commands"][0] == f"framesift filter {frames} 0.05% 0.75% --mask mask.json --dry-run"
    assert data["page"]["commands"][1].startswith(f"framesift filter {frames} {results}-masked ")
    one = data["camera-0"]
    assert one["size"] == [64, 48] and one["picture"].startswith("data:image/jpeg;base64,")
    assert one["compared"] == pytest.approx([4 / 64, 5 / 48, 61 / 64, 1], abs=0.02)
    counts = {key: one["changes"][key] for key in ("first", "kept", "dropped", "left_out")}
    assert counts == {"first": 1, "kept": 4, "dropped": 1, "left_out": 0} and len(one["changes"]["frames"]) == 5
    assert read_tree(frames) == before and not (tmp_path / "mask.json").exists()


def test_a_page_without_a_run(write_tree, tmp_path, capsys):
    frames = write_tree({"a/1.png": encode(make_image()), "broken/1.png": b"x"})
    page = tmp_path / "p.html"
    assert run("mask", frames, "--page", page, "--output", "trees.json") == options.SKIPPED
    assert capsys.readouterr().err == "broken: has no whole frame to draw\n"
    data = blocks(page)
    assert data["page"]["relative"] is None and data["camera-0"]["changes"] is None
    assert data["camera-1"]["picture"] is False and data["page"]["file"] == "trees.json"
    assert data["page"]["commands"][0].endswith("--mask trees.json --dry-run")
    assert run("mask", frames, "--page", page) == options.SKIPPED, "a page of ours may be replaced"


def test_films_show_what_was_kept(tmp_path):
    from tests.frames.test_videos import door

    door(tmp_path / "frames" / "door.mp4")
    run("filter", tmp_path / "frames", tmp_path / "r", "--every", "500ms", "--quiet")
    assert run("mask", tmp_path / "frames", "--page", tmp_path / "p.html", "--results", tmp_path / "r") == options.DONE
    data = blocks(tmp_path / "p.html")
    assert "--every 0.5s" in data["page"]["commands"][0] and data["camera-0"]["picture"]
    assert all(frame["kept"] for frame in data["camera-0"]["changes"]["frames"])


def test_what_makes_no_page_is_one_line(frames, results, tmp_path, write_tree, capsys):
    other = write_tree(scene(None, camera="c9"), "other")
    (tmp_path / "mine.html").write_text("mine")
    (tmp_path / "day.png").write_bytes(encode(np.repeat(np.uint8([0, 255]), 32)[None].repeat(48, axis=0)))
    run("filter", frames, tmp_path / "painted", "--mask", tmp_path / "day.png", "--quiet")
    page = ["--page", tmp_path / "p.html"]
    before = read_tree(tmp_path)
    for directory, more, line in (
        (frames, ["--results", results], "--results is shown on a page: name one with --page FILE.html"),
        (frames, ["--page", tmp_path / "mine.html"], "mine.html: is not a file of framesift"),
        (frames, [*page, "--results", frames], "holds no manifest.jsonl"),
        (other, [*page, "--results", results], "results: is of other frames: it has decided none of a camera of "),
        (frames, [*page, "--results", results, "--border-mask", "0,0,0,0"], "--border-mask is as RESULTS says"),
        (frames, [*page, "--mask", tmp_path / "day.png"], "day.png: is a painted mask: a page draws polygons only"),
        (frames, [*page, "--results", tmp_path / "painted"], "was made with a painted mask"),
    ):
        assert run("mask", directory, *more) == options.USAGE
        errors = capsys.readouterr().err
        assert line in errors and errors.count("\n") == 1
    assert read_tree(tmp_path) == before
