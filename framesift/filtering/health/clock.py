"""Whether the time of a frame can be right, by what its run knows of its camera, by the date, and by its EXIF."""

from datetime import UTC, datetime, timedelta

RESETS = tuple(datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 1980, 2000))
"""From here on clocks count that have lost their power."""
_AROUND = [(reset - timedelta(hours=14), reset + timedelta(days=2)) for reset in RESETS]
"""From when to when: in some zone, and some hours since."""
FAR = 26 * 3600.0
"""Seconds: no two zones are so far apart."""
ANOTHER = 600.0
"""Seconds by which name and EXIF are otherwise apart than before."""
_HOUR, _ABOUT = 3600.0, 120.0
"""Seconds: one of the two knows of summer time."""


def is_reset(time: datetime) -> bool:
    """Tell whether a time is one that a clock shows that has been set to nothing."""
    return any(begin <= time <= end for begin, end in _AROUND)


def is_another(apart: float, usual: float | None) -> bool:
    """Tell whether name and EXIF are apart by more seconds than a zone, or otherwise than `usual`."""
    if abs(apart) > FAR:
        return True
    if usual is None:
        return False
    change = abs(apart - usual)
    return change > ANOTHER and abs(change - _HOUR) > _ABOUT
