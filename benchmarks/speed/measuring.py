"""One run of a whole process: its time, its CPU, its memory, and how busy everybody else kept the machine."""

import os
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.speed.contenders import Contender
from benchmarks.speed.machine import count_cores

QUIET: Final = 0.05
"""Share of the cores that others may use before a run is called noisy."""
_AS_USUAL: Final = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps what it has compiled, as it does for users: packages bring that with them, a clone makes it once."""
STEP: Final = 0.3
"""Seconds between two looks at the load."""


@dataclass(frozen=True)
class Run:
    """What one process took, its children included."""

    seconds: float
    cpu_seconds: float
    """User and system."""
    peak_mib: float
    """Resident memory of the largest process of the tree, not of all together."""
    others: float | None
    """Share of all cores that other processes used meanwhile; None where the system does not say."""


class RunFailed(Exception):
    """A program ended badly; the message is its last line."""


def measure(contender: Contender, patience: float = 0.0) -> Run:
    """Run it once into a fresh output folder, after waiting up to `patience` seconds for quiet. Raises RunFailed."""
    shutil.rmtree(contender.output, ignore_errors=True)
    contender.output.mkdir(parents=True)
    os.sync()  # or this run would pay for what the one before has not written yet
    wait_for_quiet(patience)
    messages = contender.output.with_name("messages.txt")
    with messages.open("wb") as file:
        busy, start = busy_seconds(), time.perf_counter()
        status, usage = run_process(contender, file.fileno())
        seconds = time.perf_counter() - start
        after = busy_seconds()
    exit_code = os.waitstatus_to_exitcode(status)
    if exit_code not in contender.good_exits:
        raise RunFailed(last_line(messages) or f"exit code {exit_code}")
    cpu = usage.ru_utime + usage.ru_stime
    others = None
    if busy is not None and after is not None:
        others = max(0.0, after - busy - cpu) / (seconds * count_cores())
    return Run(seconds, cpu, usage.ru_maxrss / 1024, others)


def run_process(contender: Contender, errors: int) -> tuple[int, resource.struct_rusage]:
    """Run to the end; its wait status, and its use of the machine with that of all its children."""
    process = subprocess.Popen(
        contender.command,
        cwd=contender.folder,
        env={**os.environ, **_AS_USUAL, **contender.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    return status, usage


def wait_for_quiet(patience: float) -> None:
    """Return as soon as others leave the cores alone, at the latest after `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = busy_seconds()
        time.sleep(STEP)
        after = busy_seconds()
        if before is None or after is None or after - before < 2 * QUIET * STEP * count_cores():
            return


def busy_seconds() -> float | None:
    """CPU seconds that all processes of the machine have used; None off Linux."""
    try:
        line = Path("/proc/stat").read_text().split("\n", 1)[0]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *rest = (int(field) for field in line.split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def last_line(path: Path) -> str:
    """The last line that is not empty."""
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
