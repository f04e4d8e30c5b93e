"""The labelled set is what it says, and the tables count it right."""

import sys

import cv2
import numpy as np
import pytest

from benchmarks.duplicates import contenders
from benchmarks.duplicates.__main__ import tables
from benchmarks.duplicates.labelled import CHANGES, LabelledSet, build, read_originals, render_originals


@pytest.fixture(scope="module")
def labelled(tmp_path_factory) -> LabelledSet:
    return build(tmp_path_factory.mktemp("duplicates") / "set", render_originals(1, 5, (160, 120)))


def test_every_frame_has_a_version_of_every_change(labelled):
    assert len(list(labelled.folder.iterdir())) == 5 * (1 + len(CHANGES))
    assert [change for _, _, change in labelled.same] == list(CHANGES) * 5
    sizes = {path.stem.partition("__")[2]: cv2.imread(str(path)).shape[1::-1] for path in labelled.folder.iterdir()}
    assert sizes[""] == sizes["jpeg_30"] == sizes["small_text"] == (160, 120)
    assert sizes["resize_50"] == (80, 60)
    assert sizes["crop_10"] == (144, 108)


def test_neighbours_differ_in_truth(tmp_path):
    for number in range(7):
        cv2.imwrite(str(tmp_path / f"f{number}.png"), np.zeros((9, 9, 3), np.uint8))
    table = tmp_path / "c1.csv"
    table.write_text("frame,state\n" + "".join(f"f{number}.png,{'ab'[number > 4]}\n" for number in range(7)))
    labelled = build(tmp_path / "set", read_originals(tmp_path, [table]))
    assert labelled.different[0] == ("f1.png", "f5.png")
    assert ("f0.png", "f5.png") not in labelled.different  # too far apart
    assert ("f0.png", "f1.png") not in labelled.different  # the same
    assert len(labelled.different) == 4 + 3


def test_a_method_is_measured_on_every_pair(labelled):
    outcome = contenders.run_method("combined 90%", labelled)
    known = {contenders.sort_pair(pair[:2]) for pair in (*labelled.same, *labelled.different)}
    assert outcome.found <= known
    assert all(contenders.sort_pair(pair[:2]) in outcome.found for pair in labelled.same if pair[2] == "jpeg 90")


def test_a_peer_that_is_missing_is_left_out(labelled, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert contenders.run_peer("czkawka", labelled, sys.executable) == "czkawka_cli is not installed"


def test_the_tables(labelled):
    everything = {contenders.sort_pair(pair[:2]) for pair in labelled.same}
    all_wrong = {contenders.sort_pair(pair) for pair in labelled.different}
    perfect = contenders.Outcome("perfect", frozenset(everything), 1.0, 0.5)
    hopeless = contenders.Outcome("hopeless", frozenset(all_wrong), 2.0)
    lines = tables(labelled, [perfect, hopeless], 100.0)
    differ = len(labelled.different)
    assert lines[4].split(" | ")[:3] == ["| perfect", "1.000", "1.000"]
    assert lines[4].endswith(f"| 0/{differ} |")
    assert lines[5].split(" | ")[1:3] == ["0.000", "0.000"]
    assert lines[5].endswith(f"| {differ}/{differ} |")
    assert lines[9] == "| perfect | 1.00 | 75 | 100 | 0.50 |"
    assert lines[10] == "| hopeless | 2.00 | 38 | 50 |  |"
