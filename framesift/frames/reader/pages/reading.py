"""One page of a file, as the bytes of a picture of its own."""

import os
import struct
from collections.abc import Hashable
from functools import partial

import cv2

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import decode_deep, decode_whole
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.source import check_size, explain_error, open_regular

_MOST_ANIMATED = 1 << 28
"""Bytes of an animation, which is read whole."""


def read_page(path: str, number: int, max_pixels: int) -> tuple[bytes, os.stat_result]:
    """Return a page, counted from 1, of a file of this machine, and the status of the file.

    A page of a TIFF comes as a TIFF, a picture of an animation as a BMP. Raises UnreadableFrame, StorageError.
    """
    try:
        with open_regular(path, None) as (descriptor, before):
            content = _cut(partial(os.pread, descriptor), path, before, number, max_pixels)
            after = os.fstat(descriptor)
    except OSError as error:
        raise explain_error(error, path) from error
    except (struct.error, IndexError):
        raise UnreadableFrame("damaged animation", path) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableFrame("changed while it was read", path)
    return content, after


def _cut(read: partial[bytes], path: str, status: os.stat_result, number: int, max_pixels: int) -> bytes:
    size = status.st_size
    key: Hashable = path, status.st_ino, size, status.st_mtime_ns
    if sniff_format(read(12, 0)) == "TIFF":
        from framesift.frames.reader.pages.stack import cut_page  # few runs have pages

        return cut_page(key, read, size, number)
    from framesift.frames.reader.pages.animation import draw_page

    check_size(size, path, _MOST_ANIMATED)
    key = path, status.st_ino, size, status.st_mtime_ns, max_pixels
    return _encode(".bmp", draw_page(key, partial(read, size, 0), number, max_pixels))


def encode_page(content: bytes) -> bytes:
    """Return a page as PNG, with all its bits: nothing is lost, and the same pixels give the same bytes."""
    pixels = decode_deep(content)
    return _encode(".png", decode_whole(content) if pixels is None else pixels)


def _encode(suffix: str, pixels: object) -> bytes:
    done, content = cv2.imencode(suffix, pixels)  # type: ignore[call-overload]
    if not done:
        raise ValueError("cannot be written")
    return bytes(content.tobytes())
