"""GIF: the blocks are walked to the trailer, as OpenCV's decoder takes what it has met so far for the whole.

CompuServe, Graphics Interchange Format 89a (1990).
"""

import struct
from collections.abc import Iterator

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole

_EXTENSION = 0x21
_IMAGE = 0x2C
_TRAILER = 0x3B


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first picture of a whole GIF. Raises UnreadableFrame."""
    for width, height in {read_screen(content), *_find_sizes(content)}:
        check_size(width, height, max_pixels)
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged GIF")
    return pixels


def read_screen(content: bytes) -> tuple[int, int]:
    """Return (width, height) of the canvas that all images are drawn on."""
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _find_sizes(content: bytes) -> Iterator[tuple[int, ...]]:
    """Yield (width, height) of each image. Raises IndexError where the bytes end before the trailer."""
    position = 13 + _table_size(content[10])
    while (block := content[position]) != _TRAILER:
        if block == _EXTENSION:
            position = _skip_data(content, position + 2)
        elif block == _IMAGE:
            width, height, flags = struct.unpack_from("<HHB", content, position + 5)
            yield width, height
            position = _skip_data(content, position + 11 + _table_size(flags))
        else:
            raise UnreadableFrame("damaged GIF: unknown block")


def _table_size(flags: int) -> int:
    """Return the bytes of the colour table that a flag byte announces."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_data(content: bytes, position: int) -> int:
    while size := content[position]:
        position += size + 1
    return position + 1
