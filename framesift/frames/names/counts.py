"""Numbers that may be clocks or may count pictures: what only all names of their kind tell.

`door_20210430_1121` is of 11:21 or the picture 1121, `20210430_100000/000003` of the third second of a day or the third
picture of a session, `image1619781660` of a second since 1970 or a picture as any other. A number is a clock where all
of its kind can be one and what they have in common is no chance: else nothing is said of the time.
"""

from array import array
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import gcd
from typing import NamedTuple

_FEW = 3
"""Fewer numbers tell nothing."""
_CHANCE = 0.02
"""With a smaller likelihood numbers that count are none of a clock."""
_HOUR, _NOON = 3600, 12 * 3600
"""Seconds."""
_EARLY = 60
"""Seconds that the first picture may lie before the time of its folder: some cameras keep those before an event."""

MINUTE, EPOCH, CLOCK, SESSION = "minute", "epoch", "clock", "session"
"""Behind a day, behind a word, in the folder of a day, in one that has a clock too."""


class Count(NamedTuple):
    """A number that may be a clock."""

    kind: str
    value: int
    """Behind a day: the day, then four digits. In a folder: seconds of the day. Else seconds since 1970."""
    possible: bool
    """Whether it can be a clock by itself."""
    begin: int | None = None
    """The clock of its folder, in seconds."""


@dataclass(slots=True)
class Counts:
    """The numbers of one group."""

    kind: str = ""
    possible: bool = True
    on_time: bool = False
    """Whether some picture is of the hour in which its folder begins, where that has a clock."""
    values: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, count: Count) -> None:
        """Take note of one number."""
        value, begin = count.value, count.begin
        self.kind = count.kind
        self.possible = self.possible and count.possible
        if begin is not None:
            self.possible = self.possible and (value >= begin - _EARLY or has_turned(value, begin))
        self.on_time = self.on_time or begin is None or begin - _EARLY <= value < begin + _HOUR
        self.values.append(value)

    def are_clocks(self) -> bool:
        """Tell whether the numbers are clocks."""
        if not self.possible:
            return False
        values = sorted(set(self.values))
        if self.kind in (CLOCK, SESSION):
            return self.on_time and values[-1] > 59  # 000001 to 000059 only count
        if len(values) < _FEW:
            return False
        return _are_minutes(values) if self.kind == MINUTE else _are_epochs(values)


def has_turned(value: int, begin: int) -> bool:
    """Tell whether a clock is of the day after that of its folder."""
    return begin >= _NOON > value


def _are_epochs(values: list[int]) -> bool:
    """Tell whether numbers of ten digits that are plausible seconds each are no numbers that count from a round one."""
    return values[0] % 100_000_000 > 100_000


def _are_minutes(values: list[int]) -> bool:
    """Tell whether numbers behind days, of which each can be a minute, are minutes."""
    numbers = [value % 10_000 for value in values]
    if len({number // 100 for number in numbers}) < 2 or _count_on(values) or _count_in_hundreds(values):
        return False
    return _chance(values, numbers) < _CHANCE


def _count_on(values: list[int]) -> bool:
    """Tell whether numbers only rise over several days, or each by the same from the beginning."""
    steps = [after % 10_000 - before % 10_000 for before, after in pairwise(values)]
    if values[0] // 10_000 != values[-1] // 10_000 and min(steps) > 0:
        return True
    days = [list(group) for _, group in groupby(values, key=lambda value: value // 10_000)]
    within = {after - before for day in days for before, after in pairwise(day)}
    if len(within) != 1:
        return False
    [step] = within
    first, last = {day[0] % 10_000 for day in days}, max(day[-1] % 10_000 for day in days)
    return first <= {0, step} and last + step < 2400  # 0100, 0200, 0300: each hundredth picture


def _count_in_hundreds(values: list[int]) -> bool:
    """Tell whether the last two digits count from 0 or 1, as in 0101, 0102, 0201, 0202, and never to the end."""
    hundreds = [[value % 100 for value in group] for _, group in groupby(values, key=lambda value: value // 100)]
    counting = all(each[0] <= 1 and each[-1] - each[0] == len(each) - 1 < 58 for each in hundreds)
    return counting and any(len(each) > 1 for each in hundreds)


def _chance(values: list[int], numbers: list[int]) -> float:
    """Return how likely numbers that count pictures, and of which some are missing, look like these minutes.

    Each would have to end on 00 to 59, to be as far from the others as pictures of an interval are, and none to be
    small.
    """
    minutes = [value // 10_000 * 1440 + value % 10_000 // 100 * 60 + value % 100 for value in values]
    interval = gcd(*(after - before for before, after in pairwise(minutes)))
    spread = (max(numbers) - min(numbers)) / max(numbers)
    return float(0.6 * (0.6 * spread / min(interval, 60)) ** (len(values) - 1))
