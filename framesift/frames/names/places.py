"""What the folders of a frame say: which camera they are of, and which day, hour or minute.

Folders of years, months, days, hours and minutes, of events and of some of the pictures each are no cameras. Numbers
below a day are hours, minutes or events.
"""

import re
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import NamedTuple

from framesift import compile_on_use
from framesift.frames.names.clocks import find_clock, write_plainly
from framesift.frames.names.days import Day, orders_of, settle
from framesift.frames.names.months import MONTH, read_month
from framesift.frames.names.words import is_event, read_before, read_behind, strip_folder

_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)"
_DATE = compile_on_use(
    rf"""(?<!\d){_YEAR}(?:[Yy]|(?P<dash>[-_.\ ]?))(?P<month>\d\d)(?:[Mm]|(?P=dash))
    (?P<day>\d\d)(?:(?!\d)|(?=\d\d(?!\d)))[Dd]?
    (?:[-_T\ ]?(?P<hour>[01]\d|2[0-3])(?:[Hh]|(?!\d|[A-Za-z]))(?P<minute>(?<=[Hh])[0-5]\d[Mm]?)?)?""",
    re.ASCII | re.VERBOSE,
)
_DAY_FIRST = compile_on_use(rf"(?<!\d)(?P<first>\d\d?)(?P<dash>[-_.\ ])(?P<then>\d\d?)(?P=dash){_YEAR}(?!\d)", re.ASCII)
_MONTH_NAME = rf"(?P<name>{MONTH})"
_DATE_BY_NAME = compile_on_use(
    rf"(?<![A-Za-z0-9])(?:(?P<day>\d\d?)(?:st|nd|rd|th)?[-_.\ ]?{_MONTH_NAME}[-_.,\ ]{{0,2}}{_YEAR}"
    rf"|{_MONTH_NAME.replace('name', 'name_2')}[-_.\ ](?P<day_2>\d\d?)(?:st|nd|rd|th)?[-_.,\ ]{{1,2}}"
    rf"{_YEAR.replace('year', 'year_2')})(?![A-Za-z0-9])",
    re.ASCII | re.IGNORECASE,
)
_WHOLE_YEAR = compile_on_use(_YEAR, re.ASCII)
_OF_YEAR = compile_on_use(
    rf"{_YEAR}[-_.]?(?:(?P<month>0[1-9]|1[0-2])|(?P<number>\d{{3}})|[Ww](?P<week>\d\d))", re.ASCII
)
_IN_YEAR = compile_on_use(
    rf"(?P<month>\d\d?)(?:[-_.\ ]?{_MONTH_NAME})?|{_MONTH_NAME.replace('name', 'name_2')}", re.ASCII | re.IGNORECASE
)
_MONTH_DAY = compile_on_use(r"(?P<month>0[1-9]|1[0-2])[-_.]?(?P<day>0[1-9]|[12]\d|3[01])", re.ASCII)
_PART_OF_DAY = compile_on_use(
    r"(?:h|hour|hr|m|min|minute)?[-_ ]?(?P<number>\d\d?)(?:h|hr|hour|m|min|s|[-_.]\d\d)?", re.I
)
_DCF = compile_on_use(r"[1-9]\d\d[A-Z0-9_]{5}", re.ASCII)
"""The Design rule for Camera File system: `100RECNX`, `101MEDIA`; a new one when the old is full."""
_ON_CARD = compile_on_use(r"[1-9]\d\d[A-Z0-9_]{0,8}", re.ASCII)
"""Below `DCIM` some cameras take names of other lengths: `100TLC`."""
_PACKED = compile_on_use(
    rf"(?<!\d){_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?!\d)",
    re.ASCII,
)
_SHORT_DAY = compile_on_use(r"(?P<first>\d\d)(?P<dash>[-_.])(?P<then>\d\d)(?P=dash)(?P<year>\d\d)", re.ASCII)
_SHORT_CLOCK = compile_on_use(
    r"(?P<first>\d\d)(?P<then>\d\d)(?P<year>\d\d)[-_](?:[01]\d|2[0-3])[0-5]\d[0-5]\d", re.ASCII
)
_SHORT_MONTH = compile_on_use(r"\d\d[-_.]\d\d", re.ASCII)
_WEEK = compile_on_use(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|today|yesterday|(?:week|kw|cw)[-_ ]?\d\d?",
    re.ASCII | re.IGNORECASE,
)
_CHANNEL_OF = compile_on_use(r"jpe?g|dav|mp4|pic|idx", re.IGNORECASE)
_EVENT_BELOW_DAY = compile_on_use(r"[0-9a-f]*\d[0-9a-f]*(?:-[0-9a-f]+)*", re.ASCII | re.IGNORECASE)
_LIGHT_BELOW_DAY = compile_on_use(r"day|night|day[-_ ]?time|night[-_ ]?time|dawn|dusk", re.IGNORECASE)
_SESSION = compile_on_use(r"[-_ T](\d{4})(?![0-9A-Za-z])", re.ASCII)
"""An hour and a minute behind a day, or a number that may be of a camera."""
_DAY_HOUR = compile_on_use(r"(\d\d)_(?:[01]\d|2[0-3])", re.ASCII)
"""`30_22`: the hour of a night that began on this day."""
_UNIT = compile_on_use(r"(\d{4}(?=[年년])|\d\d?)[年년月월日號号일時时点點시分분]", re.ASCII)
_EPOCH = compile_on_use(r"1\d{9}(?:\d{3})?", re.ASCII)


