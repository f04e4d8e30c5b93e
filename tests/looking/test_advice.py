"""`framesift advise` on scenes whose truth is known: its numbers are those of real runs."""

import json
import shlex
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.comparators.masks.raster import fill_polygon
from framesift.filtering.manifest import open_record
from framesift.looking.advice import LENGTH, STRETCHES, choose_stretches
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, letters, name, scene

WIDTH, HEIGHT = 240, 180
TREE = np.s_[90:150, 30:90]
"""A quarter of the width and a third of the height."""


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def make_ground(chance: np.random.Generator) -> np.ndarray:
    """Grey level of a scene with structure of all sizes, (height, width)."""
    coarse, fine = (cv2.resize(chance.integers(0, 90, (n, n)).astype(np.float32), (WIDTH, HEIGHT)) for n in (6, 40))
    return 40 + coarse + fine


def to_png(grey: np.ndarray) -> bytes:
    return encode(cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR))


def draw_tree(frames: int = 30, camera: str = "tree") -> dict[str, bytes]:
    """A tree that waves all day; twice somebody stands elsewhere for a while."""
    chance = np.random.default_rng(1)
    ground, tree = make_ground(chance), {}
    for minute in range(frames):
        picture = ground.copy()
        leaves = chance.integers(0, 255, (6, 6)).astype(np.float32)
        picture[TREE] = cv2.resize(leaves, (60, 60), interpolation=cv2.INTER_NEAREST)
        if minute // 5 in (1, 3):
            picture[60:120, 160:190] = 250
        tree[f"{camera}/{name(minute, camera)}"] = to_png(picture)
    return tree


def draw_lights(frames: int = 30, camera: str = "lights") -> dict[str, bytes]:
    """Nothing but sun and cloud that wander over a scene."""
    ground, across = make_ground(np.random.default_rng(2)), np.linspace(0, 1, WIDTH)
    light = [0.7 + 0.6 * np.clip(2 * np.sin(minute * 1.3) + across - 0.5, 0, 1) for minute in range(frames)]
    return {f"{camera}/{name(n, camera)}": to_png(ground * each) for n, each in enumerate(light)}


@pytest.fixture
def measure(write_tree, tmp_path, capsys):
    """Runs over a folder tree and returns what is advised, by camera."""

    def measure(tree: dict[str, bytes], *more: str) -> dict[str, dict]:
        write_tree(tree)
        assert run("filter", tmp_path / "frames", tmp_path / "results", "--quiet", *more) == options.DONE
        capsys.readouterr()
        assert run("advise", tmp_path / "results", "--json") == options.DONE
        return {each["camera"]: each for each in json.loads(capsys.readouterr().out)}

    return measure


def count_kept(frames: Path, camera: str, **more) -> int:
    return letters(d for d in filter_frames(frames, **more) if d.frame.camera == camera).count("k")


def test_a_tree_that_waves_is_to_be_masked(measure, tmp_path):
    frames = tmp_path / "frames"
    found = measure(draw_tree())["tree"]
    assert found["kept"] == count_kept(frames, "tree") > 25 and found["frames"] == 30
    mask = found["mask"]
    inside = fill_polygon(tuple(map(tuple, mask["polygon"])), WIDTH, HEIGHT)
    assert inside[TREE].mean() > 0.9 and inside.sum() < 1.5 * inside[TREE].size and mask["share_of_change"] > 0.8
    (tmp_path / "m.json").write_text(json.dumps({"cameras": {"tree": {"ignore": [mask["polygon"]]}}}))
    assert mask["kept"] == count_kept(frames, "tree", mask=tmp_path / "m.json") < 10
    assert mask["command"] == f"framesift mask {frames} --page masks.html --results {tmp_path / 'results'}"


def test_wandering_light_asks_for_tolerance(measure, tmp_path):
    found = measure(draw_lights())["lights"]
    assert found["kept"] == count_kept(tmp_path / "frames", "lights") > 15
    assert found["tolerance"]["kept"] == count_kept(tmp_path / "frames", "lights", method="tolerance") < 5
    command = shlex.split(found["tolerance"]["command"])
    assert command[-2:] == ["--method", "tolerance"] and command[3].endswith("results-tolerance")
    assert found["mask"] is None, "light wanders all over the picture"
    assert run(*command[1:], "--quiet") == options.DONE


