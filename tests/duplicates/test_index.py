"""The index forgets nothing that has not changed, survives damage, and never touches a file that is not its own."""

import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from framesift.duplicates import by_combined, by_hash
from framesift.duplicates.index import BATCH, Features, Index, State, default_index
from framesift.errors import StorageError, UsageError
from framesift.frames.levels import WHOLE, Levels


def features(path="/a/b.jpg", file_size=10, mtime_ns=20, value=1.5, inode=30, ctime_ns=40) -> Features:
    return Features(path, State(file_size, mtime_ns, inode, ctime_ns), (640, 480), np.full((2, 3), value, np.float32))


def remember(path, *entries, method="m"):
    with Index(path) as index:
        for entry in entries:
            index.add(entry, method)


def recall(path, entry, method="m"):
    with Index(path) as index:
        return index.find(entry.path, entry.state, method)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "index.sqlite"


@pytest.mark.parametrize(
    "descriptor",
    [
        np.array([1, 2], np.uint64),
        np.zeros((3, 64), np.uint32),
        np.array((7, [1, 2]), [("hash", np.uint64), ("grey", np.uint8, (2,))]),
        np.arange(12, dtype=np.uint8).reshape(3, 4)[:, ::2],
    ],
    ids=["vector", "table", "parts", "strided"],
)
def test_a_descriptor_comes_back_as_it_was(path, descriptor):
    entry = Features("/a\udcff/ü.jpg", State(1, 2, 2**63 + 3, 4), (3, 4), descriptor)
    remember(path, entry)
    found = recall(path, entry)
    assert (found.path, found.state, found.size) == (entry.path, entry.state, (3, 4))
    assert (found.descriptor.dtype, found.descriptor.shape) == (descriptor.dtype, descriptor.shape)
    assert found.descriptor.tobytes() == descriptor.tobytes()


@pytest.mark.parametrize("levels", [None, Levels(7000, 8024), WHOLE])
def test_the_range_comes_back(path, levels):
    entry = replace(features(), levels=levels)
    remember(path, entry)
    assert recall(path, entry).levels == levels


def test_an_index_of_an_earlier_version_is_begun_anew(path):
    """It has descriptors of the upper 8 bits."""
    remember(path, features())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE features")
        database.execute("CREATE TABLE features (path BLOB, descriptor BLOB)")
        database.execute("PRAGMA user_version = 1")
    assert recall(path, features()) is None
    remember(path, features())
    assert recall(path, features()) is not None


def test_what_has_changed_is_not_known(path):
    remember(path, features())
    assert recall(path, features()) is not None
    assert recall(path, features(file_size=11)) is None
    assert recall(path, features(mtime_ns=21)) is None
    assert recall(path, features(inode=31)) is None
    assert recall(path, features(ctime_ns=41)) is None
    assert recall(path, features(path="/a/c.jpg")) is None
    assert recall(path, features(), method="other") is None


def test_methods_have_their_own_descriptors_and_the_newest_counts(path):
    remember(path, features(value=1), method="one")
    remember(path, features(value=2), method="two")
    remember(path, features(mtime_ns=21, value=3), method="one")
    assert recall(path, features(), "one") is None
    assert recall(path, features(mtime_ns=21), "one").descriptor[0, 0] == 3
    assert recall(path, features(), "two").descriptor[0, 0] == 2


def test_rows_are_written_in_batches_that_others_can_see(path):
    with Index(path) as index, Index(path) as other:
        for number in range(BATCH):
            assert other.find("/0.jpg", State(10, 20, 30, 40), "m") is None
            index.add(features(f"/{number}.jpg"), "m")
        assert other.find("/0.jpg", State(10, 20, 30, 40), "m") is not None


def test_a_run_that_fails_keeps_what_it_has_described(path):
    with pytest.raises(RuntimeError), Index(path) as index:
        index.add(features(), "m")
        raise RuntimeError
    assert recall(path, features()) is not None


def test_files_that_are_gone_are_forgotten_below_the_folder_alone(path, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "there.jpg").write_bytes(b"x")
    there, gone = features(str(tmp_path / "in" / "there.jpg")), features(str(tmp_path / "in" / "gone.jpg"))
    outside = features(str(tmp_path / "inside.jpg"))
    remember(path, there, gone, outside)
    with Index(path) as index:
        index.forget_missing(str(tmp_path / "in"))
    assert [recall(path, each) is not None for each in (there, gone, outside)] == [True, False, True]


