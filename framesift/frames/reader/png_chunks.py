"""The chunks that a PNG is made of, found without decoding anything."""

from collections.abc import Iterator
from itertools import pairwise
from struct import Struct
from typing import NamedTuple

SIGNATURE_SIZE = 8
MAX_CHUNKS = 200_000
"""libpng writes 8 KiB a chunk: enough for 1.6 GB of compressed pixels."""
_HEAD, _NUMBER = Struct(">I4s"), Struct(">I")


class Chunk(NamedTuple):
    """Where a chunk stands, or a row of chunks IDAT that follow each other: as most writers cut up the pixels.

    From the offset of its length field to that behind its CRC; of a row, from that of the first to that of the last.
    """

    kind: bytes
    start: int
    end: int


def find_chunks(content: bytes) -> list[Chunk]:
    """Return the chunks up to the end or to where the bytes break off; what follows IEND is not looked at."""
    begun: list[tuple[bytes, int]] = []
    position, last = SIGNATURE_SIZE, b""
    for _ in range(MAX_CHUNKS):
        if position + 12 > len(content):
            break
        length, kind = _HEAD.unpack_from(content, position)
        end = position + 12 + length
        if end > len(content) or not kind.isalpha():
            break
        if kind != b"IDAT" or last != b"IDAT":
            begun.append((kind, position))
        position, last = end, kind
        if kind == b"IEND":
            break
    return [Chunk(*one, following[1]) for one, following in pairwise([*begun, (b"", position)])]


def split_chunk(content: bytes, chunk: Chunk) -> Iterator[tuple[memoryview, int]]:
    """Yield the kind with the data of a chunk, or of each of a row, and the checksum that stands behind them."""
    view, position = memoryview(content), chunk.start
    while position < chunk.end:
        end = position + 8 + _NUMBER.unpack_from(view, position)[0]
        yield view[position + 4 : end], _NUMBER.unpack_from(view, end)[0]
        position = end + 4
