"""What one path says of its camera and its time, as far as it says it alone."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from framesift.frames.names.counts import Count
from framesift.frames.names.days import Day
from framesift.frames.names.lenses import read_lens
from framesift.frames.names.places import Place
from framesift.frames.names.words import cut_number, find_counted, read_before, read_behind

_PAIR = re.compile(r"[-_](\d\d)", re.ASCII)
"""Two digits behind a time: a camera, or which of the pictures of a second it is."""


class Reading(NamedTuple):
    """What a path says."""

    camera: str
    """Empty for that of the frames that lie in the input folder directly and name none."""
    named: bool
    """Whether the name says the camera, and not the folder alone."""
    time: datetime | None
    """Aware, UTC."""
    day: Day | None = None
    """A time whose day other names tell."""
    number: str = ""
    """A number that may count cameras, or events, or folders of some of the pictures each: other names tell."""
    other: str = ""
    """The camera where it has the other meaning."""
    unread: str = ""
    """What the group `time` of a pattern has matched, where that is no time."""
    counted: Count | None = None
    """A number that may be a clock: other names tell."""
    clock: "Reading | None" = None
    """What the path says if it is one."""

    @property
    def is_open(self) -> bool:
        """Whether other names tell something of it."""
        return bool(self.number or self.day or self.counted)

    def apply(self, change: "Callable[[Reading], Reading]") -> "Reading":
        """Return this with a change, also of what the path says if its number is a clock."""
        return change(self)._replace(clock=change(self.clock) if self.clock else None)

    @property
    def of_counts(self) -> str:
        """What names have in common whose numbers are clocks, or all none: kind and camera."""
        return f"{self.counted.kind} {self.clock.group}" if self.counted and self.clock else ""

    @property
    def beside_counts(self) -> str:
        """What such names have in common with those of other cameras, which are of one camera while none is a clock."""
        return f"{self.counted.kind} in {self.camera}" if self.counted else ""

    @property
    def group(self) -> str:
        """What such names have in common: the camera without the number."""
        return self.other if self.number and len(self.other) < len(self.camera) else self.camera

    @property
    def numbered(self) -> str:
        """The camera, where the number counts cameras."""
        return self.other if len(self.other) > len(self.camera) else self.camera


def name_camera(place: Place, before: str, behind: str, clock: datetime | None) -> tuple[str, bool, str, str]:
    """Return the camera, whether the name says it, a number that may be of it, and the camera if it is otherwise.

    `before` and `behind` stand around the time in a name; `clock` is the time as its own zone shows it.
    """
    if behind and (lens := read_lens(before, behind)):
        return _join(place.camera, lens), True, "", ""
    word, number = read_before(before)
    if word and not number:
        return _join(place.camera, word), True, "", ""
    if number and clock is not None and _is_date(number, clock):
        word, number = cut_number(word, number), ""
    if not word and (name := read_behind(behind)):
        word, number = name, find_counted(name)
    if not word and not number and (match := _PAIR.fullmatch(behind)):
        return place.camera, False, match[0], _join(place.camera, match[1])
    if word:
        other = _join(place.camera, cut_number(word, number)) if number else ""
        return _join(place.camera, word), True, number, other
    if number:
        return place.camera, False, number, _join(place.camera, number)
    return place.camera, False, place.number, place.other


@lru_cache(maxsize=4096)
def _join(folder: str, word: str) -> str:
    """Return folder and name, the name once where the folder is called so."""
    if not folder or folder.rpartition("/")[2].casefold() == word.casefold():
        return folder or word
    return f"{folder}/{word}"


def _is_date(number: str, clock: datetime) -> bool:
    """Tell whether a number before a time is a part of the same day: 119 or 2021119 for its place in the year."""
    return len(number) in (3, 4, 7, 8) and number.isdecimal() and int(number) in _numbers_of(clock.date())


@lru_cache(maxsize=1024)
def _numbers_of(day: date) -> frozenset[int]:
    first, last = max(day.toordinal() - 1, 1), min(day.toordinal() + 1, date.max.toordinal())
    days = [date.fromordinal(number) for number in range(first, last + 1)]  # the clock may be of another zone
    counts = [(each.year, each.timetuple().tm_yday) for each in days]
    packed = (10_000 * each.year + 100 * each.month + each.day for each in days)
    return frozenset((*sum(counts, ()), *(1000 * year + count for year, count in counts), *packed))
