"""Time zones, as clocks are said to stand in: those of the IANA database, and offsets."""

import re
from datetime import UTC, tzinfo

from framesift.errors import UsageError
from framesift.frames.names.clocks import read_zone

_OFFSET = re.compile(r"[+-]\d\d:\d\d", re.ASCII)


def find_zone(name: str) -> tzinfo:
    """Return the zone of a name, or of an offset such as +02:00. Raises UsageError."""
    if name == "UTC":
        return UTC
    try:
        return read_zone(name) if _OFFSET.fullmatch(name) else _look_up(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        # Python has no database of its own; Windows and slim containers have none either.
        hint = "" if available_timezones() else " (this machine has no time zone data: pip install tzdata)"
        raise UsageError(
            f"--timezone {name!r} is neither a time zone such as Europe/Berlin nor an offset such as +02:00{hint}"
        ) from None


def _look_up(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # few runs have one

    return ZoneInfo(name)
