"""python -m benchmarks.duplicates: precision, recall and speed of finding near-duplicates, as Markdown tables."""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.duplicates.contenders import (
    METHODS,
    PEERS,
    Outcome,
    estimate_all_pairs,
    interpreter,
    run_method,
    run_peer,
)
from benchmarks.duplicates.labelled import ORIGINAL, LabelledSet, build, enlarge, make_originals, read_originals
from benchmarks.duplicates.verdicts import Verdict, find_missed, judge


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    add = parser.add_argument
    add("--scenes", type=int, default=10, help="drawn scenes of each kind (default %(default)s)")
    add("--first", type=int, default=0, help="the first of them: other scenes of the same kinds (default %(default)s)")
    add("--cameras", type=int, default=3, help="rendered cameras (default %(default)s)")
    add("--frames", type=int, default=16, help="rendered frames of each (default %(default)s)")
    add("--times", type=int, default=1, metavar="N", help="so many times as wide and high (default %(default)s)")
    add("--from", dest="folder", type=Path, metavar="DIR", help="frames of your own instead, with --truth")
    add("--truth", type=Path, nargs="+", default=[], metavar="CSV", help="columns frame and state, one file a camera")
    add("--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="NAME", help="of framesift")
    add("--peers", metavar="PYTHON", help="interpreter that has imagededup or difPy (default: this one)")
    add("--set", dest="place", type=Path, metavar="DIR", help="a new folder in which the files are left")
    add("--list", action="store_true", help="name every pair that is wrong and every file that is missed")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    arguments = build_parser().parse_args(argv)
    originals = (
        read_originals(arguments.folder, arguments.truth)
        if arguments.folder
        else make_originals(arguments.scenes, arguments.first, arguments.cameras, arguments.frames)
    )
    with tempfile.TemporaryDirectory() as place:
        if arguments.times > 1:
            originals = (enlarge(original, arguments.times) for original in originals)
        labelled = build(arguments.place or Path(place) / "set", originals)
        outcomes = [run_method(name, labelled) for name in arguments.methods]
        for name in PEERS:
            outcome = run_peer(name, labelled, interpreter(arguments.peers))
            if isinstance(outcome, Outcome):
                outcomes.append(outcome)
            else:
                print(f"{name} left out: {outcome}", file=sys.stderr)
        print("\n".join(tables(labelled, outcomes, estimate_all_pairs(labelled))))
        if arguments.list:
            print("\n".join(["", *(line for outcome in outcomes for line in list_faults(labelled, outcome))]))
    return 0


def tables(labelled: LabelledSet, outcomes: list[Outcome], all_pairs: float) -> list[str]:
    """The lines of the tables: verdicts by kinds, what became of each change, then speed."""
    files, scenes = len(labelled.files), len({each.scene for each in labelled.files.values()})
    lines = [f"{files} files, {scenes} scenes of {len(labelled.kinds)} kinds. Precision / recall:", ""]
    lines += _head(["kind", "files", *(outcome.name for outcome in outcomes)])
    for kind in (None, *labelled.kinds):
        count = sum(kind in (None, each.kind) for each in labelled.files.values())
        lines.append(_row([kind or "**all**", count, *(_show(judge(labelled, each, kind)) for each in outcomes)]))
    made = Counter(each.change for each in labelled.files.values() if each.change != ORIGINAL)
    missed = [Counter(each.change for each in find_missed(labelled, outcome).values()) for outcome in outcomes]
    lines += ["", "Found with what it was made from:", "", *_head(["change", *(outcome.name for outcome in outcomes)])]
    lines += [_row([each, *(f"{100 - 100 * gone[each] / made[each]:.0f}%" for gone in missed)]) for each in made]
    return [*lines, "", *_speeds(files, outcomes, all_pairs)]


def _speeds(files: int, outcomes: list[Outcome], all_pairs: float) -> list[str]:
    lines = _head(["", "seconds of one core", "files/s", "times as fast as all pairs from the files"])
    for each in outcomes:
        rates = f"{files / each.seconds:.0f}", f"{all_pairs / each.seconds:.0f}"
        lines.append(_row([each.name, f"{each.seconds:.1f}", *rates]))
    return [*lines, _row(["all pairs from the files (estimated from 100 pairs)", f"{all_pairs:.0f}", "", "1"])]


def list_faults(labelled: LabelledSet, outcome: Outcome) -> list[str]:
    """The lines that name what is wrong and what is missed."""
    lines = [
        f"{outcome.name}: wrong: {one} {other}"
        for one, other in sorted(outcome.found)
        if labelled.files[one].scene != labelled.files[other].scene
    ]
    return lines + [f"{outcome.name}: missed: {name}" for name in find_missed(labelled, outcome)]


def _head(cells: Sequence[str]) -> list[str]:
    return [_row(cells), "|---" * len(cells) + "|"]


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _show(verdict: Verdict) -> str:
    shares = verdict.precision, verdict.recall
    return " / ".join("-" if share is None else f"{share:.3f}" for share in shares)


if __name__ == "__main__":
    sys.exit(main())
