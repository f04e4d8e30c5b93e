"""What stands behind a picture in its file: a second one, as in an MPO, or a film, as in a motion photo of a phone.

CIPA DC-007 (multi-picture format), Android's Motion Photo format (box `mpvd` of HEIC and AVIF). What makers and editors
leave there beside that, padding, previews, notes and maps of brightness, is nothing that is lost with the file.
"""

import struct
from collections.abc import Iterator
from itertools import islice

from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.jpeg_structure import START_OF_SCAN, Segment, find_end, find_segments
from framesift.frames.reader.source import ReadAt

_HEAD, _TAIL = 1 << 16, 1 << 10
"""Bytes that tell of nearly all files that there is nothing else in them."""
_APP2 = 0xE2
_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_LABEL = b"MPF\0"
_ENTRIES, _ENTRY = 0xB002, 16
_MOST_PICTURES = 100
_PREVIEW = 1
"""The class of pictures that are smaller ones of the first."""
_MAPS = b"hdrgm", b"HDRGainMap", b"hdr-gain-map", b"urn:iso:std:iso:ts:21496"
"""What says that a picture is only how bright the first one is to be shown."""
_MOTION = b"MotionPhoto", b"MicroVideo"
_MOTION_BOX = b"mpvd"
_MOST_BOXES = 1000
_LONGEST_TYPE = 512
"""Bytes of the box that a film begins with."""


def find_behind(read: ReadAt, size: int) -> int | None:
    """Return where the first picture of a file of `size` bytes ends, if another one or a film is behind it; else None.

    That is of JPEG, HEIC and AVIF. Of a file that holds nothing else its ends are read, or the heads of its boxes.
    """
    head = read(_HEAD, 0)
    if sniff_format(head[:12]) == "HEIF":
        return _find_behind_boxes(read, size)
    if sniff_format(head[:12]) != "JPEG":
        return None
    if not _may_hold_more(head) and read(_TAIL, max(0, size - _TAIL)).rstrip(b"\0\r\n ").endswith(_END):
        return None
    content = read(size, 0)
    segments = find_segments(content)
    end = find_end(content, segments)
    if end is None:
        return None
    return end if _holds_picture(content, segments, end) or _holds_film(content, end) else None


def _may_hold_more(head: bytes) -> bool:
    segments = find_segments(head)
    if not segments or segments[-1].marker != START_OF_SCAN:
        return True  # what would say so may come later
    return any(_is_index(part) or any(word in part.body for word in _MOTION) for part in segments)


def _holds_picture(content: bytes, segments: list[Segment], end: int) -> bool:
    indexes = [part for part in segments if _is_index(part)]
    for place in islice(_find_places(indexes[0]) if indexes else (), _MOST_PICTURES):
        if not content.startswith(_START, place):
            place = content.find(_START, end)  # whoever has changed what stands before it has left the numbers alone
        if place >= end and not _is_map(content, place):
            return True
    return False


def _is_index(part: Segment) -> bool:
    return part.marker == _APP2 and part.body.startswith(_LABEL)


def _find_places(index: Segment) -> Iterator[int]:
    """Yield where the pictures behind the first are to be that are no smaller ones of it."""
    body = index.body[len(_LABEL) :]
    base, order = index.end - len(body), "<" if body.startswith(b"II") else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", body, 4)
        (count,) = struct.unpack_from(f"{order}H", body, first)
        for at in range(first + 2, first + 2 + 12 * count, 12):
            tag, _, length, start = struct.unpack_from(f"{order}HHII", body, at)
            if tag != _ENTRIES:
                continue
            for entry in range(start + _ENTRY, start + length - _ENTRY + 1, _ENTRY):
                kind, _, place = struct.unpack_from(f"{order}III", body, entry)
                if kind >> 16 & 0xFF != _PREVIEW:
                    yield base + place
            return
    except struct.error:  # an index that breaks off
        return


def _is_map(content: bytes, place: int) -> bool:
    return any(word in part.body for part in find_segments(content, place + 2) for word in _MAPS)


def _find_behind_boxes(read: ReadAt, size: int) -> int | None:
    position = 0
    for _ in range(_MOST_BOXES):
        head = read(16, position)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if kind == _MOTION_BOX or (kind == b"ftyp" and position):
            return position
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0 and kind.isalnum():  # the last one, whatever it holds
            return None
        if len(kind) < 4 or not kind.isalnum() or length < 8 or position + length > size:
            break
        position += length
    return position if 0 < position < size and _holds_film(read(size - position, position), 0) else None


def _holds_film(content: bytes, end: int) -> bool:
    """Tell whether a box that says what a film is stands behind the picture, and another box behind that."""
    at = end + 4
    while (at := content.find(b"ftyp", at)) >= 0:
        start = at - 4
        length = int.from_bytes(content[start:at], "big")
        kind = content[start + length + 4 : start + length + 8]
        if 16 <= length <= _LONGEST_TYPE and len(kind) == 4 and kind.isalnum():
            return True
        at += 4
    return False
