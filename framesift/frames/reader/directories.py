"""The directories of a TIFF file, one for each page, read piece by piece: a stack may be larger than the memory.

Adobe, TIFF 6.0 (1992), section 2, and its Supplement 1; BigTIFF as in libtiff.
"""

import re
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from framesift import compile_on_use
from framesift.frames.reader.source import ReadAt
from framesift.frames.reader.tags import SIZES, BadTags

_MOST_PAGES = 1 << 20
_MOST_ENTRIES = 1 << 12
_USUAL_SIZE = 512
"""Bytes that most directories fit into."""
_KIND_OF_PAGE, _OLD_KIND, _DESCRIPTION = 254, 255, 270
_REDUCED, _MASK = 1, 4
"""Bits of the kind: a thumbnail of another page, and the transparency of one."""
_OLD_REDUCED = 2
OF_PIXELS = {*range(254, 533)} - {330, 400}
"""Tags of TIFF 6.0, less those that lead to other directories."""
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
_MOST_BYTES = 1 << 26
"""Of the values of one entry."""
_IMAGEJ = compile_on_use(rb"ImageJ=.*?\bimages=([0-9]{1,7})\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the numbers of one TIFF file are written."""

    order: str
    """'<' or '>', as struct writes it."""
    big: bool
    """BigTIFF: 64-bit offsets."""
    first: int
    """Offset of the first directory."""

    @property
    def offset(self) -> str:
        """The struct code of an offset, and of the number of values of an entry."""
        return self.order + ("Q" if self.big else "I")


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of a directory, with its values as they stand in the file."""

    tag: int
    kind: int
    count: int
    values: bytes

    def integers(self, layout: "Layout") -> tuple[int, ...]:
        """Return the values, at least one, of an entry of unsigned integers. Raises BadTags."""
        code = _INTEGERS.get(self.kind)
        if code is None or not self.count:
            raise BadTags("not integers")
        return struct.unpack(f"{layout.order}{self.count}{code}", self.values)


Directory = dict[int, Entry]


def read_layout(read: ReadAt) -> Layout:
    """Read the header. Raises BadTags."""
    head = read(16, 0)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        raise BadTags("no byte order")
    (version,) = struct.unpack_from(order + "H", head, 2)
    if version == 42:
        return Layout(order, False, *struct.unpack_from(order + "I", head, 4))
    if version == 43 and len(head) == 16:
        return Layout(order, True, *struct.unpack_from(order + "Q", head, 8))
    raise BadTags("no TIFF structure")


def find_pages(read: ReadAt, layout: Layout) -> Iterator[int]:
    """Yield the offset of the directory of each page, without thumbnails and masks, up to one that is broken."""
    return (offset for offset, table in _walk(read, layout) if table is None or not _is_of_another(table, layout))


def _walk(read: ReadAt, layout: Layout) -> Iterator[tuple[int, bytes | None]]:
    """Yield offset and entries of each directory in the row; of one that is broken, and is the last, no entries."""
    offset, seen = layout.first, set[int]()
    while offset and offset not in seen and len(seen) < _MOST_PAGES:
        seen.add(offset)
        try:
            table, following = _read_table(read, layout, offset)
        except BadTags:
            yield offset, None  # where the file breaks off is a page that cannot be read
            return
        yield offset, table
        offset = following


def count_hidden(read: ReadAt, layout: Layout) -> int:
    """Return how many pictures ImageJ puts behind the first directory alone, where a stack is larger than 4 GB."""
    try:
        entry = read_directory(read, layout, layout.first).get(_DESCRIPTION)
    except BadTags:
        return 1
    found = _IMAGEJ.match(entry.values) if entry else None
    return int(found[1]) if found else 1


def find_directories(read: ReadAt, layout: Layout) -> Iterator[int]:
    """Yield the offset of each directory that stands in a row, whatever it is of, up to one that is broken."""
    return (offset for offset, _ in _walk(read, layout))


def read_directory(read: ReadAt, layout: Layout, offset: int, wanted: Collection[int] = OF_PIXELS) -> Directory:
    """Return the wanted entries of a directory by tag, as a rule what tells of pixels; of twins the first.

    Raises BadTags.
    """
    table, _ = _read_table(read, layout, offset)
    found: Directory = {}
    for tag, kind, count, inline in _split(table, layout):
        if tag not in wanted:
            continue
        size = SIZES.get(kind, 0) * count
        if size > _MOST_BYTES:
            raise BadTags("too many values")
        values = inline[:size]
        if size > len(inline):
            values = read(size, struct.unpack(layout.offset, inline)[0])
        if len(values) < size:
            raise BadTags("offset outside the file")
        found.setdefault(tag, Entry(tag, kind, count, values))
    return found


def _read_table(read: ReadAt, layout: Layout, offset: int) -> tuple[bytes, int]:
    """Return the entries of a directory as they stand there, and the offset of the next one. Raises BadTags."""
    code = layout.order + ("Q" if layout.big else "H")
    width, head, end = (20, 8, 8) if layout.big else (12, 2, 4)
    piece = read(_USUAL_SIZE, offset)
    if len(piece) < head:
        raise BadTags("offset outside the file")
    (count,) = struct.unpack_from(code, piece)
    if count > _MOST_ENTRIES:
        raise BadTags("too many entries")
    size = head + count * width + end
    if size > len(piece):
        piece = read(size, offset)
    if len(piece) < size - end:
        raise BadTags("offset outside the file")
    rest = piece[size - end : size]
    return piece[head : size - end], struct.unpack(layout.offset, rest)[0] if len(rest) == end else 0


def _split(table: bytes, layout: Layout) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield tag, type, number of values and the last bytes of each entry: its values, or where they stand."""
    width, code = (20, "HHQ8s") if layout.big else (12, "HHI4s")
    for position in range(0, len(table), width):
        yield struct.unpack_from(layout.order + code, table, position)


def _is_of_another(table: bytes, layout: Layout) -> bool:
    """Tell whether a directory has a thumbnail or a mask of another page."""
    for tag, kind, _, inline in _split(table, layout):
        if tag in (_KIND_OF_PAGE, _OLD_KIND):
            code = layout.order + ("H" if kind == 3 else "I")
            (value,) = struct.unpack_from(code, inline)
            return bool(value & (_REDUCED | _MASK)) if tag == _KIND_OF_PAGE else value == _OLD_REDUCED
    return False
