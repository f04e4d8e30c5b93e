"""What only all names of a listing tell together: in which order days are written, and what numbers count.

What earlier runs decided holds: a camera is never renamed by frames that come later.
"""

import re
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from framesift.frames.names.counts import Counts
from framesift.frames.names.days import Day, is_range, orders_of, settle
from framesift.frames.names.reading import Reading

_EVENTS = 3
"""So many numbers, one after the other in time, are events."""
_FRAMES = 3
"""So many frames each number of a camera has at least, on average."""
_NEAR = timedelta(days=2)
"""The last frame of a film is so long after the time in its name; in another order of day and month it is farther."""

_APART, _CLOSER = timedelta(days=27), 4
"""Days that lie farther apart than this, and so many times closer together in another order, may be read wrongly."""


@dataclass(slots=True)
class _Evidence:
    """The names of one group that leave something open."""

    days: dict[tuple[tuple[int, int, int], bool, bool], Day] = field(default_factory=dict)
    """One of each date."""
    only_ranges: bool = True
    """Whether all of these are two clocks."""
    times: "array[float]" = field(default_factory=lambda: array("d"))
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    known: dict[str, int] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        """Take note of one name."""
        if reading.day:
            self.days.setdefault(reading.day[:3], reading.day)
            self.only_ranges = self.only_ranges and is_range(reading.day)
        elif reading.number and reading.time:
            self.times.append(reading.time.timestamp())
            self.numbers.append(self.known.setdefault(reading.number, len(self.known)))


class Agreement:
    """How names are read that leave something open: by what earlier runs decided, then by what all of them allow."""

    def __init__(self) -> None:
        self.doubted: set[str] = set()
        """Groups of names of which the last say another order of days than they are read in."""
        self._orders: dict[str, str] = {}
        self._days: dict[str, Day] = {}
        """A day of each group that has been read in its order."""
        self._counts_cameras: dict[str, bool] = {}
        self._evidence: defaultdict[str, _Evidence] = defaultdict(_Evidence)
        self._are_clocks: dict[str, bool] = {}
        self._counts: dict[str, tuple[Counts, list[Reading]]] = {}

    def recall(self, reading: Reading, camera: str, time: datetime | None) -> None:
        """Hold to what was decided for the name that `reading` is of."""
        if reading.counted:
            was_clock = _was_clock(reading, camera, time)
            self._are_clocks.setdefault(reading.of_counts, was_clock)
            if not was_clock:
                self._are_clocks.setdefault(reading.beside_counts, False)
            reading = self.choose(reading)
        if reading.number and camera in (reading.camera, reading.other):
            self._counts_cameras.setdefault(reading.group, camera == reading.numbered)
        if reading.day and time:
            orders = ((order, settle(reading.day, order)) for order in orders_of(reading.day))
            if order := next((order for order, day in orders if day and abs(time - day) < _NEAR), None):
                self._orders.setdefault(reading.group, order)
                self._days.setdefault(reading.group, reading.day)

    def _conclude_counts(self) -> None:
        """Decide which numbers are clocks, and take note of what those names leave open besides."""
        for counts, readings in self._counts.values():
            is_clock = self._is_clock(readings[0])
            self._are_clocks[readings[0].of_counts] = counts.are_clocks() if is_clock is None else is_clock
            for reading in readings:
                self.note(self.choose(reading))
        self._counts.clear()

    def choose(self, reading: Reading) -> Reading:
        """Return what a path says once it is known whether its number is a clock."""
        if reading.counted is None or reading.clock is None:
            return reading
        is_clock = self._is_clock(reading)
        if is_clock is None:
            alone = Counts()
            alone.add(reading.counted)
            is_clock = alone.are_clocks()
        return reading.clock if is_clock and reading.counted.possible else reading._replace(counted=None, clock=None)

    def _is_clock(self, reading: Reading) -> bool | None:
        decided = self._are_clocks.get(reading.of_counts)
        return self._are_clocks.get(reading.beside_counts) if decided is None else decided

    def note(self, reading: Reading) -> None:
        """Take note of a name that leaves something open."""
        if reading.counted:
            counts, readings = self._counts.setdefault(reading.of_counts, (Counts(), []))
            counts.add(reading.counted)
            if not readings or any(each.number or each.day for each in (reading, reading.clock) if each):
                readings.append(reading)
            return
        self._evidence[reading.group].add(reading)

    def conclude(self) -> None:
        """Decide what the names noted leave open that nothing is decided of, by all of them together."""
        self._conclude_counts()
        for group, evidence in self._evidence.items():
            if evidence.days and (group in self._orders or not evidence.only_ranges):
                self._conclude_days(group, list(evidence.days.values()))
            if len(evidence.known) > 1 and group not in self._counts_cameras:
                counts = _count_cameras(evidence)
                if counts is not None:
                    self._counts_cameras[group] = counts
        self._evidence.clear()

    def _conclude_days(self, group: str, days: list[Day]) -> None:
        order = self._orders.setdefault(group, _choose_order(days))
        known = [self._days.get(group, days[0]), *days]
        other = _choose_order(known)
        spans = [max(times) - min(times) for each in (order, other) if (times := _settle_all(known, each))]
        if len(spans) == 2 and spans[0] > max(_APART, _CLOSER * spans[1]):
            self.doubted.add(group)
        self._days[group] = next((day for day in days if settle(day, order)), known[0])

    def is_range(self, reading: Reading) -> bool:
        """Tell whether what looks like a day and a clock are two clocks."""
        return bool(reading.day and reading.group not in self._orders and is_range(reading.day))

    def settle(self, reading: Reading) -> tuple[str, datetime | None]:
        """Return the camera and the time of a name."""
        reading = self.choose(reading)
        camera, time = reading.camera, reading.time
        if reading.number and reading.group in self._counts_cameras:
            camera = reading.numbered if self._counts_cameras[reading.group] else reading.group
        if reading.day:
            order = self._orders.get(reading.group)
            time = settle(reading.day, order or _choose_order([reading.day])) if not self.is_range(reading) else None
        return camera, time


