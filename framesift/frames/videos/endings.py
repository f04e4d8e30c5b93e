"""Whether the file of a video ends before its container says: looked at in the file, since the header's duration is
that of the longest stream, and sound may be longer than the pictures, or begin earlier.
"""

import os
from collections.abc import Callable
from itertools import pairwise

from framesift.frames.videos.units import find_units

_SLACK_FRAMES = 2
_SLACK_S, _SLACK_SHARE = 1.0, 0.02
_WITH_DURATION = {"FLV", "Matroska", "WMV"}
"""Formats whose header says how long all of it is: without sound, that is how long the pictures are."""
_FLV_TAG, _FLV_LENGTH = 11, 4
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"
_TAIL = 2**20
_SLICES = range(1, 0xB0)
"""Codes of the slices of MPEG-1 and 2: the rows of the picture from above, in 16 px."""


def ends_early(descriptor: int, kind: str, size: int) -> bool:
    """Tell whether a file of `size` bytes is shorter than it says of itself; not where it says nothing.

    TS, MPEG and raw streams have an end nowhere: of these only the last picture can tell.
    """
    if kind == "Matroska":
        end = _find_matroska_end(os.pread(descriptor, 4096, 0))
        return end is not None and end > size
    if kind == "WMV":
        head = os.pread(descriptor, 2**16, 0)
        at = head.find(_ASF_PROPERTIES)
        return at >= 0 and int.from_bytes(head[at + 40 : at + 48], "little") > size
    if kind == "FLV":
        return _is_flv_torn(descriptor, size)
    if kind == "MP4":
        return max(end for _, end in _walk_boxes(descriptor, size)) > size
    return kind == "AVI" and _find_riff_end(descriptor, size) > size


def counts_pictures(descriptor: int, kind: str, size: int) -> bool:
    """Tell whether the header of a video counts its pictures; MP4 in fragments has no such number."""
    return kind == "AVI" or (kind == "MP4" and all(name != b"moof" for name, _ in _walk_boxes(descriptor, size)))


def lacks_end(
    file: tuple[int, str, int],
    end: float,
    interval: float,
    duration_s: float,
    of_all: bool,
    has_sound: Callable[[], bool],
) -> bool:
    """Tell whether frames that end at `end` s end long before the header says; `file` is as `ends_early` takes it.

    Where the header counts the pictures, it is the one that knows, and without sound its duration is theirs: `of_all`,
    not of key frames alone. Else the file has to end early too. TS, MPEG and raw streams have no such header: there
    nothing can be missed.
    """
    has_count = of_all and counts_pictures(*file)
    slack = _SLACK_FRAMES * interval + (0 if has_count else _SLACK_S + _SLACK_SHARE * duration_s)
    if end >= duration_s - slack:
        return False
    return has_count or ends_early(*file) or (of_all and file[1] in _WITH_DURATION and not has_sound())


def lacks_rows(content: bytes) -> bool:
    """Tell whether the last picture of the MPEG-1 or 2 in `content` has fewer rows than the one before it."""
    lowest: list[int] = []
    for at in find_units(content):
        code = content[at]
        if code == 0:
            lowest.append(0)
        elif code in _SLICES and lowest:
            lowest[-1] = max(lowest[-1], code)
    return any(last < before for before, last in list(pairwise(lowest))[-1:])


def _find_matroska_end(head: bytes) -> int | None:
    """Return the offset of the end of the segment; None where it was never written down."""
    if not head.startswith(_EBML):
        return None
    length, at = _read_length(head, len(_EBML))
    at += length or 0
    if head[at : at + 4] != _SEGMENT:
        return None
    length, start = _read_length(head, at + 4)
    return None if length is None else start + length


def _read_length(head: bytes, at: int) -> tuple[int | None, int]:
    """Return a number of EBML, None for one that is not known, and the offset behind it."""
    if at >= len(head) or not head[at]:
        return None, at
    width = 9 - head[at].bit_length()
    value = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    return None if value == (1 << 7 * width) - 1 else value, at + width


def _is_flv_torn(descriptor: int, size: int) -> bool:
    """Tell whether the last tag is not there as a whole: its length stands behind it."""
    length = int.from_bytes(os.pread(descriptor, _FLV_LENGTH, max(size - _FLV_LENGTH, 0)), "big")
    start = size - _FLV_LENGTH - length
    tag = os.pread(descriptor, _FLV_TAG, start) if start > 0 and length >= _FLV_TAG else b""
    return len(tag) < _FLV_TAG or int.from_bytes(tag[1:4], "big") != length - _FLV_TAG


def _walk_boxes(descriptor: int, size: int) -> list[tuple[bytes, int]]:
    """Return the name and the end of each box of the outermost level."""
    boxes, at = [(b"", 0)], 0
    while at + 8 <= size:
        head = os.pread(descriptor, 16, at)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at  # to the end of the file
        if length < 8:
            break
        at += length
        boxes.append((head[4:8], at))
    return boxes


def _find_riff_end(descriptor: int, size: int) -> int:
    """Return where the last of the RIFF chunks ends; one that was never closed has no length."""
    at = 0
    while at + 8 <= size:
        head = os.pread(descriptor, 8, at)
        length = int.from_bytes(head[4:], "little")
        if head[:4] != b"RIFF" or length in (0, 2**32 - 1):
            break
        at += 8 + length + length % 2
    return at
