"""How regularly a camera takes its frames: the longest time without one, in memory that knows no number of frames."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_ODD = 10
"""A gap is told where it is so many times as long as the others are on average."""
_LEAST = 20
"""So many intervals have to be known for that."""


@dataclass(slots=True)
class Pace:
    """The intervals between the frames of one camera that came in order."""

    intervals: int = 0
    total: timedelta = timedelta()
    longest: timedelta = timedelta()
    start: datetime | None = None
    """Of the longest."""
    last: datetime | None = None

    def add(self, time: datetime) -> None:
        """Take in the time of a frame; one that is before the last has no interval."""
        if self.last is not None and time > self.last:
            interval = time - self.last
            self.intervals += 1
            self.total += interval
            if interval > self.longest:
                self.longest, self.start = interval, self.last
        self.last = time if self.last is None else max(self.last, time)

    @property
    def gap(self) -> tuple[datetime, datetime, float] | None:
        """Where a gap is, from when to when it is, and how many times as long as the other intervals on average."""
        if self.intervals < _LEAST or self.start is None:
            return None
        others = (self.total - self.longest) / (self.intervals - 1)
        times = self.longest / others
        return (self.start, self.start + self.longest, times) if times > _ODD else None
