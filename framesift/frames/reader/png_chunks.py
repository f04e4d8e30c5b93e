"""The chunks that a PNG is made of, found without decoding anything."""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

SIGNATURE_SIZE = 8
MAX_CHUNKS = 200_000
"""libpng writes 8 KiB a chunk: enough for 1.6 GB of compressed pixels."""
_HEAD, _NUMBER = Struct(">I4s"), Struct(">I")


class Chunk(NamedTuple):
    """Where a chunk stands, or a row of chunks IDAT of one size that follow each other: as writers cut up the pixels.

    From the offset of the length field of the first to that behind the CRC of the last; `size` is that of each, in
    bytes, with its length field, kind and CRC.
    """

    kind: bytes
    start: int
    end: int
    size: int


def find_chunks(content: bytes) -> list[Chunk]:
    """Return the chunks up to the end or to where the bytes break off; what follows IEND is not looked at."""
    found: list[Chunk] = []
    position = SIGNATURE_SIZE
    while position + 12 <= len(content) and len(found) < MAX_CHUNKS:
        length, kind = _HEAD.unpack_from(content, position)
        size = length + 12
        if position + size > len(content) or not kind.isalpha():
            break
        end = position + size * (_count_alike(content, position, size) if kind == b"IDAT" else 1)
        found.append(Chunk(kind, position, end, size))
        position = end
        if kind == b"IEND":
            break
    return found


def _count_alike(content: bytes, position: int, size: int) -> int:
    """Return how many whole chunks of the size and kind of the one at `position` stand there."""
    head, count = content[position : position + 8], 1
    while content[position + count * size : position + count * size + 8] == head:
        count += 1
    return count if position + count * size <= len(content) else count - 1


def split_chunk(content: bytes, chunk: Chunk) -> Iterator[tuple[memoryview, int]]:
    """Yield the kind with the data of a chunk, or of each of a row, and the checksum that stands behind them."""
    view = memoryview(content)
    for end in range(chunk.start + chunk.size - 4, chunk.end, chunk.size):
        yield view[end - chunk.size + 8 : end], _NUMBER.unpack_from(view, end)[0]
