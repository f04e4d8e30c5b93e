"""How bright and how coloured a picture is, and so by what light it was taken: it alone says so, and no other."""

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.light import Light

GREY = 0.005
"""At most this share of an infra-red picture has colour: a clock written in yellow is not more."""
_DARK = 80
"""Mean grey level below which a picture that has colour was taken by night."""
_COLOURED = 16
"""A pixel whose largest and smallest channel differ by more grey levels than this has colour."""


def tell_light(pixels: NDArray[np.uint8]) -> Light:
    """Return the light that a picture, (height, width, 3) BGR of any scale, was taken by.

    Without colour it is infra-red, or of a camera that has none; with colour, and dark on the whole, it is night.
    """
    pixels = np.ascontiguousarray(pixels)
    if share_colour(pixels) <= GREY:
        return Light.INFRARED
    return Light.NIGHT if cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).mean() < _DARK else Light.DAY


def share_colour(pixels: NDArray[np.uint8]) -> float:
    """Return the share of the pixels of (height, width, 3) BGR that have a colour."""
    blue, green, red = cv2.split(pixels)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return float(np.mean(np.asarray(spread) > _COLOURED))
