"""When one part of the picture changed."""

import csv
import json
import tracemalloc
from itertools import cycle, islice
from pathlib import Path

import pytest

from framesift import cli, filter_frames, find_region_changes
from framesift.cli import options
from framesift.errors import UsageError
from framesift.looking.events import parse_region
from tests.filtering.test_run import name, scene

LEFT, RIGHT = (8, 12, 16, 20), (40, 12, 16, 20)
PART = "32,8,32,32"
"""Where what is at the right stands."""


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    """Something at the left in frames 1 and 2, at the right in 4 and 5."""
    list(filter_frames(write_tree(scene(None, LEFT, LEFT, None, RIGHT, RIGHT, None)), tmp_path / "results"))
    return tmp_path / "results"


def minutes(changes) -> list[tuple[int, int]]:
    """Of each frame and what it was compared with."""
    return [(int(change.frame[-9:-7]), int(change.reference[-9:-7])) for change in changes]


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_only_what_happens_in_the_part_is_told(write_tree, tmp_path, method):
    frames = write_tree(scene(None, LEFT, LEFT, None, RIGHT, RIGHT, None))
    list(filter_frames(frames, tmp_path / "results", method=method))
    changes = list(find_region_changes(tmp_path / "results", PART))
    assert minutes(changes) == [(4, 0), (6, 4)]
    assert all(0.2 < change.share < 0.6 for change in changes)
    assert minutes(find_region_changes(tmp_path / "results", "0,8,32,32")) == [(1, 0), (3, 1)]
    assert minutes(find_region_changes(tmp_path / "results", "0,0,64,48")) == [
        (1, 0),
        (3, 1),
        (4, 3),
        (6, 4),
    ]


def test_shares_of_the_sides_are_the_same_as_px(results):
    assert list(find_region_changes(results, "50%,16.6667%,50%,66.6667%")) == list(find_region_changes(results, PART))


def test_a_slow_change_is_told_once_it_is_large_enough(write_tree, tmp_path):
    """Each frame is compared with the one at which the part changed last, not with the one before."""
    tree = scene(*[(30, 10, 4 + n // 2, 20) for n in range(16)])
    list(filter_frames(write_tree(tree), tmp_path / "results", 0, "5%"))
    changes = list(find_region_changes(tmp_path / "results", "24,4,30,40"))
    assert (
        changes
        and [reference for _, reference in minutes(changes)] == [0, *(frame for frame, _ in minutes(changes))][:-1]
    )


def test_the_strips_that_a_run_does_not_compare_are_looked_at(write_tree, tmp_path):
    list(filter_frames(write_tree(scene(None, (0, 0, 3, 4), None)), tmp_path / "results"))
    assert minutes(find_region_changes(tmp_path / "results", "0,0,8,8")) == [(1, 0), (2, 1)]


def test_one_camera_of_several(write_tree, tmp_path):
    tree = scene(None, RIGHT) | scene(None, RIGHT, camera="c2")
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    assert [each.camera for each in find_region_changes(tmp_path / "results", PART)] == ["c1", "c2"]
    assert [each.camera for each in find_region_changes(tmp_path / "results", PART, "c2")] == ["c2"]
    with pytest.raises(UsageError, match="has no frame of a camera c3; its cameras are c1, c2"):
        list(find_region_changes(tmp_path / "results", PART, "c3"))


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "1,2,3,4,5", "1,2,0,4", "10%,2,3,4", "90%,0%,20%,10%", "-1,2,3,4"]
)
def test_what_is_no_region(text):
    with pytest.raises(UsageError, match="--region"):
        parse_region(text)


def test_a_region_beyond_the_picture(results, capsys):
    assert cli.main(["when", str(results), "--region", "60,0,10,10"]) == options.USAGE
    said = capsys.readouterr().err
    assert "has 64x48 px: the region 60,0,10,10 does not lie on it; one in percent suits frames of any size" in said


def test_the_command(results, tmp_path, capsys):
    command = ["when", str(results), "--region", PART]
    assert cli.main(command) == options.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "c1: changed 2 times"
    assert lines[1].split()[:2] == ["2021-03-27", "10:04:00"]
    assert lines[1].endswith(f"c1/{name(4)}  against c1/{name(0)}")
    changes = list(find_region_changes(results, PART))
    assert cli.main([*command, "--format", "json"]) == options.DONE
    assert [each["share"] for each in json.loads(capsys.readouterr().out)] == [each.share for each in changes]
    assert cli.main([*command, "--format", "csv", "--output", str(tmp_path / "when.csv")]) == options.DONE
    rows = list(csv.DictReader((tmp_path / "when.csv").read_text().splitlines()))
    assert [(row["frame"], row["reference"]) for row in rows] == [(each.frame, each.reference) for each in changes]
    assert cli.main(["when", str(results), "--region", "0,40,10,8"]) == options.DONE
    assert capsys.readouterr().out.endswith("this part has not changed\n")


def test_frames_that_are_gone_are_told(results, capsys):
    (results.parent / "frames" / "c1" / name(2)).unlink()
    assert cli.main(["when", str(results), "--region", PART]) == options.SKIPPED
    said = capsys.readouterr()
    assert "1 frame could not be read again, the first c1/" in said.err
    assert said.out.startswith("c1: changed 2 times")


def test_memory_does_not_grow_with_the_number_of_frames(write_tree, tmp_path):
    peaks = []
    for number in (20, 59):
        tree = scene(*islice(cycle([None, LEFT]), number))
        folder = tmp_path / f"results-{number}"
        list(filter_frames(write_tree(tree, f"frames-{number}"), folder))
        tracemalloc.start()
        assert sum(1 for _ in find_region_changes(folder, PART, jobs=1)) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_a_real_bottle_is_taken_and_brought_back(shared, tmp_path):
    """The left bottle of c102: each moment at which its state changes lies within a second of one that is told."""
    with open(shared / "frames" / "truth" / "c102-labels.csv") as file:
        rows = list(csv.DictReader(file))
    list(filter_frames(shared / "frames" / "c102", tmp_path / "results", method="tolerance"))
    told = {change.frame for change in find_region_changes(tmp_path / "results", "40,60,110,250")}
    there = [row["state"][0] == "L" for row in rows]
    moments = [n for n in range(1, len(rows)) if there[n] != there[n - 1]]
    assert moments
    assert all(any(rows[m]["frame"] in told for m in range(n - 1, n + 2)) for n in moments)
