"""Which levels of a 16-bit picture become the 256 grey levels that everything else works with.

Few cameras fill 16 bits: many write 10, 12 or 14 into such a file, a thermal one counts around some thousands. The
upper 8 bits of these are all black, or all the same grey.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALL = 1 << 16
_DEPTHS = (10, 12, 14, 16)
"""Bits that cameras have."""
_STUCK = 1e-5
"""Share of the values that may be larger than a camera's bits allow: pixels that are broken."""
_TAIL = 1e-3
"""Share of the values at either end that do not count as content."""
_GOOD_PART = 0.25
"""Of the levels of a depth: content that spans so many of them is seen as on a camera of 8 bits."""
_SPREAD = 2.0
"""A stretched range is so many times as wide as the content in its middle: what is warmer or colder than all of it, and
so becomes white or black, still differs from it by a quarter of the grey levels."""
_LEAST_WIDTH = 256
"""Levels: in a narrower range the noise of a sensor would look like structure."""
_FEW = 45
"""Grey levels: what spans no more of them looks empty to frame differencing."""
_LEAST_BAND = 4
"""Grey levels: a picture of fewer is seen in a range of so many."""
_SAMPLE = 8
"""Every 8th pixel of every 8th row."""
_MOST_BEYOND = 0.5
"""Share of the pixels: where more of them lie beyond the range, little is seen of the picture."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of 16-bit pictures that are told apart, in 256 equal steps; what lies beyond is black or white."""

    low: int
    """The first that is told apart."""
    high: int
    """The first that no longer is."""

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= _ALL:
            raise ValueError(f"{self.low} to {self.high} is no range of 16 bits")

    @classmethod
    def of(cls, value: Any) -> "Levels":
        """Return the range of two whole numbers as JSON has them. Raises ValueError for anything else."""
        if not isinstance(value, list) or len(value) != 2 or not all(type(level) is int for level in value):
            raise ValueError("not two levels")
        return cls(*value)

    def __str__(self) -> str:
        return f"{self.low} to {self.high - 1}"

    def resembles(self, other: "Levels") -> bool:
        """Tell whether a level has the same grey in both ranges, but for a thirty-second of black to white."""
        most = min(self.high - self.low, other.high - other.low) // 32
        return abs(self.low - other.low) <= most and abs(self.high - other.high) <= most


WHOLE = Levels(0, _ALL)
"""All 16 bits: the grey levels are the upper 8."""


def choose_levels(image: NDArray[np.uint16]) -> Levels:
    """Return the range that suits a picture, of any shape; one range for all of its channels.

    Content that spans a good part of the 10, 12, 14 or 16 bits that it fits is seen as on a camera of 8 bits, and so is
    what is dark: a night tells nothing of the day. Content in a narrow band far from black, such as thermal counts,
    lies in the middle half of a range of its own.
    """
    reached = np.cumsum(np.bincount(image.ravel(), minlength=_ALL))
    top, low, high = (int(np.searchsorted(reached, share * image.size)) for share in (1 - _STUCK, _TAIL, 1 - _TAIL))
    depth = next(depth for depth in _DEPTHS if top < 1 << depth)
    if high - low >= _GOOD_PART * (1 << depth) or low <= high - low:
        return Levels(0, 1 << depth)
    width = max(round(_SPREAD * (high - low)), _LEAST_WIDTH)
    start = min(max((low + high - width) // 2, 0), _ALL - width)
    return Levels(start, start + width)


def find_band(image: NDArray[np.uint8]) -> Levels | None:
    """Return the range, in the upper 8 of 16 bits, in which a picture of 8 bits and few levels can be seen, as masks
    are whose levels are numbers of classes; None for one that spans more of them. Takes any shape."""
    if not spans_few(image):
        return None
    low, high = int(image.min()), int(image.max())
    width = max(round(_SPREAD * (high - low)), _LEAST_BAND)
    start = min(max((low + high + 1 - width) // 2, 0), 256 - width)
    return Levels(start << 8, (start + width) << 8)


def spans_few(image: NDArray[np.uint8], more: int = 0) -> bool:
    """Tell whether a picture, of any shape, has no more levels than one that `find_band` finds a range for, or so many
    more."""
    most = _FEW + more
    return bool(np.ptp(image[::_SAMPLE, ::_SAMPLE]) <= most and np.ptp(image) <= most)


def cut_levels(image: NDArray[np.uint16], levels: Levels) -> NDArray[np.uint8]:
    """Return the picture in grey levels, uint8 of its shape."""
    return np.asarray(np.take(_tabulate(levels), image), np.uint8)


def move_grey(grey: NDArray[np.generic] | float, old: Levels, new: Levels) -> NDArray[np.float64]:
    """Return grey levels of one range as those of another, of any shape. What lies beyond it is black or white."""
    levels = old.low + np.asarray(grey, np.float64) * (old.high - old.low) / 256
    return np.clip((levels - new.low) * 256 / (new.high - new.low), 0, 255)


def lies_beyond(image: NDArray[np.uint16], levels: Levels) -> bool:
    """Tell whether most of a picture lies beyond a range."""
    return bool(np.mean((image < levels.low) | (image >= levels.high)) > _MOST_BEYOND)


@lru_cache(maxsize=64)
def _tabulate(levels: Levels) -> NDArray[np.uint8]:
    """Return the grey level of each level."""
    steps = (np.arange(_ALL) - levels.low) * 256 // (levels.high - levels.low)
    return np.clip(steps, 0, 255).astype(np.uint8)
