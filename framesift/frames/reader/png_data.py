"""The compressed data of a PNG, inflated by ISA-L: most of a PNG's time is zlib, and this takes a third of that.

Without the package `isal` (extra `fast`), and where anything is unusual or damaged, all is left to libpng, which gives
the same pixels, or finds the reason why there are none.
"""

import itertools
import struct
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.reader.decoding import Pixels
from framesift.frames.reader.png_chunks import Chunk

try:
    from isal import igzip_lib, isal_zlib
except ImportError:
    isal_zlib = None  # type: ignore[assignment, unused-ignore]

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a pixel, by colour type."""
_WITHOUT_EFFECT = {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"gAMA", b"sRGB", b"cHRM"}
"""Chunks that do not change the pixels that OpenCV gives."""
_SUB = 1
_SUMMED = 2**16
"""About how many px are summed at a time: their sums stay in the processor's cache."""
_MOST_SUMMED = 2**31 // 255
"""px of which sums of bytes fit into 32 bits."""
_STORED_BLOCK = 65535
"""Bytes, the most that deflate stores in one block."""


def inflate_rows(content: bytes, chunks: Sequence[Chunk]) -> NDArray[np.uint8] | None:
    """Return the (height, 1 + row bytes) filter types and filtered bytes of a PNG whose header has been checked.

    None for an interlaced PNG, for damage of any sort, and without `isal`.
    """
    if isal_zlib is None:
        return None
    width, height, depth, colour_type, *methods = struct.unpack_from(">IIBBBBB", content, chunks[0].start + 8)
    data = [chunk for chunk in chunks if chunk.kind == b"IDAT"]
    if any(methods) or not _is_unbroken(data):
        return None
    view = memoryview(content)
    stream = b"".join(view[chunk.start + 8 : chunk.end - 4] for chunk in data)
    row_bytes = 1 + (width * depth * _SAMPLES[colour_type] + 7) // 8
    size = height * row_bytes
    if not _has_room(stream, size) or not all(_is_whole(view, chunk) for chunk in data):
        return None
    inflater = isal_zlib.decompressobj()
    try:
        inflated = inflater.decompress(stream, size + 1)
    except (igzip_lib.IsalError, MemoryError):  # type: ignore[misc, unused-ignore]
        return None
    if not inflater.eof or len(inflated) != size:
        return None
    return np.frombuffer(inflated, np.uint8).reshape(height, row_bytes)


def add_rows(content: bytes, chunks: Sequence[Chunk], rows: NDArray[np.uint8]) -> Pixels | None:
    """Return the pixels of the plainest PNG, which OpenCV and many cameras' software write; None of any other.

    It is 8-bit RGB with the filter Sub in every row, so that a running sum along the row undoes it.
    """
    depth_and_colours = content[chunks[0].start + 16 : chunks[0].start + 18]
    if depth_and_colours != b"\x08\x02" or not (rows[:, 0] == _SUB).all():
        return None
    view = memoryview(content)
    if not all(chunk.kind in _WITHOUT_EFFECT and (chunk.kind == b"IDAT" or _is_whole(view, chunk)) for chunk in chunks):
        return None
    return _sum_along(rows[:, 1:].reshape(len(rows), -1, 3))


def _sum_along(filtered: NDArray[np.uint8]) -> Pixels | None:
    """Return the running sums, modulo 256, along the rows of (height, width, 3) RGB, as BGR; None for rows too long.

    OpenCV's integral adds up the rows above as well, which a difference takes off again. It is the fastest way known:
    `np.add.accumulate` waits, on many processors, for each sum to come back from memory before the next.
    """
    height, width = filtered.shape[:2]
    rows = max(_SUMMED // width, 1)
    if width * rows > _MOST_SUMMED:
        return None
    pixels = np.empty_like(filtered, order="C")
    for top in range(0, height, rows):
        sums = cv2.integral(filtered[top : top + rows]).astype(np.uint8)
        cv2.cvtColor(sums[1:, 1:] - sums[:-1, 1:], cv2.COLOR_RGB2BGR, dst=pixels[top : top + rows])
    return pixels


def store_rows(content: bytes, chunks: Sequence[Chunk], rows: NDArray[np.uint8]) -> bytes:
    """Return the same PNG with its data stored, not compressed: libpng then has nothing but the filters to undo."""
    data = rows.reshape(-1).data
    parts: list[bytes | memoryview] = [b"IDAT", b"\x78\x01"]
    for start in range(0, len(data), _STORED_BLOCK):
        block = data[start : start + _STORED_BLOCK]
        is_last = start + _STORED_BLOCK >= len(data)
        parts += [struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF), block]
    parts.append(struct.pack(">I", isal_zlib.adler32(data)))
    checksum = 0
    for part in parts:
        checksum = isal_zlib.crc32(part, checksum)
    length = sum(len(part) for part in parts) - len(parts[0])
    idat = [chunk for chunk in chunks if chunk.kind == b"IDAT"]
    before, after = content[: idat[0].start], content[idat[-1].end :]
    return b"".join([before, struct.pack(">I", length), *parts, struct.pack(">I", checksum), after])


def _is_unbroken(data: Sequence[Chunk]) -> bool:
    """Tell whether there are chunks, each beginning where the one before it ends."""
    return bool(data) and all(chunk.end == following.start for chunk, following in itertools.pairwise(data))


def _has_room(stream: bytes, size: int) -> bool:
    """Tell whether no reference can reach beyond the declared window. zlib calls that damage, ISA-L does not mind."""
    window = 1 << ((stream[0] >> 4) + 8) if stream else 0
    return window >= min(size, 2**15)


def _is_whole(view: memoryview, chunk: Chunk) -> bool:
    checksum: int = struct.unpack_from(">I", view, chunk.end - 4)[0]
    return isal_zlib.crc32(view[chunk.start + 4 : chunk.end - 4]) == checksum
