"""Which video format some bytes are, by their beginning; and which names are looked at."""

import os
import re

from framesift.errors import PathLike

RAW = {"H.264", "H.265", "MJPEG", "MPEG video"}
"""Pictures one after the other and nothing else: no frame has a time stamp of its own."""
_MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof", b"sidx"}
_MAGIC = (
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"FLV\x01", "FLV"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"\0\0\x01\xba", "MPEG"),
    (b"\0\0\x01\xb3", "MPEG video"),
    (b"OggS", "Ogg"),
    (b"DHAV", "DAV"),
    (b"DAHUA", "DAV"),
)
_JPEG = b"\xff\xd8\xff"
_PACKET = 188
"""Bytes of a packet of an MPEG transport stream; each begins with 0x47, with four bytes before it on discs."""
_UNIT = re.compile(rb"\0\0\x01(?P<type>.)", re.DOTALL)
_H264_FIRST = {1, 5, 6, 7, 8, 9}
_H265_FIRST = {19, 20, 21, 32, 33, 34, 35, 39}
"""Types of the first unit of a raw stream: parameters, delimiters, remarks, whole pictures."""


def sniff_video(head: bytes) -> str | None:
    """Return what the first 1024 bytes of a file are the beginning of, or None.

    'MP4' (MOV and 3GP too), 'AVI', 'Matroska' (WebM too), 'FLV', 'WMV', 'MPEG', 'TS', 'Ogg', 'DAV', or one of `RAW`.
    """
    if head[4:8] in _MP4_BOXES:
        return "MP4"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "AVI"
    if any(_is_stream(head, start, length) for start, length in ((0, _PACKET), (4, _PACKET + 4))):
        return "TS"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None) or _sniff_raw(head)


def is_named_mjpeg(path: PathLike) -> bool:
    """A file that begins as a JPEG is one, unless it says something else."""
    return os.fsdecode(path).lower().endswith((".mjpeg", ".mjpg"))


def _is_stream(head: bytes, start: int, length: int) -> bool:
    return head[start : start + 3 * length : length] == b"GGG"


def _sniff_raw(head: bytes) -> str | None:
    """Tell raw streams, which have no beginning of their own, by their first units.

    The header of a unit of H.265 has two bytes, of which the second is 1 but for layers that no camera writes.
    """
    if head.startswith(_JPEG):
        return "MJPEG"
    if not head.startswith((b"\0\0\x01", b"\0\0\0\x01")):
        return None
    units = [head[match.start("type") :][:2] for match in _UNIT.finditer(head)]
    if not units or len(units[0]) < 2 or any(unit[0] & 0x80 for unit in units):
        return None
    if units[0][0] >> 1 in _H265_FIRST and units[0][1] == 1 and not units[0][0] & 1:
        return "H.265"
    return "H.264" if units[0][0] & 0x1F in _H264_FIRST else None
