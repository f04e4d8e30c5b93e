"""The sum by which bytes are told from others."""

import zlib
from collections.abc import Callable, Iterable

from framesift.frames.reader.settling import settle

try:
    from isal.isal_zlib import crc32 as _sum  # the same in a tenth of the time
except ImportError:
    _sum = None  # type: ignore[assignment, unused-ignore]


_crc32: Callable[[bytes], int] = zlib.crc32 if _sum is None else _sum
_FEW = 512
"""Bytes that are not worth the settling."""


def crc32(content: bytes) -> int:
    """Return the CRC-32 of bytes."""
    return zlib.crc32(content) if len(content) < _FEW else sum_each([content])[0]


def sum_each(contents: Iterable[bytes]) -> list[int]:
    """Return the CRC-32 of each."""
    sums = list(map(_crc32, contents))
    settle()
    return sums
