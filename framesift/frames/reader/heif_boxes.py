"""The boxes that HEIC and AVIF are made of: whether all are there, and whether the coded pixels can be whole.

ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12 (HEIF).
"""

import struct
from collections.abc import Iterator

from framesift.errors import UnreadableFrame

_MOST_BOXES = 100_000
_CODED = {b"hvc1", b"av01", b"avc1", b"jpeg"}
"""Kinds of items that are pixels."""
_MOST_ZEROS = 32
"""NUL bytes in a row that no coder of pixels writes; a power cut or a hole leaves them, and no decoder minds."""


def check_boxes(content: bytes) -> str:
    """Return 'HEIC' or 'AVIF'. Raises UnreadableFrame for one that breaks off or has a hole, or that is a film."""
    brands = b""
    for kind, start, end in _find_boxes(content, 0, len(content)):
        if kind == b"ftyp":
            brands = content[start:end]
        elif kind == b"moov":
            raise UnreadableFrame("not read: a sequence of pictures")
        elif kind == b"meta":
            _check_items(content, start + 4, end)
    return "AVIF" if b"avif" in brands else "HEIC"


def _find_boxes(content: bytes, position: int, limit: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first and last offset of the body of each box. Raises UnreadableFrame where one breaks off."""
    for _ in range(_MOST_BOXES):
        if position + 8 > limit:
            return
        length, kind = struct.unpack_from(">I4s", content, position)
        if not kind.isalnum():
            return  # what a camera writes behind the picture
        start = position + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, start)
            start += 8
        end = limit if length == 0 else position + length
        if end > limit or end < start:
            raise UnreadableFrame("truncated HEIF")
        yield kind, start, end
        position = end


def _check_items(content: bytes, position: int, limit: int) -> None:
    boxes = {kind: (start, end) for kind, start, end in _find_boxes(content, position, limit)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        raise UnreadableFrame("damaged HEIF: no picture")
    coded = set(_find_coded(content, *boxes[b"iinf"]))
    for item, offset, length in _find_extents(content, boxes[b"iloc"][0]):
        if item not in coded:
            continue
        if offset + length > len(content):
            raise UnreadableFrame("truncated HEIF")
        if bytes(_MOST_ZEROS) in content[offset : offset + length]:
            raise UnreadableFrame("damaged HEIF: a hole")


def _find_coded(content: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the numbers of the items that are pixels."""
    head = 6 if content[start] == 0 else 8
    for kind, at, _ in _find_boxes(content, start + head, end):
        if kind == b"infe" and content[at] >= 2:
            code = ">HH4s" if content[at] == 2 else ">IH4s"
            number, _, coding = struct.unpack_from(code, content, at + 4)
            if coding in _CODED:
                yield number


def _find_extents(content: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, offset and length of each piece of an item that stands in the file itself."""
    version, sizes = content[start], content[start + 4 : start + 6]
    widths = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4, (sizes[1] & 15 if version else 0)
    offset_width, length_width, base_width, index_width = widths
    wide = 4 if version == 2 else 2
    position = start + 6 + wide
    for _ in range(_integer(content, start + 6, wide)):
        number = _integer(content, position, wide)
        position += wide
        method = 0
        if version:
            method = _integer(content, position, 2) & 15
            position += 2
        base = _integer(content, position + 2, base_width)
        count = _integer(content, position + 2 + base_width, 2)
        position += 4 + base_width
        for _ in range(count):
            position += index_width
            offset = base + _integer(content, position, offset_width)
            length = _integer(content, position + offset_width, length_width)
            position += offset_width + length_width
            if method == 0:
                yield number, offset, length or len(content) - offset


def _integer(content: bytes, position: int, width: int) -> int:
    if position + width > len(content):
        raise UnreadableFrame("truncated HEIF")
    return int.from_bytes(content[position : position + width], "big")
