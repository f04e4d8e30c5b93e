"""The size of a picture as its header declares it, without reading the pixels. Says nothing about their being whole."""

import os
import struct
from collections.abc import Callable

from framesift.errors import PathLike, UnreadableFrame
from framesift.reader import bmp, gif, tiff, webp
from framesift.reader.capture_time import read_exif
from framesift.reader.decoding import check_size
from framesift.reader.formats import explain_refusal, sniff_format
from framesift.reader.jpeg_structure import find_exif, find_frame, find_segments
from framesift.reader.orientation import read_orientation
from framesift.reader.source import explain_error, open_regular

_HEADS = (1 << 12, 1 << 16, 1 << 20)
"""Bytes read at first and, of a JPEG whose EXIF thumbnail or colour profile pushes the frame header back, then."""


def read_size(path: PathLike, max_pixels: int) -> tuple[int, int]:
    """Return width and height in px, the EXIF orientation applied.

    Raises:
        UnreadableFrame: the file cannot be read, is no picture, or declares more than `max_pixels`.
        StorageError: the machine is out of descriptors or memory.
    """
    try:
        with open_regular(path) as (descriptor, status):
            return _read_size(descriptor, status.st_size, max_pixels)
    except UnreadableFrame as error:
        raise UnreadableFrame(error.reason, path) from None
    except OSError as error:
        raise explain_error(error, path) from error


def _read_size(descriptor: int, length: int, max_pixels: int) -> tuple[int, int]:
    head = os.pread(descriptor, _HEADS[0], 0)
    kind = sniff_format(head[:12])
    if kind is None:
        raise UnreadableFrame(explain_refusal(head[:12]))
    try:
        if kind == "JPEG":
            width, height, exif = _read_jpeg(descriptor)
        else:
            width, height = _SIZES[kind](os.pread(descriptor, length, 0) if kind == "TIFF" else head)
            exif = [_find_exif(descriptor, length)]
    except (struct.error, IndexError):  # a header is read past the end of the bytes
        raise UnreadableFrame(f"truncated {kind}") from None
    check_size(width, height, max_pixels)
    return (height, width) if read_orientation(exif) in (5, 6, 7, 8) else (width, height)


def _read_jpeg(descriptor: int) -> tuple[int, int, list[bytes]]:
    for length in _HEADS:
        segments = find_segments(os.pread(descriptor, length, 0))
        if frame := find_frame(segments):
            return frame.width, frame.height, find_exif(segments)
    raise UnreadableFrame("JPEG without image data")


def _find_exif(descriptor: int, length: int) -> bytes:
    try:
        return read_exif(descriptor, length)
    except struct.error:  # the chunks end without one
        return b""


def _read_png(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "BMP": lambda head: bmp.read_header(head)[:2],
    "GIF": gif.read_screen,
    "PNG": _read_png,
    "TIFF": tiff.read_size,
    "WebP": lambda head: webp.read_header(head)[:2],
}
