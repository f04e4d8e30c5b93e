"""Small pictures that stand within a page."""

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader import MAX_PIXELS, read_picture
from framesift.looking.page import escape

Pixels = NDArray[np.uint8]

_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 75]


def draw_thumbnail(path: PathLike, alternative: str, width: int = 240, max_pixels: int = MAX_PIXELS) -> str:
    """Return the markup of a frame, at most so wide; of one that cannot be read, a box with the reason."""
    try:
        return embed_image(read_picture(path, max_pixels).pixels, alternative, width)
    except UnreadableFrame as error:
        return f'<div class="missing">{escape(error.reason)}</div>'


def embed_image(image: Pixels, alternative: str, width: int, overlay: str = "") -> str:
    """Return the markup of an image, (height, width, 3) BGR, at most `width` px wide and twice as high.

    `overlay` is markup that lies on it.
    """
    small = shrink_image(image, width)
    data = encode_jpeg(small)
    height, shown = small.shape[:2]
    return (
        f'<div class="picture"><img src="data:image/jpeg;base64,{data}" width="{shown}" height="{height}" '
        f'alt="{escape(alternative)}">{overlay}</div>'
    )


def encode_jpeg(image: Pixels) -> str:
    """Return an image, (height, width, 3) BGR, as a JPEG in base64."""
    _, content = cv2.imencode(".jpg", image, _QUALITY)
    return base64.b64encode(content.tobytes()).decode()


def shrink_image(image: Pixels, width: int) -> Pixels:
    """Return an image, (height, width, 3) BGR, at most `width` px wide and twice as high. It is never enlarged."""
    scale = min(width / image.shape[1], 2 * width / image.shape[0], 1)
    if scale == 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
