"""GIF: the blocks are walked to the trailer, as OpenCV's decoder takes what it has met so far for the whole.

CompuServe, Graphics Interchange Format 89a (1990).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole

_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B
_CONTROL = 0xF9


class ImageBlock(NamedTuple):
    """One picture of a GIF: its place on the canvas in px, and where it stands in the file."""

    left: int
    top: int
    width: int
    height: int
    control: bytes
    """The extension before it, which says what is transparent and what becomes of it; empty where there is none."""
    start: int
    end: int


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first picture of a whole GIF. Raises UnreadableFrame."""
    sizes = {(image.width, image.height) for image in find_images(content)}
    for width, height in {read_screen(content), *sizes}:
        check_size(width, height, max_pixels)
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged GIF")
    return pixels


def read_screen(content: bytes) -> tuple[int, int]:
    """Return (width, height) of the canvas that all images are drawn on."""
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def find_images(content: bytes) -> Iterator[ImageBlock]:
    """Yield each image. Raises IndexError where the bytes end before the trailer, UnreadableFrame."""
    position, control = 13 + _table_size(content[10]), b""
    while (block := content[position]) != _TRAILER:
        start = position
        if block == _EXTENSION:
            position = _skip_data(content, position + 2)
            if content[start + 1] == _CONTROL:
                control = content[start:position]
        elif block == _IMAGE:
            left, top, width, height, flags = struct.unpack_from("<HHHHB", content, position + 1)
            position = _skip_data(content, position + 11 + _table_size(flags))
            yield ImageBlock(left, top, width, height, control, start, position)
            control = b""
        else:
            raise UnreadableFrame("damaged GIF: unknown block")


def _table_size(flags: int) -> int:
    """Return the bytes of the colour table that a flag byte announces."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_data(content: bytes, position: int) -> int:
    while size := content[position]:
        position += size + 1
    return position + 1
