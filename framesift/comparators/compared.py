"""Which part of a picture is compared: what the border mask and the masks leave together."""

from dataclasses import dataclass
from functools import lru_cache

import cv2

from framesift.errors import UsageError
from framesift.masks import Mask
from framesift.masks.raster import rasterise
from imaging_interview import Image, kept_rectangle


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """Of pictures of one size, in px."""

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
