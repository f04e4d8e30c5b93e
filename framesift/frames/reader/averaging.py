"""Pictures made smaller by averaging squares of pixels, which libjpeg does as it decodes.

Its reduced transforms give averages of adjacent outputs of the full one (libjpeg-turbo, `jidctred.c`), before they are
rounded and cut to 0..255: so a JPEG decoded at a reduced scale, and the same picture from another format averaged here,
differ by what rounding does, and by what was smoothed between the samples of colour.
"""

from typing import cast

import cv2

from framesift.frames.reader.decoding import Pixels

_FACTORS = (8, 4, 2)
"""Sides of the squares, those of libjpeg's reduced transforms, which are whole parts of its blocks."""


def average_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size, width and height, of a picture averaged over the largest squares with which both of its sides
    have at least `side` px, 0 for no averaging. A square that reaches beyond the picture counts.
    """
    factor = _find_factor(size, side)
    return -(-size[0] // factor), -(-size[1] // factor)


def average_pixels(pixels: Pixels, side: int) -> Pixels:
    """Return a picture, (height, width, 3), of the size that `average_size` says.

    What is beyond its last row and column is like these, as encoders of JPEG fill their blocks. In whole numbers, so
    that it is the same on every machine.
    """
    size = pixels.shape[1], pixels.shape[0]
    factor = _find_factor(size, side)
    if factor == 1:
        return pixels
    right, below = (-length % factor for length in size)
    if right or below:
        pixels = cast(Pixels, cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE))
    return cast(Pixels, cv2.resize(pixels, average_size(size, side), interpolation=cv2.INTER_AREA))


def _find_factor(size: tuple[int, int], side: int) -> int:
    if side == 0:
        return 1
    return next((factor for factor in _FACTORS if min(size) >= side * factor), 1)
