"""Days whose parts stand in an order that their text does not tell, such as `05-04-2021` or `21-04-29`."""

from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple


class Day(NamedTuple):
    """A time whose day, month and year stand in an order that the text alone does not tell."""

    parts: tuple[int, int, int]
    long: bool
    """Whether the last part is a year of four digits."""
    half: bool
    """Whether the clock is one of twelve hours, as where the month stands first."""
    clock: tuple[int, int, int, int]
    """Hour, minute, second, microsecond."""
    zone: tzinfo


def settle(day: Day, order: str) -> datetime | None:
    """Return the time of a day whose parts stand in `order`, such as `dmy`; None where that cannot be."""
    parts = dict(zip(order, day.parts, strict=True))
    try:
        year = parts["y"] if day.long else 2000 + parts["y"]
        clock = datetime(year, parts["m"], parts["d"], *day.clock, day.zone)
        return clock if day.zone is UTC else clock.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def settle_on(day: Day, date: date) -> datetime | None:
    """Return the time of a day whose parts are those of `date`, in whatever order; None where they are not."""
    short = date.year if day.long else date.year % 100
    ways = {
        "ymd": (short, date.month, date.day),
        "dmy": (date.day, date.month, short),
        "mdy": (date.month, date.day, short),
    }
    order = next((order for order in orders_of(day) if ways[order] == day.parts), None)
    return settle(day, order) if order else None


def orders_of(day: Day) -> tuple[str, ...]:
    """Return the orders in which the parts of a day may stand, the likeliest first."""
    if not day.long:
        return "ymd", "dmy", "mdy"
    return ("mdy", "dmy") if day.half else ("dmy", "mdy")


def is_range(day: Day) -> bool:
    """Tell whether a day and its clock look like two clocks an hour apart at most, as in 11.21.00-11.21.59."""
    (hour, minute, second), clock = day.parts, day.clock
    if day.long or hour > 23 or minute > 59 or second > 59:
        return False
    return 0 <= (clock[0] - hour) * 3600 + (clock[1] - minute) * 60 + clock[2] - second <= 3600
