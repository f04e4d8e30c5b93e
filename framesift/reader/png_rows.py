"""The plainest PNG, which OpenCV and most cameras' software write, decoded in a third of libpng's time.

Four fifths of a PNG's time is zlib. libdeflate inflates more than twice as fast, and where every row has the filter
Sub, undoing it is a running sum along the row. Needs the package `deflate` (extra `fast`); without it, and for every
other kind of PNG, libpng decodes the same pixels.
"""

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from framesift.reader.decoding import Pixels

if TYPE_CHECKING:
    from framesift.reader.png import Chunk

try:
    import deflate
except ImportError:
    deflate = None  # type: ignore[assignment, unused-ignore]

_PLAIN = (8, 2, 0, 0, 0)
"""8 bits, RGB, and the only methods of compression, filtering and not interlacing."""
_WITHOUT_EFFECT = {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"gAMA", b"sRGB", b"cHRM"}
"""Chunks that do not change the pixels that OpenCV gives."""
_SUB = 1


def decode_rows(content: bytes, chunks: Sequence["Chunk"]) -> Pixels | None:
    """Decode a PNG, whose chunks are whole and whose size has been checked, if it is of the plain kind.

    Returns None for any other kind and for damage of any sort: libpng then decides, and finds the reason.
    """
    width, height, *kind = struct.unpack_from(">IIBBBBB", content, chunks[0].start + 8)
    if deflate is None or tuple(kind) != _PLAIN or not all(_is_plain(content, chunk) for chunk in chunks):
        return None
    view = memoryview(content)
    stream = b"".join(view[chunk.start + 8 : chunk.end - 4] for chunk in chunks if chunk.kind == b"IDAT")
    size = height * (1 + 3 * width)
    try:
        inflated = deflate.zlib_decompress(stream, size)
    except (deflate.DeflateError, ValueError, MemoryError):
        return None
    if len(inflated) != size:
        return None
    rows = np.frombuffer(inflated, np.uint8).reshape(height, 1 + 3 * width)
    if not (rows[:, 0] == _SUB).all():
        return None
    filtered = rows[:, 1:].reshape(height, width, 3)
    pixels = np.empty_like(filtered)
    np.add.accumulate(filtered[:, :, ::-1], axis=1, out=pixels)  # modulo 256, and from RGB to BGR on the way
    return pixels


def _is_plain(content: bytes, chunk: "Chunk") -> bool:
    body = memoryview(content)[chunk.start + 4 : chunk.end - 4]
    return chunk.kind in _WITHOUT_EFFECT and deflate.crc32(body) == struct.unpack_from(">I", content, chunk.end - 4)[0]
