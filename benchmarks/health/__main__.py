"""python -m benchmarks.health: how many faults of cameras are found within three frames, and how many that are none.

Every other scene, and another seed, was used to set what framesift goes by (`--half set`); what counts is the other
half (`--half held`, the default).
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import cv2

from benchmarks import exit_code_of
from benchmarks.health.footage import SCENES, draw_footage, read_footage
from benchmarks.health.measuring import Outcome, Tally, measure_scene
from benchmarks.quality.table import align

HALVES = ("set", "held")
HEAD = ("fault", "sort", "laid", "found within 3 frames", "told as others", "px off")


def tabulate(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """The rows of the table: each sort, and each kind over its sorts."""
    sorts: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
    for outcome in outcomes:
        for (kind, sort), tally in outcome.tallies.items():
            sorts[kind, sort] += tally
            sorts[kind, "all"] += tally
    return [HEAD, *(_row(kind, sort, tally) for (kind, sort), tally in sorted(sorts.items()))]


def _row(kind: str, sort: str, tally: Tally) -> tuple[str, ...]:
    found = f"{tally.found} ({100 * tally.found / tally.laid:.1f} %)"
    off = f"{sorted(tally.errors)[len(tally.errors) // 2]:.1f}" if tally.errors else ""
    return kind, sort, str(tally.laid), found, str(tally.others), off


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.health", description=__doc__)
    work = "for drawn frames (default %(default)s)"
    parser.add_argument("--work", type=Path, default=Path("/var/tmp/framesift-health"), metavar="FOLDER", help=work)
    parser.add_argument("--half", choices=HALVES, default="held", help="which scenes (default %(default)s)")
    parser.add_argument("--frames", type=int, default=100, metavar="N", help="of each scene (default %(default)s)")
    parser.add_argument("--times", type=int, default=3, metavar="N", help="each fault in each scene (%(default)s)")
    arguments = parser.parse_args(argv)
    half = HALVES.index(arguments.half)
    cv2.setNumThreads(1)

    def measure() -> None:
        outcomes = []
        for scene in SCENES[half::2]:
            paths = draw_footage(scene, arguments.work, arguments.frames, half)
            outcome = measure_scene(scene.name, list(read_footage(paths)), half, arguments.times)
            outcomes.append(outcome)
            lost = [key for key, tally in outcome.tallies.items() for _ in range(tally.laid - tally.found)]
            line = f"{scene.name}: {len(outcome.alarms)} alarms; not found: {', '.join(map('/'.join, lost))}"
            print(line, file=sys.stderr, flush=True)
            for alarm in outcome.alarms:
                print(" ", alarm.line(), file=sys.stderr)
        print(align(tabulate(outcomes), left=2))
        quiet, alarms = sum(each.quiet for each in outcomes), sum(len(each.alarms) for each in outcomes)
        print(f"{alarms} alarms in {quiet} quiet frames")

    return exit_code_of(measure, OSError)


if __name__ == "__main__":
    sys.exit(main())
