"""Runs of the real program on this machine, threads and workers in turn, so that both meet the same neighbours."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import wait
from pathlib import Path

from framesift.cli.options import SKIPPED
from framesift.cluster import open_cluster
from framesift.filtering.opening import open_source
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.settings import Settings

CONTENDERS: dict[str, Sequence[str]] = {
    "--jobs 1": ("--jobs", "1"),
    "--jobs 2": ("--jobs", "2"),
    "local, 1 worker": ("--cluster", "local", "--jobs", "1"),
    "local, 2 workers": ("--cluster", "local", "--jobs", "2"),
    "local, 4 workers": ("--cluster", "local", "--jobs", "4"),
}


def race(folder: Path, work: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every contender in every round; a first round only warms up. Raises OSError."""
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for number in range(rounds + 1):
        names = list(CONTENDERS)
        for name in [*names[number % len(names) :], *names[: number % len(names)]]:
            taken = run_program(folder, work / "results", CONTENDERS[name])
            if number:
                seconds[name].append(taken)
    return seconds


def run_program(folder: Path, results: Path, options: Sequence[str]) -> float:
    """Return the seconds of one whole run, start-up included."""
    shutil.rmtree(results, ignore_errors=True)
    command = [sys.executable, "-c", "from framesift.cli import run; run()", "filter", os.fspath(folder)]
    os.sync()
    started = time.perf_counter()
    code = subprocess.run([*command, os.fspath(results), *options, "--quiet"], check=False).returncode
    if code > SKIPPED:
        sys.exit(code)
    return time.perf_counter() - started


def measure_task(tasks: int = 300) -> float:
    """Return the seconds that a task of nothing takes, of many that are sent together to one worker."""
    with open_cluster("local", 1) as cluster:
        cluster.submit(len, "").result()
        started = time.perf_counter()
        wait([cluster.submit(len, "") for _ in range(tasks)])
        return (time.perf_counter() - started) / tasks


def measure_client(folder: Path, work: Path) -> tuple[float, int]:
    """Return the CPU seconds of the program that sends and records, for each frame, and the number of frames."""
    shutil.rmtree(work / "results", ignore_errors=True)
    settings = Settings()
    source, sink = open_source(folder, settings), Results(work / "results", folder, settings)
    with open_cluster("local", 2) as cluster, Run(source, sink, settings) as run:
        started = time.process_time()
        frames = sum(1 for _ in run.decide(executor=cluster))
        return (time.process_time() - started) / max(1, frames), frames
