"""What the values of a manifest can be. One that came with a folder of somebody else may say anything.

What is not as framesift writes it is refused by whoever reads it, before a file is named by it or time or memory spent.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from framesift.comparators.thresholds import read_share
from framesift.errors import show
from framesift.filtering.selection import Decision, Weight
from framesift.frames.light import Light

MOST_PIXELS = 2**30
"""px of a picture: OpenCV decodes none of more."""
_LONGEST_TEXT = 1000
"""Characters of a setting. A pattern of more would take seconds to be compiled."""
_MOST_GLOBS = 1000
_MOST_SECTIONS = 10_000
_FIRST, _LAST = datetime(1, 1, 2), datetime(9999, 12, 30)
"""Times between them can be shown in every zone."""


def read_weight(threshold: str, frames: int) -> Weight:
    """Return how a decision within a budget stands in its line. Raises ValueError for what cannot."""
    if not _is_whole(frames, 0, 2**53):
        raise ValueError(f"{frames!r} is no number of frames")
    return Weight(read_share(threshold), frames)


def check_values(decision: Decision) -> None:
    """Raise ValueError, which says what, for a value of the wrong type or size."""
    frame, size = decision.frame, decision.size
    texts = {"path": frame.path, "camera": frame.camera, "reason": decision.reason}
    texts |= {"reference": _or_empty(decision.reference), "of": _or_empty(frame.source)}
    for name, text in texts.items():
        _require(_is_text(text), name, "is not a text")
    _require(frame.path != "", "path", "is empty")
    amounts = ("score", decision.score), ("extent", decision.extent), ("offset", frame.offset), ("gap", decision.gap)
    for name, number in amounts:
        _require(number is None or _is_amount(number), name, "is not a number of at least 0")
    _require(size is None or is_size(size), "size", "is not the width and height of a picture")
    _require(frame.page is None or _is_whole(frame.page, 1, 2**31), "page", "is not a number from 1 on")
    if (time := frame.time) is not None:
        _require(time.tzinfo is not None, "time", "has no zone")
        _require(_FIRST < time.replace(tzinfo=None) < _LAST, "time", "is none")


def check_paths(decision: Decision) -> None:
    """Raise ValueError, which says which, for a path that leads out of the folder that it is below."""
    for name, path in (("path", decision.frame.path), ("reference", decision.reference), ("of", decision.frame.source)):
        if path is not None and not is_plain(path):
            raise ValueError(f"its {name} leaves the folder or is none: {shorten(path)}")


def is_plain(path: str) -> bool:
    """Tell whether a relative path, with `/`, leads nowhere outside of the folder that it is joined to."""
    return "\0" not in path and not {"", ".", ".."} & set(path.split("/"))


def is_size(size: Any, most: int = MOST_PIXELS) -> bool:
    """Tell whether this is the width and the height of a picture of at most so many px."""
    if not isinstance(size, tuple) or len(size) != 2 or not all(type(side) is int and side > 0 for side in size):
        return False
    return bool(size[0] * size[1] <= most)


def check_settings(record: Mapping[str, Any]) -> None:
    """Raise ValueError, which says what, for settings that no run has. Keys that nobody knows are passed over."""
    for name, is_one in _SETTINGS.items():
        if name in record and not is_one(record[name]):
            raise ValueError(f"{name.replace('_', ' ')} {shorten(record[name])}")


def shorten(value: Any) -> str:
    """Return a value as the beginning of one printable line."""
    try:
        text = str(value)
    except (ValueError, RecursionError):  # a number of more than 4300 digits
        return "of another size than can be"
    return show(text) if len(text) <= 100 else f"{show(text[:100])}..."


def _require(holds: bool, name: str, complaint: str) -> None:
    if not holds:
        raise ValueError(f"its {name} {complaint}")


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _is_text(text: Any) -> bool:
    """Tell whether a text can be written: half a character that stands for no byte cannot."""
    if not isinstance(text, str):
        return False
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_amount(number: Any) -> bool:
    return type(number) in (int, float) and 0 <= number < 1e15  # NaN is not either


def _is_whole(number: Any, least: int, after: int) -> bool:
    return type(number) is int and least <= number < after


def _is_setting(value: Any) -> bool:
    return value is None or (_is_text(value) and len(value) <= _LONGEST_TEXT and "\0" not in value)


def _is_threshold(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 400


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 100


def _is_list(value: Any, most: int, is_one: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and len(value) <= most and all(map(is_one, value))


def _are_globs(value: Any) -> bool:
    return _is_list(value, _MOST_GLOBS, lambda each: each is not None and _is_setting(each))


def _is_section(value: Any) -> bool:
    """Tell whether this may be a section of settings: whose own are such as a run has."""
    if not isinstance(value, dict) or not _is_named(value.get("camera")) or "sections" in value:
        return False
    with suppress(ValueError):
        check_settings(value)
        known = value.get("excluded") in (None, True, False) and value.get("light") in (None, *Light)
        return known and _is_setting(value.get("hours"))
    return False


def _is_named(value: Any) -> bool:
    return value is not None and _is_setting(value)


_SETTINGS: dict[str, Callable[[Any], bool]] = {
    "source": lambda value: _is_text(value) and len(os.fsencode(value)) < 2**16,
    "method": _is_setting,
    "min_contour_area": _is_threshold,
    "score_threshold": _is_threshold,
    "blur": lambda value: _is_list(value, 16, lambda side: _is_whole(side, 1, 1000)),
    "border_mask": lambda value: _is_list(value, 4, _is_share) and len(value) == 4,
    "mask": _is_setting,
    "masks": lambda value: value is None or _is_list(value, 10_000, lambda each: isinstance(each, dict)),
    "decoding": _is_setting,
    "size": lambda value: value is None or (isinstance(value, list) and is_size(tuple(value), 100_000_000)),
    "width": lambda value: _is_whole(value, 32, 4097),
    "against": lambda value: _is_whole(value, 1, 2**31),
    "most": lambda value: value is None or _is_share(value),
    "budget": lambda value: value is None or (isinstance(value, str) and len(value) <= 40),
    "at_most": lambda value: value is None or _is_amount(value),
    "results_by": lambda value: value in (None, "day"),
    "at_least": lambda value: value is None or _is_amount(value),
    "min_size": lambda value: _is_whole(value, 0, 2**63),
    "max_pixels": lambda value: _is_whole(value, 0, 2**63),
    "every": lambda value: value is None or (_is_amount(value) and value <= 1e6),
    "key_frames": lambda value: isinstance(value, bool),
    "exclude": _are_globs,
    "include": _are_globs,
    "placement": _is_setting,
    "sections": lambda value: _is_list(value, _MOST_SECTIONS, _is_section),
} | dict.fromkeys(("name_pattern", "camera", "time_format", "timezone", "start", "end", "hours"), _is_setting)
