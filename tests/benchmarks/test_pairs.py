"""Pairs that were judged by eye: the table is read strictly, and scored as it says."""

from pathlib import Path

import pytest

from benchmarks.quality.__main__ import main
from benchmarks.quality.pairs import Judged, find_best, measure_roc, read_pairs
from tests.conftest import encode, make_image

HEAD = "camera,reference,candidate,label,what"


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """A camera with an empty picture, the same one a little brighter, and one with a box."""
    folder = tmp_path / "frames" / "c5"
    folder.mkdir(parents=True)
    for name, image in (
        ("a.png", make_image(160, 120)),
        ("b.png", make_image(160, 120, level=63)),
        ("c.png", make_image(160, 120, box=(40, 40, 40, 40))),
    ):
        (folder / name).write_bytes(encode(image))
    return folder.parent


def write_table(frames: Path, *rows: str) -> Path:
    table = frames.parent / "pairs.csv"
    table.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return table


def test_every_method_that_compares_two_frames_has_its_lines(frames, capsys):
    table = write_table(frames, "c5,a.png,c.png,new,a box came", "c5,a.png,b.png,nothing,light")
    assert main(["--pairs", str(table), "--own", str(frames)]) == 0
    report = capsys.readouterr().out
    assert report.startswith("2 pairs: 1 new, 1 nothing\n")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report.splitlines() if line.startswith("|")][
        2:
    ]
    ours = [row for row in rows if row[0].startswith("framesift") and not row[1].startswith("best")]
    assert len(ours) >= 2 and all(row[2:] == ["1 of 1", "-", "0 of 1", "-", "1.000"] for row in ours)
    assert all(row[1].startswith("best: > ") for row in rows if not row[0].startswith("framesift"))
    assert "These do not compare two frames alone: consecutive frames, uniform sampling, MOG2" in report


def test_borderline_and_unsure_rows_are_counted_apart(frames):
    table = write_table(
        frames, "c5,a.png,c.png,small,borderline: a box", "c5,a.png,b.png,unsure,fog", "c5,a.png,b.png,nothing,light"
    )
    assert [pair.label for pair in read_pairs(table, frames)] == ["borderline", "nothing"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("c5,a.png,z.png,new,x", "line 2: no frame c5/z.png"),
        ("c6,a.png,b.png,new,x", "line 2: no frame c6/a.png"),
        ("c5,a.png,b.png,large,x", "the label is new, small, nothing or unsure, not 'large'"),
        ("c5,a.png", "the label is new, small, nothing or unsure, not None"),
    ],
)
def test_what_is_wrong_with_a_row_is_one_line(frames, capsys, row, message):
    assert main(["--pairs", str(write_table(frames, row)), "--own", str(frames)]) == 3
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1


def test_what_is_wrong_with_the_table_is_one_line(frames, capsys):
    assert main(["--pairs", str(frames / "none.csv"), "--own", str(frames)]) == 3
    assert main(["--pairs", str(write_table(frames)), "--own", str(frames)]) == 3
    (frames.parent / "pairs.csv").write_text("camera,label\n", encoding="utf-8")
    assert main(["--pairs", str(frames.parent / "pairs.csv"), "--own", str(frames)]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert "none.csv" in told[0] and "no pairs" in told[1] and "no column reference, candidate, what" in told[2]
    with pytest.raises(SystemExit):
        main(["--pairs", "pairs.csv"])


def judged(**scores: list[float]) -> list[Judged]:
    return [Judged(label, score, kept=False) for label, found in scores.items() for score in found]


def test_area_under_the_curve_by_hand():
    assert measure_roc(judged(new=[3, 4], nothing=[1, 2])) == 1
    assert measure_roc(judged(new=[1, 4], nothing=[2, 2])) == 0.5
    assert measure_roc(judged(new=[2, 2], nothing=[2])) == 0.5
    assert measure_roc(judged(new=[2], small=[1])) is None


def test_best_threshold_weighs_new_and_nothing_alike():
    assert find_best(judged(new=[3, 4, 5], nothing=[1, 2], small=[0, 9])) == 2
    assert find_best(judged(new=[1, 5, 6], nothing=[3])) == 3
