"""python -m benchmarks.quality.ablation: what each part of tolerance differencing is worth, and what else was tried.

Each line is the method with one part of it left out or changed, on rendered scenes or on frames of one's own.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from unittest import mock

import cv2
import numpy as np

from benchmarks.quality.__main__ import build_parser, read_truths
from benchmarks.quality.methods import choose_all, framesift
from benchmarks.quality.metrics import Summary, measure_quality, summarise
from benchmarks.quality.table import align, show
from benchmarks.quality.truth import Truth
from framesift.comparators import tolerance
from framesift.filtering.options import DEFAULT_THRESHOLDS, THOROUGH_THRESHOLDS, Method


def square(side: int) -> Any:
    """A structuring element."""
    return np.ones((side, side), np.uint8)


VARIANTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "as it is": {},
    "no registration": {"LEAST_GAIN": 2},
    "registration at a tenth less error": {"LEAST_GAIN": 0.1},
    "registration at half the error": {"LEAST_GAIN": 0.5},
    "level 15 at any contrast": {"LOWEST_LEVEL": 15},
    "level down to 4": {"LOWEST_LEVEL": 4},
    "level 12 to 6": {"HIGHEST_LEVEL": 12},
    "level 20 to 6": {"HIGHEST_LEVEL": 20},
    "no floor on texture": {"TEXTURE_FLOOR": 1},
    "floor 10": {"TEXTURE_FLOOR": 10},
    "floor 50": {"TEXTURE_FLOOR": 50},
    "no structure check": {"LEAST_CORRELATION": 2},
    "structure: share of the region only": {"LEAST_AREA": 1e-9},
    "structure: a tenth of the region": {"LEAST_SHARE": 0.1},
    "structure: correlation .7": {"LEAST_CORRELATION": 0.7},
    "window 7": {"WINDOW": 7},
    "window 13": {"WINDOW": 13},
    "neighbourhood 5x5": {"NEIGHBOURHOOD": square(5)},
    "neighbourhood 7x7": {"NEIGHBOURHOOD": square(7)},
    "neighbourhood 11x11": {"NEIGHBOURHOOD": square(11)},
    "grown by 2 px": {"GROWTH": square(5)},
    "not grown": {"GROWTH": square(1)},
}


def measure_variant(truths: Sequence[Truth], changes: Mapping[str, Any]) -> list[Summary]:
    """The method with other constants, by default and thorough."""
    thresholds = [DEFAULT_THRESHOLDS[Method.TOLERANCE], THOROUGH_THRESHOLDS]
    contender = framesift("tolerance", Method.TOLERANCE, thresholds)
    with mock.patch.dict(vars(tolerance), changes):
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
