import os
import subprocess
import sys
from contextlib import suppress

import pytest

from framesift.actions.files.outputs import (
    HTML_MARK,
    PNG_MARK,
    check_new,
    check_output,
    create_output,
    is_output,
    replace_output,
)
from framesift.actions.files.placing import LEFTOVER
from framesift.actions.files.staging import STAGED, holds_only, stage_file
from framesift.errors import StorageError, UsageError
from tests.conftest import read_tree


def write(path, content):
    with replace_output(path) as file:
        file.write(content)


def test_writes_and_replaces_its_own(tmp_path):
    page, picture = tmp_path / "a.html", tmp_path / "a.png"
    write(page, HTML_MARK + b"one")
    write(page, HTML_MARK + b"two")
    write(picture, b"\x89PNG" + PNG_MARK)
    assert is_output(page) and is_output(picture)
    assert read_tree(tmp_path)["a.html"] == HTML_MARK + b"two" and len(read_tree(tmp_path)) == 2


@pytest.mark.parametrize("content", [b"", b"<!doctype html>\n<p>mine", b"made by framesift"])
def test_never_replaces_what_is_not_ours(tmp_path, content):
    (tmp_path / "mine.html").write_bytes(content)
    for attempt in (check_output, lambda path: write(path, HTML_MARK)):
        with pytest.raises(UsageError, match="nothing was overwritten"):
            attempt(tmp_path / "mine.html")
    assert read_tree(tmp_path) == {"mine.html": content}


def test_a_file_that_came_meanwhile_stays(tmp_path):
    with pytest.raises(UsageError), replace_output(tmp_path / "a.html") as file:
        file.write(HTML_MARK)
        (tmp_path / "a.html").write_bytes(b"mine")
    assert read_tree(tmp_path) == {"a.html": b"mine"}


def test_an_error_leaves_the_earlier_file(tmp_path):
    write(tmp_path / "a.html", HTML_MARK)
    with pytest.raises(ZeroDivisionError), replace_output(tmp_path / "a.html") as file:
        file.write(HTML_MARK + b"half")
        raise ZeroDivisionError
    assert read_tree(tmp_path) == {"a.html": HTML_MARK}


def test_no_place_to_write(tmp_path):
    with pytest.raises(UsageError, match="its folder does not exist"):
        write(tmp_path / "missing" / "a.html", HTML_MARK)
    check_output(tmp_path / "missing" / "a.html", tmp_path / "missing")
    with pytest.raises(StorageError):
        write(tmp_path / ("a" * 300), HTML_MARK)
    with pytest.raises(UsageError, match="is a folder"):
        check_output(tmp_path)
    (tmp_path / "loose").symlink_to("nowhere")
    with pytest.raises(UsageError):
        check_output(tmp_path / "loose")


KILLED = """
import os, signal, sys
from framesift.actions.files.outputs import HTML_MARK, replace_output
with replace_output(sys.argv[1]) as file:
    file.write(HTML_MARK)
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_program_was_writing_goes_with_the_next(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path / "a.html"])
    [left] = os.listdir(tmp_path)
    assert STAGED.fullmatch(left) and not LEFTOVER.fullmatch(left)
    write(tmp_path / "b.html", HTML_MARK)
    assert os.listdir(tmp_path) == ["b.html"]


def test_what_another_program_is_writing_stays(tmp_path):
    with stage_file(str(tmp_path / "a.html")) as (_, temporary):
        write(tmp_path / "b.html", HTML_MARK)
        assert os.path.exists(temporary)


def test_no_link_that_somebody_has_laid_is_written_through(tmp_path, monkeypatch):
    """The name is one of chance; even who knew it could not have it written through."""
    precious = tmp_path / "thesis.tex"
    precious.write_text("mine")
    monkeypatch.setattr("os.urandom", bytes)
    for name in (".framesift-output-0000000000000000.tmp", f".framesift-{os.getpid()}.tmp"):
        with suppress(FileExistsError):
            (tmp_path / name).symlink_to(precious)
    with pytest.raises(StorageError):
        write(tmp_path / "a.html", HTML_MARK)
    assert precious.read_text() == "mine" and not (tmp_path / "a.html").exists()


def test_nobody_else_can_guess_the_name(tmp_path):
    names = set()
    for _ in range(2):
        with stage_file(str(tmp_path / "a")) as (_, temporary):
            names.add(os.path.basename(temporary))
    assert len(names) == 2 and all(map(STAGED.fullmatch, names))


def test_a_folder_with_what_a_command_has_made_itself(tmp_path):
    assert holds_only(str(tmp_path), r"\d+\.jpg")
    (tmp_path / "01.jpg").touch()
    (tmp_path / ".framesift-output-00ff00ff00ff00ff.tmp").touch()
    assert holds_only(str(tmp_path), r"\d+\.jpg")
    (tmp_path / "mine.jpg").touch()
    assert not holds_only(str(tmp_path), r"\d+\.jpg")


def test_what_was_stopped_when_all_was_there_leaves_nothing_either(tmp_path):
    """The next run is refused, for the file is there already: it takes the temporary name away all the same."""
    staged = tmp_path / ".framesift-output-0123456789abcdef.tmp"
    for refused in (
        lambda: create_output(tmp_path / "kept.json").__enter__(),
        lambda: check_new(tmp_path / "kept.json", "x"),
    ):
        (tmp_path / "kept.json").write_bytes(b"whole")
        staged.write_bytes(b"whole")
        with pytest.raises(UsageError):
            refused()
        assert read_tree(tmp_path) == {"kept.json": b"whole"}
    staged.write_bytes(b"whole")
    assert not holds_only(tmp_path, "audit") and read_tree(tmp_path) == {"kept.json": b"whole"}
