"""Times that stand in texts: which text it is, and what it says.

A wall clock (`2021_03_27__12_53_37`, `20210327_125337`, ISO 8601, `29-Apr-2021 8.00.00 PM`) or an epoch: 10 digits of
seconds since 1970, 13 of milliseconds, 16 or 19 of finer units. Where the order of day, month and year cannot be told,
as in `05-04-2021` or `21-04-29`, the time is given as a `Day`: other names tell.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from framesift import compile_on_use
from framesift.frames.names.counts import Count
from framesift.frames.names.days import Day, orders_of, settle
from framesift.frames.names.months import MONTH, read_month

_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)"
_SECOND = r"(?P<second>\d\d)(?:[.,](?P<fraction>\d+)|(?P<attached>\d\d|\d{3}|\d{6})|1\d{9})?"
# Behind a packed clock Synology writes the epoch too.
_HALF = r"(?:[-_.\ ]?(?P<half>[AaPp])\.?[Mm](?![A-Za-z]))?"
_ZONE = r"""(?P<zone>[\ _]?(?:UTC|GMT)(?:[-+]\d\d?(?:[:_]?\d\d)?(?!\d))?|[\ _]?[Zz](?![A-Za-z])
    |[+]\d\d(?:[-:_]?\d\d)?|-\d\d:\d\d|(?(iso)-(?:0[1-9]|1[0-2])[-_]?[03]0))?"""
# An offset west of Greenwich looks like a sequence number: without a colon it is one, save after the T of ISO 8601.
_AT = r"at|um|om|alle|[aà]\u0300?|[aà]\ las|às"
"""What stands before the hour in the languages of `months`."""

_CLOCK_TEXT = rf"""
    {_YEAR}(?P<dash>[-_.:\ ]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)
    (?:(?P<iso>[Tt])|__|--|[\ _]-[\ _]|,?[\ _](?:{_AT})[\ _]|,\ |[-_.\ @]?)
    (?P<hour>\d\d)(?P<colon>[-_.:\ ]?)(?P<minute>\d\d)(?:(?P=colon){_SECOND})?{_HALF}{_ZONE}
