"""The chunks that a PNG is made of, found without decoding anything."""

import struct
from typing import NamedTuple

SIGNATURE_SIZE = 8
MAX_CHUNKS = 200_000
"""libpng writes 8 KiB a chunk: enough for 1.6 GB of compressed pixels."""


class Chunk(NamedTuple):
    """Where one chunk stands: from the offset of its length field to that behind its CRC."""

    kind: bytes
    start: int
    end: int


def find_chunks(content: bytes) -> list[Chunk]:
    """Return the chunks up to the end or to where the bytes break off; what follows IEND is not looked at."""
    chunks: list[Chunk] = []
    position = SIGNATURE_SIZE
    while position + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content) or not kind.isalpha() or len(chunks) == MAX_CHUNKS:
            break
        chunks.append(Chunk(kind, position, end))
        if kind == b"IEND":
            break
        position = end
    return chunks
