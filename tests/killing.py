"""Children of this process that are killed, or refused, at one of the calls that change the disk.

A child runs the command with the functions of `os` that change the disk wrapped: they count, and at one call kill the
process or raise an error. A fork costs a hundredth of a new interpreter, so every call of a run can be tried.
"""

import errno
import itertools
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest

from framesift import cli
from framesift.cli import options

CHANGING = ["open", "write", "fsync", "close", "link", "symlink", "rename", "unlink", "mkdir", "rmdir"]
CHANGING += ["utime", "chmod", "chown", "ftruncate"]
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES]

Strike = Callable[[int], None]
"""Called with the number of the call that is about to be made."""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in memory where there is one: the runs sync thousands of times. Groups are small, so there are many."""
    monkeypatch.setattr("framesift.filtering.results.GROUP_DECISIONS", 5)
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def wrap(strike: Strike) -> None:
    """Replace the functions of `os` in this (child) process. Files opened for reading only do not count."""
    count = itertools.count(1)
    written: set[int] = set()

    def changes_disk(name: str, arguments: tuple) -> bool:
        if name == "open":
            return bool(arguments[1] & (os.O_WRONLY | os.O_RDWR))
        return name != "close" or arguments[0] in written

    def watch(name: str, function: Callable) -> Callable:
        def watched(*arguments, **named):
            if not changes_disk(name, arguments):
                return function(*arguments, **named)
            strike(next(count))
            if name == "close":  # before the number is free: another thread may get it for a file that it only reads
                written.discard(arguments[0])
            result = function(*arguments, **named)
            if name == "open":
                written.add(result)
            return result

        return watched

    for name in CHANGING:
        setattr(os, name, watch(name, getattr(os, name)))


def run_in_child(arguments: list[str], strike: Strike | None = None, output: Path | None = None) -> int:
    """Return the exit code of the command, or minus the number of the signal that killed it."""
    child = fork()
    if child == 0:
        try:
            sink = os.open(output or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            cli.sys.stdout, cli.sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
            if strike is not None:
                wrap(strike)
            code = cli.main(arguments)
        except BaseException as error:
            print(f"Traceback: {error!r}", file=cli.sys.stderr)
            code = 99
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def fork() -> int:
    """`os.fork` without OpenCV's threads: a child would wait for ever for those that only its parent has."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    child = os.fork()
    if child:
        cv2.setNumThreads(threads)
    return child


def count_changes(arguments: list[str], scratch: Path, expected: int = options.SKIPPED) -> int:
    log = scratch / "count"
    assert run_in_child(arguments, lambda number: log.write_text(str(number)) and None) == expected
    return int(log.read_text())


def kill(fatal: int, number: int) -> None:
    if number == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def refuse(code: int, fatal: int, number: int) -> None:
    if number == fatal:
        raise OSError(code, os.strerror(code))
