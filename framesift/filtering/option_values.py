"""What can stand for a setting of a run, and how it is read from what is typed. Little is imported, as in `options`."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from framesift import compile_on_use
from framesift.errors import UsageError

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from typing import Any


class Method(StrEnum):
    """How two frames are compared."""

    FRAMEDIFF = "framediff"
    """Every pixel against the same pixel, at the frame's own size."""
    TOLERANCE = "tolerance"
    """Structure, against what lies around it, at one small size."""


class Preset(StrEnum):
    """A kind of place, for which settings are kept together."""

    CAR_PARK = "car-park"
    ROAD = "road"
    SITE = "site"
    WILDLIFE = "wildlife"
    INDOOR = "indoor"


class Lateness(StrEnum):
    """What is done with frames that come after later ones of their camera have been decided."""

    LEAVE = "leave"
    DECIDE = "decide"


class Placement(StrEnum):
    """How a kept frame comes into the results folder."""

    COPY = "copy"
    HARD = "hard"
    SYMBOLIC = "symbolic"


class ResultsBy(StrEnum):
    """Into which folders kept frames are laid."""

    DAY = "day"


class Decoding(StrEnum):
    """Which pixels a frame has."""

    EXACT = "exact"
    """Those of OpenCV's colour decoder."""
    FAST = "fast"
    """JPEG straight to grey, and at a reduced scale where the compared size allows it."""


class CameraBy(StrEnum):
    """What alone says which camera a frame is of."""

    FOLDER = "folder"
    """Its folder, but for those of days and parts of one."""
    NAME = "name"
    """What stands beside the time in its name, whatever the folder; where nothing does, the folder."""
    ONE = "one"
    """Nothing: all frames are of one camera."""


def parse_method(text: str) -> Method:
    """Read the name of a method. Raises UsageError for an unknown one."""
    try:
        return Method(text)
    except ValueError:
        raise UsageError(f"--method is framediff or tolerance, not {text!r}") from None


def parse_blur(text: str) -> tuple[int, ...]:
    """Read `3,5`, or `none`."""
    if text == "none":
        return ()
    return tuple(_parse_numbers(text, int, "--blur takes kernel sizes in px such as 3,5, or none"))


def parse_border_mask(text: str) -> tuple[float, float, float, float]:
    """Read `5,10,5,0`: percent of the side, left, top, right, bottom."""
    complaint = "--border-mask takes four percentages: left,top,right,bottom, such as 5,10,5,0"
    numbers = _parse_numbers(text, float, complaint)
    if len(numbers) != 4:
        raise UsageError(f"{complaint}, not {text!r}")
    left, top, right, bottom = (int(n) if n == int(n) else n for n in numbers)
    return left, top, right, bottom


def parse_size(text: str, option: str = "--size") -> tuple[int, int]:
    """Read `640x480`: width and height in px."""
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text, re.ASCII)
    if match is None:
        raise UsageError(f"{option} takes WIDTHxHEIGHT in px, such as 640x480, not {text!r}")
    return int(match[1]), int(match[2])


EVERY_FRAME = 0.0
"""What stands for all frames of a film, in place of seconds."""


def parse_every(text: str) -> float:
    """Read `1s`, `500ms`, `2min`, a number of seconds or `frame`; return seconds, `EVERY_FRAME` for the last."""
    if text == "frame":
        return EVERY_FRAME
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\ ?(ms|s|min|h)?", text, re.ASCII)
    if match is None:
        raise UsageError(f"--every takes a time such as 1s, 500ms or 2min, or frame, not {text!r}")
    seconds = float(match[1]) * {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[match[2] or "s"]
    if not seconds:
        raise UsageError("--every takes at least 1ms; for all frames, frame")
    return seconds


def write_every(seconds: float) -> str:
    """Write what `parse_every` reads."""
    return "frame" if seconds == EVERY_FRAME else f"{seconds:.10g}s"


def parse_duration(text: str) -> float:
    """Read `10m`, `90s`, `2h` or `1d`; return seconds."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\ ?(s|m|min|h|d)", text, re.ASCII)
    if match is None or not float(match[1]):
        raise UsageError(f"--for takes a time such as 90s, 10m, 2h or 1d, not {text!r}")
    return float(match[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}[match[2]]


_SPANS = {"ms": 0.001, "s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
"""Seconds."""


def parse_spacing(option: str) -> Callable[[str], float]:
    """Return what reads `1/10min`, `4/hour` or `1/day` as the seconds from one frame to the next."""

    def read(text: str) -> float:
        number, slash, time = text.replace(" ", "").partition("/")
        match = re.fullmatch(r"(\d{0,6}(?:\.\d{1,6})?)(ms|s|sec|min|h|hour|d|day)s?", time, re.ASCII)
        if slash and match and re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII):
            return float(match[1] or 1) * _SPANS[match[2]] / int(number)
        raise UsageError(f"{option} takes frames in a time, such as 1/10min, 4/hour or 1/day, not {text!r}")

    return read


def write_spacing(seconds: float) -> str:
    """Write what `parse_spacing` reads, in the largest unit that needs no fraction."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0 and seconds / length < 1e6:
            return f"1/{seconds / length:.10g}{unit}"
    return f"1/{seconds:.10g}s"


_BUDGET = compile_on_use(r"([1-9]\d{0,8})((?:/camera)?(?:/day)?)", re.ASCII)


def parse_budget(text: str) -> str:
    """Read `500`, `20/camera` or `20/camera/day`."""
    match = _BUDGET.fullmatch(str(text).replace(" ", ""))
    if match is None or match[2] == "/day":
        raise UsageError(f"--keep takes a number of frames such as 500, 20/camera or 20/camera/day, not {text!r}")
    return match[0]


def parse_percent(text: str) -> float:
    """Read `60` or `60%`."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\ ?%?", text, re.ASCII)
    if match is None:
        raise UsageError(f"--most takes a share of the picture such as 60%, not {text!r}")
    return float(match[1])


def _parse_numbers(text: str, number: type[int] | type[float], complaint: str) -> "list[Any]":
    try:
        values = [number(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{complaint}, not {text!r}") from None
    if not all(abs(value) < 10_000 for value in values):
        raise UsageError(f"{complaint}, not {text!r}")
    return values


def choose(kind: type[StrEnum], option: str) -> Callable[[str], StrEnum]:
    """Return what reads one of the values of `kind`, and raises UsageError for another text."""

    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise UsageError(f"{option} is {' or '.join(kind)}, not {text!r}") from None

    return read


def join_numbers(numbers: Iterable[float]) -> str:
    """Write `3,5`."""
    return ",".join(f"{number:g}" for number in numbers)
