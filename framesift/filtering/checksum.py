"""The sum by which bytes are told from others."""

import zlib
from collections.abc import Callable

from framesift.frames.reader.settling import settle

try:
    from isal.isal_zlib import crc32 as _sum  # the same in a tenth of the time
except ImportError:
    _sum = None  # type: ignore[assignment, unused-ignore]


def _sum_and_settle(content: bytes) -> int:
    summed: int = _sum(content)
    settle()
    return summed


crc32: Callable[[bytes], int] = zlib.crc32 if _sum is None else _sum_and_settle
"""Return the CRC-32 of bytes."""
