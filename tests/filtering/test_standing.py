"""A path is not its content, in a store either: what its listing says of an object tells whether it is what it was."""

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from framesift import filter_frames
from framesift.cluster import open_cluster
from framesift.filtering import manifest
from framesift.filtering.selection import Decision, Verdict
from framesift.stores.store import read_mtime_ns
from tests.conftest import encode, make_image, without_files
from tests.stores.s3_server import S3Server, s3_process, s3_server

__all__ = ["s3_process", "s3_server"]

LATER = datetime(2030, 1, 1, 12, 30, 15, 250_000)
NAMES = [f"c/c_2021_03_27__10_0{number}_00.bmp" for number in range(4)]


def show_box(place: int) -> bytes:
    return encode(make_image(box=(place, 20, 20, 20)), ".bmp")


TREE = {
    NAMES[0]: encode(make_image(), ".bmp"),
    NAMES[1]: show_box(4)[:-100],
    NAMES[2]: show_box(40),
    NAMES[3]: show_box(70),
    "c/empty.jpg": b"",
}


class Bucket:
    """An S3 server with the frames of a camera in it, two of them no whole pictures."""

    def __init__(self, server: S3Server, folder: Path) -> None:
        self.server, self.results = server, folder / "results"
        self.url = server.put(TREE)
        self.server.requests.clear()

    def replace(self, path: str, content: bytes, time: datetime = LATER) -> None:
        self.server.put({path: content})
        self.server.date(f"frames/{path}", time)

    def filter(self, **arguments: object) -> list[Decision]:
        self.server.requests.clear()
        return list(filter_frames(self.url, self.results, **arguments))

    @property
    def asked(self) -> list[str]:
        """The objects of frames that were asked for in the last run."""
        return [each for each in self.server.requests if each.endswith((".bmp", ".jpg"))]

    def lines(self) -> list[bytes]:
        return (self.results / manifest.NAME).read_bytes().splitlines(keepends=True)


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path) -> Bucket:
    return Bucket(s3_server, tmp_path)


def test_nothing_is_asked_for_that_is_what_it_was(bucket):
    assert len(bucket.filter()) == 5
    lines = [json.loads(line) for line in bucket.lines()[1:]]
    assert [line["file"][0] for line in lines] == [len(TREE[line["path"]]) for line in lines]
    for line in lines:  # a listing may be more exact than an answer is
        time = datetime.fromtimestamp(line["file"][1] / 10**9, UTC).replace(tzinfo=None)
        bucket.server.date(f"frames/{line['path']}", time + timedelta(milliseconds=250))
    before = bucket.lines()
    assert bucket.filter() == [] and bucket.asked == [] and bucket.lines() == before


def test_a_skipped_object_that_has_changed_is_decided_in_its_place(bucket):
    assert [each.verdict for each in bucket.filter()].count(Verdict.SKIP) == 2
    bucket.replace(NAMES[1], show_box(4))
    bucket.replace("c/empty.jpg", b"\xff\xd8 half")
    first, second = sorted(bucket.filter(), key=lambda each: each.frame.path)
    assert (first.frame.path, first.verdict, first.again) == (NAMES[1], Verdict.KEEP, True)
    assert (second.frame.path, second.verdict, second.again) == ("c/empty.jpg", Verdict.SKIP, True)
    assert first.reference == NAMES[0] and len(bucket.asked) == 3  # one for an EXIF time
    assert bucket.filter() == [] and bucket.asked == []


@pytest.mark.parametrize("content", [show_box(10), encode(make_image(40, 30), ".bmp")], ids=["size", "other size"])
def test_an_object_that_holds_something_else_is_a_new_frame(bucket, content):
    bucket.filter()
    kept = (bucket.results / NAMES[2]).read_bytes()
    bucket.replace(NAMES[2], content)
    [decision] = bucket.filter()
    assert decision.frame.path == NAMES[2].replace(".bmp", "_2030_01_01__12_30_15.000000Z.bmp")
    assert (decision.frame.source, decision.frame.time, decision.verdict) == (NAMES[2], None, Verdict.KEEP)
    assert (bucket.results / decision.frame.path).read_bytes() == content
    assert (bucket.results / NAMES[2]).read_bytes() == kept
    assert bucket.filter() == [] and bucket.asked == []
    bucket.replace(NAMES[2], show_box(55), LATER + timedelta(hours=1))
    assert [each.frame.source for each in bucket.filter()] == [NAMES[2]]
    assert bucket.filter() == []


