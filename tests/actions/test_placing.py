import errno
import os
from pathlib import Path

import pytest

from framesift.actions import Copy, Link, place_files
from framesift.actions.files import placing
from framesift.actions.files.placing import remove_leftovers
from framesift.errors import StorageError
from tests.conftest import read_tree

OLD = 1_600_000_000_123_456_789


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.png"
    path.write_bytes(b"bytes of the source")
    path.chmod(0o640)
    os.utime(path, ns=(OLD, OLD))
    return path


def copy_of(source: Path, path: str) -> Copy:
    return Copy(path, source.read_bytes(), source.stat())


def test_a_copy_has_the_bytes_times_and_mode_of_its_source(folder, source):
    place_files(str(folder), [copy_of(source, "c1/deep/a.png"), copy_of(source, "b.png")])
    assert read_tree(folder) == {"b.png": source.read_bytes(), "c1/deep/a.png": source.read_bytes()}
    stat = (folder / "c1/deep/a.png").stat()
    assert (stat.st_mtime_ns, stat.st_mode, stat.st_nlink) == (OLD, source.stat().st_mode, 1)


def test_links(folder, source):
    place_files(str(folder), [Link("hard.png", str(source), False), Link("c1/soft.png", str(source), True)])
    assert (folder / "hard.png").stat().st_ino == source.stat().st_ino
    assert os.readlink(folder / "c1/soft.png") == str(source)


def test_a_hard_link_to_a_link_is_one_to_the_picture(folder, source, tmp_path):
    (tmp_path / "link.png").symlink_to(source)
    place_files(str(folder), [Link("a.png", str(tmp_path / "link.png"), False)])
    assert not (folder / "a.png").is_symlink() and (folder / "a.png").stat().st_ino == source.stat().st_ino


@pytest.mark.parametrize("make", [copy_of, lambda s, p: Link(p, str(s), False), lambda s, p: Link(p, str(s), True)])
def test_nothing_is_overwritten(folder, source, make):
    (folder / "a.png").write_bytes(b"something of the user's")
    with pytest.raises(StorageError, match=r"a.png: another file of this name is in the way; nothing was overwritten"):
        place_files(str(folder), [make(source, "a.png")])
    assert read_tree(folder) == {"a.png": b"something of the user's"}


@pytest.mark.parametrize("make", [copy_of, lambda s, p: Link(p, str(s), False), lambda s, p: Link(p, str(s), True)])
def test_what_a_killed_run_placed_is_left_as_it_is(folder, source, make):
    place_files(str(folder), [make(source, "a.png")])
    before = (folder / "a.png").lstat()
    place_files(str(folder), [make(source, "a.png")])
    assert (folder / "a.png").lstat().st_ino == before.st_ino
    assert list(read_tree(folder)) == ["a.png"]


@pytest.mark.parametrize("trap", ["a.png", "c1"])
def test_nothing_is_written_through_a_link(folder, source, tmp_path, trap):
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / trap).symlink_to(outside / "victim" if trap == "a.png" else outside)
    with pytest.raises(StorageError, match="in the way"):
        place_files(str(folder), [copy_of(source, "a.png" if trap == "a.png" else "c1/a.png")])
    assert read_tree(outside) == {}


@pytest.mark.parametrize(
    "name", ["a b.png", "new\nline.png", "😀.png", "n" * 251 + ".png", "bad\udcff\udcfe.png", "-rf.png"]
)
def test_any_name(folder, source, name):
    place_files(str(folder), [copy_of(source, name)])
    assert os.listdir(folder) == [name]


def test_without_hard_links_a_rename_does(folder, source, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    place_files(str(folder), [copy_of(source, "a.png")])
    assert read_tree(folder) == {"a.png": source.read_bytes()}
    (folder / "b.png").write_bytes(b"something of the user's")
    with pytest.raises(StorageError):
        place_files(str(folder), [copy_of(source, "b.png")])
    assert (folder / "b.png").read_bytes() == b"something of the user's"


def test_a_full_disk_leaves_no_file(folder, source, monkeypatch):
    def fill(descriptor, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fill)
    with pytest.raises(StorageError, match=rf"^{folder}: No space left on device"):
        place_files(str(folder), [copy_of(source, "a.png"), copy_of(source, "b.png")])
    assert read_tree(folder) == {}


@pytest.mark.parametrize("most", [0, 1, 3])
def test_where_few_files_can_be_open_some_are_closed_first(folder, source, monkeypatch, most):
    write, opened, is_tried = placing._write, [], []

    def write_some(*arguments):
        is_tried.append(True)
        for descriptor in list(opened):
            try:
                os.fstat(descriptor)
            except OSError:
                opened.remove(descriptor)
        if len(opened) == most:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        opened.append(write(*arguments))
        return opened[-1]

    monkeypatch.setattr(placing, "_write", write_some)
    names = [f"{number}.png" for number in range(8)]
    if not most:
        with pytest.raises(StorageError, match=r"0\.png: Too many open files"):
            place_files(str(folder), [copy_of(source, name) for name in names])
        assert read_tree(folder) == {} and len(is_tried) == 1
        return
    place_files(str(folder), [copy_of(source, name) for name in names])
    assert read_tree(folder) == dict.fromkeys(names, source.read_bytes()) and len(is_tried) > len(names)


def test_leftovers_are_removed_and_nothing_else(folder):
    for name in (".framesift-0.tmp", ".framesift-12.tmp", ".framesift-x.tmp", "framesift-0.tmp"):
        (folder / name).write_bytes(b"")
    remove_leftovers(str(folder))
    assert sorted(os.listdir(folder)) == [".framesift-x.tmp", "framesift-0.tmp"]
