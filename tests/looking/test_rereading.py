import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from framesift import cli, filter_frames, open_record
from framesift.filtering import describing
from framesift.looking import rereading
from framesift.looking.explanation import explain_decision
from framesift.looking.rereading import Sights
from tests.conftest import encode, make_image
from tests.filtering.test_run import name

BOXES = [None, (10, 10, 30, 30), None, (40, 20, 30, 30), None]


@pytest.fixture(params=["framediff", "tolerance"])
def record(request, write_tree, tmp_path):
    """A run that has kept five frames and dropped two after each of them."""
    frames = {f"c1/{name(n)}": content_of(n) for n in range(15)}
    list(filter_frames(write_tree(frames), tmp_path / "results", method=request.param))
    return open_record(tmp_path / "results")


def content_of(n: int) -> bytes:
    image = make_image(box=BOXES[n // 3])
    image[40, 8 + n] += 1  # no two files are the same
    return encode(image)


@pytest.fixture
def reads(monkeypatch) -> Counter[str]:
    """How often each file was decoded whole, whatever for."""
    counted = Counter()
    for module in (rereading, describing):
        read = module.read_picture

        def count(path, *arguments, read=read, **options):
            counted[str(path).rpartition("/")[2]] += 1
            return read(path, *arguments, **options)

        monkeypatch.setattr(module, "read_picture", count)
    return counted


def test_a_report_reads_each_frame_a_few_times_however_often_it_is_compared(record, reads, tmp_path):
    assert cli.main(["report", record.folder, "--output", str(tmp_path / "page.html"), "--jobs", "1"]) == 0
    kept = [d.frame.path for d in record.decisions() if d.verdict == "keep"]
    assert len(kept) == 5
    # A kept one for its events, to be shown and, by tolerance, to be compared; never for each that it decided.
    assert max(reads.values()) <= 3
    assert max(number for path, number in reads.items() if f"c1/{path}" not in kept) <= 2


def test_where_scores_say_which_drops_are_shown_none_is_compared_for_it(record, reads, tmp_path, monkeypatch):
    dropped = [d.frame.path.removeprefix("c1/") for d in record.decisions() if d.verdict == "drop"]
    lines = Path(record.path).read_text().splitlines(keepends=True)
    lines = [re.sub(r'"score": 0[.0]*', '"score": 1', line) if n < 7 else line for n, line in enumerate(lines)]
    Path(record.path).write_text("".join(lines))
    monkeypatch.setattr("framesift.looking.report.DOUBTFUL", 2)
    assert cli.main(["report", record.folder, "--output", str(tmp_path / "page.html"), "--jobs", "1"]) == 0
    assert len(dropped) == 10 and sum(reads[name] > 0 for name in dropped) == 2


def test_what_is_remembered_is_what_would_be_read(record):
    sights = Sights(record)
    for decision in record.decisions():
        path, shown = decision.frame.path, []
        again = rereading.describe_again(record, "c1", path)
        for _ in range(2):
            seen = sights.describe("c1", path, show=shown.append)
            assert seen.size == again.size
            assert np.array_equal(seen.descriptor, again.descriptor)
        [pixels] = shown
        assert np.array_equal(pixels, rereading.read_pixels(record, "c1", path))
    assert sights.describe("c1", "c1/none.jpg") is None
    assert sights.describe("c1", "c1/nothing.jpg", show=shown.append) is None and isinstance(shown[-1], str)


def test_what_is_remembered_is_bounded_in_bytes(record, reads, monkeypatch):
    monkeypatch.setattr(rereading, "_DESCRIPTORS", 0)
    sights, paths = Sights(record), [decision.frame.path for decision in record.decisions()]
    for path in [*paths, *paths[-3:]]:
        sights.describe("c1", path)
    assert set(reads.values()) == {1}
    sights.describe("c1", paths[-4])
    assert max(reads.values()) == 2


def test_what_is_asked_for_once_is_kept_only_if_it_is_small(record, reads, monkeypatch):
    path = next(record.decisions()).frame.path
    for small, number in ((0, 2), (2**30, 3)):
        monkeypatch.setattr(rereading, "_SMALL", small)
        sights = Sights(record)
        for _ in range(2):
            sights.describe("c1", path, once=True)
        assert sum(reads.values()) == number


def test_a_decision_is_the_same_by_what_is_remembered(record):
    for decision in record.decisions():
        sights = Sights(record)
        drawn = explain_decision(record, decision, None, look=lambda path, sights=sights: sights.describe("c1", path))
        expected = explain_decision(record, decision, None)
        assert drawn.change == expected.change == ""
        if expected.evidence is not None:
            assert drawn.evidence.comparison.score == expected.evidence.comparison.score == decision.score
