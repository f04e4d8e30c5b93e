"""Masks in a run and `framesift mask`: what people write, read and see of them."""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.actions.files.outputs import is_output
from framesift.cli import options
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.looking.decision_search import find_decision
from framesift.looking.explanation import explain_decision
from framesift.looking.explanation_picture import draw_explanation
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, letters, name, scene
from tests.frames.test_reader_exif import LABEL, make_orientation
from tests.frames.test_videos import door

LEFT = [[0, 0], [0.75, 0], [0.75, 1], [0, 1]]
"""Of 64 px 48; NEW is within 10 to 40 px."""
RIGHT = (52, 10, 10, 30)
"""Something new in the rest."""


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def write_mask(path: Path, **parts) -> Path:
    path.write_text(json.dumps(parts))
    return path


@pytest.fixture
def left(tmp_path) -> Path:
    """A mask file that ignores the left three quarters of every frame."""
    return write_mask(tmp_path / "mask.json", all={"ignore": [LEFT]})


@pytest.fixture
def frames(write_tree) -> Path:
    return write_tree(scene(None, NEW, RIGHT) | scene(None, NEW, RIGHT, camera="c2"))


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_what_is_new_in_an_ignored_region_is_dropped(frames, left, method):
    assert letters(filter_frames(frames, method=method)) == "kkkkkk"
    assert letters(filter_frames(frames, method=method, mask=left)) == "kdkkdk"
    one = write_mask(left.parent / "one.json", cameras={"c2": {"ignore": [LEFT]}})
    assert letters(filter_frames(frames, method=method, mask=[str(one)])) == "kkkkdk"
    only = write_mask(left.parent / "only.json", all={"only": [LEFT]})
    assert letters(filter_frames(frames, method=method, mask=only)) == "kkkkkk"
    assert letters(filter_frames(frames / "c1", method=method, mask=[left, one.rename(only)][:1])) == "kdk"


def test_a_mask_that_masks_nothing_changes_nothing(frames, tmp_path):
    assert run("mask", frames, "--output", tmp_path / "m.json", "--pictures", tmp_path / "p") == options.DONE
    for results, more in (("r1", []), ("r2", ["--mask", tmp_path / "m.json"])):
        assert run("filter", frames, tmp_path / results, "--quiet", *more) == options.DONE
    assert read_tree(tmp_path / "r1") == read_tree(tmp_path / "r2")


def test_shares_are_of_what_the_mask_leaves(frames, left):
    decision = list(filter_frames(frames, mask=left))[1]
    # Border strips: columns 0 to 3 and 61 to 63, rows 0 to 4; the mask takes columns 0 to 47.
    assert decision.reason == f"score 0 <= {0.75 * 13 * 43 / 100:g}"


def test_workers_decide_the_same(frames, left, tmp_path):
    painted = tmp_path / "c2.png"
    painted.write_bytes(encode(np.repeat(np.uint8([0, 0, 0, 255]), 12)[None].repeat(36, axis=0)))
    masks = [str(left), f"c2={painted}"]
    expected = list(filter_frames(frames, mask=masks, jobs=1))
    assert list(filter_frames(frames, mask=masks, jobs=4)) == expected
    with ProcessPoolExecutor(2) as executor:
        assert list(filter_frames(frames, mask=masks, executor=executor)) == expected


