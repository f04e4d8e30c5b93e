"""The sum by which bytes are told from others."""

try:
    from isal.isal_zlib import crc32  # the same in a tenth of the time
except ImportError:
    from zlib import crc32

__all__ = ["crc32"]
