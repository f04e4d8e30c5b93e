"""What a run decides by. Two runs with equal settings on equal frames decide the same."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from framesift.comparators.masks import Mask, digest_masks
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.frames.naming import Naming


class Method(StrEnum):
    """How two frames are compared."""

    FRAMEDIFF = "framediff"
    """Every pixel against the same pixel, at the frame's own size."""
    TOLERANCE = "tolerance"
    """Against what lies around it, at a small size, and only where the structure has changed."""


DEFAULT_THRESHOLDS = {Method.FRAMEDIFF: ("0.05%", "0.75%"), Method.TOLERANCE: ("0.75%", "0.75%")}
"""`min_contour_area` and `score_threshold`."""
THOROUGH_THRESHOLDS = ("0.1%", "0.75%")
"""Of the method tolerance: also what is small."""
DEFAULT_WIDTH = 320
"""px, of the method tolerance."""


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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a decision or its place on disk depends on, checked. Raises UsageError for what cannot be."""

    min_contour_area: Threshold = field(default_factory=lambda: Threshold.parse("0.05%"))
    """Changed regions smaller than this do not count."""
    score_threshold: Threshold = field(default_factory=lambda: Threshold.parse("0.75%"))
    """A frame is kept when its score is above this."""
    blur: tuple[int, ...] = (5,)
    """Sides of the Gaussian kernels in px, odd, applied in order."""
    border_mask: tuple[float, float, float, float] = (5, 10, 5, 0)
    """Strips that are not compared, in percent of the side: left, top, right, bottom."""
    size: tuple[int, int] | None = None
    """Width and height in px at which all frames are compared; None: each at its own size."""
    min_size: int = 0
    """Frames whose shorter side is less than this, in px, are skipped."""
    max_pixels: int = 100_000_000
    """Frames that declare more px than this are skipped before they are decoded."""
    naming: Naming = field(default_factory=Naming)
    placement: Placement = Placement.COPY
    decoding: Decoding = Decoding.EXACT
    every: float | None = None
    """Seconds from one frame of a video to the next that is looked at; None: videos are left out."""
    method: Method = Method.FRAMEDIFF
    width: int = DEFAULT_WIDTH
    """px: wider frames are compared at this width by the method tolerance."""
    masks: tuple[Mask, ...] = ()
    """What of the frames is ignored, or looked at only, besides the border mask."""

    def __post_init__(self) -> None:
        for kernel in self.blur:
            if kernel <= 0 or kernel % 2 == 0:
                raise UsageError(f"--blur takes odd kernel sizes in px, such as 5 or 3,5, not {kernel}")
        left, top, right, bottom = self.border_mask
        if min(self.border_mask) < 0 or left + right >= 100 or top + bottom >= 100:
            raise UsageError(f"--border-mask {','.join(f'{p:g}' for p in self.border_mask)} leaves nothing to compare")
        if self.size is not None and min(self.size) < 1:
            raise UsageError("--size takes a width and a height of at least 1 px")
        if self.every is not None and not 0.001 <= self.every <= 1e6:
            raise UsageError("--every takes at least 1ms")
        if not 32 <= self.width <= 100_000:
            raise UsageError("--width takes at least 32 px")

    @property
    def reads_grey(self) -> bool:
        """Whether JPEGs are decoded straight to grey, at the smallest scale that the comparison allows."""
        return self.decoding is Decoding.FAST or self.method is Method.TOLERANCE

    def refuse(self, size: tuple[int, int]) -> str:
        """Return why a frame of this width and height is skipped; empty where it is not."""
        return f"shorter side {min(size)} px < {self.min_size}" if min(size) < self.min_size else ""

    def record(self) -> dict[str, Any]:
        """Return the settings as they stand in the first line of a manifest."""
        return {
            "method": str(self.method),
            "min_contour_area": str(self.min_contour_area),
            "score_threshold": str(self.score_threshold),
            "blur": list(self.blur),
            "border_mask": list(self.border_mask),
            "mask": digest_masks(self.masks),
            "masks": [mask.record() for mask in self.masks] or None,
            "decoding": str(self.decoding),
            "size": list(self.size) if self.size else None,
            "width": self.width,
            "min_size": self.min_size,
            "max_pixels": self.max_pixels,
            "every": self.every,
            "name_pattern": self.naming.pattern,
            "timezone": self.naming.timezone,
            "placement": str(self.placement),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Settings":
        """Return the settings that `record` has written down. Raises UsageError for what this version cannot read."""
        try:
            masks = tuple(map(Mask.from_record, record["masks"] or ()))
            if record["mask"] != digest_masks(masks):
                raise ValueError("masks that are not those it names")
            return cls(
                Threshold.parse(record["min_contour_area"]),
                Threshold.parse(record["score_threshold"]),
                tuple(record["blur"]),
                tuple(record["border_mask"]),
                tuple(record["size"]) if record["size"] else None,
                record["min_size"],
                record["max_pixels"],
                Naming(record["name_pattern"], record["timezone"]),
                Placement(record["placement"]),
                Decoding(record["decoding"]),
                record["every"],
                Method(record["method"]),
                record["width"],
                masks,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"has settings that this version cannot read: {error!r}") from None


def choose_thresholds(
    method: Method, min_contour_area: Any = None, score_threshold: Any = None, thorough: bool = False
) -> tuple[Threshold, Threshold]:
    """Return both thresholds, the method's own for those that are None or empty. Raises UsageError."""
    if thorough and method is not Method.TOLERANCE:
        raise UsageError("--thorough belongs to --method tolerance")
    area, score = THOROUGH_THRESHOLDS if thorough else DEFAULT_THRESHOLDS[method]
    given = [
        default if value in (None, "") else value
        for value, default in ((min_contour_area, area), (score_threshold, score))
    ]
    return Threshold.parse(given[0]), Threshold.parse(given[1])


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


def _parse_numbers(text: str, number: type[int] | type[float], complaint: str) -> list[Any]:
    try:
        values = [number(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{complaint}, not {text!r}") from None
    if not all(abs(value) < 10_000 for value in values):
        raise UsageError(f"{complaint}, not {text!r}")
    return values