def test_a_mask_is_of_the_upright_picture(tmp_path):
    """Stored lying on its side, with the orientation that turns it clockwise: what is new is at its bottom."""
    (tmp_path / "frames").mkdir()
    for minute, box in enumerate((None, (50, 10, 12, 30))):
        content = encode(make_image(box=box), ".jpg")
        exif = LABEL + make_orientation(6)
        segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
        (tmp_path / "frames" / name(minute)).with_suffix(".jpg").write_bytes(content[:2] + segment + content[2:])
    half = {
        "bottom": [[0, 0.5], [1, 0.5], [1, 1], [0, 1]],
        "right": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]],
    }
    for side, expected in (("bottom", "kd"), ("right", "kk")):
        mask = write_mask(tmp_path / f"{side}.json", all={"ignore": [half[side]]})
        assert letters(filter_frames(tmp_path / "frames", mask=mask, decode="exact")) == expected
        assert letters(filter_frames(tmp_path / "frames", mask=mask, decode="fast")) == expected
    upright, lying = (tmp_path / f"{kind}.png" for kind in ("upright", "lying"))
    for path, shape in ((upright, (64, 48)), (lying, (48, 64))):
        pixels = np.full(shape, 255, np.uint8)
        pixels[shape[0] // 2 :] = 0
        path.write_bytes(encode(pixels))
    assert letters(filter_frames(tmp_path / "frames", mask=upright)) == "kd"
    assert run("filter", tmp_path / "frames", tmp_path / "r", "--mask", lying) == options.USAGE


def test_a_run_goes_on_with_the_same_mask_only(frames, left, write_tree, tmp_path, capsys):
    results, command = tmp_path / "results", ["filter", frames, tmp_path / "results", "--quiet"]
    assert run(*command, "--mask", left) == options.DONE
    write_tree(scene(NEW, None, start=5))
    same = left.rename(tmp_path / "renamed.json")
    other = write_mask(tmp_path / "other.json", all={"ignore": [LEFT[:3]]})
    tree = read_tree(results)
    for arguments in ([], ["--mask", other], ["--mask", same, "--mask", other]):
        assert run(*command, *arguments) == options.USAGE
        line = capsys.readouterr().err
        assert "results: was filled with mask " in line and len(line) < 200
    assert read_tree(results) == tree
    assert run(*command, "--mask", same) == options.DONE
    added = [d for d in open_record(results).decisions() if d.frame.path in (f"c1/{name(5)}", f"c1/{name(6)}")]
    assert letters(added) == "kd", "the last kept frame is masked again"


def test_a_mask_of_a_camera_fits_also_when_all_its_frames_are_decided(frames, tmp_path):
    mask = write_mask(tmp_path / "mask.json", cameras={"c1": {"ignore": [LEFT]}})
    for _ in range(2):
        assert run("filter", frames, tmp_path / "results", "--mask", mask, "--quiet") == options.DONE


def test_explain_and_report_do_without_the_mask_file(frames, left, tmp_path, capsys):
    pixels = np.full((48, 64), 255, np.uint8)
    pixels[5:, :48] = 0
    (tmp_path / "c2.png").write_bytes(encode(pixels))
    masks = ["--mask", left, "--mask", f"c2={tmp_path / 'c2.png'}"]
    assert run("filter", frames, tmp_path / "results", "--quiet", *masks) == options.DONE
    left.unlink()
    (tmp_path / "c2.png").unlink()
    record = open_record(tmp_path / "results")
    for decision in record.decisions():
        explanation = explain_decision(record, decision, None)
        assert explanation.change == ""
        if decision.score is not None:
            assert f" {explanation.limit:g}" in decision.reason
            assert explanation.evidence.compared.pixels[20, [10, 55]].tolist() == [0, 255]
        draw_explanation(explanation)
    assert run("report", tmp_path / "results") == options.DONE
    assert "and what a mask leaves out" in (tmp_path / "results" / "report.html").read_text()


def test_what_is_masked_is_dimmed(frames, left, tmp_path):
    run("filter", frames, tmp_path / "results", "--quiet", "--mask", left)
    record = open_record(tmp_path / "results")
    evidence = explain_decision(record, find_decision(record, f"c1/{name(1)}"), None).evidence
    from framesift.looking.evidence import outline_changes

    drawn = outline_changes(evidence, 640, 480)
    assert drawn[200, 470].tolist() == [20] * 3 and drawn[200, 490].tolist() == [60] * 3, "60 levels, a third of it"
    assert drawn[200, 200].tolist() == [73] * 3 and drawn[20, 490].tolist() == [20] * 3


def test_films_have_masks_too(tmp_path):
    door(tmp_path / "frames" / "door.mp4")
    masks = [write_mask(tmp_path / "m.json", cameras={"door.mp4": {"ignore": [[[0, 0], [1, 0], [1, 0.9], [0, 0.95]]]}})]
    assert "k" in letters(list(filter_frames(tmp_path / "frames", every="500ms"))[1:])
    assert "k" not in letters(list(filter_frames(tmp_path / "frames", every="500ms", mask=masks))[1:])
    pictures = tmp_path / "pictures"
    assert run("mask", tmp_path / "frames", "--mask", masks[0], "--pictures", pictures) == options.DONE
    assert is_output(pictures / "door.mp4.png")


NOT_FITTING = {
    "camera": ({"cameras": {"c9": {"ignore": [LEFT]}}}, "mask.json: is for the camera c9, but {frames} has c1, c2\n"),
    "nothing left": (
        {"all": {"ignore": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}},
        "mask.json: leaves nothing to compare of pictures of 64x48 px, with the border mask\n",
    ),
    "in the border": (
        {"cameras": {"c2": {"only": [[[0, 0], [1, 0], [1, 0.1], [0, 0.1]]]}}},
        "leaves nothing to compare",
    ),
    "outside": ({"all": {"ignore": [[[0, 0], [1, 0], [1, 48]]]}}, "has the point [1, 48]: x and y are shares"),
}


@pytest.mark.parametrize(("parts", "line"), NOT_FITTING.values(), ids=NOT_FITTING)
@pytest.mark.parametrize("command", ["filter", "mask"])
def test_a_mask_that_does_not_fit_is_one_line(frames, tmp_path, capsys, monkeypatch, command, parts, line):
    monkeypatch.chdir(tmp_path)
    write_mask(tmp_path / "mask.json", **parts)
    before = read_tree(tmp_path)
    places = ["results"] if command == "filter" else ["--pictures", "pictures"]
    assert run(command, frames, *places, "--mask", "mask.json") == options.USAGE
    output, errors = capsys.readouterr()
    assert errors.startswith("framesift: ") and line.format(frames=frames) in errors and errors.count("\n") == 1
    assert command == "mask" or (output == "" and read_tree(tmp_path) == before)


def test_a_frame_of_another_shape_stops_the_run(write_tree, tmp_path, capsys):
    """Nobody knows what of it is to be ignored. What was decided before stays decided."""
    frames = write_tree(scene(None, NEW) | {f"c1/{name(2)}": encode(make_image(64, 64))})
    mask = tmp_path / "day.png"
    mask.write_bytes(encode(np.full((24, 32), 255, np.uint8)))
    command = ["filter", frames, tmp_path / "results", "--quiet", "--mask", mask]
    for _ in range(2):
        assert run(*command) == options.USAGE
        line = f"framesift: {mask}: does not fit: drawn on 32x24 px, and c1/{name(2)} has 64x64 px\n"
        assert capsys.readouterr().err == line
        assert letters(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))) == "kk"
    (frames / "c1" / name(2)).unlink()
    assert run(*command) == options.DONE


