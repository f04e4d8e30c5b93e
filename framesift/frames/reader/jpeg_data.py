"""The scans of a JPEG, each with what a decoder has been told before it, and holes of zeros in their data.

ITU-T T.81, annexes B and F.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from framesift.errors import UnreadableFrame
from framesift.frames.reader.jpeg_structure import Frame, Segment, find_segments

_TABLES, _START_OF_SCAN, _RESTART_INTERVAL = 0xC4, 0xDA, 0xDD
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_HOLE = re.compile(rb"\0{32}\0*+(?!\xff*\Z)[^\0]")
"""Not what fills up before the end of a scan."""
_HOLE_AT_END = re.compile(rb"\0{32}\xff*\Z")
HOLE = "damaged JPEG: a hole of zeros"
"""What is said of one."""
_SIXTEEN = 0xF0
"""What says that sixteen coefficients are 0, and that another one follows."""
_MOST_SCANS = 100


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: its header, what a decoder has been told before it, and its data."""

    header: bytes
    tables: dict[int, bytes]
    """Huffman tables by class and number, as they are when the scan begins."""
    interval: int
    """Units from one restart marker to the next; 0 where there is none."""
    data: bytes

    @property
    def settings(self) -> bytes:
        """The segments that say so."""
        tables = b"".join(bytes([name]) + table for name, table in self.tables.items())
        interval = struct.pack(">BBHH", 0xFF, _RESTART_INTERVAL, 4, self.interval)
        return interval + (b"\xff\xc4" + struct.pack(">H", len(tables) + 2) + tables if tables else b"")

    @property
    def components(self) -> list[tuple[int, int]]:
        """Each with the byte that names its tables."""
        body = self.header
        return [(body[1 + 2 * number], body[2 + 2 * number]) for number in range(body[0])]


def find_scans(content: bytes, segments: list[Segment]) -> Iterator[Scan]:
    """Yield the scans of a JPEG, `segments` being those up to the header of the first.

    Raises UnreadableFrame where one breaks off, or there are too many.
    """
    tables: dict[int, bytes] = {}
    interval = 0
    for _ in range(_MOST_SCANS):
        if not segments or segments[-1].marker != _START_OF_SCAN:
            return
        for part in segments:
            if part.marker == _TABLES:
                tables |= _read_tables(part.body)
            elif part.marker == _RESTART_INTERVAL:
                interval = int.from_bytes(part.body[:2], "big")
        header, start = segments[-1].body, segments[-1].end
        end = _SCAN_END.search(content, start)
        if end is None or len(header) < 4 + 2 * header[0]:
            raise UnreadableFrame("truncated JPEG")
        yield Scan(header, dict(tables), interval, content[start : end.start()])
        segments = find_segments(content, end.start())
    raise UnreadableFrame("damaged JPEG: too many scans")


def _read_tables(body: bytes) -> dict[int, bytes]:
    """Return the tables of one segment: how many codes there are of 1 to 16 bits, and what they say."""
    found, at = {}, 0
    while at + 17 <= len(body):
        length = 17 + sum(body[at + 1 : at + 17])
        found[body[at]] = body[at + 1 : at + length]
        at += length
    return found


def has_hole(content: bytes, segments: list[Segment], frame: Frame, at_end: bool = False) -> bool:
    """Tell whether there are so many zeros in the data of a scan that no picture has them: a hole in the file.

    With `at_end` before the marker that ends a scan. There they may be filler, of which libjpeg warns.
    """
    where = _HOLE_AT_END if at_end else _HOLE
    return any(_has_zeros(scan, frame, where) for scan in find_scans(content, segments))


def ends_in_hole(scan: Scan, frame: Frame) -> bool:
    """Tell whether a scan ends in zeros that are filler or a hole."""
    return _has_zeros(scan, frame, _HOLE_AT_END)


def _has_zeros(scan: Scan, frame: Frame, where: re.Pattern[bytes]) -> bool:
    return where.search(scan.data) is not None and not _can_be_zeros(scan, frame)


def _can_be_zeros(scan: Scan, frame: Frame) -> bool:
    """Tell whether a picture can have zeros over and over.

    Coded without arithmetic, they are the shortest code. Only where that ends a block they can be flat.
    """
    first, _, bits = scan.header[-3:]
    tables = (scan.tables.get(0x10 | names & 15, b"") for _, names in scan.components)
    ends_block = all(len(table) <= 16 or not (table[16] & 15 or table[16] == _SIXTEEN) for table in tables)
    return ends_block or (frame.progressive and (first == 0 or bits >> 4 > 0))
