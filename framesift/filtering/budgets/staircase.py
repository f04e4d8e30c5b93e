"""How many frames each threshold keeps: a number that changes in steps.

It need not fall from step to step: a higher threshold can keep a frame after which others are new. Numbers only.
"""

from bisect import bisect_left
from fractions import Fraction
from heapq import heappop, heappush

from framesift.comparators.thresholds import Threshold

STEPS = 32
"""Thresholds in a decade, 7 % apart. With more of them a budget is used up better, and more pictures are held."""
_DECADE = [Fraction(round(100 * 10 ** (step / STEPS)), 100) for step in range(STEPS + 1)]
"""1.00, 1.07, 1.15, ... 10.00."""


def round_up(share: Fraction) -> Fraction:
    """Return the lowest threshold there is that is not below a share in percent; 0 for 0."""
    if share <= 0:
        return Fraction(0)
    scale = Fraction(1)
    while share > 10 * scale:
        scale *= 10
    while share <= scale:
        scale /= 10
    return _DECADE[bisect_left(_DECADE, share / scale)] * scale


class Staircase:
    """Finds the lowest threshold, from `lowest` on, that keeps at most `allowed` frames of those counted so far.

    Thresholds are in percent of the compared area. As counts only grow, `lowest` only rises: what is below it can be
    forgotten, and in the end it is what was looked for.
    """

    def __init__(self, allowed: int, lowest: Fraction = Fraction(0)) -> None:
        self.allowed = allowed
        self.lowest: Fraction | None = lowest
        """None: there is no such threshold."""
        self.kept = 0
        """At the lowest."""
        self._changes: dict[Fraction, int] = {}
        """By how many more frames, or fewer, are kept from a threshold on than just below it."""
        self._steps: list[Fraction] = []
        """A heap of these thresholds."""

    def count(self, start: Fraction, end: Fraction | None) -> None:
        """Count a frame that is kept by the thresholds from `start` on, below `end`; None: by all that are higher."""
        if self.lowest is None or (end is not None and end <= self.lowest):
            return
        if start <= self.lowest:
            self.kept += 1
        else:
            self._change(start, 1)
        if end is not None:
            self._change(end, -1)
        while self.kept > self.allowed and self.lowest is not None:
            self._climb()

    def choose(self) -> Threshold | None:
        """Return the lowest threshold; None where there is none."""
        return None if self.lowest is None else Threshold(self.lowest, relative=True)

    def _change(self, at: Fraction, number: int) -> None:
        if at not in self._changes:
            heappush(self._steps, at)
        self._changes[at] = self._changes.get(at, 0) + number

    def _climb(self) -> None:
        if not self._steps:
            self.lowest = None
            return
        self.lowest = heappop(self._steps)
        self.kept += self._changes.pop(self.lowest)
