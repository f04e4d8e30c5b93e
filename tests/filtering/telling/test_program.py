"""A program is called with what happened in its environment; no name of a file becomes a word of a command."""

import os
import sys
from pathlib import Path

import pytest

from framesift.errors import UsageError
from framesift.filtering.telling import Notice, Program, Undelivered

NAMES = ["a.jpg", "$(touch evil).jpg", "; touch evil;.jpg", "a b'\".jpg", "-rf.jpg", "\udcff.jpg", "new\nline.jpg"]


def call(program, **values):
    program.deliver(Notice("keep", values), lambda: False)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_values_come_as_they_are_and_nothing_of_them_is_run(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "note.py"
    script.write_text(
        "import os, sys\n"
        "values = {k: v for k, v in os.environb.items() if k.startswith(b'FRAMESIFT_')}\n"
        "open('seen', 'w').write(repr((sys.argv[1:], values)))\n"
    )
    call(Program("--on-keep", f"{sys.executable} note.py 'two words' $HOME"), path=name, score=None, camera="c1")
    words, values = eval((tmp_path / "seen").read_text())
    assert words == ["two words", "$HOME"]
    assert values == {
        b"FRAMESIFT_EVENT": b"keep",
        b"FRAMESIFT_PATH": os.fsencode(name),
        b"FRAMESIFT_SCORE": b"",
        b"FRAMESIFT_CAMERA": b"c1",
    }
    assert not (tmp_path / "evil").exists()


def test_a_failure_has_its_last_line():
    with pytest.raises(Undelivered, match=r"^exit code 3: second\\x07$"):
        call(Program("--on-keep", "sh -c 'echo first >&2; printf \"second\\a\\n\" >&2; exit 3'"))


def test_what_is_killed_is_named():
    with pytest.raises(Undelivered, match=r"^ended by SIGKILL$"):
        call(Program("--on-keep", "sh -c 'kill -9 $$'"))


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path):
    program = Program("--on-keep", f"sh -c 'sleep 600 & echo $! > {tmp_path}/pid; wait'", timeout=1.0)
    with pytest.raises(Undelivered, match=r"^ended after 1 second$"):
        call(program)
    while is_running((tmp_path / "pid").read_text().strip()):
        pass


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_what_a_program_leaves_running_is_not_waited_for():
    call(Program("--on-keep", "sh -c 'sleep 5 &'", timeout=4.0))


@pytest.mark.parametrize(
    "command, message",
    [
        ("", "--on-keep takes a command"),
        ("'open", "--on-keep: no closing quotation in the command"),
        ("no-such-program", "no-such-program: --on-keep: no such file"),
        ("/etc/passwd", "/etc/passwd: --on-keep: not a program that may be run"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_begins(command, message):
    with pytest.raises(UsageError) as refused:
        Program("--on-keep", command)
    assert str(refused.value) == message


def test_messages_have_the_name_alone():
    assert Program("--on-keep", "/bin/echo --token 12345").name == "--on-keep echo"