def _was_clock(reading: Reading, camera: str, time: datetime | None) -> bool:
    """Tell whether a name whose number may be a clock was read so, where that was of a camera and a time."""
    clock = reading.clock
    if clock is None or time is None:
        return False
    times = [clock.time] if clock.day is None else [settle(clock.day, order) for order in orders_of(clock.day)]
    return time in times or camera in {clock.camera, clock.other} - {reading.camera, reading.other, ""}


def _choose_order(days: list[Day]) -> str:
    """Return the order in which most of the days can be; of several the one in which they lie closest together.

    Nothing is from the future, but a camera with a wrong clock: such an order comes last.
    """
    soon = datetime.now(UTC) + timedelta(days=366)
    orders = orders_of(days[0])

    def judge(order: str) -> tuple[int, bool, float, int]:
        times = _settle_all(days, order)
        if not times:
            return 0, True, 0.0, 0
        span = (max(times) - min(times)).days
        return -len(times), min(times) > soon, span, orders.index(order)

    return min(orders, key=judge)


def _settle_all(days: list[Day], order: str) -> list[datetime]:
    return [time for day in days if (time := settle(day, order))]


def _count_cameras(evidence: _Evidence) -> bool | None:
    """Tell what numbers count, by frames with a time: cameras, which take pictures at the same times, or events.

    None where neither can be seen.
    """
    import numpy as np  # most listings leave nothing open

    times, numbers = np.asarray(evidence.times), np.asarray(evidence.numbers)
    values = [tuple(map(int, re.findall(r"\d+", text))) for text in evidence.known]  # 4.12 and 12-34 are numbers too
    distinct = len(evidence.known)
    order = np.lexsort((numbers, times))
    times, numbers = times[order], numbers[order]
    changes = np.r_[True, np.diff(numbers) != 0]
    later = np.r_[True, np.diff(times) != 0]
    if any(text[0] in "-_" for text in evidence.known):
        # Behind the time they count the pictures of a second too, but never as many in each, nor from 1.
        together = len(times) == distinct * later.sum() and len(set(zip(times, numbers, strict=True))) == len(times)
        return True if together and later.sum() >= _FRAMES and min(values) > (0,) else None
    shared = np.add.reduceat(changes & ~later, np.flatnonzero(later)) > 0
    if len(times) >= _FRAMES * distinct and 2 * shared.sum() >= len(shared):
        return True
    met = [values[number] for number in numbers[changes]]
    ascends = len(met) == distinct >= _EVENTS and met == sorted(met)
    return False if ascends else None
