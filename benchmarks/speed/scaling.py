"""python -m benchmarks.speed.scaling: what grows with the number of frames, and what does not.

Memory and time per frame (less the start-up) of main.py on 200, 2,000 and 20,000 small frames; time and memory until
the first of a million names is decided, and the first new frame beside a million decided ones; how long
`main.py --help`, `import cv2` and a run on 2 frames take; and what a second worker brings. Whole processes, medians of
the rounds.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import exit_code_of
from benchmarks.speed import frame_files
from benchmarks.speed.__main__ import add_corpus_arguments, add_rounds_arguments, tell
from benchmarks.speed.contenders import MAIN, MAIN_ALONE, ROOT, Contender, ours
from benchmarks.speed.corpora import Corpus, new_pool, render_corpus, start_folder
from benchmarks.speed.machine import describe_machine, tell_machine
from benchmarks.speed.measuring import Run, RunFailed, measure
from benchmarks.speed.tables import align, write_number


class Line(NamedTuple):
    """One figure."""

    what: str
    value: float
    unit: str
    peak_mib: float | None = None
    others: float | None = None
    """Share of all cores that other processes used meanwhile."""


class Scaling:
    """The measurements, with what they share."""

    def __init__(self, work: Path, rounds: int, patience: float) -> None:
        self.work, self.rounds, self.patience = work, rounds, patience
        self.output = work / "results"

    def median_run(self, contender: Contender, rounds: int | None = None) -> Run:
        """Medians over the rounds, after one to warm up where there are several. Raises RunFailed."""
        rounds = rounds or self.rounds
        runs = [measure(contender, self.patience) for _ in range(rounds + (rounds > 1))][rounds > 1 :]
        others = [run.others for run in runs if run.others is not None]
        return Run(
            median(run.seconds for run in runs),
            median(run.cpu_seconds for run in runs),
            max(run.peak_mib for run in runs),
            median(others) if others else None,
        )

    def python(self, *arguments: str) -> Contender:
        """This Python with these arguments, at the root of the project."""
        return Contender(" ".join(arguments), (sys.executable, *arguments), self.output, folder=ROOT)

    def grow(self, counts: Sequence[int], jobs: int) -> list[Line]:
        """Time per frame and peak memory of main.py for each number of frames, beyond what 2 frames take to start."""
        start = self.median_run(self.main_on_small(2, jobs)).seconds
        lines = []
        for count in counts:
            run = self.median_run(self.main_on_small(count, jobs))
            ms = (run.seconds - start) / (count - 2) * 1000
            lines.append(Line(f"{count:,} frames of 80x60", ms, "ms/frame", run.peak_mib, run.others))
        return lines

    def main_on_small(self, count: int, jobs: int) -> Contender:
        """main.py on so many small frames."""
        corpus = Corpus.of("small", "small", self.make_small(count))
        return next(c for c in ours(corpus, self.work, jobs) if c.name == MAIN)

    def make_small(self, count: int) -> Path:
        """The folder with so many small frames, made now unless an earlier run did."""
        folder = self.work / "corpora" / f"small-{count}"
        if not folder.is_dir():
            part = start_folder(folder, count * frame_files.BYTES_OF_SMALL)
            with new_pool(1) as pool:
                pool.submit(frame_files.write_small_frames, str(part), count, frame_files.RECURRING).result()
            part.rename(folder)
        return folder

    def list_names(self, count: int, real: bool) -> list[Line]:
        """Seconds and memory until the first decision in a folder of so many names."""
        what = f"{count:,} {'empty files' if real else 'names'}, to the first decision"
        return [self.first_decision("listing", count, what, *["--real"] * real)]

    def resume(self, count: int) -> list[Line]:
        """Seconds and memory until the first of 1,000 new frames is decided beside so many decided ones."""
        what = f"1,000 new beside {count:,} decided ones,"
        return [
            self.first_decision("resuming", count, f"{what} which are gone"),
            self.first_decision("resuming", count, f"{what} which are listed", "--listed"),
        ]

    def first_decision(self, module: str, count: int, what: str, *options: str) -> Line:
        """What a module that writes its seconds into a file has measured."""
        command = self.python("-m", f"benchmarks.speed.{module}", str(count), str(self.output), *options)
        run = self.median_run(command, rounds=1)
        seconds = float((self.output / "seconds").read_text())
        shutil.rmtree(self.output)
        return Line(what, seconds, "s", run.peak_mib, run.others)

    def start(self, jobs: int) -> list[Line]:
        """What a user waits for before anything happens."""
        starts = [
            ("main.py --help", self.python(str(ROOT / "main.py"), "--help")),
            ("import cv2", self.python("-c", "import cv2")),
            ("nothing but Python", self.python("-c", "pass")),
            ("main.py on 2 frames", self.main_on_small(2, jobs)),
        ]
        runs = [(what, self.median_run(contender)) for what, contender in starts]
        return [Line(what, run.seconds, "s", run.peak_mib, run.others) for what, run in runs]

    def add_worker(self, corpus: Corpus) -> list[Line]:
        """The efficiency of two workers: time of one / twice the time of two. 100 % would be perfect."""
        times = {}
        for contender in ours(corpus, self.work, 2):
            if contender.name in (MAIN, MAIN_ALONE):
                times[contender.name] = self.median_run(contender)
        one, two = times[MAIN_ALONE], times[MAIN]
        efficiency = one.seconds / (2 * two.seconds) * 100
        return [Line(f"2 workers against 1, {corpus.title}", efficiency, "%", two.peak_mib, two.others)]


def tabulate(lines: Sequence[Line]) -> str:
    """A line for each figure."""
    head = ("", "", "unit", "peak MiB", "others' CPU")
    cells = [
        (x.what, format(x.value, ".3f"), x.unit, write_number(x.peak_mib, ".0f"), write_number(x.others, ".0%"))
        for x in lines
    ]
    return align([head, *cells])


def parse_counts(text: str) -> tuple[int, ...]:
    """ "200,2000" to a tuple."""
    return tuple(int(part) for part in text.split(",") if part)


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.scaling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_corpus_arguments(parser, frames=200)
    add_rounds_arguments(parser, rounds=3)
    add = parser.add_argument
    add("--counts", type=parse_counts, default=(200, 2000, 20_000), metavar="N,...", help="numbers of small frames")
    add(
        "--names",
        type=int,
        default=1_000_000,
        metavar="N",
        help="listed, or decided before (default %(default)s)",
    )
    add("--real", action="store_true", help="list real empty files instead of a played file system")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = build_parser().parse_args(argv)
    machine = describe_machine()
    print(tell_machine(), flush=True)
    scaling = Scaling(options.work.absolute(), options.rounds, options.patience)
    steps: list[Callable[[], list[Line]]] = [
        lambda: scaling.grow(options.counts, options.jobs),
        lambda: scaling.list_names(options.names, options.real),
        lambda: scaling.resume(options.names),
        lambda: scaling.start(options.jobs),
        lambda: [
            line
            for name in options.corpora
            for line in scaling.add_worker(render_corpus(name, scaling.work, options.frames, options.jobs))
        ],
    ]

    def measure_all() -> None:
        lines: list[Line] = []
        for step in steps:
            lines += step()
            tell(lines[-1].what)
        tell("")
        if options.json:
            options.json.write_text(json.dumps({"machine": machine, "lines": [x._asdict() for x in lines]}, indent=1))
        print(f"\n{tabulate(lines)}")

    return exit_code_of(measure_all, OSError, RunFailed)


if __name__ == "__main__":
    sys.exit(main())
