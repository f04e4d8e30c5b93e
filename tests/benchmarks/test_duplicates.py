"""The labelled set is what it says, and the tables count it right."""

import dataclasses
import re
import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks.duplicates import contenders, differing, films
from benchmarks.duplicates.__main__ import list_faults, tables
from benchmarks.duplicates.kinds import KINDS
from benchmarks.duplicates.labelled import COPY, ORIGINAL, LabelledSet, build, enlarge, read_originals, render_originals
from benchmarks.duplicates.labelled import Original as Drawn
from benchmarks.duplicates.verdicts import find_missed, judge
from benchmarks.duplicates.versions import CHANGES, encode_original, find_changes
from framesift.duplicates import find_duplicates


@pytest.fixture(scope="module")
def labelled(tmp_path_factory) -> LabelledSet:
    return build(tmp_path_factory.mktemp("duplicates") / "set", render_originals(1, 4, (160, 120)))


def pairs_of(labelled: LabelledSet, same: bool) -> frozenset[contenders.Pair]:
    """All pairs of originals with their versions, or with the originals of other scenes."""
    first = {each.original for each in labelled.files.values()}
    files = labelled.files.items()
    return frozenset(
        contenders.sort_pair((name, other))
        for name, each in files
        for other in first - {name}
        if (each.scene == labelled.files[other].scene) == same
    )