class Place(NamedTuple):
    """What the folders of a frame say."""

    camera: str = ""
    """The folders that are none of a day, an hour or an event; empty where all are."""
    folders: str = ""
    """All but those that are of a day or a part of it, and numbers below it."""
    number: str = ""
    """At the end of either `camera` or `other`: it may count cameras, or some of the pictures each."""
    other: str = ""
    """The camera where the number has the other meaning."""
    day: date | None = None
    unsure: tuple[int, int, int] | None = None
    """A day whose order the folder alone does not tell: its last part is a year of four digits, or of two."""
    clock: tuple[int, ...] = ()
    """Hour, minute and second, as far as folders have them."""


@lru_cache(maxsize=1 << 14)
def read_place(folder: str) -> Place:
    """Return what a folder, relative to the input folder, and those above it say."""
    if not folder.isascii() and re.search(_YEAR, folder):
        folder = "/".join(map(_write_folder, folder.split("/")))
    return _Walk(folder.split("/") if folder else []).read()


def _write_folder(part: str) -> str:
    """Return `04` of `04月`, and the like."""
    match = _UNIT.fullmatch(part)
    return match[1] if match else write_plainly(part).rstrip("_")


class _Walk:
    """The folders from the input folder down."""

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.camera: list[str] = []
        self.folders: list[str] = []
        self.number = ""
        self.year = self.month = 0
        self.day: date | None = None
        self.unsure: tuple[int, int, int] | None = None
        self.clock: list[int] = []

    def read(self) -> Place:
        position = 0
        while position < len(self.parts):
            position += self._take_pairs(position) or self._take(position)
        camera, other = "/".join(self.camera), ""
        if self.number:
            other = f"{camera}/{self.number}" if camera else self.number
        elif self.camera and self.camera[-1].isdigit() and not self.day and not self.year:
            self.number, other = self.camera[-1], "/".join(self.camera[:-1])
        return Place(camera, "/".join(self.folders), self.number, other, self.day, self.unsure, tuple(self.clock[:3]))

    def _take_pairs(self, position: int) -> int:
        """Read year, month, day, hour, minute of two digits each, and return how many folders those are."""
        pairs = self.parts[position : position + 6]
        count = next((n for n, pair in enumerate(pairs) if not re.fullmatch(r"\d\d", pair, re.ASCII)), len(pairs))
        if count < 5 or self.day:
            return 0
        numbers = [int(pair) for pair in pairs[:count]]
        try:
            self.day = date(2000 + numbers[0], *numbers[1:3])
        except ValueError:
            return 0
        self.clock = numbers[3:] if _is_clock(numbers[3:]) else []
        return count

    def _take(self, position: int) -> int:
        part = self.parts[position]
        below = self.parts[position + 1] if position + 1 < len(self.parts) else ""
        if _SHORT_MONTH.fullmatch(part) and _SHORT_DAY.fullmatch(below) and below.startswith(part):
            return 1  # 21-04 of 21-04/21-04-29
        is_channel = part.isdigit() and bool(_CHANNEL_OF.fullmatch(below))
        rest = None if is_channel else self._read_date(part)
        if rest is None:
            self._read_name(part, is_channel)
        elif rest:
            self.camera.append(rest)
            self.folders.append(rest)
        return 1

    def _read_date(self, part: str) -> str | None:
        """Take note of a date or a part of one; return what else the folder is called, None where it has no date."""
        if self.day or self.unsure:
            return self._read_in_day(part)
        if sum(map(str.isdigit, part)) >= 4:  # as all days and years have
            return self._read_digits(part)
        if self.year:
            return self._read_in_year(part)
        return "" if _WEEK.fullmatch(part) else None

    def _read_digits(self, part: str) -> str | None:
        """As `_read_date`, of what may have a year."""
        if match := _PACKED.search(part) or _DATE.search(part):
            return self._begin_day(part, match, match["year"], match["month"], match["day"])
        if match := _DATE_BY_NAME.search(part):
            name, year = match["name"] or match["name_2"], match["year"] or match["year_2"]
            month = read_month(name)
            return self._begin_day(part, match, year, month, match["day"] or match["day_2"])
        if match := _DAY_FIRST.search(part):
            return self._begin_unsure(part, match)
        if match := _SHORT_DAY.fullmatch(part) or _SHORT_CLOCK.fullmatch(part):
            return self._begin_unsure(part, match)
        if _EPOCH.fullmatch(part):
            return ""
        if self.year:
            return self._read_in_year(part)
        if _WHOLE_YEAR.fullmatch(part):
            self.year = int(part)
            return ""
        return self._read_of_year(part)

    def _begin_day(self, part: str, match: re.Match[str], *day: str | int) -> str | None:
        try:
            self.day = date(*map(int, day))
        except ValueError:
            return None
        found = find_clock(part, UTC)
        if found and found.time:
            clock = found.time
            self.clock = [clock.hour, clock.minute, clock.second]
            return read_before(part[: found.start])[0] or read_behind(part[found.end :])
        groups = match.groupdict()
        self.clock = [int(groups[name].rstrip("Mm")) for name in ("hour", "minute") if groups.get(name)]
        rest = part[match.end() :]
        if session := _SESSION.match(rest):
            self.number, rest = session[1], rest[session.end() :]
        return strip_folder(part[: match.start()] + rest)

    def _begin_unsure(self, part: str, match: re.Match[str]) -> str | None:
        parts = int(match["first"]), int(match["then"]), int(match["year"])
        day = Day(parts, parts[2] > 99, False, (0, 0, 0, 0), UTC)
        if not any(settle(day, order) for order in orders_of(day)):
            return None
        self.unsure = parts
        found = find_clock(part, UTC)
        if found and found.day and found.day.parts == parts:
            self.clock = [*found.day.clock[:3]]
            return read_before(part[: found.start])[0] or read_behind(part[found.end :])
        return strip_folder(part[: match.start()] + part[match.end() :])

    def _read_of_year(self, part: str) -> str | None:
        match = _OF_YEAR.fullmatch(part)
        if match is None:
            return None
        self.year, self.month = int(match["year"]), int(match["month"] or 0)
        if match["number"]:
            self._count_days(int(match["number"]))
            return "" if self.day else None
        return ""

    def _read_in_year(self, part: str) -> str | None:
        if _OF_YEAR.fullmatch(part) and part.startswith(str(self.year)):
            return self._read_of_year(part)
        if self.month:
            return self._set_day(self.month, re.fullmatch(r"(\d\d?)(?:st|nd|rd|th)?", part, re.ASCII))
        if match := _MONTH_DAY.fullmatch(part):
            return self._set_day(int(match["month"]), re.fullmatch(r"(\d\d)", match["day"]))
        if re.fullmatch(r"\d{3}", part, re.ASCII):
            self._count_days(int(part))
            return "" if self.day else None
        if re.fullmatch(r"[Ww](?:eek|k)?[-_ ]?\d\d?", part, re.ASCII):
            return ""
        match = _IN_YEAR.fullmatch(part)
        if match is None:
            return None
        name = match["name"] or match["name_2"]
        month = read_month(name) if name else int(match["month"])
        if not 1 <= month <= 12:
            return None
        self.month = month
        return ""

    def _set_day(self, month: int, match: re.Match[str] | None) -> str | None:
        try:
            self.day = date(self.year, month, int(match[1])) if match else None
        except ValueError:
            return None
        return "" if self.day else None

    def _count_days(self, number: int) -> None:
        if 1 <= number <= 366:
            self.day = date(self.year, 1, 1) + timedelta(number - 1)

    def _read_in_day(self, part: str) -> str | None:
        """Read what stands below a day: an hour, a minute, an event, the same day once more."""
        if (match := _DATE.match(part)) and self.day:
            return self._begin_day(part, match, match["year"], match["month"], match["day"])
        if self.day and (match := _DAY_HOUR.fullmatch(part)) and self._is_of_night(int(match[1])):
            return ""
        match = _PART_OF_DAY.fullmatch(part)
        if match and len(self.clock) < 3 and _is_clock([*self.clock, int(match["number"])]):
            self.clock.append(int(match["number"]))
            return ""
        return None

    def _is_of_night(self, number: int) -> bool:
        """Tell whether a number that is no hour is the day of the month, or of the next day, as a night has both."""
        assert self.day is not None
        return number > 23 and number in (self.day.day, (self.day + timedelta(1)).day)

    def _read_name(self, part: str, is_channel: bool) -> None:
        below_day = bool(self.day or self.unsure) and not is_channel
        if below_day and (_EVENT_BELOW_DAY.fullmatch(part) or _LIGHT_BELOW_DAY.fullmatch(part)):
            return
        on_card = bool(self.folders) and self.folders[-1].upper() == "DCIM"
        if is_event(part) or _DCF.fullmatch(part) or (on_card and _ON_CARD.fullmatch(part)):
            self.folders.append(part)
            return
        if (
            part.isdigit()
            and part.startswith("0")
            and len(part) > 2
            and (self.camera or len(part) > 3)
            and not is_channel
        ):
            self.number = part
            self.folders.append(part)
            return
        self.camera.append(part)
        self.folders.append(part)


def _is_clock(numbers: list[int]) -> bool:
    return all(number < most for number, most in zip(numbers, (24, 60, 60), strict=False))
