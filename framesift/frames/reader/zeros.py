"""Files that end in zeros: after a power cut a file has its whole length, and only a part of its data.

Black ends in zeros too. What tells them apart is where it begins: black begins with a row of the picture, or fades into
it; what was never written begins with a sector of the disk, in the middle of a row that is full up to there.
"""

import numpy as np

MANY = 32
"""Bytes."""
_SECTOR = 512
_SHARE = 0.1
"""Of the data."""
_NEAR = 3
"""Bytes before the sector that may be zeros of the picture."""
_MOST_ZEROS = 0.05
"""Share of zeros in the row before."""
_ALWAYS = 128
"""Bytes at the end that compressed data may have all the same."""


def count_zeros(data: bytes) -> int:
    """Return how many NUL bytes the data end in."""
    return len(data) - len(data.rstrip(b"\0"))


def has_zeros(data: bytes, start: int) -> bool:
    """Tell whether `MANY` zeros in a row stand in data that begin at an offset.

    Some word of eight bytes lies within them whatever their offset, and to look for such a word first takes a tenth of
    the time: few data have one.
    """
    words = np.frombuffer(data, np.uint64, max(len(data) - start, 0) // 8, min(start, len(data)))
    return not words.all() and data.find(bytes(MANY), start) >= 0


def ends_in_zeros(data: bytes) -> bool:
    """Tell whether compressed data were never written to their end."""
    return count_zeros(data) > max(_ALWAYS, len(data) * _SHARE)


def rows_end_in_zeros(content: bytes, start: int, end: int, row: int) -> bool:
    """Tell whether rows of `row` bytes each, uncompressed between two offsets of a file, were never all written."""
    zeros = count_zeros(content[start:end])
    first = end - zeros
    if row <= 0 or zeros <= (end - start) * _SHARE or not 0 <= -first % _SECTOR <= _NEAR:
        return False
    inside = (first - start) % row
    before = content[max(first - row, start) : first]
    return _NEAR < inside < row - _NEAR and before.count(0) <= len(before) * _MOST_ZEROS
