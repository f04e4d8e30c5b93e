"""The size of a picture as its header declares it, without reading the pixels. Says nothing about their being whole."""

import os
import struct
from collections.abc import Callable

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader import bmp, gif, heif, png, pnm, tiff, webp
from framesift.frames.reader.capture_time import read_exif
from framesift.frames.reader.decoding import check_size
from framesift.frames.reader.formats import explain_refusal, sniff_format
from framesift.frames.reader.jpeg_structure import find_exif, find_frame, find_segments
from framesift.frames.reader.orientation import read_orientation
from framesift.frames.reader.pages import find_page, read_page
from framesift.frames.reader.picture import MAX_PIXELS
from framesift.frames.reader.source import MAX_FILE_BYTES, ReadAt, explain_error, open_pieces

_HEADS = (1 << 12, 1 << 16, 1 << 20)
"""Bytes read at first and, of a JPEG whose EXIF thumbnail or colour profile pushes the frame header back, then."""

_STACKS = (".tif", ".tiff")
_OF_8_BITS = (".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".webp", ".gif")


def is_deep_file(path: PathLike) -> bool:
    """Tell whether a picture has samples of 16 bits. One whose name is of a format of 8 bits is not looked into.

    Raises UnreadableFrame where it cannot be read, StorageError.
    """
    if os.fsdecode(path).lower().endswith(_OF_8_BITS):
        return False
    if page := find_page(os.fsdecode(path)):
        return page[0].lower().endswith(_STACKS) and tiff.is_deep(read_page(*page, MAX_PIXELS)[0])
    try:
        with open_pieces(path) as (read, length):
            head = read(_HEADS[0], 0)
            kind = sniff_format(head[:12])
            if kind in ("PNG", "PNM"):
                return png.is_deep(head) if kind == "PNG" else pnm.is_deep(head)
            return kind == "TIFF" and tiff.is_deep(read(length, 0))
    except OSError as error:
        raise explain_error(error, path) from error


def read_size(path: PathLike, max_pixels: int) -> tuple[int, int]:
    """Return width and height in px, the EXIF orientation applied; for the path of a page, those of its file's first.

    Raises:
        UnreadableFrame: the file cannot be read, is no picture, or declares more than `max_pixels`.
        StorageError: the machine is out of descriptors or memory.
    """
    page = find_page(os.fsdecode(path))
    try:
        with open_pieces(path if page is None else page[0], None if page else MAX_FILE_BYTES) as (read, length):
            return _read_size(read, length, max_pixels)
    except UnreadableFrame as error:
        raise UnreadableFrame(error.reason, path) from None
    except OSError as error:
        raise explain_error(error, path) from error


def _read_size(read: ReadAt, length: int, max_pixels: int) -> tuple[int, int]:
    head = read(_HEADS[0], 0)
    kind = sniff_format(head[:12])
    if kind is None:
        raise UnreadableFrame(explain_refusal(head[:12]))
    try:
        if kind == "JPEG":
            width, height, exif = _read_jpeg(read)
        else:
            width, height = _SIZES[kind](read(length, 0) if kind in ("TIFF", "HEIF") else head)
            exif = [] if kind == "HEIF" else [_find_exif(read, length)]
    except (struct.error, IndexError):  # a header is read past the end of the bytes
        raise UnreadableFrame(f"truncated {kind}") from None
    check_size(width, height, max_pixels)
    return (height, width) if read_orientation(exif) in (5, 6, 7, 8) else (width, height)


def _read_jpeg(read: ReadAt) -> tuple[int, int, list[bytes]]:
    for length in _HEADS:
        segments = find_segments(read(length, 0))
        if frame := find_frame(segments):
            return frame.width, frame.height, find_exif(segments)
    raise UnreadableFrame("JPEG without image data")


def _find_exif(read: ReadAt, length: int) -> bytes:
    try:
        return read_exif(read, length)
    except struct.error:  # the chunks end without one
        return b""


def _read_png(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "BMP": lambda head: bmp.read_header(head)[:2],
    "GIF": gif.read_screen,
    "HEIF": heif.read_size,
    "PNG": _read_png,
    "PNM": lambda head: pnm.read_header(head)[1:3],
    "TIFF": tiff.read_size,
    "WebP": lambda head: webp.read_header(head)[:2],
}
