"""What speaks for a file beside its size: that it says when it was taken, that it is in colour, that it has sound."""

from enum import IntFlag
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.reader import has_exif
from framesift.frames.videos import has_sound

_SIDE = 256
"""px: so many of each side are looked at for colour, spread over the picture."""
_SPREAD = 16
"""Levels between the channels of a px that is in colour: compression makes up less on grey."""
_SHARE = 0.001


class Traits(IntFlag):
    """They may come together. The numbers stand in the index."""

    EXIF = 1
    """It says by which camera or when it was taken."""
    COLOUR = 2
    SOUND = 4
    TRANSPARENT = 8
    """Something shines through it. That speaks for nothing, but an opaque picture cannot stand for it."""


NONE = Traits(0)


def find_traits(content: bytes, pixels: NDArray[Any]) -> Traits:
    """Return those of a picture of these bytes and `pixels`, (height, width, 3)."""
    return (Traits.EXIF if has_exif(content) else NONE) | (Traits.COLOUR if is_coloured(pixels) else NONE)


class FilmTraits:
    """Finds those of a video, from frames that somebody else goes through."""

    def __init__(self) -> None:
        self._coloured = False

    def see(self, image: NDArray[Any]) -> None:
        """Look at a frame, (height, width, 3)."""
        self._coloured = self._coloured or is_coloured(image)

    def find(self, path: str) -> Traits:
        """Return them, when all frames have been seen."""
        return (Traits.COLOUR if self._coloured else NONE) | (Traits.SOUND if has_sound(path) else NONE)


def is_coloured(pixels: NDArray[Any]) -> bool:
    """Tell whether a picture, (height, width, 3), has more than shades of grey."""
    rows, columns = (max(1, length // _SIDE) for length in pixels.shape[:2])
    first, second, third = cv2.split(np.ascontiguousarray(pixels[::rows, ::columns]))
    spread = cv2.subtract(cv2.max(cv2.max(first, second), third), cv2.min(cv2.min(first, second), third))
    return bool(np.count_nonzero(spread > _SPREAD) > _SHARE * spread.size)
