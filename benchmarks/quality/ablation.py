"""python -m benchmarks.quality.ablation: what each part of tolerance differencing is worth, and what else was tried.

Each line is the method with one part of it left out or changed, on rendered scenes or on frames of one's own.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from unittest import mock

import cv2
import numpy as np

from benchmarks.quality.__main__ import build_parser, read_truths
from benchmarks.quality.methods import choose_all, framesift
from benchmarks.quality.metrics import Summary, measure_quality, summarise
from benchmarks.quality.table import align, show
from benchmarks.quality.truth import Truth
from framesift.comparators import registration, structure, tolerance
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS, THOROUGH_THRESHOLDS


def square(side: int) -> Any:
    """A structuring element."""
    return np.ones((side, side), np.uint8)


Changes = Mapping[ModuleType, Mapping[str, Any]]
"""Constants of modules with other values."""


def share(part: float) -> int:
    """So much of an edge."""
    return round(part * structure.UNIT)


VARIANTS: Final[Mapping[str, Changes]] = {
    "as it is": {},
    "no registration": {registration: {"LEAST_GAIN": 2}},
    "registration at half the error": {registration: {"LEAST_GAIN": 0.5}},
    "an edge is 3 mean gradients": {structure: {"EDGE": 3}},
    "an edge is 5 mean gradients": {structure: {"EDGE": 5}},
    "an edge is 6 mean gradients": {structure: {"EDGE": 6}},
    "an edge is the same in every picture": {structure: {"EDGE": 0, "LEAST_EDGE": 100.0}},
    "an edge is at least 60": {structure: {"LEAST_EDGE": 60.0}},
    "an edge is at most 130": {structure: {"HIGHEST_EDGE": 130.0}},
    "an edge has no limit": {structure: {"HIGHEST_EDGE": 1000.0}},
    "neighbourhood 5x5": {structure: {"NEIGHBOURHOOD": square(5)}},
    "neighbourhood 7x7": {structure: {"NEIGHBOURHOOD": square(7)}},
    "neighbourhood 11x11": {structure: {"NEIGHBOURHOOD": square(11)}},
    "changed from a fifth on": {tolerance: {"CHANGED": share(0.2)}},
    "changed from .4 on": {tolerance: {"CHANGED": share(0.4)}},
    "no strong px asked for": {tolerance: {"STRONG": 0}},
    "strong from half on": {tolerance: {"STRONG": share(0.5)}},
    "strong from .6 on": {tolerance: {"STRONG": share(0.6)}},
    "strong from .7 on": {tolerance: {"STRONG": share(0.7)}},
    "not grown": {tolerance: {"GROWTH": square(1)}},
    "grown by 2 px": {tolerance: {"GROWTH": square(5)}},
}


def measure_variant(truths: Sequence[Truth], changes: Changes) -> list[Summary]:
    """The method with other constants, by default and thorough."""
    thresholds = [DEFAULT_THRESHOLDS[Method.TOLERANCE], THOROUGH_THRESHOLDS]
    contender = framesift("tolerance", Method.TOLERANCE, thresholds)
    with ExitStack() as stack:
        for module, constants in changes.items():
            stack.enter_context(mock.patch.dict(vars(module), constants))
        chosen = [[measure_quality(t, each) for *_, each in choose_all(t.frames, [contender])] for t in truths]
    return [summarise([of_camera[number] for of_camera in chosen]) for number in range(len(thresholds))]


def show_variant(name: str, summaries: Sequence[Summary]) -> list[str]:
    """The cells of a line."""
    cells = [name]
    for summary in summaries:
        cells += [show(summary.coverage), show(summary.keep_rate), show(summary.excess, 2), str(summary.still_keeps)]
    return cells


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    parser.prog, parser.description = "python -m benchmarks.quality.ablation", __doc__
    arguments = parser.parse_args(argv)
    cv2.setNumThreads(1)
    head = ["coverage", "keep rate", "excess", "kept where nothing moves"]
    rows = [["tolerance", *head, *(f"thorough: {word}" for word in head)]]
    try:
        truths = list(read_truths(arguments))
        for name, changes in VARIANTS.items():
            print(name, file=sys.stderr)
            rows.append(show_variant(name, measure_variant(truths, changes)))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 3
    report = f"{sum(len(t.frames) for t in truths)} frames of {len(truths)} cameras\n\n{align(rows, left=1)}\n"
    print(report, end="")
    if arguments.table:
        Path(arguments.table).write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
