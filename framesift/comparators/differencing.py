"""What the ways of differencing share: which part of a picture is compared, and at which size."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparison import Comparison
from framesift.comparators.masks import Mask
from framesift.comparators.masks.raster import rasterise
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from imaging_interview import Image, kept_rectangle


@dataclass(frozen=True, slots=True, eq=False)
class ComparedPart:
    """Of pictures of one size, in px; known by which it is, for there is one of them for many pictures."""

    rectangle: tuple[int, int, int, int]
    """(x0, y0, x1, y1), half-open: what the border mask leaves."""
    pixels: Image | None
    """(height, width) uint8, read-only, 255 where the masks let compare, within the rectangle or not; None: all."""
    area: int
    """What relative thresholds are a share of."""


@lru_cache(maxsize=8)
def find_compared(
    width: int, height: int, borders: tuple[float, float, float, float], masks: tuple[Mask, ...]
) -> ComparedPart:
    """Return the part of a picture of this size that is compared. Raises UsageError where masks leave nothing of it."""
    x0, y0, x1, y1 = rectangle = kept_rectangle(width, height, borders)
    area = max(x1 - x0, 0) * max(y1 - y0, 0)
    if not masks or area == 0:
        return ComparedPart(rectangle, None, area)
    pixels = rasterise(masks, width, height)
    pixels.flags.writeable = False  # it is handed out again and again
    area = cv2.countNonZero(pixels[y0:y1, x0:x1])
    if area == 0:
        nothing = f"leaves nothing to compare of pictures of {width}x{height} px, with the border mask"
        raise UsageError(nothing, masks[-1].path or None)
    return ComparedPart(rectangle, pixels, area)


@dataclass(frozen=True, slots=True)
class Differencing(ABC):
    """A comparator whose score is an area: what the main job decides by."""

    min_contour_area: Threshold
    """Changed regions smaller than this do not count."""
    blur: tuple[int, ...] = (5,)
    """Sides of the Gaussian kernels in px of the compared size, odd, applied in order."""
    border_mask: tuple[float, float, float, float] = (5, 10, 5, 0)
    """Strips that are not compared, in percent of the side: left, top, right, bottom."""
    size: tuple[int, int] | None = None
    """Width and height in px that all frames are brought to; None: each has its own size."""
    masks: tuple[Mask, ...] = ()
    """What is not compared besides these strips; those of the frames' camera only."""

    @abstractmethod
    def describe(self, image: Image) -> Image:
        """Return the grey, blurred, masked picture at the compared size, (height, width) uint8; takes BGR or grey."""

    @abstractmethod
    def score(self, reference: Image, candidate: Image) -> float:
        """Return the sum in px of the areas that count. Raises ValueError where the shapes differ."""

    @abstractmethod
    def examine(self, reference: Image, candidate: Image) -> Comparison:
        """Return the score with its evidence. Raises ValueError where the shapes differ."""

    @abstractmethod
    def extent(self, reference: Image, candidate: Image, least: float = 0.0) -> float:
        """Return which share of what is compared has changed at all, 0 to 1, however small each region is.

        It tells that the whole picture is another one. Who asks only whether it is at least `least` may be told 0 for
        any share that is less, which is found sooner. Raises ValueError where the shapes differ.
        """

    @abstractmethod
    def measure(self, reference: Image, candidate: Image) -> NDArray[np.float64]:
        """Return for every region that changed its area and its reach, (n, 2), in px of the compared size.

        The reach is the largest `min_contour_area` with which the region counts. So for every `min_contour_area` that
        is not less than that of this comparator the score is the sum of the areas whose reach is not less than it.
        Raises ValueError where the shapes differ.
        """

    def is_flat(self, descriptor: Image) -> bool:
        """Tell whether a picture shows something, but in too few grey levels for a change to be seen."""
        return False

    def compared_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the width and height in px at which frames of this width and height are compared."""
        return self.size or size

    def compared_part(self, size: tuple[int, int]) -> ComparedPart:
        """Return what is compared of a frame of this width and height. Raises UsageError where that is nothing."""
        return find_compared(*self.compared_size(size), self.border_mask, self.masks)

    def compared_area_of(self, size: tuple[int, int]) -> int:
        """Return the px that are compared of a frame of this width and height."""
        return self.compared_part(size).area

    def compared_area(self, descriptor: Image) -> int:
        """Return the px that border mask and masks leave: what relative thresholds are a share of."""
        return self.part_of(descriptor).area

    def part_of(self, descriptor: Image) -> ComparedPart:
        """Return what is compared of a picture of the compared size."""
        return find_compared(descriptor.shape[1], descriptor.shape[0], self.border_mask, self.masks)
