"""The hour that comes twice in autumn, when clocks are put back: 02:30 is then two times, an hour apart."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from framesift.frames.frame import Frame, add_exif_time
from framesift.frames.naming import Naming

_PUT_BACK = (
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Chisinau",
    "Asia/Beirut",
    "Asia/Jerusalem",
    "Africa/Cairo",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "America/Asuncion",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
"""Between them they put clocks back at all hours at which this is done, in the weeks in which it is done."""


class SecondHour:
    """Reads times that come twice as the second of both, for the frames below a folder."""

    def __init__(self, directory: str, naming: Naming) -> None:
        self._directory, self._naming = directory, naming
        self._other = replace(naming, timezone="+01:00" if naming.timezone == "UTC" else "UTC")

    def read(self, frame: Frame) -> Frame | None:
        """Return the frame at the second of its two times; None where its clock shows its time once only.

        In UTC, the default, nobody knows where the clock stands: a time that comes twice anywhere stays as it is read.
        """
        if frame.time is None:
            return None
        if self._naming.timezone == "UTC":
            return frame if _comes_twice_anywhere(frame.time) and self._is_wall_clock(frame) else None
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        with suppress(ZoneInfoNotFoundError, ValueError, OverflowError):
            clock = frame.time.astimezone(ZoneInfo(self._naming.timezone))
            second = clock.replace(fold=1).astimezone(UTC)
            if second > frame.time and self._is_wall_clock(frame):
                return replace(frame, time=second)
        return None

    def _is_wall_clock(self, frame: Frame) -> bool:
        """Tell whether a time says nothing of its zone: it is another one where it is read in another."""
        named = Frame(frame.file, frame.camera, self._other.read(frame.file)[1])
        return add_exif_time(named, self._directory, self._other).time != frame.time


def _comes_twice_anywhere(time: datetime) -> bool:
    return time.weekday() >= 4 and _comes_twice(
        time.replace(minute=time.minute // 30 * 30, second=0, microsecond=0, tzinfo=None), _PUT_BACK
    )


@lru_cache(maxsize=4096)
def _comes_twice(clock: datetime, zones: Iterable[str]) -> bool:
    """Tell whether clocks show this time twice, in one of these zones."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    middle = clock + timedelta(minutes=15)
    for name in zones:
        with suppress(ZoneInfoNotFoundError, ValueError, OverflowError):
            zone = ZoneInfo(name)
            first, second = (middle.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
            if first is not None and second is not None and second < first:
                return True
    return False
