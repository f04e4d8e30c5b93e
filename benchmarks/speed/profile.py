"""python -m benchmarks.speed.profile: where the time of one frame goes, in ms on one thread, medians over the frames.

"read" to "manifest line" is what every frame costs, and "every frame" their sum. "copy" (write and link) and "fsync"
are the cost of a kept frame, which a second thread of main.py pays while the others decode.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import exit_code_of
from benchmarks.speed.__main__ import add_corpus_arguments
from benchmarks.speed.corpora import Corpus, new_pool, render_corpus
from benchmarks.speed.machine import describe_machine, tell_machine
from benchmarks.speed.stages import OF_KEPT_FRAMES, STAGES, Stopwatch
from benchmarks.speed.tables import align

Costs = dict[str, float]
"""Stage to ms."""


def profile_folder(folder: str, work: str) -> Costs:
    """The median ms of each stage. Runs in a process of its own that begins as main.py does."""
    from framesift.cli.memory import reuse_memory

    reuse_memory()
    import cv2

    from benchmarks.speed.walk import Walk

    cv2.setNumThreads(1)
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(dir=work) as results, watch.wrapping():
        samples = list(Walk(folder, results, watch).run())
    return {stage: median([s[stage] for s in samples if stage in s] or [0.0]) * 1000 for stage in STAGES}


def profile_corpus(corpus: Corpus, work: Path) -> Costs:
    """The costs of one corpus, with their sum for every frame."""
    with new_pool(1) as pool:
        costs = pool.submit(profile_folder, str(corpus.folder), str(work)).result()
    return {**costs, "every frame": sum(ms for stage, ms in costs.items() if stage not in OF_KEPT_FRAMES)}


def tabulate(profiles: dict[str, Costs]) -> str:
    """A column of ms and one of shares for each corpus, a line for each stage."""
    head = ["ms of one frame"]
    for title in profiles:
        head += [title, "share"]
    rows = [head]
    every = [stage for stage in STAGES if stage not in OF_KEPT_FRAMES]
    for stage in (*every, "every frame", *OF_KEPT_FRAMES):
        row = [f"{stage}, of a kept frame" if stage in OF_KEPT_FRAMES else stage]
        for costs in profiles.values():
            share = "" if stage in OF_KEPT_FRAMES else f"{costs[stage] / costs['every frame']:.1%}"
            row += [f"{costs[stage]:.3f}", share]
        rows.append(row)
    return align(rows)


def run(options: argparse.Namespace) -> None:
    """Measure, print, write. Raises OSError."""
    work, machine = options.work.absolute(), describe_machine()
    print(tell_machine())
    corpora = [render_corpus(name, work, options.frames, options.jobs) for name in options.corpora]
    profiles = {corpus.title: profile_corpus(corpus, work) for corpus in corpora}
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "ms": profiles}, indent=1) + "\n")
    print(f"\n{tabulate(profiles)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.profile", description=__doc__)
    parser.formatter_class = layout
    add_corpus_arguments(parser, frames=200)
    options = parser.parse_args(argv)
    return exit_code_of(lambda: run(options), OSError)


if __name__ == "__main__":
    sys.exit(main())
