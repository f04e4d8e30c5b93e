"""What the decoders of all formats share: the size check before decoding, and OpenCV's decoder."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import UnreadableFrame

Pixels = NDArray[np.uint8]
"""(height, width, 3), BGR."""
Deep = NDArray[np.uint16]
"""(height, width) grey, (height, width, 3) BGR or (height, width, 4) BGR and alpha, of 16 bits."""

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


def decode_bgra(content: bytes) -> NDArray[np.uint8] | None:
    """Return (height, width, 4) of 8 bits, orientation applied; None where the bytes have no alpha."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), _WITH_ALPHA)
    if image is None or image.ndim < 3 or image.shape[2] != 4 or image.dtype not in (np.uint8, np.uint16):
        return None
    return np.asarray(np.right_shift(image, 8) if image.dtype == np.uint16 else image, np.uint8)


def decode_deep(content: bytes) -> Deep | None:
    """Decode all 16 bits; None where OpenCV has no whole picture of 16 bits. Numbers below 0 become 0."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), _WITH_ALPHA)
    if image is not None and image.dtype == np.int16:
        image = np.maximum(image, 0).astype(np.uint16)
    if image is None or image.dtype != np.uint16 or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        return None
    return cast(Deep, image)


def split_alpha(image: Deep) -> tuple[Deep, NDArray[np.uint8] | None]:
    """Return the colours, or the grey, and the upper 8 bits of the opacity, (height, width); None without one."""
    if image.ndim == 2 or image.shape[2] == 3:
        return image, None
    return image[..., :3], (image[..., 3] >> 8).astype(np.uint8)


def make_pixels(image: NDArray[np.uint8], opacity: NDArray[np.uint8] | None) -> Pixels:
    """Return BGR of (height, width) grey or (height, width, 3) BGR and its opacity, transparent parts over black."""
    colours = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    return cast(Pixels, colours if opacity is None else _dim(colours, opacity))


def _lay_over_black(image: NDArray[Any]) -> Pixels:
    """Take (height, width, 4) BGRA, 8 or 16 bits; where it is opaque the colours stay exactly as they are."""
    if image.dtype == np.uint16:
        image = np.right_shift(image, 8).astype(np.uint8)
    return _dim(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), cv2.extractChannel(image, 3))


def _dim(colours: Any, opacity: Any) -> Pixels:
    if cv2.minMaxLoc(opacity)[0] == 255:
        return cast(Pixels, colours)
    return cast(Pixels, cv2.multiply(colours, cv2.cvtColor(opacity, cv2.COLOR_GRAY2BGR), scale=1 / 255))
