"""python -m benchmarks.streams: four cameras stream for some minutes and break; what the run makes of it is counted.

Each picture has a number, so that one that was decided twice would show, and each server knows when it sent something,
so that a second in which nothing was decided would.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.quality.table import align
from benchmarks.streams.numbered import Numbered, read_number
from benchmarks.streams.servers import Camera, HttpServer, RtspServer
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Decision, Verdict

STREAMS = (
    ("gate", RtspServer, "/cam"),
    ("ramp", RtspServer, "/cam"),
    ("yard", HttpServer, "/video"),
    ("door", HttpServer, "/still.jpg"),
)
LOGIN = "me:s3cret"
SETTLED = 0.25
"""From this share of the time on memory is measured."""
LATE = 1.9
"""Seconds between two decisions of a stream that goes on: more, and one of the seconds between had none."""
GRACE = 3.0
"""Seconds after its opening within which a stream has given a frame, with what FFmpeg reads of it first."""
MB = 2**20


@dataclass
class Tally:
    """What a run has made of one stream."""

    camera: str
    breaks: int
    decisions: int
    kept: int
    twice: int
    lost: int
    gaps: int

    @property
    def is_right(self) -> bool:
        """Whether nothing was decided twice, nothing lost but what the stream lost, and each frame seen as new."""
        return not self.twice and not self.lost and self.kept == self.decisions > 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the breaks (default %(default)s)")
    options = parser.parse_args(argv)
    with TemporaryDirectory(prefix="framesift-streams-") as folder, ExitStack() as stack:
        cameras = {name: Camera(kind, Numbered()) for name, kind, _ in STREAMS}
        for camera in cameras.values():
            camera.scene.user = ("me", "s3cret")
            stack.callback(camera.stop)
        run = _start(Path(folder), cameras, 60 * options.minutes)
        stack.callback(run.kill)
        breaks, memory = _break_often(run, cameras, random.Random(options.seed), 60 * options.minutes)
        output, _ = run.communicate(timeout=60)
        tallies = [_count(Path(folder), name, camera, breaks[name]) for name, camera in cameras.items()]
    return _tell(tallies, memory, output, run.returncode)


def _start(folder: Path, cameras: dict[str, Camera], seconds: float) -> "subprocess.Popen[str]":
    rows = [f"{name} = {cameras[name].url(path, f'{LOGIN}@')}" for name, _, path in STREAMS]
    (folder / "cameras.txt").write_text("\n".join(rows))
    words = ["filter", "cameras.txt", "results", "--every", "1s", "--for", f"{seconds:.0f}s", "--jobs", "1"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "framesift", *words]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=folder, env=environment, text=True, **output)  # type: ignore[call-overload,no-any-return]


def _break_often(
    run: "subprocess.Popen[str]", cameras: dict[str, Camera], choice: random.Random, seconds: float
) -> tuple[dict[str, int], list[float]]:
    """Stop or freeze a camera now and then until the run ends; return how often each, and the memory of the run."""
    begun, memory = time.monotonic(), []
    due = {name: 20 + choice.uniform(0, 40) for name in cameras}
    mended: dict[str, float] = {}
    breaks = dict.fromkeys(cameras, 0)
    while run.poll() is None:
        passed = time.monotonic() - begun
        for name, camera in cameras.items():
            if name in mended and passed >= mended[name]:
                del mended[name]
                _mend(camera)
            elif name not in mended and passed >= due[name] and passed < seconds - 40:
                breaks[name] += 1
                camera.scene.frozen = choice.random() < 0.4
                if not camera.scene.frozen:
                    camera.stop()
                mended[name] = passed + choice.uniform(3, 20)
                due[name] = mended[name] + choice.uniform(30, 70)
        if passed >= SETTLED * seconds:
            memory.append(_read_memory(run.pid))
        time.sleep(0.5)
    return breaks, list(filter(None, memory))


def _mend(camera: Camera) -> None:
    if camera.scene.frozen:
        camera.scene.frozen = False
    else:
        camera.start()


def _read_memory(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def _count(folder: Path, name: str, camera: Camera, breaks: int) -> Tally:
    assert isinstance(camera.scene, Numbered)
    decisions = [each for each in open_record(folder / "results").decisions() if each.frame.camera == name]
    kept = [each.frame.path for each in decisions if each.verdict is Verdict.KEEP]
    numbers = [read_number(str(folder / "results" / path)) for path in kept]
    twice = len(decisions) - len({each.frame.path for each in decisions}) + len(numbers) - len(set(numbers))
    lost = _count_lost(decisions, camera.scene.spans)
    gaps = sum(each.gap is not None for each in decisions)
    return Tally(name, breaks, len(decisions), len(kept), twice, lost, gaps)


def _count_lost(decisions: list[Decision], spans: list[list[float]]) -> int:
    """Return how many seconds have no decision though the stream gave frames then."""
    times = [each.frame.time.timestamp() for each in decisions if each.frame.time]
    lost = 0
    for start, end in _join(spans):
        within = [start + GRACE, *(time for time in times if start + GRACE < time < end), end]
        for before, after in pairwise(within):
            if after - before > LATE:
                print(
                    f"no decision for {after - before:.1f} s, {before - start:.1f} s into {end - start:.1f} s of frames"
                )
                lost += max(round(after - before) - 1, 1)
    return lost


def _join(spans: list[list[float]]) -> list[tuple[float, float]]:
    """Return the times in which frames were sent without a pause: pictures are fetched on a connection each."""
    joined: list[list[float]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < LATE:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [(start, end) for start, end in joined if end - start > GRACE]


def _tell(tallies: list[Tally], memory: list[float], output: str, code: int) -> int:
    head = ("camera", "breaks", "decisions", "kept", "twice", "seconds lost", "gaps")
    rows = [tuple(map(str, vars(tally).values())) for tally in tallies]
    print(align([head, *rows], left=1))
    growth = max(memory[-max(len(memory) // 4, 1) :], default=0.0) - (memory[0] if memory else 0.0)
    print(f"memory: {memory[0] if memory else 0:.0f} MB, at the end {growth:+.1f} MB; exit code {code}")
    print(output)
    passed_over = [line for line in output.splitlines() if "passed over" in line]
    secret = LOGIN.rpartition(":")[2] in output
    return int(code != 0 or growth > 20 or secret or bool(passed_over) or not all(each.is_right for each in tallies))


if __name__ == "__main__":
    sys.exit(main())
