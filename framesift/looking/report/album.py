"""The pictures of a page: small, each there once, and together no more than the page may weigh."""

import base64
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.looking.evidence import scale_picture

Pixels = NDArray[np.uint8]

WIDTHS = (640, 512, 448, 384, 320, 256, 200, 160, 128, 96)
"""px. The widest that the page has room for is taken."""
_BYTES_A_PIXEL = 0.14
"""Of a WebP of real scenes at this quality and these sizes, in base64: a guess that keeps most pages within bounds."""
_QUALITY = 50
_MUCH = 7
"""A picture that is made so many times smaller, or more, may be halved first: the two differ by 51 dB or more."""


@dataclass(slots=True)
class Album:
    """The pictures of one camera, within its share of the page."""

    room: int
    """So many bytes of the page are left for it."""
    number: int
    """Of the camera: keeps the names of the pictures apart."""
    _names: dict[str, str] = field(default_factory=dict)

    def find(self, key: str) -> str | None:
        """Return the name of a picture that is in the page already."""
        return self._names.get(key)

    def add(self, key: str, content: bytes) -> tuple[str | None, str]:
        """Return the picture's name and the block that brings it; no name where the page has no room for it."""
        text = base64.b64encode(content).decode()
        if len(text) > self.room:
            return None, ""
        self.room -= len(text)
        name = self._names[key] = f"picture-{self.number}-{len(self._names)}"
        return name, f'<script type="text/plain" id="{name}">{text}</script>\n'


def choose_width(room: int, pictures: int, size: tuple[int, int]) -> int:
    """Return the width in px of so many pictures of frames of this width and height in so many bytes."""
    aspect = size[1] / size[0]
    for width in WIDTHS:
        if pictures * width * width * aspect * _BYTES_A_PIXEL <= room:
            return width
    return WIDTHS[-1]


def _fit(picture: Pixels, width: int) -> tuple[int, int]:
    """Return width and height in px of a picture that is to be `width` wide, or as high as it would be as a square."""
    scale = min(1, width / picture.shape[1], width / picture.shape[0])
    return max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))


def encode(picture: Pixels, width: int) -> bytes:
    """Return the picture, at most `width` px wide, as WebP."""
    size, options = _fit(picture, width), [cv2.IMWRITE_WEBP_QUALITY, _QUALITY]
    while may_be_halved(picture, size):
        picture = scale_picture(picture, picture.shape[1] // 2, picture.shape[0] // 2)
    return cv2.imencode(".webp", scale_picture(picture, *size), options)[1].tobytes()


def may_be_halved(picture: Pixels, size: tuple[int, int]) -> bool:
    """Tell whether a picture looks the same at `size` where it is halved on the way, which OpenCV does in a fraction of
    the time of any other average.

    It does to a level where what is averaged are whole squares before and after, and else nearly so where it is made
    much smaller: px at the edge of what is averaged then weigh otherwise, and these are few.
    """
    sides = list(zip((picture.shape[1], picture.shape[0]), size, strict=True))
    if any(side % 2 or side < 2 * goal for side, goal in sides):
        return False
    return all(side % (2 * goal) == 0 or side >= _MUCH * goal for side, goal in sides)
