"""Frames divided among parts, such as train, val and test: whole days of a camera at a time. Numbers only.

Each part gets of every camera, by day and by night, as near to its share as whole days allow.
"""

import random
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from framesift.errors import UsageError

NAMES = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Split:
    """The shares of the parts, which are called `NAMES` in this order."""

    shares: tuple[float, ...]
    """More than 0, 1 together."""
    seed: int = 0

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> "Split":
        """Read `80,10,10`. Raises UsageError for anything but one to three numbers above 0."""
        numbers = text.replace(" ", "").split(",")
        if not 1 <= len(numbers) <= len(NAMES) or not all(
            re.fullmatch(r"\d{1,6}(\.\d{1,6})?", each) for each in numbers
        ):
            raise UsageError(
                f"--split takes the shares of train, val and test, such as 80,10,10 or 90,10, not {text!r}"
            )
        shares = [float(each) for each in numbers]
        if not all(shares):
            raise UsageError(f"--split takes shares above 0, not {text!r}: leave a part out that is to have none")
        return cls(tuple(share / sum(shares) for share in shares), seed)

    @property
    def names(self) -> tuple[str, ...]:
        """What the parts are called."""
        return NAMES[: len(self.shares)]


Stratum = Hashable
"""A camera by day, or by night."""


def divide(units: Sequence[Counter[Stratum]], split: Split) -> list[int]:
    """Return the number of the part that each unit goes to; a unit says how many frames it has of each stratum.

    Each goes, the large ones first and equal ones in an order that the seed says, to the part that lacks most of what
    the unit has. Every part gets one. Raises UsageError where there are fewer units than parts.
    """
    if len(units) < len(split.shares):
        raise UsageError(
            f"--split wants {len(split.shares)} parts, and there are {len(units)} to divide: days of a camera are kept "
            "whole, and so are those that show the same"
        )
    total = sum(units, Counter[Stratum]())
    order = list(range(len(units)))
    random.Random(split.seed).shuffle(order)
    order.sort(key=lambda unit: -units[unit].total())
    given = [Counter[Stratum]() for _ in split.shares]
    parts = [0] * len(units)
    for place, unit in enumerate(order):
        empty = [part for part, counter in enumerate(given) if not counter]
        open_ = empty if len(order) - place <= len(empty) else range(len(given))
        parts[unit] = max(open_, key=lambda part: _weigh(units[unit], given[part], total, split.shares[part]))
        given[parts[unit]] += units[unit]
    return parts


def _weigh(unit: Counter[Stratum], given: Counter[Stratum], total: Counter[Stratum], share: float) -> float:
    """Return how much of what a unit has a part lacks: below 0 where it has more than its share already."""
    return sum(number * (share - (given[each] + number / 2) / total[each]) for each, number in unit.items())
