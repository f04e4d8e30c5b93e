"""Kill or refuse commands at their system calls, one call a run, and run them again.

python -m benchmarks.faults --points 1000                    kills at 1000 calls, spread over all commands
python -m benchmarks.faults --points 1000 --errors           refuses 1000: no space, I/O error, no access, interrupted
python -m benchmarks.faults --only undo,audit --points 500   of these commands

After each: no byte of an original lost, nothing partial under a final name, no traceback; then the same command again,
which ends with the tree of a run that nothing happened to. Takes Linux and strace.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from benchmarks.faults.cases import CASES, Case
from benchmarks.faults.tracing import End, Point, inject, list_points, run
from benchmarks.faults.trees import compare, find_losses, find_partial, look

ERRORS = ("EIO", "ENOSPC", "EACCES", "EINTR")
_OF_NO_SPACE = {"openat", "write", "pwrite64", "writev", "link", "linkat", "mkdir", "mkdirat", "symlink", "fsync"}
_OF_NO_ACCESS = {"openat", "link", "linkat", "rename", "renameat", "unlink", "unlinkat", "mkdir", "rmdir", "newfstatat"}


class Bench:
    """A case with what an undisturbed run comes to, and the calls that it makes."""

    def __init__(self, case: Case, base: Path) -> None:
        self.case, self.place = case, base / "place"
        self._template, self._output = base / f"template-{CASES.index(case)}", base / "output"
        self._prepare(base)
        self.before = look(self.place)
        with (base / "warm").open("w") as sink, redirect_stdout(sink), redirect_stderr(sink):
            self.code = _call(case.words(self.place))
        self.expected = look(self.place)
        self._renew()
        end, self.points = list_points(case.words(self.place), self._output, self.place)
        assert end.code == self.code, end
        self.other = look(self.place)

    def disturb(self, point: Point, fault: str) -> Iterator[str]:
        """Yield what is wrong after a fault, and after the second run."""
        self._renew()
        words = self.case.words(self.place)
        end = run(words, self._output, inject(point, fault))
        yield from self._judge(end, fault)
        now = look(self.place)
        yield from find_losses(self.before, now, self.case.moves, self.case.deletes)
        known = {path: {seen.digest, self.other[path].digest} for path, seen in self.expected.items()}
        yield from find_partial(self.place, self.before, now, known)
        again = run(words, self._output)
        wrong = self._compare()
        yield from (f"again: {told}" for told in wrong)
        if again.code != self.code and (wrong or again.code != 2):  # there are commands that write no second time
            yield f"again: exit code {again.code}: {again.output.strip()[-300:]}"
        if "Traceback" in again.output:
            yield "again: a traceback"

    def _judge(self, end: End, fault: str) -> Iterator[str]:
        lines = [line for line in end.output.splitlines() if line.startswith("framesift")]
        if "Traceback" in end.output or end.code == 98:
            yield f"exit code {end.code}: {end.output.strip()[-400:]}"
        elif fault != "KILL" and end.code not in (self.code, 1, 2, 3):
            yield f"exit code {end.code}"
        elif fault != "KILL" and end.code == 3 and len(lines) != 1:
            yield f"{len(lines)} lines say why: {end.output[-400:]}"
        elif fault != "KILL" and end.code == 0:
            # A temporary file may be left where taking it away was refused: the next run does it.
            yield from (f"exit code 0, but {told}" for told in self._compare() if ".framesift-" not in told)

    def _compare(self) -> list[str]:
        return compare(look(self.place), self.expected, self.other)

    def _prepare(self, base: Path) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        self.case.write(self.place / "in")
        with (base / "warm").open("w") as sink, redirect_stdout(sink), redirect_stderr(sink):
            for command in self.case.before:
                assert _call(self.case.words(self.place, command)) in (0, 1), command
        shutil.copytree(self.place, self._template, symlinks=True)
        self._renew()

    def _renew(self) -> None:
        shutil.rmtree(self.place)
        shutil.copytree(self._template, self.place, symlinks=True)


def _call(words: list[str]) -> int:
    from framesift import cli

    return cli.main(words)


def choose(benches: list[Bench], faults: tuple[str, ...], number: int) -> list[tuple[Bench, Point, str]]:
    """Return so many points with a fault each, spread evenly over the commands and within each.

    Calls that only read are killed at where there are not so many that change the disk.
    """
    chosen = list[tuple[Bench, Point, str]]()
    for changing in (True, False):
        queues = []
        for bench in benches:
            points = [p for p in bench.points if p.changing is changing or faults != ("KILL",)]
            queues.append([(bench, point, fault) for point in points for fault in faults if _fits(point, fault)])
        chosen += _spread(queues, number - len(chosen))
        if faults != ("KILL",):
            break
    return chosen


def _spread(queues: list[list[tuple[Bench, Point, str]]], number: int) -> list[tuple[Bench, Point, str]]:
    share = number
    while sum(min(len(queue), share) for queue in queues) > number:
        share -= 1
    return [queue[len(queue) * n // min(len(queue), share)] for queue in queues for n in range(min(len(queue), share))]


def _fits(point: Point, fault: str) -> bool:
    if fault == "ENOSPC":
        return point.changing and point.call in _OF_NO_SPACE
    if fault == "EACCES":
        return point.call in _OF_NO_ACCESS
    return fault != "EINTR" or point.call in ("openat", "read", "write", "fsync", "flock")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=1000, metavar="N")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--only", metavar="NAME,...", help=", ".join(case.name for case in CASES))
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    only = options.only.split(",") if options.only else [case.name for case in CASES]
    faults = ERRORS if options.errors else ("KILL",)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve()
        for name in ("cache", "state"):
            os.environ[f"XDG_{name.upper()}_HOME"] = str(base / name)
        return measure([case for case in CASES if case.name in only], faults, options.points, base)


def measure(cases: list[Case], faults: tuple[str, ...], number: int, base: Path) -> int:
    """Print what is wrong, and a table; return 1 where something is."""
    import cv2
    import tqdm

    cv2.setNumThreads(1)
    tqdm.tqdm.monitor_interval = 0
    benches = [Bench(case, base) for case in cases]
    assert threading.active_count() == len(os.listdir("/proc/self/task")) == 1  # else no child may be forked
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for bench, point, fault in choose(benches, faults, number):
        tried[bench.case.name] += 1
        if told := list(bench.disturb(point, fault)):
            wrong[bench.case.name] += 1
            print(f"{bench.case.name}: {fault} at {point.call} {point.number}: {' | '.join(told)}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{tried.total()} of {number} ", end="", file=sys.stderr)
    for name, points in tried.items():
        print(f"{name:24} {points:5} points, {wrong[name]} wrong")
    print(f"{'total':24} {tried.total():5} points, {wrong.total()} wrong")
    return int(wrong.total() > 0)


if __name__ == "__main__":
    sys.exit(main())