def test_frames_that_are_skipped_need_not_fit(write_tree, tmp_path):
    frames = write_tree({f"c1/{name(0)}": encode(make_image(10, 20)), f"c1/{name(1)}": b""} | scene(None, NEW, start=2))
    (tmp_path / "day.png").write_bytes(encode(np.full((24, 32), 255, np.uint8)))
    assert letters(filter_frames(frames, mask=tmp_path / "day.png", min_size=21)) == "sskk"


def test_mask_begins_a_file_and_draws_every_camera(frames, write_tree, tmp_path, capsys, monkeypatch):
    write_tree({f"a/b%/{n}.png": encode(make_image(80, 60)) for n in range(2)} | {"broken/1.png": b"x"})
    monkeypatch.chdir(tmp_path)
    assert run("mask", "frames") == options.SKIPPED
    output, errors = capsys.readouterr()
    assert errors == "broken: has no whole frame to draw\n"
    assert output.splitlines() == [
        "a/b%: 78 % of 80x60 px are compared: mask-pictures/a%2Fb%25.png",
        "c1: 80 % of 64x48 px are compared: mask-pictures/c1.png",
        "c2: 80 % of 64x48 px are compared: mask-pictures/c2.png",
        "mask.json: fill it in, then look with --mask mask.json",
    ]
    begun = json.loads((tmp_path / "mask.json").read_text())
    assert list(begun["cameras"]) == ["a/b%", "broken", "c1", "c2"] and begun["all"] == {"ignore": [], "only": []}
    assert sorted(p.name for p in (tmp_path / "mask-pictures").iterdir()) == ["a%2Fb%25.png", "c1.png", "c2.png"]
    before = read_tree(tmp_path)
    assert run("mask", "frames") == options.USAGE
    assert "mask.json: exists: choose another name; nothing was overwritten" in capsys.readouterr().err
    assert read_tree(tmp_path) == before


