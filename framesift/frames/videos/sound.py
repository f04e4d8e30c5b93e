"""Whether a video has sound, as its container says. OpenCV does not tell."""

import os
import re
from functools import partial
from typing import NamedTuple

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader.source import ReadAt, open_regular
from framesift.frames.videos.formats import sniff_video

_HEAD = 1 << 20
"""Bytes: what is said of tracks stands at the beginning, but for MP4."""
_MOST = 1 << 26
"""Bytes of an MP4 header that are looked through."""
_SOUND = {
    "Matroska": re.compile(rb"\x83(?:\x81|\x40\x01)\x02"),  # TrackType, one byte, 2: audio
    "AVI": re.compile(rb"strh.{4}auds", re.DOTALL),
    "WMV": re.compile(rb"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b"),
    "MPEG": re.compile(rb"\x00\x00\x01[\xc0-\xdf\xbd]"),  # a packet of audio, or of a private stream such as AC-3
}
_MP4_SOUND = re.compile(rb"hdlr.{8}soun", re.DOTALL)
_TS_SOUND = {0x03, 0x04, 0x0F, 0x11, 0x81, 0x87}
"""Stream types of MPEG, AAC and AC-3."""


def has_sound(path: PathLike) -> bool:
    """Tell whether a video has a track of sound; False too for what cannot be read."""
    try:
        container = read_container(path)
        if container.kind == "MP4":
            return bool(_MP4_SOUND.search(container.moov))
        if container.kind == "FLV":
            return bool(container.head[4] & 4)
        if container.kind == "TS":
            return _search_stream(container.head)
        return container.kind in _SOUND and bool(_SOUND[container.kind].search(container.head))
    except (OSError, UnreadableFrame, IndexError):
        return False


class Container(NamedTuple):
    """What a video says of its tracks."""

    kind: str | None
    head: bytes
    moov: bytes
    """The header of an MP4; of others empty."""


def read_container(path: PathLike) -> Container:
    """Read where a video says what tracks it has. Raises OSError and UnreadableFrame."""
    with open_regular(path, max_bytes=None) as (descriptor, status):
        read = partial(os.pread, descriptor)
        head = read(_HEAD, 0)
        kind = sniff_video(head[:1024])
        return Container(kind, head, _find_moov(read, status.st_size) if kind == "MP4" else b"")


def _find_moov(read: ReadAt, size: int) -> bytes:
    """Return the header of an MP4 of `size` bytes, or its beginning where it is very long; empty where there is none.

    It steps from box to box, without reading the pictures between.
    """
    position = 0
    while position + 8 <= size:
        box = read(16, position)
        length, kind = int.from_bytes(box[:4], "big"), box[4:8]
        if length == 1:
            length = int.from_bytes(box[8:16], "big")
        length = length or size - position
        if kind == b"moov":
            return read(min(length, _MOST), position)
        if length < 8:
            break
        position += length
    return b""


def _search_stream(head: bytes) -> bool:
    """Look for the table of a transport stream that lists its streams."""
    length = 192 if head[4:5] == b"G" and head[:1] != b"G" else 188
    for start in range(length - 188, len(head) - 188, length):
        packet = head[start : start + 188]
        if packet[1] & 0x40 and (table := _find_table(packet)) and _lists_sound(table):
            return True
    return False


def _find_table(packet: bytes) -> bytes:
    """Return the program map table that begins in a packet of a transport stream; empty where none does."""
    position = 4 + (1 + packet[4] if packet[3] & 0x20 else 0)
    position += 1 + packet[position] if position < len(packet) else 0
    return packet[position:] if packet[position : position + 1] == b"\x02" else b""


def _lists_sound(table: bytes) -> bool:
    end = min(3 + ((table[1] & 0x0F) << 8 | table[2]) - 4, len(table))
    position = 12 + ((table[10] & 0x0F) << 8 | table[11])
    while position + 5 <= end:
        if table[position] in _TS_SOUND:
            return True
        position += 5 + ((table[position + 3] & 0x0F) << 8 | table[position + 4])
    return False
