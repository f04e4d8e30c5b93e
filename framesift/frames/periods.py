"""Choosing frames by their time: from when, until when, and at which hours of the day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from framesift import compile_on_use
from framesift.errors import UsageError
from framesift.frames.naming import Naming

_DATE = compile_on_use(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?", re.ASCII)
_TIME = compile_on_use(r"(\d{4}-?\d\d-?\d\d)[T ](\d\d:?\d\d)(:?\d\d(?:[.,]\d{1,6})?)? ?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_HOURS = compile_on_use(r"(\d\d?)(?::(\d\d))?-(\d\d?)(?::(\d\d))?", re.ASCII)
_DAY = 24 * 60
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Period:
    """When a frame has to be taken. Raises UsageError for what is no time, or holds none.

    A day, a minute or a second is meant as a whole, whether it is the first or the last.
    """

    start: str | None = None
    """`2021-03-27`, `2021-03`, `2021`, `2021-03-27 12:53`, `2021-03-27T12:53:37+02:00`: the first that counts."""
    end: str | None = None
    """The same: the last that counts."""
    hours: str | None = None
    """`6-20`, `22-5`, `6:30-12,13-20:15`: clock times, of which the second no longer counts."""
    timezone: str = "UTC"
    """Of all three, save where an offset is given; a name of the IANA database or +HH:MM."""
    _zone: tzinfo = field(init=False, repr=False, compare=False)
    _first: datetime | None = field(init=False, repr=False, compare=False)
    _after: datetime | None = field(init=False, repr=False, compare=False)
    _ranges: tuple[range, ...] = field(init=False, repr=False, compare=False)
    """Of minutes of the day."""

    def __post_init__(self) -> None:
        zone = Naming(timezone=self.timezone).zone
        first = None if self.start is None else _read(self.start, "--from", zone)[0]
        after = None if self.end is None else _read(self.end, "--to", zone)[1]
        if first and after and first >= after:
            raise UsageError(f"--to {self.end} is before --from {self.start}")
        ranges = () if self.hours is None else tuple(_read_hours(self.hours))
        for name, value in (("_zone", zone), ("_first", first), ("_after", after), ("_ranges", ranges)):
            object.__setattr__(self, name, value)

    def __bool__(self) -> bool:
        """Whether there are frames that it leaves out."""
        return not (self.start is self.end is self.hours is None)

    def holds(self, time: datetime) -> bool:
        """Tell whether a time, which is aware, is in it."""
        return not self._is_before(time) and not self._is_behind(time) and self._is_at_its_hours(time)

    def is_over(self, time: datetime) -> bool:
        """Tell whether no time from this one on is in it."""
        return self._is_behind(time)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Tell whether a time between two, with both, may be in it."""
        if self._is_before(end) or self._is_behind(start):
            return False
        times = (start + n * _MINUTE for n in range(min(int((end - start) / _MINUTE), _DAY) + 1))
        return self._is_at_its_hours(end) or any(map(self._is_at_its_hours, times))

    def _is_before(self, time: datetime) -> bool:
        return self._first is not None and time < self._first

    def _is_behind(self, time: datetime) -> bool:
        return self._after is not None and time >= self._after

    def _is_at_its_hours(self, time: datetime) -> bool:
        if not self._ranges:
            return True
        clock = time.astimezone(self._zone)
        minute = 60 * clock.hour + clock.minute
        return any(minute in each for each in self._ranges)


def write_time(time: str | date | None) -> str | None:
    """Return a time as a `Period` takes it: a text as it is, a date or time of Python as ISO 8601."""
    return time if time is None or isinstance(time, str) else time.isoformat()


def _read(text: str, option: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when the year, month, day, minute or second begins that a text names, and when the next one does."""
    try:
        if match := _DATE.fullmatch(text):
            return _read_date(zone, *match.groups())
        if match := _TIME.fullmatch(text):
            time = datetime.fromisoformat(text.replace(",", ".").replace(" Z", "Z"))
            if match[4] is None:  # an hour that comes twice is all meant
                time = time.replace(tzinfo=zone)
            length = timedelta(microseconds=1) if time.microsecond else timedelta(seconds=1) if match[3] else _MINUTE
            return time.astimezone(UTC), time.replace(fold=1).astimezone(UTC) + length
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{option} takes a day or time such as 2021-03-27 or '2021-03-27 12:53', not {text!r}")


def _read_date(zone: tzinfo, year: str, month: str | None, day: str | None) -> tuple[datetime, datetime]:
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        following = first + timedelta(days=1)
    else:
        months = 12 * first.year + first.month - 1 + (1 if month else 12)
        following = date(months // 12, months % 12 + 1, 1)
    start, end = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (first, following))
    return start.astimezone(UTC), end.astimezone(UTC)


def _read_hours(text: str) -> Iterator[range]:
    """Yield the minutes of the day of each part; of one that goes over midnight both pieces."""
    for part in text.split(","):
        match = _HOURS.fullmatch(part.strip())
        first, last = _read_clocks(match) if match else (0, 0)
        if first == last:
            raise UsageError(f"--hours takes times of the day such as 6-20, 22-5 or 6:30-12,13-20:15, not {text!r}")
        yield from [range(first, last)] if first < last else [range(first, _DAY), range(last)]


def _read_clocks(match: re.Match[str]) -> tuple[int, int]:
    """Return two minutes of the day; two equal ones for what is none."""
    hour, minute, last_hour, last_minute = (int(number or 0) for number in match.groups())
    first, last = 60 * hour + minute, 60 * last_hour + last_minute
    return (first, last) if max(minute, last_minute) < 60 and first < _DAY and last <= _DAY else (0, 0)
