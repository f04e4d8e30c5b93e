from collections import Counter

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
    # A kept one twice for its events, to be shown and, by tolerance, to be compared; never for each that it decided.
    assert max(reads.values()) <= 4
    assert max(number for path, number in reads.items() if f"c1/{path}" not in kept) <= 2


def test_what_is_remembered_is_what_would_be_read(record):
    sights = Sights(record)
    for decision in record.decisions():
        path, pixels = decision.frame.path, rereading.read_pixels(record, "c1", decision.frame.path)
        again = rereading.describe_again(record, "c1", path)
        for _ in range(2):
            seen = sights.describe("c1", path, pixels)
            assert seen.size == again.size == (pixels.shape[1], pixels.shape[0])
            assert np.array_equal(seen.descriptor, again.descriptor)
            assert np.array_equal(sights.pixels("c1", path), pixels)
    assert sights.find(path) is seen and sights.find("c1/none.jpg") is None
    assert isinstance(sights.pixels("c1", "c1/none.jpg"), str) and sights.describe("c1", "c1/none.jpg") is None


def test_what_is_remembered_is_bounded_in_bytes(record, monkeypatch):
    monkeypatch.setattr(rereading, "_DESCRIPTORS", 0)
    monkeypatch.setattr(rereading, "_PICTURES", 0)
    sights, paths = Sights(record), [decision.frame.path for decision in record.decisions()]
    for path in paths:
        sights.describe("c1", path)
        sights.pixels("c1", path)
    assert [path for path in paths if sights.find(path)] == paths[-3:]


def test_what_is_asked_for_once_is_kept_only_if_it_is_small(record, monkeypatch):
    path = next(record.decisions()).frame.path
    monkeypatch.setattr(rereading, "_SMALL", 0)
    sights = Sights(record)
    sights.describe("c1", path, once=True)
    assert sights.find(path) is None
    monkeypatch.setattr(rereading, "_SMALL", 2**30)
    sights.describe("c1", path, once=True)
    assert sights.find(path) is not None


def test_what_others_have_pushed_out_meanwhile_is_compared_all_the_same(record, monkeypatch):
    monkeypatch.setattr(rereading, "_DESCRIPTORS", 0)
    monkeypatch.setattr(rereading, "_LEAST", 1)
    for decision in record.decisions():
        sights = Sights(record)
        sights.describe("c1", decision.frame.path)
        drawn = explain_decision(record, decision, None, sights=sights, is_shown=lambda path: True)
        expected = explain_decision(record, decision, None)
        assert drawn.change == expected.change == ""
        if expected.evidence is not None:
            assert drawn.evidence.comparison.score == expected.evidence.comparison.score == decision.score