def test_every_frame_has_a_copy_and_every_second_change(labelled):
    assert sorted(path.name for path in labelled.folder.iterdir()) == sorted(labelled.files)
    assert len(labelled.files) == 4 * (2 + len(CHANGES) // 2)
    changes = {each.change for each in labelled.files.values()}
    assert changes == {ORIGINAL, COPY, *CHANGES}
    sizes = {each.change: cv2.imread(str(labelled.folder / name)).shape[1::-1] for name, each in labelled.files.items()}
    assert sizes[ORIGINAL] == sizes["jpeg 60"] == sizes["bmp"] == (160, 120)
    assert sizes["resize 50%"] == (80, 60) and sizes["crop 5%"] == (152, 114)


@pytest.mark.parametrize("kind", KINDS)
def test_scenes_of_a_kind_differ_and_are_drawn_alike_again(kind):
    one, same, other = (encode_original(KINDS[kind](seed))[1] for seed in (0, 0, 1))
    assert one == same != other


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_enlarged_is_the_same_picture_still(kind):
    original = Drawn("a", kind, KINDS[kind](0), 0)
    large = enlarge(original, 2)
    if isinstance(original.picture, list) or original.picture.mode not in ("RGB", "RGBA"):
        assert large is original
    else:
        assert large.picture.size == tuple(2 * side for side in original.picture.size)
        assert large[:2] == original[:2] and large.scene == original.scene


def test_pictures_that_differ_are_drawn_alike_again_and_found_by_nobody(tmp_path):
    one, same, other = (differing.draw_picture(number) for number in (7, 7, 8))
    assert np.array_equal(one, same) and np.abs(one.astype(int) - other).mean() > 10
    folder = differing.make_pictures(tmp_path, 3, 1)
    assert sorted(path.name for path in folder.iterdir()) == [f"picture_00000{number}.jpg" for number in range(3)]
    assert differing.make_pictures(tmp_path, 3, 1) == folder
    findings = find_duplicates(folder, index=tmp_path / "i.sqlite")
    assert len(findings.inventory.items) == 3 and findings.groups == []


def test_a_search_that_finds_nothing_is_held_against_decoding_alone(tmp_path, capsys):
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(cv2.imencode(".jpg", differing.draw_picture(number)[:90, :90])[1])
    assert differing.main(["--from", str(tmp_path), "--rounds", "1"]) == 0
    assert re.search(r"^1: .*; \d+\.\d\d wall, \d+\.\d\d CPU$", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_change_makes_a_file(kind):
    one = KINDS[kind](0)
    for make in find_changes(one).values():
        suffix, content = make(one)
        assert suffix in (".png", ".jpg", ".webp", ".bmp", ".tif") and content


def test_frames_show_the_same_where_their_state_is_the_same(tmp_path):
    for number in range(4):
        cv2.imwrite(str(tmp_path / f"f{number}.png"), np.zeros((9, 9, 3), np.uint8))
    table = tmp_path / "c1.csv"
    table.write_text("frame,state\n" + "".join(f"f{number}.png,{'ab'[number > 1]}\n" for number in range(4)))
    originals = list(read_originals(tmp_path, [table]))
    assert [each.scene for each in originals] == [("c1", state) for state in "aabb"]


def test_a_method_is_measured_as_people_run_it(labelled):
    outcome = contenders.run_method("combined", labelled)
    missed = find_missed(labelled, outcome)
    assert not [each for each in missed.values() if each.change in ("copy", "png", "bmp", "jpeg 95")]
    exact = contenders.run_method("identical", labelled)
    assert {each.change for each in labelled.files.values() if each.change == COPY} and exact.found
    assert judge(labelled, exact).precision == 1


def test_a_peer_that_is_missing_is_left_out(labelled, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert contenders.run_peer("czkawka", labelled, sys.executable) == "czkawka_cli is not installed"


def test_right_and_wrong_are_counted(tmp_path):
    """Of two scenes, one of which is there three times: what is chained to its original is found."""
    pictures = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green")]
    made = build(tmp_path / "set", (Drawn(str(n), "k", each, n) for n, each in enumerate(pictures)))
    names = ["0.png", "0__copy.png", "0__png.png", "1.png"]
    three = LabelledSet(made.folder, {name: made.files.get(name, made.files["0.png"]) for name in names})
    three.files["0__png.png"] = dataclasses.replace(three.files["0__copy.png"], change="png")
    found = frozenset([("0.png", "0__copy.png"), ("0__copy.png", "0__png.png"), ("0.png", "1.png")])
    verdict = judge(three, contenders.Outcome("x", found, 1.0))
    assert (verdict.right, verdict.wrong, verdict.joined, verdict.surplus) == (2, 1, 2, 2)
    assert (verdict.precision, verdict.recall) == (2 / 3, 1.0)
    faults = list_faults(three, contenders.Outcome("x", frozenset([("0.png", "1.png")]), 1.0))
    assert faults == ["x: wrong: 0.png 1.png", "x: missed: 0__copy.png", "x: missed: 0__png.png"]


def test_the_tables(labelled):
    perfect = contenders.Outcome("perfect", pairs_of(labelled, True), 1.0)
    hopeless = contenders.Outcome("hopeless", pairs_of(labelled, False), 2.0)
    lines = tables(labelled, [perfect, hopeless], 100.0)
    assert lines[2] == "| kind | files | perfect | hopeless |"
    assert lines[4].split(" | ")[2:] == ["1.000 / 1.000", "0.000 / 0.000 |"]
    assert "| jpeg 75 | 100% | 0% |" in lines
    rates = len(labelled.files), len(labelled.files) // 2
    assert f"| perfect | 1.0 | {rates[0]} | 100 |" in lines and f"| hopeless | 2.0 | {rates[1]} | 50 |" in lines


def test_a_film_may_go_for_one_of_its_own_that_hides_nothing_of_it():
    right = {"a__zoom.mp4": "zoom by a tenth", "a__logo.mp4": "with a logo", "a__caption.mp4": films.BESIDE}
    assert films.shows_all_of("a.mp4", "a__zoom.mp4", right) and films.shows_all_of("a__caption.mp4", "a.mp4", right)
    assert not films.shows_all_of("a.mp4", "a__logo.mp4", right)
    assert not films.shows_all_of("a__logo.mp4", "a__zoom.mp4", right)
    assert not films.shows_all_of("a.mp4", "a__caption.mp4", right)
    assert not films.shows_all_of("b.mp4", "a__zoom.mp4", right)
