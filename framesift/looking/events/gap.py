"""How long it has to be calm for an event to be over."""

import re

from framesift.errors import UsageError

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
USUAL = 3
"""Without a gap that is asked for: so many times the interval that is usual for the camera."""


def parse_duration(text: str, option: str = "--gap") -> float:
    """Read `90s`, `10min`, `2h` or a number of seconds; return seconds. Raises UsageError, which names the option."""
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*(s|min|h|d)?\s*", text, re.ASCII)
    if match is None:
        raise UsageError(f"{option} takes a time such as 90s, 10min or 2h, not {text!r}")
    return float(match[1]) * _UNITS[match[2] or "s"]
