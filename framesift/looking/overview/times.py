"""What the times of a camera's frames tell: intervals, gaps, twins, and clocks that were set back."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from statistics import median

from framesift.filtering.clocks import Clock, judge
from framesift.frames.frame import Frame, order_key
from framesift.frames.naming import Naming

_DIGITS = re.compile(r"[0-9]+")
_DEVIATIONS = 3.5
"""So many robust standard deviations from the median is an outlier: Iglewicz and Hoaglin (1993)."""
_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
_LEAST_FACTOR, _MOST_FACTOR = 2.0, 10.0
"""Else a camera that keeps time to the second has outliers of a second, and one that sends when it likes has none."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from one frame of a camera to the next."""

    before: Frame
    after: Frame

    @property
    def seconds(self) -> float:
        """Negative where the clock was set back."""
        assert self.before.time is not None and self.after.time is not None
        return (self.after.time - self.before.time).total_seconds()


@dataclass(frozen=True, slots=True)
class Intervals:
    """The intervals between the different times of a camera."""

    mean: float
    """Seconds."""
    median: float
    """Seconds."""
    least: float
    """A shorter interval is an outlier."""
    most: float
    """A longer interval is an outlier."""
    outliers: list[Interval]
    """In the order of time."""

    @property
    def gaps(self) -> list[Interval]:
        """The outliers that are too long, the longest first."""
        return sorted((i for i in self.outliers if i.seconds > self.most), key=lambda i: -i.seconds)


def measure_intervals(frames: Sequence[Frame]) -> Intervals | None:
    """Measure frames that are in the order of time; None where fewer than two times differ.

    An interval is an outlier when it is a factor longer or shorter than the median. The factor is 3.5 robust standard
    deviations of the logarithms, at least 2 and at most 10: on a log scale a tenth is as odd as ten times.
    """
    different = [next(twins) for _, twins in groupby((f for f in frames if f.time), key=lambda f: f.time)]
    intervals = [Interval(before, after) for before, after in pairwise(different)]
    if not intervals:
        return None
    seconds = [interval.seconds for interval in intervals]
    middle = median(seconds)
    spread = _NORMAL * median(abs(math.log(value / middle)) for value in seconds)
    factor = min(max(math.exp(min(_DEVIATIONS * spread, 700)), _LEAST_FACTOR), _MOST_FACTOR)
    least, most = middle / factor, middle * factor
    outliers = [interval for interval in intervals if not least <= interval.seconds <= most]
    return Intervals(sum(seconds) / len(seconds), middle, least, most, outliers)


def find_equal_times(frames: Sequence[Frame]) -> list[tuple[datetime, list[Frame]]]:
    """Return the times that several of the frames, which are in the order of time, share; not those of one file."""
    groups = [(time, list(twins)) for time, twins in groupby(frames, key=lambda frame: frame.time)]
    return [(time, twins) for time, twins in groups if time is not None and len({frame.file for frame in twins}) > 1]


def find_clock_jumps(frames: Sequence[Frame], naming: Naming) -> list[Interval]:
    """Return where times go backwards while the numbers in the names go up: `0041_` then `0042_`.

    Names are compared without their times, and only with names of the same pattern in the same folder. Where such names
    do not tell all frames apart (`c1_<time>.png`, bursts) there is no number to go by.
    """
    jumps = []
    for sequence in _find_sequences(frames, naming):
        jumps += [step for step in map(Interval, sequence, sequence[1:]) if step.seconds < 0]
    return jumps


def find_clock_faults(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames of a camera whose time cannot be right: from the future, or years from most others."""
    return judge(Clock(), frames, lambda frame: None, datetime.now(UTC)).faults


def _find_sequences(frames: Sequence[Frame], naming: Naming) -> list[list[Frame]]:
    patterns: defaultdict[tuple[str, str], dict[str, Frame]] = defaultdict(dict)
    repeating = set()
    for frame in frames:
        if frame.time is None:
            continue
        rest = naming.cut_time(frame.path)
        folder, _, name = rest.rpartition("/")
        pattern = folder, _DIGITS.sub("#", name)
        if rest in patterns[pattern]:
            repeating.add(pattern)
        patterns[pattern][rest] = frame
    return [_sort_by_name(names) for pattern, names in patterns.items() if pattern not in repeating]


def _sort_by_name(names: dict[str, Frame]) -> list[Frame]:
    """Return the frames in the natural order of the names they are listed under."""
    keys = {name: order_key(replace(frame, path=name, time=None)) for name, frame in names.items()}
    return [names[name] for name in sorted(names, key=lambda name: keys[name])]