def test_an_object_that_was_put_again_as_it_was_is_read_and_left(bucket):
    bucket.filter()
    before = bucket.lines()
    bucket.replace(NAMES[2], TREE[NAMES[2]])
    assert bucket.filter() == [] and len(bucket.asked) == 1 and bucket.lines() == before


def test_what_is_not_known_of_objects_stays_decided(bucket):
    bucket.filter()
    path = bucket.results / manifest.NAME
    path.write_bytes(without_files(path.name, path.read_bytes()))
    for name in TREE:
        bucket.replace(name, show_box(10))
    assert bucket.filter() == [] and bucket.asked == []


def test_results_in_the_store_hold_both(bucket):
    bucket.results = f"{bucket.url}-kept"
    bucket.filter()
    bucket.replace(NAMES[2], show_box(10))
    [decision] = bucket.filter()
    kept = bucket.server.tree("frames-kept")
    assert kept[decision.frame.path] == show_box(10) and kept[NAMES[2]] == TREE[NAMES[2]]
    assert bucket.filter() == []


def test_workers_do_not_change_the_manifest(bucket):
    pytest.importorskip("distributed", reason="needs Dask: pip install '.[cluster]'")
    found: list[list[bytes]] = []
    with open_cluster("local", 1) as cluster:
        for number, arguments in enumerate([{"jobs": 1}, {"jobs": 3}, {"executor": cluster}]):
            bucket.server.empty()
            bucket.server.put(TREE)
            for name in TREE:
                bucket.server.date(f"frames/{name}", LATER - timedelta(days=1))
            bucket.results = bucket.results.with_name(f"results{number}")
            bucket.filter(**arguments)
            for name, place in ((NAMES[1], 4), (NAMES[2], 10)):
                bucket.replace(name, show_box(place))
            assert len(bucket.filter(**arguments)) == 2
            found.append(bucket.lines()[1:])
    assert found[0] == found[1] == found[2]


def test_other_stores_tell_it_too(tmp_path):
    files = fsspec.filesystem("memory")
    MemoryFileSystem.store.clear()
    for path, content in TREE.items():
        files.pipe_file(f"/frames/{path}", content)
    results = tmp_path / "results"
    assert len(list(filter_frames("memory://frames", results))) == 5
    assert list(filter_frames("memory://frames", results)) == []
    for path, place in ((NAMES[1], 4), (NAMES[2], 10)):
        files.pipe_file(f"/frames/{path}", show_box(place))
    again, anew = sorted(filter_frames("memory://frames", results), key=lambda each: each.frame.path)
    assert again.again and again.frame.path == NAMES[1] and anew.frame.source == NAMES[2]
    assert list(filter_frames("memory://frames", results)) == []
    MemoryFileSystem.store.clear()


@pytest.mark.parametrize("time", [(1980, 0, 0, 0, 0, 0), "yesterday", 1e300, ("a",), None])
def test_a_time_that_is_none(time):
    assert read_mtime_ns({"date_time": time}) == 0


def test_a_file_of_a_share_is_asked_for_its_status_no_oftener_than_is_needed(write_tree, tmp_path, monkeypatch):
    """Each time may be a request: when it was written, before it is read, and, with earlier runs, what it is."""
    folder = write_tree({f"c/c_2021_03_27__10_0{number}_00.png": encode(make_image(), ".png") for number in range(3)})
    asked: list[str] = []
    ask = os.stat

    def note(path, *arguments, **named):
        if os.fspath(path).endswith(".png") and str(folder) in os.fspath(path):
            asked.append(os.path.basename(path))
        return ask(path, *arguments, **named)

    def run() -> Counter[str]:
        asked.clear()
        list(filter_frames(folder, tmp_path / "results", jobs=1))
        return Counter(asked)

    monkeypatch.setattr(os, "stat", note)
    assert set(run().values()) == {2}
    assert set(run().values()) == {1}
    new = folder / "c/c_2021_03_27__10_09_00.png"
    new.write_bytes(encode(make_image(), ".png"))
    assert run()[new.name] == 3
