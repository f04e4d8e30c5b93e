"""The compressed data of a PNG, inflated by ISA-L, and the filters undone by OpenCV's sums or by libspng.

Most of a PNG's time is zlib, of which ISA-L takes a third, and the rest is the filters, of which libspng takes a third.
Without `isal`, of which some kinds of processors have none, without `pyspng` (extra `fast`) where filters change from
row to row, and where anything is unusual or damaged, all is left to libpng: it gives the same pixels, or finds the
reason why there are none.
"""

import struct
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.reader.decoding import Pixels
from framesift.frames.reader.png_chunks import Chunk, split_chunk
from framesift.frames.reader.settling import settle

try:
    from isal import igzip_lib, isal_zlib
except ImportError:
    isal_zlib = None  # type: ignore[assignment, unused-ignore]
try:
    import pyspng
except ImportError:
    pyspng = None

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a pixel, by colour type."""
_WITHOUT_EFFECT = {b"IEND", b"pHYs", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"gAMA", b"sRGB", b"cHRM"}
"""Chunks that do not change the pixels that OpenCV gives, of those that may stand between the header and the end."""
_LONGEST_SIDE, _LARGEST_CHUNK = 1_000_000, 4_000_000
"""px and bytes. libpng refuses longer sides, and OpenCV some chunks of about twice as many bytes."""
_HEADER = 33
"""Bytes of the signature and of IHDR, which stands first."""
_END = b"\0\0\0\0IEND\xaeB`\x82"
_SUB = b"\1"
_SUMMED = 2**16
"""About how many px are summed at a time: their sums stay in the processor's cache."""
_MOST_SUMMED = 2**31 // 255
"""px of which sums of bytes fit into 32 bits."""
_STORED_BLOCK = 65535
"""Bytes, the most that deflate stores in one block."""
_MOST_STORED = 2**25
"""Bytes of rows that are stored, which takes as much memory again: those of larger pictures are inflated by libpng."""
_FIRST_ROWS = 16
"""So many tell of a large picture whether anything has to be stored."""
_BEYOND, _FEW_CHUNKS, _LEAST_CHUNK = 2**16, 1000, 64
"""Bytes, chunks, bytes: what has more beside the pixels, or more and smaller chunks of them, gains nothing."""


def inflate_rows(content: bytes, chunks: Sequence[Chunk]) -> NDArray[np.uint8] | None:
    """Return the (height, 1 + row bytes) filter types and filtered bytes of a PNG whose header has been checked.

    None for an interlaced PNG, for damage of any sort, where nothing is gained, and without `isal`. ISA-L takes codes
    that zlib calls incomplete, where nothing of the data uses what is missing: sums and size tell that all is there.
    """
    if isal_zlib is None:
        return None
    width, height, depth, colour_type, *methods = struct.unpack_from(">IIBBBBB", content, chunks[0].start + 8)
    data = [chunk for chunk in chunks if chunk.kind == b"IDAT"]
    is_together = all(one.end == following.start for one, following in pairwise(data))
    row_bytes = 1 + (width * depth * _SAMPLES[colour_type] + 7) // 8
    size = height * row_bytes
    if any(methods) or not is_together or max(width, height) > _LONGEST_SIDE or not _is_worth(content, data, size):
        return None
    stream = _join_whole(content, data)
    if stream is None or not _has_room(stream, size):
        return None
    if size > _MOST_STORED and not (_is_rgb(content) and _starts_plain(stream, row_bytes)):
        return None
    inflater = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_ZLIB)  # that of isal_zlib begins with room for 16 kB
    try:
        inflated = inflater.decompress(stream, size + 1)
    except (igzip_lib.IsalError, MemoryError):  # type: ignore[misc, unused-ignore]
        return None
    finally:
        settle()
    if not inflater.eof or len(inflated) != size:
        return None
    return np.frombuffer(inflated, np.uint8).reshape(height, row_bytes)


