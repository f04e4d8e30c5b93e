"""Killed at any change to the disk, or refused it: nothing lost, and the next run ends with the same tree.

A child process runs the command with the functions of `os` that change the disk wrapped: they count, and at one call
kill the process or raise an error. A fork costs a hundredth of a new interpreter, so every call of a run can be tried.
"""

import errno
import itertools
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import pytest

from framesift import cli
from framesift.cli import options
from tests.conftest import encode, make_image, read_tree

CHANGING = ["open", "write", "fsync", "close", "link", "symlink", "rename", "unlink", "mkdir", "rmdir"]
CHANGING += ["utime", "chmod", "chown", "ftruncate"]
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES]
PLACEMENTS = {"copy": [], "hard": ["--link", "hard"], "symbolic": ["--link", "symbolic"]}

Strike = Callable[[int], None]
"""Called with the number of the call that is about to be made."""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in memory where there is one: the runs sync thousands of times. Groups are small, so there are many."""
    monkeypatch.setattr("framesift.results.GROUP_DECISIONS", 5)
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def write_frames(root: Path) -> Path:
    """Two cameras; kept, dropped and damaged frames among them."""
    for number in range(8):
        box = (4 + 6 * (number // 2), 20, 20, 20) if number > 1 else None
        for camera in ("c1", "c2"):
            path = root / camera / f"{camera}_2021_03_27__10_{number:02}_00.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            content = encode(make_image(box=box))
            path.write_bytes(content[:-20] if number == 3 else content)
            os.utime(path, (1_600_000_000 + number,) * 2)
    return root


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


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_killed_anywhere_and_run_again_is_an_undisturbed_run(scratch, placement):
    frames = write_frames(scratch / "frames")
    sources, undisturbed = read_tree(frames), scratch / "r0"
    calls = count_changes(["filter", str(frames), str(undisturbed), *PLACEMENTS[placement]], scratch)
    expected = read_tree(undisturbed)
    assert len(expected) == 9 and calls > 30
    for call in range(1, calls + 1):
        results = scratch / f"r{call}"
        arguments = ["filter", str(frames), str(results), *PLACEMENTS[placement]]
        assert run_in_child(arguments, partial(kill, call)) == -signal.SIGKILL
        left = read_tree(results) if results.exists() else {}
        assert all(sources[name] == left[name] for name in left if name.endswith(".png")), f"partial, killed at {call}"
        assert run_in_child(arguments) == options.SKIPPED
        assert read_tree(results) == expected, f"killed at call {call}"
    assert read_tree(frames) == sources


@pytest.mark.parametrize(
    ("placement", "code"), [("hard", ERRORS[2]), ("symbolic", ERRORS[1]), *(("copy", e) for e in ERRORS)]
)
def test_refused_anywhere_is_one_line_and_nothing_lost(scratch, placement, code):
    frames = write_frames(scratch / "frames")
    sources, undisturbed, output = read_tree(frames), scratch / "r0", scratch / "output"
    calls = count_changes(["filter", str(frames), str(undisturbed), *PLACEMENTS[placement]], scratch)
    expected = read_tree(undisturbed)
    for call in range(1, calls + 1):
        results = scratch / f"r{call}"
        arguments = ["filter", str(frames), str(results), *PLACEMENTS[placement]]
        exit_code = run_in_child(arguments, partial(refuse, code, call), output)
        lines = [line for line in output.read_text().splitlines() if "truncated PNG" not in line]
        if exit_code == options.STORAGE:
            assert len(lines) == 1 and os.strerror(code) in lines[0] and str(scratch) in lines[0], lines
        else:  # what removes a temporary file after the disk has refused may itself be refused
            assert exit_code == options.SKIPPED and "total:" in lines[-1], lines
        assert run_in_child(arguments) == options.SKIPPED
        assert read_tree(results) == expected, f"refused at call {call}"
    assert read_tree(frames) == sources


def kill(fatal: int, number: int) -> None:
    if number == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def refuse(code: int, fatal: int, number: int) -> None:
    if number == fatal:
        raise OSError(code, os.strerror(code))
