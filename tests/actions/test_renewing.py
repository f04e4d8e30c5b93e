"""A folder that a command fills and fills again: nothing of anybody else is lost."""

import json
import os
from pathlib import Path

import pytest

from framesift.actions.files.renewing import RenewedFolder
from framesift.errors import ResultsInUse, StorageError, UsageError
from tests.conftest import read_tree


def fill(folder: Path, tree: dict[str, bytes]) -> None:
    with RenewedFolder(folder, "made.log", folder.parent) as target:
        for path, content in tree.items():
            target.put(path, content)
        target.finish()


def test_it_is_filled_again_and_what_is_not_written_any_more_goes(tmp_path):
    fill(tmp_path / "out", {"a.txt": b"1", "b/c.txt": b"2"})
    fill(tmp_path / "out", {"a.txt": b"3"})
    assert {path: content for path, content in read_tree(tmp_path / "out").items() if path != "made.log"} == {
        "a.txt": b"3"
    }


def test_what_was_changed_since_stays_and_nothing_is_written(tmp_path):
    fill(tmp_path / "out", {"a.txt": b"1", "b.txt": b"2"})
    (tmp_path / "out" / "b.txt").write_bytes(b"mine")
    before = read_tree(tmp_path / "out")
    with pytest.raises(UsageError, match=r"b.txt: was changed since it was written"):
        fill(tmp_path / "out", {"a.txt": b"9", "b.txt": b"9"})
    assert read_tree(tmp_path / "out") == before


def test_a_file_of_somebody_else_is_never_overwritten(tmp_path):
    fill(tmp_path / "out", {"a.txt": b"1"})
    (tmp_path / "out" / "notes.txt").write_bytes(b"mine")
    with pytest.raises(UsageError, match="nothing was overwritten"):
        fill(tmp_path / "out", {"notes.txt": b"9"})
    fill(tmp_path / "out", {"a.txt": b"2"})
    assert (tmp_path / "out" / "notes.txt").read_bytes() == b"mine"


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"holds x\.txt, which this command has not written"):
        fill(tmp_path / "out", {"a.txt": b"1"})
    assert read_tree(tmp_path / "out") == {"x.txt": b"mine"}
    with pytest.raises(UsageError, match="is a file"):
        fill(tmp_path / "out" / "x.txt", {})


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "", "a//b", "a/./b", "a\0b"])
def test_nothing_is_written_outside(path, tmp_path):
    with pytest.raises(UsageError, match="outside of the folder"):
        fill(tmp_path / "out", {path: b"1"})
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_link_in_place_of_a_folder_leads_nowhere(tmp_path):
    fill(tmp_path / "out", {"a.txt": b"1"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="in the way"):
        fill(tmp_path / "out", {"deep/b.txt": b"1"})
    assert not list((tmp_path / "elsewhere").iterdir())


def test_whoever_was_stopped_goes_on(tmp_path):
    """A file that a killed program has written is known by the line that stood there before it."""
    with RenewedFolder(tmp_path / "out", "made.log", tmp_path) as target:
        target.put("a.txt", b"1")
    with open(tmp_path / "out" / "made.log", "ab") as log:
        log.write(b'{"path": "tor')
    fill(tmp_path / "out", {"a.txt": b"2", "b.txt": b"3"})
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"2"
    lines = (tmp_path / "out" / "made.log").read_text().splitlines()
    assert [json.loads(line)["path"] for line in lines[1:]] == ["a.txt", "b.txt"]


def test_two_at_once_do_not_write_to_one_folder(tmp_path):
    with RenewedFolder(tmp_path / "out", "made.log", tmp_path), pytest.raises(ResultsInUse):
        fill(tmp_path / "out", {})


@pytest.mark.parametrize("content", [b"hello\n", b'{"framesift": 1}\n{"path": "../../x", "sha256": ""}\n', b"\xff\n"])
def test_a_forged_log_is_refused(content, tmp_path):
    fill(tmp_path / "out", {})
    (tmp_path / "out" / "made.log").write_bytes(content)
    with pytest.raises(UsageError, match=r"made.log: is (not of framesift|damaged)"):
        fill(tmp_path / "out", {"a.txt": b"1"})


def test_a_forged_line_takes_nothing_away_outside(tmp_path):
    (tmp_path / "victim").write_bytes(b"mine")
    fill(tmp_path / "out", {})
    log = tmp_path / "out" / "made.log"
    log.write_bytes(log.read_bytes() + b'{"path": "../victim", "sha256": "0"}\n')
    with pytest.raises(UsageError, match="is damaged"):
        fill(tmp_path / "out", {})
    assert os.path.exists(tmp_path / "victim")
