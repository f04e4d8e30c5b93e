"""The marker structure of a JPEG: its segments, and whether its scans bring every coefficient.

ITU-T T.81 (1992), annex B. Nothing here decodes; what is inside a scan is judged by libjpeg.
"""

import re
import struct
from dataclasses import dataclass
from typing import NamedTuple

START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_APP1 = 0xE1
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xCA}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_MARKER = re.compile(rb"\xff([^\x00\xff])")
"""Skips fill bytes and, as libjpeg does, junk before a marker; the strict decoder refuses the junk afterwards."""
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MAX_SEGMENTS = 10_000
_MAX_SCANS = 50
"""Every scan of a progressive JPEG goes over the whole picture; real ones have about 10."""


class Segment(NamedTuple):
    """A marker with its body, and the offset at which that ends."""

    marker: int
    body: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame header: what the picture is declared to be."""

    width: int
    height: int
    components: frozenset[int]
    progressive: bool
    marker: int


def find_segments(content: bytes, start: int = 2) -> list[Segment]:
    """Return the segments up to the first scan header, this included; fewer where the bytes break off."""
    segments: list[Segment] = []
    while len(segments) < _MAX_SEGMENTS and (match := _MARKER.search(content, start)):
        marker, start = match[1][0], match.end()
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == _END_OF_IMAGE or start + 2 > len(content):
            break
        end = start + max(2, struct.unpack_from(">H", content, start)[0])
        segments.append(Segment(marker, content[start + 2 : end], end))
        if marker == START_OF_SCAN:
            break
        start = end
    return segments


def find_exif(segments: list[Segment]) -> list[bytes]:
    """Return the EXIF blocks, without their label."""
    label = b"Exif\0\0"
    return [part.body[6:] for part in segments if part.marker == _APP1 and part.body.startswith(label)]


def find_frame(segments: list[Segment]) -> Frame | None:
    """Return the frame header; None where there is none or where it breaks off."""
    for part in segments:
        if part.marker in _FRAMES and len(part.body) >= 6:
            height, width = struct.unpack_from(">HH", part.body, 1)
            components = frozenset(part.body[6 : 6 + 3 * part.body[5] : 3])
            return Frame(width, height, components, part.marker in _PROGRESSIVE, part.marker)
    return None


def misses_scans(content: bytes, segments: list[Segment], frame: Frame) -> bool:
    """Whether the picture ends before its last scan, or never does: libjpeg takes what came so far for the picture.

    Only a JPEG of several scans can; one that has all in its first scan is not looked through.
    """
    if not frame.progressive and _scanned(segments) == frame.components:
        return False
    missing = {(component, k) for component in frame.components for k in range(64)}
    for _ in range(_MAX_SCANS):
        if not segments or segments[-1].marker != START_OF_SCAN or len(segments[-1].body) < 6:
            break
        first, last, bits = segments[-1].body[-3:]
        if bits & 15 == 0:
            missing -= {(component, k) for component in _scanned(segments) for k in range(first, last + 1)}
        match = _SCAN_END.search(content, segments[-1].end)
        segments = find_segments(content, match.start()) if match else []
    else:
        return True
    return bool(missing)


def find_end(content: bytes, segments: list[Segment]) -> int | None:
    """Return the offset behind a picture with these segments; None where it breaks off."""
    for _ in range(_MAX_SCANS):
        if not segments:
            return None
        if segments[-1].marker != START_OF_SCAN:  # notes behind the last scan
            end = content.find(b"\xff\xd9", segments[-1].end)
            return None if end < 0 else end + 2
        match = _SCAN_END.search(content, segments[-1].end)
        if match is None or match[0][1] == _END_OF_IMAGE:
            return match and match.end()
        segments = find_segments(content, match.start())
    return None


def _scanned(segments: list[Segment]) -> frozenset[int]:
    """Return the components of the scan that the last segment heads."""
    body = segments[-1].body if segments else b""
    return frozenset(body[1 : 1 + 2 * body[0] : 2]) if body else frozenset()
