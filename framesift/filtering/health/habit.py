"""How long a camera is usually silent, by the hour: known from its own intervals, in a few hundred numbers."""

import math
from collections import Counter

STEPS = 8
"""Steps of the scale of lengths for each doubling."""
TIMES = 3.0
"""So many times what is usual is more than usual."""
ONCE = 1.5
"""So many times what has been in an hour once: the second night of a camera that sleeps is no silence."""
RARE = 0.01
"""Of the intervals, and one at least: the longest are no habit."""
ENOUGH = 20
"""So many intervals make a habit, of a camera and of an hour."""
LEAST = 60.0
"""Seconds that are no silence of any camera."""


class Habit:
    """The intervals of one camera. Those that begin in an hour of the day are a habit of their own once there are
    enough: a camera that sleeps by night is silent from an hour on, and not in another."""

    def __init__(self) -> None:
        self.all: Counter[int] = Counter()
        self.hours: dict[int, Counter[int]] = {}

    def learn(self, seconds: float, hour: int) -> None:
        """Take in an interval that began in an hour of the day, 0 to 23."""
        step = round(STEPS * math.log2(max(seconds, 1e-3)))
        self.all[step] += 1
        self.hours.setdefault(hour, Counter())[step] += 1

    def limit(self, hour: int) -> float | None:
        """Return after how many seconds, from an hour on, a silence is longer than usual; None where nobody knows."""
        own = self.hours.get(hour)
        if own and own.total() >= ENOUGH:
            return max(LEAST, TIMES * _find_usual(own))
        if self.all.total() < ENOUGH:
            return None
        longest = _length(max(own)) if own else 0.0
        return max(LEAST, TIMES * _find_usual(self.all), ONCE * longest)


def _find_usual(lengths: Counter[int]) -> float:
    """Return the longest of some intervals, in seconds, but for the rare ones."""
    left = max(1, int(RARE * lengths.total()))
    for step in sorted(lengths, reverse=True):
        left -= lengths[step]
        if left < 0:
            return _length(step)
    return _length(min(lengths))


def _length(step: int) -> float:
    return float(2.0 ** (step / STEPS))
