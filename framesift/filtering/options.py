"""The settings of a run, each described once: the command line, the library and written commands take them from here.

Little is imported: `--help` reads this, and answers at once.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum

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


class Placement(StrEnum):
    """How a kept frame comes into the results folder."""

    COPY = "copy"
    HARD = "hard"
    SYMBOLIC = "symbolic"


class Decoding(StrEnum):
    """Which pixels a frame has."""

    EXACT = "exact"
    """Those of OpenCV's colour decoder."""
    FAST = "fast"
    """JPEG straight to grey, and at a reduced scale where the compared size allows it."""


DEFAULT_THRESHOLDS = {Method.FRAMEDIFF: ("0.05%", "0.75%"), Method.TOLERANCE: ("0.2%", "0.2%")}
"""`min_contour_area` and `score_threshold`."""
THOROUGH_THRESHOLDS = ("0.05%", "0.05%")
"""Of the method tolerance: also what is small."""


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


def parse_every(text: str) -> float:
    """Read `1s`, `500ms`, `2min` or a number of seconds; return seconds."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\ ?(ms|s|min|h)?", text, re.ASCII)
    if match is None:
        raise UsageError(f"--every takes a time such as 1s, 500ms or 2min, not {text!r}")
    return float(match[1]) * {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[match[2] or "s"]


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


def _choose(kind: type[StrEnum], option: str) -> "Callable[[str], StrEnum]":
    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise UsageError(f"{option} is {' or '.join(kind)}, not {text!r}") from None

    return read


def _join(numbers: Iterable[float]) -> str:
    return ",".join(f"{number:g}" for number in numbers)


class Option:
    """One setting: its name in the library and, behind `--`, on the command line; what it means; what is usual."""

    __slots__ = ("choices", "default", "meaning", "metavar", "name", "read", "whole", "write")

    def __init__(
        self,
        name: str,
        meaning: str,
        metavar: str = "",
        default: object = None,
        read: "Callable[[str], Any]" = str,
        write: "Callable[[Any], str]" = str,
        choices: tuple[str, ...] = (),
        whole: bool = False,
    ) -> None:
        self.name, self.meaning, self.metavar = name, meaning, metavar
        self.default = default
        """As a value."""
        self.read = read
        """Makes the value of a text. Raises UsageError."""
        self.write = write
        """The way back."""
        self.choices = choices
        """The texts that are offered besides the default, where these are all."""
        self.whole = whole
        """Whether it is a whole number of at least 0."""

    @property
    def help(self) -> str:
        """What it means and what is usual, where that is something."""
        if self.metavar == "" or self.default in (None, 0, ()):
            return self.meaning
        return f"{self.meaning} (default {self.write(self.default)})"

    @property
    def flag(self) -> str:
        """What it is on the command line."""
        return "--" + self.name.replace("_", "-")

    def value(self, given: object) -> "Any":
        """Return the value of what was given, a text or a value; the default for None."""
        if given is None:
            return self.default
        return self.read(given) if isinstance(given, str) else given


def _describe_thresholds(place: int) -> str:
    usual, other = (DEFAULT_THRESHOLDS[method][place] for method in (Method.FRAMEDIFF, Method.TOLERANCE))
    return f"(default {usual})" if usual == other else f"(default {usual}; {Method.TOLERANCE}: {other})"


THRESHOLDS = (
    Option(
        "min_contour_area",
        f"changed regions smaller than this do not count: px, or a share {_describe_thresholds(0)}",
    ),
    Option(
        "score_threshold",
        f"a frame is kept when its changed area is above this: px, or a share {_describe_thresholds(1)}",
    ),
)
"""How much counts. Their defaults are those of the method."""
COMPARING = (
    Option(
        "method",
        "framediff: pixel by pixel; tolerance: by structure, which forgives shake, foliage and changes of light",
        "HOW",
        Method.FRAMEDIFF,
        parse_method,
    ),
    Option(
        "thorough",
        "with tolerance: find also what is small, from 0.04 % of the picture instead of 0.06 %, and keep a little more "
        f"({' and '.join(THOROUGH_THRESHOLDS)})",
        default=False,
    ),
    Option("width", "with tolerance: compare at this width", "PX", 320, int, whole=True),
    Option(
        "blur",
        "sides of the Gaussian kernels in px, odd, or none",
        "PX,...",
        (5,),
        parse_blur,
        lambda kernels: _join(kernels) or "none",
    ),
    Option(
        "border_mask",
        "strips that are not compared, percent of the side: left,top,right,bottom",
        "PERCENT,...",
        (5, 10, 5, 0),
        parse_border_mask,
        _join,
    ),
    Option(
        "mask",
        "regions to ignore or to look at only: polygons (JSON, LabelMe, COCO) or a black-and-white PNG",
        "FILE",
        (),
        lambda path: [path],
    ),
    Option(
        "size",
        "compare all frames at this size in px (default: each frame at its own, with frames of the same size)",
        "WIDTHxHEIGHT",
        None,
        parse_size,
        lambda size: f"{size[0]}x{size[1]}",
    ),
    Option(
        "against",
        "compare with the last N kept frames, of which the nearest counts: for cameras that go from view to view",
        "N",
        1,
        int,
        whole=True,
    ),
    Option(
        "most",
        "leave out frames of which more of the picture has changed: a camera that is moved, covered or disturbed",
        "PERCENT",
        None,
        parse_percent,
        lambda percent: f"{percent:.10g}%",
    ),
)
"""How frames are compared."""
FRAMES = (
    Option("min_size", "skip frames whose shorter side is less", "PX", 0, int, whole=True),
    Option(
        "max_pixels",
        "skip frames that declare more px, before they are decoded",
        "PX",
        100_000_000,
        int,
        whole=True,
    ),
    Option(
        "every",
        "look at videos too: at a frame for each 1s, 500ms or 2min; kept ones become PNG files",
        "TIME",
        None,
        parse_every,
        lambda seconds: f"{seconds:.10g}s",
    ),
    Option(
        "name_pattern",
        "regular expression with the groups (?P<camera>...) and (?P<time>...); with a / it reads the whole path",
        "REGEX",
    ),
    Option(
        "timezone",
        "where the clocks in names and EXIF stand, such as Europe/Berlin or +02:00",
        "ZONE",
        "UTC",
    ),
)
"""Which frames there are, and what their names say."""
RUNNING = (
    Option(
        "decode",
        "fast: JPEG straight to grey, reduced where --size allows; about one frame in 100 is decided otherwise",
        default=Decoding.EXACT,
        read=_choose(Decoding, "--decode"),
        choices=("exact", "fast"),
    ),
    Option(
        "link",
        "link kept frames instead of copying them: hard or symbolic",
        default=Placement.COPY,
        read=_choose(Placement, "--link"),
        choices=("hard", "symbolic"),
    ),
)
"""How the work is done."""
OPTIONS = {option.name: option for option in (*THRESHOLDS, *COMPARING, *FRAMES, *RUNNING)}