def test_mask_draws_cameras_with_the_longest_names(write_tree, tmp_path, monkeypatch):
    names = ["a" * 251, "a" * 250 + "b", "\u00e4" * 125, "c" * 100 + "/" + "%" * 200, "d"]
    root = write_tree({f"{camera}/1.png": encode(make_image()) for camera in names})
    monkeypatch.chdir(tmp_path)
    assert run("mask", root) == 0
    pictures = [path.name for path in (tmp_path / "mask-pictures").iterdir()]
    assert len(pictures) == len(names) and "d.png" in pictures
    assert all(len(picture.encode()) < 255 for picture in pictures)


def test_mask_draws_what_a_file_masks(frames, left, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("mask", "frames", "--output", "new.json") == options.DONE
    plain = cv2.imread("mask-pictures/c1.png")
    before = read_tree(tmp_path)
    assert run("mask", "frames", "--mask", "mask.json", "--border-mask", "0,0,0,0") == options.DONE
    masked = cv2.imread("mask-pictures/c1.png")
    assert plain.shape == masked.shape == (48, 64, 3)
    assert [plain[25, x, 0] for x in (2, 30, 55)] == [20, 60, 60]
    assert [masked[25, x, 0] for x in (2, 30, 55)] == [20, 20, 60]
    assert masked[25, 48].tolist() == [40, 215, 255], "an outline"
    changed = {path for path, content in read_tree(tmp_path).items() if before.get(path) != content}
    assert changed == {"mask-pictures/c1.png", "mask-pictures/c2.png"}


def test_mask_overwrites_nothing_of_the_users(frames, tmp_path, capsys):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "c1.png").write_bytes(encode(make_image()))
    before = read_tree(tmp_path)
    for arguments, line in (
        (["--pictures", tmp_path / "pictures"], "is not a file of framesift"),
        (["--pictures", frames / "pictures"], "is in the folder of the frames, where it would become one: use --pictu"),
        (["--pictures", tmp_path / "pictures" / "c1.png"], "in the way; nothing was overwritten"),
        (["--pictures", tmp_path / "p", "--border-mask", "60,0,60,0"], "leaves nothing to compare"),
    ):
        expected = options.STORAGE if "in the way" in line else options.USAGE
        assert run("mask", frames, "--output", tmp_path / "m.json", *arguments) == expected
        assert line in capsys.readouterr().err
    assert read_tree(tmp_path) == before


def test_real_frames(shared, tmp_path):
    """What goes on in the left half of a real camera is forgotten, what goes on in the right is not."""
    half = write_mask(tmp_path / "m.json", all={"ignore": [[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]})
    rest = write_mask(tmp_path / "n.json", all={"only": [[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]})
    for method in ("framediff", "tolerance"):
        whole, right, left = (
            list(filter_frames(shared / "frames" / "c102", method=method, mask=mask)) for mask in ((), half, rest)
        )
        assert len(whole) == len(right) == len(left) == 80
        assert 1 < letters(right).count("k") < 80 and 1 < letters(left).count("k") < 80
        assert [d.verdict for d in right] != [d.verdict for d in left]
