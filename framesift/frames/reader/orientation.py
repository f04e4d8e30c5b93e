"""EXIF orientation: which way up a picture was taken, and turning it so. The same as OpenCV's, in odd blocks too."""

import struct
from collections.abc import Iterable
from typing import cast

import cv2

from framesift.frames.reader.decoding import Pixels

_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
_TEXTS = {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x8298}
_RATIONALS = {0x011A: 8, 0x011B: 8, 0x013E: 16, 0x013F: 48, 0x0211: 24, 0x0214: 48}
"""Bytes that the entry's offset points at."""


def read_orientation(blocks: Iterable[bytes]) -> int:
    """Return the orientation of the first EXIF block (without its 'Exif' label) that has one; 1 where none has."""
    return next((found for block in blocks if (found := _find_orientation(block)) is not None), 1)


def turn_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return the size, width and height, as shown of one as stored, or the other way round."""
    return size[::-1] if orientation in _ON_ITS_SIDE else size


def turn_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo the orientation 2..8; other numbers change nothing."""
    if orientation in _ON_ITS_SIDE:
        pixels = cast(Pixels, cv2.transpose(pixels))
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cast(Pixels, cv2.flip(pixels, flip))


def _find_orientation(block: bytes) -> int | None:
    """Take the value as a 16-bit number whatever type and count say: writers get them wrong, and OpenCV does so."""
    order = "<" if block[:2] == b"II" else ">"
    try:
        magic, start = struct.unpack_from(order + "HI", block, 2)
        (count,) = struct.unpack_from(order + "H", block, start)
        for position in range(start + 2, start + 2 + 12 * count if magic == 42 else 0, 12):
            (tag,) = struct.unpack_from(order + "H", block, position)
            if tag == _ORIENTATION:
                return int(struct.unpack_from(order + "H", block, position + 8)[0])
            if tag in _TEXTS or tag in _RATIONALS:
                size, offset = struct.unpack_from(order + "II", block, position + 4)
                if _points_outside(tag, size, offset, len(block)):
                    return None
    except struct.error:  # the directory itself is outside the block
        pass
    return None


def _points_outside(tag: int, size: int, offset: int, end: int) -> bool:
    """Whether OpenCV gives the block up at this entry, and with it an orientation that stands behind."""
    if tag in _RATIONALS:
        return offset + _RATIONALS[tag] > end
    return size > 4 and offset + size > end