def test_what_no_method_asks_for_is_forgotten_below_the_folder_alone(path, tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("in/a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    inside, outside = features(str(tmp_path / "in" / "a.jpg")), features(str(tmp_path / "b.jpg"))
    methods = "combined/2", "combined/2 turned", by_combined().key, by_hash().key
    for method in methods:
        remember(path, inside, outside, method=method)
    with Index(path) as index:
        index.forget_missing(str(tmp_path / "in"))
    for entry, expected in ((inside, [False, False, True, True]), (outside, [True] * 4)):
        assert [recall(path, entry, method) is not None for method in methods] == expected


def damage_header(path):
    content = bytearray(path.read_bytes())
    content[100:2000] = bytes(1900)
    path.write_bytes(content)


def damage_version(path):
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 77")
    database.close()


def cut(path):
    path.write_bytes(path.read_bytes()[:3000])


@pytest.mark.parametrize("damage", [damage_header, damage_version, cut])
def test_a_damaged_index_is_begun_anew(path, damage):
    remember(path, features())
    damage(path)
    assert recall(path, features()) is None
    remember(path, features())
    assert recall(path, features()) is not None


def test_damage_that_shows_late_is_one_clear_line(path):
    remember(path, *(features(f"/{number}.jpg") for number in range(2000)))
    content = bytearray(path.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle:] = bytes(len(content) - middle)
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"the index is damaged .*: remove it and run again"), Index(path) as index:
        for number in range(2000):
            index.find(f"/{number}.jpg", State(10, 20, 30, 40), "m")


@pytest.mark.parametrize("content", [b"my only photo", b"SQLite format 3\0" + bytes(200)], ids=["photo", "database"])
def test_a_file_of_the_user_is_never_touched(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not an index of framesift"), Index(path):
        pass
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == [path.name]


def test_a_database_of_another_program_is_never_touched(path):
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE features (precious)")
    database.commit()
    database.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is not an index of framesift"), Index(path):
        pass
    assert path.read_bytes() == before


def test_neither_a_folder_nor_a_pipe_will_do(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match="is not a file"), Index(place):
            pass


def test_where_it_cannot_be_kept_another_place_is_named(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(StorageError, match=r"--index FILE keeps"),
        Index(tmp_path / "file" / "i.sqlite"),
    ):
        pass


def test_another_run_that_holds_the_index_is_named(path, monkeypatch):
    monkeypatch.setattr("framesift.duplicates.index._TIMEOUT", 0.01)
    remember(path, features())
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="another run is writing to this index"), Index(path):
        pass
    holder.rollback()
    holder.close()
    assert recall(path, features()) is not None


def test_a_place_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError), Index(tmp_path / "file" / "index.sqlite"):
        pass


def test_two_runs_at_once_lose_nothing(path):
    def add(start):
        remember(path, *(features(f"/{number}.jpg") for number in range(start, start + 2 * BATCH)))

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 2 * BATCH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Index(path) as index:
        assert all(index.find(f"/{number}.jpg", State(10, 20, 30, 40), "m") for number in range(4 * BATCH))


def test_where_it_lies(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_index() == f"{tmp_path}/framesift/index.sqlite"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/someone")
    assert default_index() == "/home/someone/.cache/framesift/index.sqlite"


def test_damage_in_the_own_cache_folder_is_begun_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "framesift").mkdir()
    (tmp_path / "framesift" / "index.sqlite").write_bytes(b"\0" * 5000)
    remember(None, features())
    assert recall(None, features()) is not None


FORGED: dict[str, list[object]] = {
    "width": ["x", b"\0", -1, 0, 2**62, 1.5],
    "height": ["x", -5, 2**62],
    "low": ["x", b"\0", -1, 2**62, 1.5],
    "high": ["x", 1.5, 5],
    "traits": ["x", b"\0", 1.5],
    "descriptor": [b"", b"x", "text", 5, b"\x93NUMPY\x01\x00\x02\x00{}", b"\x93NUMPY\x01\x00\xb8\x0b" + b"(" * 3000],
}


@pytest.mark.parametrize("column", FORGED)
def test_what_no_run_has_written_is_not_known(path, column):
    """The file may be damaged, or have come with a folder."""
    remember(path, features())
    for value in FORGED[column]:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"UPDATE features SET {column} = ?", (value,))
        assert recall(path, features()) is None, value


@pytest.mark.parametrize("header", ["'|O'", "'<f8', 'shape': (9999999999999,)", "[('a', '<i4', (1000000,))]"])
def test_a_descriptor_that_no_memory_holds_is_not_known(path, header):
    remember(path, features())
    text = f"{{'descr': {header}, 'fortran_order': False, 'shape': (4,)}}".encode()
    forged = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(8)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE features SET descriptor = ?", (forged,))
    assert recall(path, features()) is None