"""
_EPOCH_TEXT = r"(?P<seconds>1\d{9}|\d{10}(?=\d{3}(?!\d)))(?:(?P<attached>\d{3}|\d{6}|\d{9})|[.](?P<fraction>\d{1,9}))?"
# Ten digits are seconds from 2001 to 2033 only: 0000000042 is a sequence number and 2021032712 a date with an hour.

_FLAGS = re.ASCII | re.VERBOSE
CLOCK = compile_on_use(_CLOCK_TEXT, _FLAGS)
EPOCH = compile_on_use(_EPOCH_TEXT, re.ASCII)
_END = r"(?=\Z|[^0-9A-Za-z])"
_ALONE = r"(?:(?<!\d{5})|(?<=[A-Za-z]\d{5}))"
# Some write a time right behind the camera: gate220210429-200000. It is looked at behind the year, for a search that
# begins with digits goes from digit to digit.
_CLOCK_IN_NAME = re.compile(_CLOCK_TEXT.replace(_YEAR, _YEAR + _ALONE, 1) + _END, _FLAGS)
_EPOCH_IN_NAME = compile_on_use(rf"(?<![0-9A-Za-z]){_EPOCH_TEXT}(?!.*\d{{10}}){_END}", re.ASCII)

_MONTH = rf"(?P<month>{MONTH})\.?"
_ORDINAL = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_ANY_YEAR = r"(?P<year>(?:(?:19[7-9]|20\d)\d|\d\d))"
_BETWEEN = rf"(?:[Tt@]|,?[-_.\ ]{{1,3}}(?:(?:{_AT})[-_\ ])?)"
_TIME = (
    rf"(?P<hour>\d\d?)(?P<colon>[-_.:\ Hh]?)(?P<minute>\d\d)(?:(?:(?P=colon)|(?<=[Hh]\d\d)[Mm]){_SECOND}[Ss]?)?"
    rf"{_HALF}(?P<iso>(?!))?{_ZONE}{_END}"
)
_LETTERS = rf"""
    {_YEAR}(?:[Yy]|[-_.])?(?P<month>\d\d)(?:M|m|[-_.])?(?P<day>\d\d)[Dd]?[-_.\ T]?
    (?P<hour>\d\d)(?P<colon>[Hh])[-_.]?(?P<minute>\d\d)
    (?:(?:[Mm]in|[Mm'])[-_.]?(?:(?P<second>\d\d)(?:[Ss](?:(?P<fraction>\d{{3}})ms)?)?)?)?
"""
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[-_.,\ ]{1,2})?"
_NAMED_MONTHS = tuple(
    compile_on_use(rf"(?<![0-9A-Za-z]){_WEEKDAY}{date}{_BETWEEN}{_TIME}", _FLAGS | re.IGNORECASE)
    for date in (
        rf"{_ORDINAL}[-_.,\ ]{{0,2}}{_MONTH}[-_.,\ ]{{0,2}}{_ANY_YEAR}",
        rf"{_MONTH}[-_.\ ]?{_ORDINAL}[-_.,\ ]{{1,2}}{_ANY_YEAR}",
        rf"{_YEAR}[-_.\ ]?{_MONTH}[-_.\ ]?{_ORDINAL}",
    )
)
_UNIX = compile_on_use(
    rf"(?<![0-9A-Za-z]){_WEEKDAY}{_MONTH}[-_.\ ]+(?P<day>\d\d?)[-_\ ]+(?P<hour>\d\d)(?P<colon>[-_.:])(?P<minute>\d\d)"
    rf"(?P=colon)(?P<second>\d\d)[-_.\ ]+(?:(?P<zone>UTC|GMT)|[A-Z]{{3,5}})?[-_.\ ]*{_YEAR}{_END}",
    _FLAGS | re.IGNORECASE,
)
_TWELVE = compile_on_use(
    rf"(?<!\d){_YEAR}(?P<dash>[-_.\ ])(?P<month>\d\d?)(?P=dash)(?P<day>\d\d?){_BETWEEN}{_TIME}".replace(
        _HALF, _HALF.removesuffix("?")
    ),
    _FLAGS,
)
_UNPADDED = (
    r"(?P<hour>\d\d?)(?P<colon>[-_.:\ ])(?P<minute>\d\d?)(?P=colon)(?P<second>\d\d?)(?:[.,](?P<fraction>\d+))?"
    rf"{_END}(?![+]|[-_.\ ]?[AaPp]\.?[Mm](?![A-Za-z]))"
)
_YEAR_UNPADDED = compile_on_use(
    rf"(?<!\d){_YEAR}(?P<dash>[-_.\ ])(?P<month>\d\d?)(?P=dash)(?P<day>\d\d?){_BETWEEN}{_UNPADDED}", _FLAGS
)
_LONG_UNPADDED = compile_on_use(
    rf"(?<!\d)(?P<first>\d\d?)(?P<dash>[-_.\ ])(?P<second_part>\d\d?)(?P=dash){_YEAR}{_BETWEEN}{_UNPADDED}", _FLAGS
)
_YEAR_APART = compile_on_use(
    rf"(?<!\d){_YEAR}[-_](?P<month>\d\d)(?P<day>\d\d)[-_](?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d){_END}", _FLAGS
)
_HOUR_FIRST = r"(?<!\d)(?P<hour>\d\d)(?P<colon>[-_.:]?)(?P<minute>\d\d)(?P=colon)(?P<second>\d\d)[-_.\ @]{1,3}"
_HOUR_THEN_DAY = compile_on_use(
    rf"{_HOUR_FIRST}{_YEAR}(?P<dash>[-_.]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d){_END}", _FLAGS
)
_HOUR_THEN_LONG = compile_on_use(
    rf"{_HOUR_FIRST}(?P<first>\d\d?)(?P<dash>[-_.])(?P<second_part>\d\d?)(?P=dash){_YEAR}{_END}", _FLAGS
)
_LETTERED = compile_on_use(rf"(?<!\d){_LETTERS}{_END}", _FLAGS)
_LONG = compile_on_use(
    rf"(?<!\d)(?P<first>\d\d?)(?P<dash>[-_.\ ])(?P<second_part>\d\d?)(?P=dash){_YEAR}{_BETWEEN}{_TIME}", _FLAGS
)
_LONG_PACKED = compile_on_use(
    rf"""(?<!\d)(?P<first>\d\d)(?P<second_part>\d\d){_YEAR}[-_.\ T@]?
    (?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d){_END}""",
    _FLAGS,
)
_SHORT = compile_on_use(
    rf"""(?<!\d)(?P<first>\d\d)(?P<dash>[-_.\ ])(?P<second_part>\d\d)(?P=dash)(?P<year>\d\d)(?:[Tt@]|[-_.\ ]{{1,3}})
    (?P<hour>\d\d)(?P<colon>[-_.:\ ]?)(?P<minute>\d\d)(?P=colon){_SECOND}{_HALF}{_END}""",
    _FLAGS,
)
_SHORT_PACKED = compile_on_use(
    rf"""(?<!\d)(?P<first>\d\d)(?P<second_part>\d\d)(?P<year>\d\d)[-_.T@]?
    (?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<attached>\d\d\d?)?{_END}""",
    _FLAGS,
)
_EAST_ASIAN = compile_on_use(
    r"(?<!\d)((?:19[7-9]|20\d)\d)[年년](\d\d)[月월](?:(\d\d)[日號号일][-_ ]?)?"
    r"|(?<!\d)(?:(\d\d)[時时点點시](\d\d)[分분](?:(\d\d)[秒초])?|(\d\d)[分분](\d\d)[秒초])",
    re.ASCII,
)
_SEVEN_DIGITS = compile_on_use(r"(?:[^0-9]*[0-9]){7}")
_SIX_NUMBERS = compile_on_use(r"[^0-9]*(?:[0-9]+[^0-9]+){5}[0-9]")
_LETTER = compile_on_use(r"[A-Za-z]")
_MONTH_WORD = compile_on_use(rf"(?:(?<![A-Za-z])|(?<=\d[snrt][tdh]))(?:{MONTH})", re.ASCII | re.IGNORECASE)
_DIGITS_ONLY = (_HOUR_THEN_DAY, _YEAR_APART)
_OTHERS = (_HOUR_THEN_DAY, _LETTERED, _TWELVE, _YEAR_APART)
_WITH_MONTHS = (*_OTHERS, _UNIX, *_NAMED_MONTHS)
_UNSURE = (_LONG, _HOUR_THEN_LONG, _LONG_PACKED, _SHORT, _SHORT_PACKED)


class Found(NamedTuple):
    """A time in a text: where it stands, and what it is, one of both."""

    start: int
    end: int
    time: datetime | None
    """Aware, UTC."""
    day: Day | None = None
    in_name: bool = True
    """Whether it stands in the text, and not in the folders alone."""
    counted: Count | None = None
    """What else it may be: other names tell."""


def find_clock(text: str, zone: tzinfo) -> Found | None:
    """Return the date and time that stand in a text; None without one. Clocks without an offset show `zone`."""
    if match := _CLOCK_IN_NAME.search(text):
        if time := _read_plain(match, zone):
            return Found(match.start(), match.end(), time)
    elif match := _EPOCH_IN_NAME.search(text):
        again = _UNIX.match(text, match.end() + 1)
        return Found(match.start(), again.end() if again else match.end(), read_epoch(match))
    return _find_other(text, zone) if _SEVEN_DIGITS.match(text) else None


def write_plainly(text: str) -> str:
    """Return a text of the same length in which no Chinese, Japanese or Korean words stand between the numbers of a
    day or a clock: `2021-04-29_20.00.00_` of `2021年04月29日20時00分00秒`."""
    return text if text.isascii() else _EAST_ASIAN.sub(_join_numbers, text)


def _join_numbers(match: re.Match[str]) -> str:
    numbers = [number for number in match.groups() if number]
    return ("-" if match[1] else ".").join(numbers).ljust(len(match[0]), "_")


def _find_other(text: str, zone: tzinfo) -> Found | None:
    others = _WITH_MONTHS if _MONTH_WORD.search(text) else _OTHERS if _LETTER.search(text) else _DIGITS_ONLY
    for expression in others:
        if (match := expression.search(text)) and (time := read_clock(match, zone)):
            return Found(match.start(), match.end(), time)
    if unpadded := _find_unpadded(text, zone):
        return unpadded
    for expression in _UNSURE:
        if (match := expression.search(text)) and (day := _read_day(match, zone)):
            return Found(match.start(), match.end(), None, day)
    return None


def _find_unpadded(text: str, zone: tzinfo) -> Found | None:
    if not _SIX_NUMBERS.match(text):
        return None
    match = _YEAR_UNPADDED.search(text)
    if match and not _is_padded(match, "month", "day") and (time := read_clock(match, zone)):
        return Found(match.start(), match.end(), time)
    match = _LONG_UNPADDED.search(text)
    if match and not _is_padded(match, "first", "second_part") and (day := _read_day(match, zone)):
        return Found(match.start(), match.end(), None, day)
    return None


def _is_padded(match: re.Match[str], *day: str) -> bool:
    """Tell whether all numbers but the last have two digits: then that may be the number of a copy."""
    return all(len(number) == 2 for number in match.group(*day, "hour", "minute"))


def _read_plain(match: re.Match[str], zone: tzinfo) -> datetime | None:
    """Return the same as `read_clock`, of what most clocks are, in the fewest steps."""
    year, month, day, hour, minute, second, offset, *rest = match.group(*_PARTS)
    if second is None or any(rest):
        return read_clock(match, zone)
    try:
        zone = read_zone(offset) if offset else zone
        clock = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), 0, zone)
        return clock if zone is UTC else clock.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_PARTS = "year", "month", "day", "hour", "minute", "second", "zone", "fraction", "attached", "half"


def read_clock(match: re.Match[str], zone: tzinfo) -> datetime | None:
    """Return the time of a match with the groups of a clock; None where there is none such."""
    groups = match.groupdict()
    second, half, offset = groups["second"], groups.get("half"), groups.get("zone")
    if second is None and not (groups.get("colon") or groups.get("iso") or half or match[0].isdigit()):
        return None  # 20210327_0001 is a date with a sequence number
    try:
        if offset:
            zone = read_zone(offset)
        hour = _read_hour(groups["hour"], half) if half else int(groups["hour"])
        year, month = _read_year(groups["year"]), read_month(groups["month"])
        fraction = read_fraction(groups)
        clock = datetime(year, month, int(groups["day"]), hour, int(groups["minute"]), int(second or 0), fraction, zone)
        return clock if zone is UTC else clock.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_epoch(match: re.Match[str]) -> datetime:
    """Return the time of a match with the groups of an epoch."""
    # Not fromtimestamp, which takes a float and so rounds.
    seconds, fraction, attached = match.group("seconds", "fraction", "attached")
    return _EPOCH_START + timedelta(seconds=int(seconds), microseconds=_read_digits(fraction or attached))


_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1024)
def read_zone(text: str) -> tzinfo:
    """Return the offset of `+02:00`, `-0500`, `GMT-5` or `Z`. Raises ValueError."""
    digits = re.sub(r"[^\d]", "", text)
    if not digits:
        return UTC
    hours = digits[:2] if len(digits) % 2 == 0 else digits[:1]
    east = timedelta(hours=int(hours), minutes=int(digits[len(hours) :] or 0))
    return timezone(-east if "-" in text[:5] else east)


def read_fraction(groups: dict[str, str | None]) -> int:
    """Return the microseconds of a fraction of a second."""
    return _read_digits(groups.get("fraction") or groups.get("attached"))


def _read_digits(digits: str | None) -> int:
    return int(digits[:6].ljust(6, "0")) if digits else 0


def _read_day(match: re.Match[str], zone: tzinfo) -> Day | None:
    groups = match.groupdict()
    half, colon = groups.get("half"), groups.get("colon", ":")
    if groups["second"] is None and not (colon or half):
        return None
    parts = int(groups["first"]), int(groups["second_part"]), int(groups["year"])
    try:
        if groups.get("zone"):
            zone = read_zone(groups["zone"])
        clock = _read_hour(groups["hour"], half), int(groups["minute"]), int(groups["second"] or 0)
    except ValueError:
        return None
    day = Day(parts, len(groups["year"]) == 4, bool(half), (*clock, read_fraction(groups)), zone)
    return day if any(settle(day, order) for order in orders_of(day)) else None


def _read_hour(text: str, half: str | None) -> int:
    hour = int(text)
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} on a clock of twelve hours")
    return hour % 12 + 12 * (half in "pP")


def _read_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
