"""What changed, cut out."""

import csv
import errno
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli, export_crops, filter_frames
from framesift.cli import options
from framesift.errors import StorageError
from framesift.filtering.manifest import open_record
from framesift.looking.crops import COLUMNS, TABLE, choose_boxes, write_crops
from framesift.looking.crops.boxes import LEAST, MOST, WHOLE
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import name

BOXES = (None, (40, 60, 60, 50), (40, 60, 60, 50), (300, 200, 50, 60))
SIZE = (400, 300)


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    """Of four frames three are kept: an empty one, one with something at the left, one with something at the right."""
    tree = {f"c1/{name(n)}": encode(make_image(*SIZE, box=box)) for n, box in enumerate(BOXES)}
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    return tmp_path / "results"


def read_rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / TABLE, newline="") as file:
        return list(csv.DictReader(file))


def box_of(row: dict[str, str]) -> tuple[int, ...]:
    return tuple(int(row[side]) for side in ("x", "y", "width", "height"))


def test_each_crop_has_what_changed_and_little_else(results, tmp_path):
    saving = write_crops(open_record(results), tmp_path / "crops")
    rows = read_rows(tmp_path / "crops")
    assert tuple(rows[0]) == COLUMNS
    first, came, *last = rows
    assert box_of(first) == (0, 0, *SIZE) and (first["share"], first["reference"]) == ("1", "")
    assert covers(box_of(came), BOXES[1]) and float(came["share"]) < 0.12
    assert came["reference"] == f"c1/{name(0)}" and came["time"] == "2021-03-27T10:01:00+00:00"
    assert len(last) == 2, "what has gone, and what has come"
    assert {row["frame"] for row in last} == {f"c1/{name(3)}"}
    assert any(covers(box_of(row), BOXES[1]) for row in last) and any(covers(box_of(row), BOXES[3]) for row in last)
    assert (saving.frames, saving.kept, saving.crops) == (4, 3, 4)
    assert saving.frame_px == 4 * 400 * 300
    assert saving.crop_px == sum(box_of(row)[2] * box_of(row)[3] for row in rows)


def covers(box: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return (
        box[0] <= other[0]
        and box[1] <= other[1]
        and box[0] + box[2] >= other[0] + other[2]
        and box[1] + box[3] >= other[1] + other[3]
    )


def test_a_crop_is_that_part_of_the_frame(results, tmp_path):
    write_crops(open_record(results), tmp_path / "crops")
    rows = read_rows(tmp_path / "crops")
    assert sorted(row["crop"] for row in rows) == sorted(set(read_tree(tmp_path / "crops")) - {TABLE})
    for row in rows:
        x, y, width, height = box_of(row)
        frame = cv2.imread(str(results / row["frame"])).astype(int)[y : y + height, x : x + width]
        assert np.abs(cv2.imread(str(tmp_path / "crops" / row["crop"])) - frame).mean() < 2


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 400), st.integers(1, 300), st.integers(1, 300)), max_size=20
    ),
    st.tuples(st.integers(1, 640), st.integers(1, 480)),
)
def test_boxes_are_few_apart_and_hold_all_that_changed(found, size):
    changed = [(x, y, min(x + w, size[0]), min(y + h, size[1])) for x, y, w, h in found if x < size[0] and y < size[1]]
    boxes = choose_boxes(changed, size)
    assert 1 <= len(boxes) <= MOST
    for x0, y0, x1, y1 in boxes:
        assert 0 <= x0 < x1 <= size[0] and 0 <= y0 < y1 <= size[1]
        assert x1 - x0 >= min(LEAST, size[0]) and y1 - y0 >= min(LEAST, size[1])
    for box in changed:
        assert any(o[0] <= box[0] and o[1] <= box[1] and o[2] >= box[2] and o[3] >= box[3] for o in boxes)
    canvas = np.zeros(size[::-1], int)
    for x0, y0, x1, y1 in boxes:
        canvas[y0:y1, x0:x1] += 1
    assert canvas.max() == 1
    assert boxes == [(0, 0, *size)] or canvas.mean() <= WHOLE


def test_the_command(results, tmp_path, capsys):
    target = tmp_path / "crops"
    assert cli.main(["export", str(results), "--crops", str(target)]) == options.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["4 frames: 0.5 Mpx", "kept, 3: 0.4 Mpx, 75 %"]
    assert lines[2].startswith("4 crops: ") and lines[2].endswith(f"listed in {target / TABLE}")
    before = read_tree(target)
    assert cli.main(["export", str(results), "--crops", str(target)]) == options.USAGE
    assert "is not an empty folder: choose another one; nothing was overwritten" in capsys.readouterr().err
    assert read_tree(target) == before
    assert cli.main(["export", str(results), "--crops", str(tmp_path / "c"), "--dropped"]) == options.USAGE
    assert "--crops takes no --dropped" in capsys.readouterr().err


def test_the_library_does_the_same(results, tmp_path):
    cli.main(["export", str(results), "--crops", str(tmp_path / "crops")])
    assert export_crops(results, tmp_path / "others").crops == 4
    assert read_tree(tmp_path / "crops") == read_tree(tmp_path / "others")


def test_a_frame_that_is_gone_is_said(results, tmp_path, capsys):
    for folder in (results, tmp_path / "frames"):
        (folder / "c1" / name(3)).unlink()
    assert cli.main(["export", str(results), "--crops", str(tmp_path / "crops")]) == options.SKIPPED
    assert f"c1/{name(3)}: no crop of it: " in capsys.readouterr().err
    assert len(read_rows(tmp_path / "crops")) == 2


def test_what_breaks_off_leaves_nothing(results, tmp_path):
    before = read_tree(tmp_path)

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_crops(open_record(results), tmp_path / "crops", follow=stop)
    assert read_tree(tmp_path) == before and not (tmp_path / "crops").exists()


def test_a_full_disk_is_one_line_and_leaves_nothing(results, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(StorageError, match="No space left on device"):
        write_crops(open_record(results), tmp_path / "crops")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "results"]


def test_a_spreadsheet_runs_nothing(results, tmp_path):
    lines = (results / "manifest.jsonl").read_text().splitlines()
    changed = [json.dumps(json.loads(line) | {"camera": "=1+1"}) for line in lines[1:]]
    (results / "manifest.jsonl").write_text("\n".join([lines[0], *changed, ""]))
    write_crops(open_record(results), tmp_path / "crops")
    assert {row["camera"] for row in read_rows(tmp_path / "crops")} == {"'=1+1"}
