"""Commands in children that are killed, or refused, at one of the calls that change the disk.

A child runs the command with the functions of `os` that change the disk wrapped: they count, and at one call kill the
process or raise an error. Children are forked (see tests/forking.py), so every call of a run can be tried.
"""

import errno
import itertools
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache, partial
from pathlib import Path
from pkgutil import resolve_name

import pytest
import tqdm

from framesift import cli
from framesift.cli import options
from tests.conftest import encode, make_image
from tests.forking import call_in_child, call_in_parent

CHANGING = ["open", "write", "fsync", "close", "link", "symlink", "rename", "unlink", "mkdir", "rmdir"]
CHANGING += ["utime", "chmod", "chown", "ftruncate"]
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES]

Strike = Callable[[int], None]
"""Called with the number of the call that is about to be made."""

TAKEN_OVER = [
    "os.link",
    "framesift.filtering.results.GROUP_DECISIONS",
    *(f"framesift.actions.backup.{module}.GROUP" for module in ("removal", "restoring", "emptying")),
    "framesift.actions.metadata.files.now",
]
"""What is in a child as it is here: tests put something else in its place."""


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


def run_here(arguments: list[str], output: Path | None = None) -> int:
    """Return the exit code of the command in this process: for runs that nothing happens to."""
    with (output or Path(os.devnull)).open("w") as sink, redirect_stdout(sink), redirect_stderr(sink):
        return cli.main(arguments)


def run_in_child(arguments: list[str], strike: Strike | None = None, output: Path | None = None) -> int:
    """Return the exit code of the command, or minus the number of the signal that killed it."""
    warm_up()
    return call_in_child(_run, arguments, strike, output, {name: resolve_name(name) for name in TAKEN_OVER})


def _run(arguments: list[str], strike: Strike | None, output: Path | None, taken_over: dict[str, object]) -> int:
    for name, value in taken_over.items():
        owner, _, attribute = name.rpartition(".")
        setattr(resolve_name(owner), attribute, value)
    # Its usual lock is shared by all processes: a child that is killed within it would stop every later one.
    tqdm.tqdm.set_lock(threading.RLock())
    sink = os.open(output or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    try:
        if strike is not None:
            wrap(strike)
        return cli.main(arguments)
    except BaseException as error:
        print(f"Traceback: {error!r}", file=sys.stderr)
        return 99


@cache
def warm_up() -> None:
    """Run the command once where children are forked: each would else import and compile the same again."""
    assert call_in_parent(_rehearse) == options.DONE


def _rehearse() -> int:
    tqdm.tqdm.monitor_interval = 0  # else a thread looks after the progress bar for ever
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder, "frames")
        frames.mkdir()
        for number, box in enumerate([None, (4, 20, 20, 20)]):
            (frames / f"c1_2021_03_27__10_0{number}_00.png").write_bytes(encode(make_image(box=box)))
        return cli.main(["filter", str(frames), str(Path(folder, "results")), "--jobs", "1", "--quiet"])


def count_changes(arguments: list[str], scratch: Path, expected: int = options.SKIPPED) -> int:
    log = scratch / "count"
    assert run_in_child(arguments, partial(note, log)) == expected
    return int(log.read_text())


def note(log: Path, number: int) -> None:
    log.write_text(str(number))


def kill(fatal: int, number: int) -> None:
    if number == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def refuse(code: int, fatal: int, number: int) -> None:
    if number == fatal:
        raise OSError(code, os.strerror(code))
