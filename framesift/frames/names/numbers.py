"""Numbers in names that may be clocks, such as 1121 in `20210430_1121`: where they stand."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from framesift import compile_on_use
from framesift.frames.names.clocks import Found
from framesift.frames.names.counts import EPOCH, MINUTE, Count
from framesift.frames.names.days import Day, orders_of, settle
from framesift.frames.names.months import MONTH, read_month

_YEAR = r"(?P<year>(?:19[7-9]|20\d)\d)"
_NUMBER = r"[-_.@,\ ]{1,3}(?P<number>\d{4})(?=\Z|[^0-9A-Za-z])"
_DAY_AND_NUMBER = compile_on_use(
    rf"(?<!\d){_YEAR}(?P<dash>[-_.\ ]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d){_NUMBER}", re.ASCII
)
_MONTH_AND_NUMBER = compile_on_use(
    rf"(?<![0-9A-Za-z])(?P<day>\d\d?)(?:st|nd|rd|th)?[-_.,\ ]{{0,2}}(?P<month>{MONTH})\.?[-_.,\ ]{{0,2}}"
    rf"{_YEAR}{_NUMBER}",
    re.ASCII | re.IGNORECASE,
)
_LONG_AND_NUMBER = compile_on_use(
    rf"(?<!\d)(?P<first>\d\d)(?P<dash>[-_.\ ]?)(?P<then>\d\d)(?P=dash){_YEAR}{_NUMBER}", re.ASCII
)
_ANY_YEAR = compile_on_use(r"(?:19[7-9]|20\d)\d")
_EIGHT_DIGITS = compile_on_use(r"(?:[^0-9]*[0-9]){8}")
_BEHIND_WORD = compile_on_use(r"(?<=[A-Za-z])(?P<number>\d{10}(?:\d{3})?)(?=\Z|[^0-9A-Za-z])", re.ASCII)
_EPOCHS = datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)


def find_minute(text: str, zone: tzinfo) -> Found | None:
    """Return the four digits that stand behind a day, as in `20210430_1121`."""
    if not (_ANY_YEAR.search(text) and _EIGHT_DIGITS.match(text)):
        return None
    if match := _DAY_AND_NUMBER.search(text) or _MONTH_AND_NUMBER.search(text):
        try:
            day = date(int(match["year"]), read_month(match["month"]), int(match["day"]))
        except ValueError:
            return None
        return note_minute(*match.span(), day, int(match["number"]), zone)
    match = _LONG_AND_NUMBER.search(text)
    return _note_unsure(match, zone) if match else None


def note_minute(start: int, end: int, day: date, number: int, zone: tzinfo) -> Found:
    """Return what a number of four digits may be on a day."""
    possible, time = _is_minute(number), None
    if possible:
        time = datetime(day.year, day.month, day.day, number // 100, number % 100, tzinfo=zone).astimezone(UTC)
    return Found(start, end, time, counted=Count(MINUTE, day.toordinal() * 10_000 + number, possible))


def _note_unsure(match: re.Match[str], zone: tzinfo) -> Found | None:
    """Return the same for a day of which other names tell whether the month stands first."""
    number = int(match["number"])
    possible = _is_minute(number)
    clock = (number // 100, number % 100, 0, 0) if possible else (0, 0, 0, 0)
    day = Day((int(match["first"]), int(match["then"]), int(match["year"])), True, False, clock, zone)
    settled = next((time for order in orders_of(day) if (time := settle(day, order))), None)
    if settled is None:
        return None
    count = Count(MINUTE, settled.astimezone(zone).toordinal() * 10_000 + number, possible)
    return Found(*match.span(), None, day, counted=count)


def find_epoch(text: str) -> Found | None:
    """Return the ten or thirteen digits that stand right behind a word, as in `image1619781660`."""
    match = _BEHIND_WORD.search(text)
    if match is None:
        return None
    digits = match["number"]
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(digits[:10]), milliseconds=int(digits[10:] or 0))
    possible = digits[0] == "1" and _EPOCHS[0] <= time < _EPOCHS[1]
    return Found(*match.span(), time if possible else None, counted=Count(EPOCH, int(digits[:10]), possible))


def _is_minute(number: int) -> bool:
    return number < 2400 and number % 100 < 60