def test_a_calm_camera_needs_no_advice(measure):
    found = measure(scene(*[None] * 30))["c1"]
    assert (found["kept"], found["tolerance"], found["mask"]) == (1, None, None)
    assert found["same_bytes_as_before"] == 29


def test_a_run_with_tolerance_is_not_sent_to_tolerance(measure):
    assert measure(draw_lights() | draw_tree(), "--method", "tolerance")["tree"]["tolerance"] is None


def test_a_masked_tree_is_no_advice_again(measure, tmp_path):
    corners = [[0.1, 0.45], [0.4, 0.45], [0.4, 0.88], [0.1, 0.88]]
    (tmp_path / "m.json").write_text(json.dumps({"all": {"ignore": [corners]}}))
    found = measure(draw_tree(), "--mask", str(tmp_path / "m.json"))["tree"]
    assert found["kept"] < 10 and found["mask"] is None


def test_what_is_said(write_tree, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tree(draw_tree() | draw_lights() | scene(*[None] * 20))
    run("filter", "frames", "results", "--quiet")
    before = read_tree(tmp_path)
    capsys.readouterr()
    assert run("advise", "results") == options.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "c1: 1 of 20 frames looked at are kept (5 %)"
    assert lines[1].startswith("  19 frames have the same bytes as the frame before: framesift overview ")
    assert lines[2] == "  that is few"
    assert any(line.startswith("  --method tolerance would keep ") for line in lines)
    [tree] = [line for line in lines if "one part of the picture" in line]
    assert "if nothing there matters, mask it, and " in tree and tree.endswith("--page masks.html --results results")
    assert lines[-1] == "Fewer is not better by itself: framesift audit results says how much is lost at most"
    assert read_tree(tmp_path) == before


def test_of_many_frames_stretches_from_all_over_are_taken(write_tree, tmp_path):
    content = encode(make_image())
    names = [f"c1_2021_03_27__{n // 60:02}_{n % 60:02}_00.png" for n in range(400)]
    frames = write_tree(dict.fromkeys(names, content))
    run("filter", frames, tmp_path / "results", "--quiet")
    [stretches] = choose_stretches(open_record(tmp_path / "results")).values()
    places = [[names.index(frame.path) for frame in stretch] for stretch in stretches]
    assert [len(each) for each in places] == [LENGTH] * STRETCHES
    assert all(each == list(range(each[0], each[0] + LENGTH)) for each in places)
    assert places[0][0] == 0 and places[-1][-1] == 399


def test_frames_that_are_gone_are_not_counted(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None, NEW, None, NEW))
    run("filter", frames, tmp_path / "results", "--quiet")
    (frames / "c1" / name(1)).unlink()
    capsys.readouterr()
    assert run("advise", tmp_path / "results") == options.SKIPPED
    assert capsys.readouterr().out.startswith("c1: 2 of 3 frames looked at are kept (67 %)\n")


def test_where_nothing_was_dropped_no_audit_is_named(write_tree, tmp_path, capsys):
    frames = write_tree(scene(NEW))
    run("filter", frames, tmp_path / "results", "--quiet")
    capsys.readouterr()
    assert run("advise", tmp_path / "results") == options.DONE
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "c1: 1 of 1 frame looked at is kept (100 %)"
    assert not any("audit" in line for line in rest)


def test_what_cannot_be_advised_is_one_line(write_tree, tmp_path, capsys):
    frames = write_tree({"c1/1.png": b"x"})
    run("filter", frames, tmp_path / "results", "--quiet")
    capsys.readouterr()
    for results, line in (
        (tmp_path / "results", "has decided no picture: advise looks at pictures, not at films"),
        (frames, "holds no manifest.jsonl"),
    ):
        assert run("advise", results) == options.USAGE
        errors = capsys.readouterr().err
        assert line in errors and errors.count("\n") == 1
