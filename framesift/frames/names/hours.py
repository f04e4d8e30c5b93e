"""Times of day in the names of frames whose folder says the day: `2021-04-29/20-00-00.jpg`, `20210429/20/0000.jpg`."""

import re
from datetime import UTC, datetime, tzinfo

from framesift import compile_on_use
from framesift.frames.names.clocks import Found, read_zone
from framesift.frames.names.days import Day
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
_COUNTED = compile_on_use(r"(?:frame|dscf?|dscn|pict|img|image)[-_ ]?\Z", re.IGNORECASE)
"""What stands before a number that counts pictures, not seconds."""


def find_hour(stem: str, place: Place, zone: tzinfo) -> Found | None:
    """Return the time of day in a name, given what its folders say; None where it has none."""
    match = _search(stem, place)
    if match is None:
        if len(place.clock) < 3:
            return None
        return _join(len(stem), len(stem), place, place.clock, 0, zone)
    groups = match.groupdict()
    one, minute = groups.get("one"), groups.get("minute") or groups.get("minute_2")
    second = groups.get("second") or groups.get("second_2")
    if one is not None:
        clock = (*place.clock, int(one), 0)[:3]
    else:
        hour = int(groups["hour"]) if groups.get("hour") else place.clock[0]
        if groups.get("half"):
            hour = hour % 12 + 12 * (groups["half"] in "pP")
        clock = hour, int(minute or 0), int(second or 0)
    fraction = int((groups.get("fraction") or "0")[:6].ljust(6, "0"))
    if groups.get("zone"):
        try:
            zone = read_zone(groups["zone"])
        except ValueError:
            return None
    return _join(match.start(), match.end(), place, clock, fraction, zone)


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