def undo_filters(content: bytes, chunks: Sequence[Chunk], rows: NDArray[np.uint8]) -> Pixels | None:
    """Return the pixels of a plain PNG: 8-bit RGB, without chunks that change how it looks. None of any other.

    Where no row has a filter, as FFmpeg writes it, nothing is to be undone; where every row has Sub, as OpenCV and many
    cameras' software write it, running sums undo it; other filters libspng. That is never given anything but a header
    and rows that have been inflated and checked here.
    """
    others = [chunk for chunk in chunks[1:] if chunk.kind != b"IDAT"]
    if not _is_rgb(content) or not all(chunk.kind in _WITHOUT_EFFECT for chunk in others):
        return None
    if any(chunk.size > _LARGEST_CHUNK for chunk in others) or _join_whole(content, [chunks[0], *others]) is None:
        return None
    filtered = rows[:, 1:].reshape(len(rows), -1, 3)
    filters = rows[:, 0].tobytes()
    if filters == bytes(len(rows)):
        return np.asarray(cv2.cvtColor(filtered, cv2.COLOR_RGB2BGR), np.uint8)
    if filters == _SUB * len(rows):
        return _sum_along(filtered)
    if pyspng is None or rows.size > _MOST_STORED:
        return None
    try:
        pixels = pyspng.load(b"".join([content[:_HEADER], *_store(rows), _END]))
    except RuntimeError:  # a filter that does not exist
        return None
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR, dst=pixels), np.uint8)


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
    """Return the same PNG with its data stored, not compressed: a decoder then has nothing but the filters to undo.

    As it is where that would take much memory.
    """
    if rows.size > _MOST_STORED:
        return content
    idat = [chunk for chunk in chunks if chunk.kind == b"IDAT"]
    return b"".join([content[: idat[0].start], *_store(rows), content[idat[-1].end :]])


def _store(rows: NDArray[np.uint8]) -> Sequence[bytes | memoryview]:
    """Return, in parts, the chunk IDAT of rows that are not compressed."""
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
    settle()
    length = sum(len(part) for part in parts) - len(parts[0])
    return [struct.pack(">I", length), *parts, struct.pack(">I", checksum)]


def _is_rgb(content: bytes) -> bool:
    """Tell whether the first chunk, the header, says RGB of 8 bits."""
    return content[24:26] == b"\x08\x02"


def _is_worth(content: bytes, data: Sequence[Chunk], size: int) -> bool:
    """Tell whether something is gained on libpng, which reads chunk by chunk: not where much is no compressed data."""
    count = sum((chunk.end - chunk.start) // chunk.size for chunk in data)
    is_cut_up = count > _FEW_CHUNKS and count * _LEAST_CHUNK > len(content)
    return count > 0 and not is_cut_up and len(content) <= size - size // 16 + _BEYOND


def _starts_plain(stream: bytes, row_bytes: int) -> bool:
    """Tell whether the first rows have no filter, or all have Sub."""
    size = _FIRST_ROWS * row_bytes
    inflater = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_ZLIB)
    try:
        filters = set(inflater.decompress(stream[: 2 * size], size)[::row_bytes])
    except (igzip_lib.IsalError, MemoryError):  # type: ignore[misc, unused-ignore]
        return False
    finally:
        settle()
    return len(filters) == 1 and filters <= {0, _SUB[0]}


def _has_room(stream: bytes, size: int) -> bool:
    """Tell whether no reference can reach beyond the declared window, which there may be.

    zlib calls all else damage, ISA-L does not mind.
    """
    window = 1 << ((stream[0] >> 4) + 8) if stream else 0
    return min(size, 2**15) <= window <= 2**15


def _join_whole(content: bytes, chunks: Sequence[Chunk]) -> bytes | None:
    """Return the data of chunks; None where a checksum is wrong."""
    parts = [part for chunk in chunks for part in split_chunk(content, chunk)]
    data = b"".join([body[4:] for body, _ in parts])
    is_whole = all(isal_zlib.crc32(body) == checksum for body, checksum in parts)
    settle()
    return data if is_whole else None
