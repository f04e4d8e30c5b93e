"""A fault of a camera: its kind, from when to when, how much, and the frame that shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from framesift.errors import show
from framesift.frames.naming import Naming

_USUAL = Naming()
_TIME = "%Y-%m-%d %H:%M:%S"


class FaultKind(StrEnum):
    """What is wrong with a camera."""

    COVERED = "covered"
    """Next to nothing of its scene is seen."""
    MOVED = "moved"
    """It looks elsewhere."""
    DEFOCUSED = "defocused"
    """Its scene is seen without its details."""
    BLINDED = "blinded"
    """Light drowns its scene."""
    FROZEN = "frozen"
    """It gives the same picture again and again: no camera gives the same pixels twice."""
    TORN = "torn"
    """A part of a picture is grey, shifted or of another picture, although its file is whole."""
    CLOCK = "clock wrong"
    """The time of a frame cannot be right."""
    SILENT = "silent"
    """No frame came for longer than is its habit."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a camera, as it begins or once it is over."""

    camera: str
    kind: FaultKind
    begin: datetime | None
    """When the first frame that shows it was taken; of a silence, the last before it. None where that has no time."""
    end: datetime | None
    """When the first frame was taken that does not show it any more; None while it goes on, or without a time."""
    amount: float | None
    """Of `MOVED` px of the frame's own size, of `CLOCK` and `SILENT` seconds; of the others the share of the picture,
    or of its details, that is lost, 0 to 1. None where nobody can say."""
    path: str
    """Of the frame that shows it, relative to the input folder."""
    share: float | None = None
    """Of `MOVED`: the amount as a share of the picture's width, 0 to 1."""
    is_over: bool = False
    """Whether it has ended."""

    @property
    def words(self) -> str:
        """What is to be said of it in one line, without camera and times: `moved by 23 px (3.6 %)`."""
        return f"{self.kind}{_describe_amount(self)}"

    def line(self, naming: Naming = _USUAL, with_path: bool = True) -> str:
        """Return it in one line for a person, with times as the clocks of the zone of `naming` show them."""
        path = f": {show(self.path)}" if with_path else ""
        return f"{show(self.camera)}: {self.words}{self.describe_times(naming)}{path}"

    def describe_times(self, naming: Naming = _USUAL, form: str = _TIME) -> str:
        """Say from when to when, in words that follow others."""
        begin, end = (f"{naming.show(each, form)}{naming.zone_name}" if each else "" for each in (self.begin, self.end))
        if not self.is_over:
            return f" since {begin}" if begin else ""
        return f" from {begin} to {end}" if begin and end else ", over"

    def as_json(self) -> dict[str, Any]:
        """Return it for programs. Times are ISO 8601."""
        return {
            "camera": self.camera,
            "kind": str(self.kind),
            "begin": self.begin.isoformat() if self.begin else None,
            "end": self.end.isoformat() if self.end else None,
            "over": self.is_over,
            "amount": self.amount,
            **({} if self.share is None else {"share": self.share}),
            "path": self.path,
            "words": self.words,
        }


def describe_length(seconds: float) -> str:
    """Write a length of time with one unit: `45 s`, `12 min`, `3.5 h`, `12 d`."""
    seconds = abs(seconds)
    for unit, length in (("years", 365.25 * 86400.0), ("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"


def _describe_amount(fault: Fault) -> str:
    amount = fault.amount
    if amount is None:
        return ""
    if fault.kind is FaultKind.MOVED:
        share = "" if fault.share is None else f" ({100 * fault.share:.1f} % of the width)"
        return f" by {amount:.0f} px{share}"
    if fault.kind is FaultKind.CLOCK:
        return f" by {describe_length(amount)}"
    if fault.kind is FaultKind.SILENT:
        return f" for {describe_length(amount)}"
    lost = "of its details lost" if fault.kind is FaultKind.DEFOCUSED else "of the picture"
    return f" ({100 * amount:.0f} % {lost})"
