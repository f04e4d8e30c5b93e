"""python -m benchmarks.duplicates: precision, recall and speed of finding near-duplicates, as Markdown tables."""

import argparse
import sys
import tempfile
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
    sort_pair,
)
from benchmarks.duplicates.labelled import CHANGES, LabelledSet, build, read_originals, render_originals


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    add = parser.add_argument
    add("--cameras", type=int, default=3, help="rendered cameras (default %(default)s)")
    add("--frames", type=int, default=16, help="rendered frames of each (default %(default)s)")
    add("--from", dest="folder", type=Path, metavar="DIR", help="frames of your own instead, with --truth")
    add("--truth", type=Path, nargs="+", default=[], metavar="CSV", help="columns frame and state, one file a camera")
    add("--peers", metavar="PYTHON", help="interpreter that has imagededup or difPy (default: this one)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    arguments = build_parser().parse_args(argv)
    originals = (
        read_originals(arguments.folder, arguments.truth)
        if arguments.folder
        else render_originals(arguments.cameras, arguments.frames, (640, 480))
    )
    with tempfile.TemporaryDirectory() as place:
        labelled = build(Path(place) / "set", originals)
        outcomes = [run_method(name, labelled) for name in METHODS]
        for name in PEERS:
            outcome = run_peer(name, labelled, interpreter(arguments.peers))
            if isinstance(outcome, Outcome):
                outcomes.append(outcome)
            else:
                print(f"{name} left out: {outcome}", file=sys.stderr)
        seconds = estimate_all_pairs(labelled)
        print("\n".join(tables(labelled, outcomes, seconds)))
    return 0


def tables(labelled: LabelledSet, outcomes: list[Outcome], all_pairs: float) -> list[str]:
    """The lines of the tables: verdicts, then speed."""
    files, same, different = len(list(labelled.folder.iterdir())), len(labelled.same), len(labelled.different)
    head = ["", "precision", "recall", *CHANGES, "neighbours taken for the same"]
    lines = [
        f"{files} files, {same} pairs that are the same, {different} pairs of neighbours that differ.",
        "",
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
    ]
    lines += [_verdicts(labelled, outcome) for outcome in outcomes]
    lines += ["", "| | seconds | files/s | times as fast as all pairs from the files | second run |", "|---" * 5 + "|"]
    for each in outcomes:
        again = f"{each.again:.2f}" if each.again is not None else ""
        rates = f"{each.seconds:.2f} | {files / each.seconds:.0f} | {all_pairs / each.seconds:.0f}"
        lines.append(f"| {each.name} | {rates} | {again} |")
    return [*lines, f"| all pairs from the files (estimated from 100 pairs) | {all_pairs:.0f} | | 1 | |"]


def _verdicts(labelled: LabelledSet, outcome: Outcome) -> str:
    right = {change: [0, 0] for change in CHANGES}
    for one, other, change in labelled.same:
        right[change][0] += sort_pair((one, other)) in outcome.found
        right[change][1] += 1
    hits = sum(found for found, _ in right.values())
    wrong = sum(sort_pair(pair) in outcome.found for pair in labelled.different)
    precision = f"{hits / (hits + wrong):.3f}" if hits + wrong else "-"
    shares = [f"{100 * found / total:.0f}%" for found, total in right.values()]
    cells = [outcome.name, precision, f"{hits / len(labelled.same):.3f}", *shares, f"{wrong}/{len(labelled.different)}"]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
