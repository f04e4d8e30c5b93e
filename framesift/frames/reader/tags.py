"""The tag structure that TIFF files are made of and EXIF blocks are written in. Every read is bounds-checked.

Adobe, TIFF 6.0 (1992), section 2; JEITA CP-3451, Exif 2.31; BigTIFF as in libtiff.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_MOST_ENTRIES = 1 << 16
_MOST_VALUES = 1 << 20
"""More than there are tiles of 16x16 px in 100 million."""
_INTEGER_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by the type number of the entry."""


class BadTags(ValueError):
    """The structure points outside the bytes, or is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of a directory."""

    tag: int
    kind: int
    count: int
    position: int
    """Offset of the first value."""


@dataclass(frozen=True, slots=True)
class TagReader:
    """Reads directories of one TIFF structure, which starts at the first of `content`'s bytes."""

    content: bytes
    order: str
    """'<' or '>', as struct writes it."""
    big: bool
    """BigTIFF: 64-bit offsets."""
    first: int
    """Offset of the first directory."""

    @classmethod
    def of(cls, content: bytes) -> "TagReader":
        """Read the header. Raises BadTags."""
        order = {b"II": "<", b"MM": ">"}.get(content[:2])
        if order is None or len(content) < 8:
            raise BadTags("no byte order")
        version = struct.unpack_from(order + "H", content, 2)[0]
        if version == 42:
            return cls(content, order, False, struct.unpack_from(order + "I", content, 4)[0])
        if version == 43 and len(content) >= 16:
            return cls(content, order, True, struct.unpack_from(order + "Q", content, 8)[0])
        raise BadTags("no TIFF structure")

    def directory(self, offset: int) -> dict[int, Entry]:
        """Return the entries of the directory at `offset` by tag, up to a broken end; of twins the first."""
        found: dict[int, Entry] = {}
        with suppress(BadTags):
            for entry in self._entries(offset):
                found.setdefault(entry.tag, entry)
        return found

    def integers(self, entry: Entry) -> tuple[int, ...]:
        """Return the values, at least one, of an entry of unsigned integers. Raises BadTags."""
        code = _INTEGER_CODES.get(entry.kind)
        if code is None or not 0 < entry.count <= _MOST_VALUES:
            raise BadTags("not integers")
        return self._unpack(f"{entry.count}{code}", entry.position)

    def text(self, entry: Entry) -> str:
        """Return the value of an ASCII entry, up to its NUL. Raises BadTags."""
        end = entry.position + entry.count
        if entry.kind != 2 or end > len(self.content):
            raise BadTags("not text")
        return self.content[entry.position : end].split(b"\0")[0].decode("ascii", "replace").strip()

    def _entries(self, offset: int) -> Iterator[Entry]:
        code, head, size = ("Q", "HHQ", 20) if self.big else ("H", "HHI", 12)
        count = min(self._unpack(code, offset)[0], _MOST_ENTRIES)
        start = offset + struct.calcsize("=" + code)
        inline = 8 if self.big else 4
        for position in range(start, start + count * size, size):
            tag, kind, values = self._unpack(head, position)
            value = position + size - inline
            if SIZES.get(kind, 0) * values > inline:
                value = self._unpack("Q" if self.big else "I", value)[0]
            yield Entry(tag, kind, values, value)

    def _unpack(self, codes: str, offset: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(self.order + codes, self.content, offset)
        except (struct.error, OverflowError):
            raise BadTags("offset outside the file") from None
