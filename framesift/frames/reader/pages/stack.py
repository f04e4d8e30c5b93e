"""One page of a TIFF as a TIFF of its own: only its part of the file is read."""

import struct
import threading
from array import array
from collections.abc import Hashable

from framesift.errors import UnreadableFrame
from framesift.frames.reader.directories import (
    Directory,
    Entry,
    Layout,
    count_hidden,
    find_pages,
    read_directory,
    read_layout,
)
from framesift.frames.reader.source import MAX_FILE_BYTES, ReadAt
from framesift.frames.reader.tags import BadTags

_OF_THREAD = threading.local()
_COMPRESSION = 259
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts, of strips and of tiles."""


def cut_page(key: Hashable, read: ReadAt, size: int, number: int) -> bytes:
    """Return the page, counted from 1, of an open TIFF of `size` bytes, which `key` tells from all others.

    Raises UnreadableFrame.
    """
    try:
        layout, offsets = _find_offsets(key, read)
        shift = 0
        if number <= len(offsets):
            offset = offsets[number - 1]
        elif number <= count_hidden(read, layout):
            offset, shift = layout.first, number - 1
        else:
            raise UnreadableFrame("has no such page")
        directory = read_directory(read, layout, offset)
        return _write(layout, directory, _read_pieces(read, size, layout, directory, shift))
    except (BadTags, struct.error):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


def _find_offsets(key: Hashable, read: ReadAt) -> tuple[Layout, "array[int]"]:
    """Return where the pages stand, of the last file of this thread from memory: each is found by way of the others."""
    known: tuple[Hashable, Layout, array[int]] | None = getattr(_OF_THREAD, "known", None)
    if known is None or known[0] != key:
        layout = read_layout(read)
        known = _OF_THREAD.known = key, layout, array("Q", find_pages(read, layout))
    return known[1], known[2]


def _read_pieces(read: ReadAt, size: int, layout: Layout, directory: Directory, shift: int) -> list[bytes]:
    """Return the strips or tiles of a page, or those that lie `shift` pictures behind them. Raises UnreadableFrame."""
    for places, lengths in _PLACES:
        if places in directory and lengths in directory:
            offsets, counts = directory[places].integers(layout), directory[lengths].integers(layout)
            break
    else:
        raise BadTags("no pixels")
    if shift and directory[_COMPRESSION].integers(layout) != (1,):
        raise UnreadableFrame("has no such page")
    if len(offsets) != len(counts) or sum(counts) > MAX_FILE_BYTES:
        raise BadTags("bad places")
    away = shift * sum(counts)
    if any(offset + away + count > size for offset, count in zip(offsets, counts, strict=True)):
        raise UnreadableFrame("truncated TIFF")
    return [read(count, offset + away) for offset, count in zip(offsets, counts, strict=True)]


def _write(layout: Layout, directory: Directory, pieces: list[bytes]) -> bytes:
    """Return a TIFF of one directory, laid out as the file it is from: the header, the directory, values, pieces."""
    head, width, kind = (16, 20, 16) if layout.big else (8, 12, 4)
    code, end = ("Q", 8) if layout.big else ("H", 4)
    inline = 8 if layout.big else 4
    entries = sorted(directory.values(), key=lambda entry: entry.tag)
    start = head + struct.calcsize("=" + code) + len(entries) * width + end
    room = sum(len(_pad(entry.values)) for entry in entries)
    places = _place(layout, pieces, start + room + 8 * len(pieces) + 8)
    table, values = [struct.pack(layout.order + code, len(entries))], b""
    for entry in entries:
        if entry.tag in (273, 324):
            entry = Entry(entry.tag, kind, len(pieces), places)
        stored = entry.values.ljust(inline, b"\0")
        if len(entry.values) > inline:
            stored, values = struct.pack(layout.offset, start + len(values)), values + _pad(entry.values)
        counts = "HHQ" if layout.big else "HHI"
        table.append(struct.pack(layout.order + counts, entry.tag, entry.kind, entry.count) + stored)
    filled = values.ljust(room + 8 * len(pieces) + 8, b"\0")
    return b"".join([_head(layout, head), *table, bytes(end), filled, *pieces])


def _head(layout: Layout, size: int) -> bytes:
    mark = b"II" if layout.order == "<" else b"MM"
    if layout.big:
        return mark + struct.pack(layout.order + "HHHQ", 43, 8, 0, size)
    return mark + struct.pack(layout.order + "HI", 42, size)


def _place(layout: Layout, pieces: list[bytes], start: int) -> bytes:
    """Return, as the values of an entry, where pieces lie one behind the other from `start` on."""
    offsets = []
    for piece in pieces:
        offsets.append(start)
        start += len(piece)
    return struct.pack(f"{layout.order}{len(offsets)}{layout.offset[1]}", *offsets)


def _pad(values: bytes) -> bytes:
    return values + bytes(len(values) % 2)
