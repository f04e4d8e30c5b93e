"""PNG: the chunks are walked first, so that a cut is seen and what only animates or comments never reaches libpng.

W3C, Portable Network Graphics, third edition (2025), section 5.
"""

import struct
import zlib

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Deep, Pixels, check_size, decode_deep, decode_whole
from framesift.frames.reader.png_chunks import SIGNATURE_SIZE, Chunk, find_chunks, split_chunk
from framesift.frames.reader.png_data import inflate_rows, store_rows, undo_filters

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits of a sample, by colour type."""
_DROPPED = {b"acTL", b"fcTL", b"fdAT", b"zTXt", b"iTXt"}
"""A damaged animation ends the process inside OpenCV (4.12 to 5.0.0); compressed text inflates to any size."""


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole PNG, of an animated one the still picture. Raises UnreadableFrame."""
    chunks = _check(content, max_pixels)
    rows = inflate_rows(content, chunks)
    pixels = None if rows is None else undo_filters(content, chunks, rows)
    if pixels is None:
        plain = _strip(content, chunks, rows)
        pixels = decode_whole(plain, alpha=_has_alpha(content, chunks))
    if pixels is None:
        raise UnreadableFrame(_explain(content, chunks))
    return pixels


def is_deep(content: bytes) -> bool:
    """Tell whether a PNG, or its first 26 bytes, has samples of 16 bits."""
    return content[24:25] == b"\x10"


def decode_all_bits(content: bytes, max_pixels: int) -> Deep | None:
    """Decode a whole PNG of 16 bits; None where OpenCV gives no 16 bits. Raises UnreadableFrame."""
    chunks = _check(content, max_pixels)
    return decode_deep(_strip(content, chunks, inflate_rows(content, chunks)))


def strip_transparent(content: bytes) -> bytes | None:
    """Return a whole PNG without the chunks that no decoder is given; None where nothing can be transparent."""
    chunks = find_chunks(content)
    return _strip(content, chunks, None) if _has_alpha(content, chunks) else None


def _check(content: bytes, max_pixels: int) -> list[Chunk]:
    """Return the chunks of a PNG that can be given to a decoder. Raises UnreadableFrame."""
    chunks = find_chunks(content)
    _check_order(chunks)
    _check_header(content, chunks[0], max_pixels)
    _check_animation(content, chunks)
    return chunks


def _check_order(chunks: list[Chunk]) -> None:
    if not chunks or chunks[-1].kind != b"IEND":
        raise UnreadableFrame("truncated PNG")
    if chunks[0].kind != b"IHDR" or chunks[0].end - chunks[0].start != 25:
        raise UnreadableFrame("damaged PNG: bad header")


def _check_header(content: bytes, header: Chunk, max_pixels: int) -> None:
    width, height, depth, colour_type = struct.unpack_from(">IIBB", content, header.start + 8)
    check_size(width, height, max_pixels)
    if depth not in _DEPTHS.get(colour_type, ()):
        raise UnreadableFrame("damaged PNG: bad header")


def _check_animation(content: bytes, chunks: list[Chunk]) -> None:
    for chunk in chunks:
        if chunk.kind == b"acTL" and content[chunk.start + 8 : chunk.start + 12] == bytes(4):
            raise UnreadableFrame("damaged PNG: an animation of no frames")


def _strip(content: bytes, chunks: list[Chunk], rows: Pixels | None) -> bytes:
    """Return what libpng is given: without the dropped chunks, and stored where `rows` have been inflated already."""
    if rows is not None:
        content = store_rows(content, chunks, rows)
        chunks = find_chunks(content)
    if not any(chunk.kind in _DROPPED for chunk in chunks):
        return content
    kept = (content[chunk.start : chunk.end] for chunk in chunks if chunk.kind not in _DROPPED)
    return content[:SIGNATURE_SIZE] + b"".join(kept)


def _has_alpha(content: bytes, chunks: list[Chunk]) -> bool:
    colour_type = content[chunks[0].start + 17]
    return colour_type in (4, 6) or any(chunk.kind == b"tRNS" for chunk in chunks)


def _explain(content: bytes, chunks: list[Chunk]) -> str:
    """Find the reason why libpng refused; only then is the cost of the checksums paid."""
    for chunk in chunks:
        if any(zlib.crc32(part) != checksum for part, checksum in split_chunk(content, chunk)):
            return f"damaged PNG: CRC error in {chunk.kind.decode('ascii', 'backslashreplace')}"
    if not any(chunk.kind == b"IDAT" for chunk in chunks):
        return "damaged PNG: no image data"
    return "damaged PNG: bad or not enough image data"
