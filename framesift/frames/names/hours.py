"""Times of day in the names of frames whose folder says the day: `2021-04-29/20-00-00.jpg`, `20210429/20/0000.jpg`."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from framesift import compile_on_use
from framesift.frames.names.clocks import Found, read_zone
from framesift.frames.names.counts import CLOCK, SESSION, Count, has_turned
from framesift.frames.names.days import Day
from framesift.frames.names.numbers import note_minute
from framesift.frames.names.places import Place

_END = r"(?=\Z|[^0-9A-Za-z])"
_START = r"(?<![0-9A-Za-z])"
_WHOLE = compile_on_use(
    rf"""{_START}(?P<hour>\d\d?)(?:(?P<colon>[-_.:\ ])(?P<minute>\d\d)(?P=colon)(?P<second>\d\d)
    |[Hh](?P<minute_2>\d\d)[Mm](?P<second_2>\d\d)[Ss]?)
    (?:[-_.,](?P<fraction>\d{{3}}|\d{{6}}))?(?:[-_.\ ]?(?P<half>[AaPp])\.?[Mm])?
    (?P<zone>[\ _]?[Zz]|[+-]\d\d[:_]?\d\d)?{_END}""",
    re.ASCII | re.VERBOSE,
)
_PACKED = compile_on_use(
    rf"(?<!\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?:[_.]?(?P<fraction>\d{{3}})|\d\d)?{_END}", re.ASCII
)
_HOUR_MINUTE = compile_on_use(rf"{_START}(?P<hour>\d\d)[-:hH](?P<minute>\d\d)[m]?{_END}", re.ASCII)
_MINUTE_SECOND = compile_on_use(
    rf"""(?:E\d*?)?(?P<minute>\d\d)(?:[Mm](?P<second>\d\d)[Ss]?(?:\d\d)?|[-_.:]?(?P<second_2>\d\d))[Ss]?
    (?:[-_.](?P<fraction>\d{{3}}))?{_END}""",
    re.ASCII | re.VERBOSE,
)
_ONE = compile_on_use(rf"(?P<one>\d\d)[MmSs]?(?:[.](?P<fraction>\d+))?{_END}", re.ASCII)
_FOUR = compile_on_use(rf"(?<!\d)\d{{4}}{_END}", re.ASCII)
_COUNTED = compile_on_use(r"(?:frame|dscf?|dscn|pict|img|image)[-_ ]?\Z", re.IGNORECASE)
"""What stands before a number that counts pictures, not seconds."""


def find_hour(stem: str, place: Place, zone: tzinfo) -> Found | None:
    """Return the time of day in a name, given what its folders say; None where it has none."""
    match = _search(_hide_day(stem, place), place)
    if match is None:
        return _find_four_digits(stem, place, zone) or say_session(stem, place, zone)
    groups = match.groupdict()
    clock = _read_clock(groups, place)
    fraction = int((groups.get("fraction") or "0")[:6].ljust(6, "0"))
    if groups.get("zone"):
        try:
            zone = read_zone(groups["zone"])
        except ValueError:
            return None
    found = _join(match.start(), match.end(), place, clock, fraction, zone)
    if found is None or not groups.get("hour") or not (place.clock or match.re.pattern == _PACKED.pattern):
        return found
    count = _count(clock, place)
    if count.begin is not None and place.day and has_turned(count.value, count.begin):
        tomorrow = place._replace(day=place.day + timedelta(days=1))
        found = _join(match.start(), match.end(), tomorrow, clock, fraction, zone) or found
    return found._replace(counted=count)


def _read_clock(groups: dict[str, str | None], place: Place) -> tuple[int, ...]:
    """Return hour, minute and second of what a name has of them, and else of its folders."""
    if one := groups.get("one"):
        return (*place.clock, int(one), 0)[:3]
    minute, second = (groups.get(name) or groups.get(f"{name}_2") or 0 for name in ("minute", "second"))
    hour = int(groups.get("hour") or place.clock[0])
    if half := groups.get("half"):
        hour = hour % 12 + 12 * (half in "pP")
    return hour, int(minute), int(second)


def _find_four_digits(stem: str, place: Place, zone: tzinfo) -> Found | None:
    match = _FOUR.search(_hide_day(stem, place)) if place.day and not place.clock else None
    if match is None or place.day is None or _COUNTED.search(stem[: match.start()]):
        return None
    return note_minute(*match.span(), place.day, int(match[0]), zone)


def say_session(stem: str, place: Place, zone: tzinfo) -> Found | None:
    """Return the time that the folders alone say, where they have a whole clock."""
    return _join(len(stem), len(stem), place, place.clock, 0, zone) if len(place.clock) == 3 else None


def _hide_day(stem: str, place: Place) -> str:
    """Return a name without the day that its folder says: 20210430 is not 20:21:04, nor 2021-04-30 half past four."""
    year = place.day.year if place.day else place.unsure[2] if place.unsure else 0
    if not year or str(year) not in stem:
        return stem
    for way in _write_days(place.day, place.unsure):
        if way in stem:
            return stem.replace(way, "_" * len(way))
    return stem


@lru_cache(maxsize=1024)
def _write_days(day: date | None, unsure: tuple[int, int, int] | None) -> tuple[str, ...]:
    """Return the ways in which the day of a folder may stand in a name."""
    first, second, year = (day.day, day.month, day.year) if day else unsure or (0, 0, 0)
    one, other = f"{first:02}", f"{second:02}"
    orders = ((f"{year}", other, one), (f"{year}", one, other), (one, other, f"{year}"), (other, one, f"{year}"))
    return tuple(dash.join(parts) for parts in orders for dash in ("", "-", "_", "."))


def _count(clock: tuple[int, ...], place: Place) -> Count:
    """Return the clock of a name as a number that may count the pictures of its folder."""
    kind, begin = (SESSION, _in_seconds(place.clock)) if place.clock else (CLOCK, None)
    return Count(kind, _in_seconds(clock), clock[0] < 24 and max(clock) < 60, begin)


def _in_seconds(clock: tuple[int, ...]) -> int:
    hour, minute, second = (*clock, 0, 0)[:3]
    return hour * 3600 + minute * 60 + second


def _search(stem: str, place: Place) -> re.Match[str] | None:
    if match := _WHOLE.search(stem):
        return match
    if (match := _PACKED.search(stem)) and not _COUNTED.search(stem[: match.start()]):
        return match
    match place.clock:
        case ():
            return _HOUR_MINUTE.search(stem)
        case (_,):
            return _MINUTE_SECOND.match(stem) or _ONE.match(stem)
        case _:
            return _ONE.match(stem)


def _join(start: int, end: int, place: Place, clock: tuple[int, ...], microsecond: int, zone: tzinfo) -> Found | None:
    """Return the time, at the latest the end of the minute or hour that its parts leave.

    So numbers that only look like a clock, as `0099` of `0000` to `0199`, stay in their order.
    """
    hour, minute, second = clock
    if hour > 23:
        hour, minute, second, microsecond = 23, 59, 59, 999_999
    elif minute > 59:
        minute, second, microsecond = 59, 59, 999_999
    elif second > 59:
        second, microsecond = 59, 999_999
    if place.unsure:
        day = Day(place.unsure, place.unsure[2] > 99, False, (hour, minute, second, microsecond), zone)
        return Found(start, end, None, day, end > start)
    assert place.day is not None
    try:
        time = datetime(place.day.year, place.day.month, place.day.day, hour, minute, second, microsecond, zone)
        return Found(start, end, time if zone is UTC else time.astimezone(UTC), None, end > start)
    except (ValueError, OverflowError):
        return None
