"""How opaque each pixel of a picture is, so that what is transparent can be laid over another ground than black."""

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.reader import png, webp
from framesift.frames.reader.decoding import Pixels, decode_bgra
from framesift.frames.reader.formats import sniff_format

Opacity = NDArray[np.uint8]
"""(height, width), 255 where nothing shines through; as the pixels are turned."""

_OVER_BLACK = {"PNG", "WebP"}
"""Formats whose pixels `decode_picture` lays over black; of others it gives the colours as they stand there."""


def decode_opacity(content: bytes) -> Opacity | None:
    """Return how opaque a whole picture is, that `decode_picture` decodes; None where nothing is transparent."""
    match sniff_format(content[:12]):
        case "PNG":
            plain = png.strip_transparent(content)
        case "WebP":
            plain = content if webp.read_header(content)[2] else None
        case "GIF" | "TIFF":
            plain = content
        case _:
            plain = None
    image = None if plain is None else decode_bgra(plain)
    if image is None or cv2.minMaxLoc(image[..., 3])[0] == 255:
        return None
    return np.ascontiguousarray(image[..., 3])


def lay_over_grounds(content: bytes, pixels: Pixels, opacity: Opacity) -> tuple[Pixels, Pixels]:
    """Return a picture over black and over white, of the pixels that `decode_picture` gives of it."""
    shares = cv2.cvtColor(opacity, cv2.COLOR_GRAY2BGR)
    if sniff_format(content[:12]) not in _OVER_BLACK:
        pixels = np.asarray(cv2.multiply(pixels, shares, scale=1 / 255), np.uint8)
    return pixels, np.asarray(cv2.add(pixels, cv2.subtract(np.full_like(shares, 255), shares)), np.uint8)
