"""Commands in children that strace kills, or refuses one system call: not one of Python, any of the process.

A child is forked from this process, which has imported all that the command needs, and stops itself; strace is attached
and lets it go on. So a command costs a tenth of a second, not the start of an interpreter.
"""

import os
import re
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

CHANGING = (
    *("openat", "write", "pwrite64", "writev", "ftruncate", "fallocate", "copy_file_range", "sendfile"),
    *("link", "linkat", "symlink", "symlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir", "fsync", "fdatasync", "utimensat", "setxattr", "fsetxattr"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat"),
)
READING = ("read", "pread64", "getdents64", "newfstatat", "statx", "readlink", "flock", "lseek", "close")
_LONGEST_S = 120
"""Longer than any of these commands takes on a slow machine."""
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_WRITING = re.compile(r"O_CREAT|O_WRONLY|O_RDWR")


@dataclass(frozen=True, slots=True)
class Point:
    """A system call of a run: the how manieth of its name in its thread."""

    call: str
    number: int
    changing: bool
    """Whether it can change the disk."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended."""

    code: int
    """The exit code, or minus the number of the signal."""
    output: str


def run(arguments: list[str], output: Path, strace: list[str] | None = None) -> End:
    """Run a command of framesift in a child, with strace attached from its start where it is given arguments."""
    child = os.fork()
    if child == 0:
        _become(arguments, output, strace is not None)
    tracer = None
    if strace is not None:
        os.waitpid(child, os.WUNTRACED)
        tracer = subprocess.Popen(["strace", "-f", "-qq", *strace, "-p", str(child)])
        while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text():
            if tracer.poll() is not None:
                raise SystemExit("strace cannot be attached: this takes root, or a kernel that lets it")
            time.sleep(0.002)
        os.kill(child, signal.SIGCONT)
    status = _await(child)
    if tracer is not None:
        tracer.wait()
    return End(status, output.read_text(errors="replace"))


def list_points(arguments: list[str], output: Path, place: Path) -> tuple[End, list[Point]]:
    """Run a command undisturbed; return how it ended, and its system calls on what lies in `place`."""
    log = output.with_suffix(".calls")
    end = run(arguments, output, ["-y", "-s", "0", "-o", str(log), "-e", f"trace={','.join([*CHANGING, *READING])}"])
    counts: Counter[tuple[str, str]] = Counter()
    points: dict[Point, None] = {}
    for line in log.read_text(errors="replace").splitlines():
        if match := _LINE.match(line):
            thread, call, rest = match.groups()
            counts[thread, call] += 1
            if str(place) in rest:
                changing = call in CHANGING and (call != "openat" or bool(_WRITING.search(rest)))
                points[Point(call, counts[thread, call], changing)] = None
    return end, list(points)


def inject(point: Point, fault: str) -> list[str]:
    """Return the arguments of strace that kill at a point, or refuse the call with an error such as EIO."""
    act = "signal=KILL" if fault == "KILL" else f"error={fault}"
    return ["-o", os.devnull, "-e", f"trace={point.call}", "-e", f"inject={point.call}:{act}:when={point.number}"]


def _become(arguments: list[str], output: Path, stops: bool) -> None:
    """Be the command, in a child; never returns."""
    from framesift import cli

    code = 99
    try:
        sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
        if stops:
            os.kill(os.getpid(), signal.SIGSTOP)
        code = cli.main(arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _await(child: int) -> int:
    until = time.monotonic() + _LONGEST_S
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return 98
        time.sleep(0.005)
