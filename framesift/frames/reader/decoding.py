"""What the decoders of all formats share: the size check before decoding, and OpenCV's decoder."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import UnreadableFrame

Pixels = NDArray[np.uint8]
"""(height, width, 3), BGR."""

_WITH_ALPHA = cv2.IMREAD_COLOR | cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH
"""All three together keep alpha and 16 bits, and still apply EXIF orientation, which IMREAD_UNCHANGED does not."""


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Refuse a declared size before anything is allocated for it."""
    if width <= 0 or height <= 0:
        raise UnreadableFrame(f"bad size ({width}x{height})")
    if width * height > max_pixels:
        raise UnreadableFrame(f"too many pixels ({width}x{height})")


def decode_whole(content: bytes, alpha: bool = False) -> Pixels | None:
    """Decode as cv2.imdecode(IMREAD_COLOR) does; None where OpenCV finds no whole picture.

    With `alpha`, what is transparent is laid over black: colours that nobody sees must not decide anything.
    """
    data = np.frombuffer(content, np.uint8)
    if not alpha:
        return cast("Pixels | None", cv2.imdecode(data, cv2.IMREAD_COLOR))
    image = cv2.imdecode(data, _WITH_ALPHA)
    if image is None or image.ndim < 3 or image.shape[2] < 4:
        return cast("Pixels | None", cv2.imdecode(data, cv2.IMREAD_COLOR))
    return _lay_over_black(image)


def _lay_over_black(image: NDArray[Any]) -> Pixels:
    """Take (height, width, 4) BGRA, 8 or 16 bits; where it is opaque the colours stay exactly as they are."""
    if image.dtype == np.uint16:
        image = np.right_shift(image, 8).astype(np.uint8)
    colours = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
    opacity = cv2.extractChannel(image, 3)
    if cv2.minMaxLoc(opacity)[0] == 255:
        return cast(Pixels, colours)
    return cast(Pixels, cv2.multiply(colours, cv2.cvtColor(opacity, cv2.COLOR_GRAY2BGR), scale=1 / 255))
