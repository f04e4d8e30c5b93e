"""When a picture was taken, as its EXIF block says. Reads as little of the file as it can."""

import re
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.heif import find_exif as find_exif_of_heif
from framesift.frames.reader.jpeg_structure import find_exif, find_segments
from framesift.frames.reader.orientation import read_orientation
from framesift.frames.reader.png_chunks import MAX_CHUNKS
from framesift.frames.reader.source import ReadAt, open_pieces, read_from
from framesift.frames.reader.tags import BadTags, Entry, TagReader

_EXIF_DIRECTORY = 0x8769
_OF_THE_CAMERA = {0x010F, 0x0110, 0x0132, _EXIF_DIRECTORY, 0x8825}
"""Maker, model, time, and the directories of the camera's settings and of the place. Any program writes the others."""
_ORIGINAL = 0x9003, 0x9291, 0x9011
"""DateTimeOriginal, the fraction of its second, its offset from UTC."""
_DIGITIZED = 0x9004, 0x9292, 0x9012
_MODIFIED = 0x0132, 0x9290, 0x9010
"""DateTime, which stands in the first directory: when the file was changed, which a camera does once."""

_JPEG_HEAD = 1 << 18
"""EXIF is the first or second segment of a JPEG, and a segment has at most 64 KiB."""

_LABEL = b"Exif\0\0"
"""What stands before the block in a JPEG, and, as some write it, in a WebP."""

CaptureTime = tuple[str, str | None]
"""'YYYY:MM:DD HH:MM:SS' or 'YYYY:MM:DD HH:MM:SS.sub', and the offset from UTC ('+02:00') where it is known."""


def read_capture_time(path: PathLike) -> CaptureTime | None:
    """Return the time and offset that EXIF has; None where the file has none, is damaged or cannot be read.

    That is DateTimeOriginal, or else DateTimeDigitized, or else DateTime.
    """
    try:
        with open_pieces(path) as (read, size):
            exif = read_exif(read, size)
        return _find_time(exif)
    except (OSError, UnreadableFrame, BadTags, struct.error):
        return None


def find_capture_time(content: bytes) -> CaptureTime | None:
    """Return, of a file that has been read, what `read_capture_time` does."""
    try:
        return _find_time(read_exif(read_from(content), len(content)))
    except (UnreadableFrame, BadTags, struct.error):
        return None


def has_exif(content: bytes) -> bool:
    """Tell whether EXIF says by what, when or where a picture was taken; False too for what is none."""
    try:
        tags = TagReader.of(read_exif(read_from(content), len(content)))
        return not _OF_THE_CAMERA.isdisjoint(tags.directory(tags.first))
    except (UnreadableFrame, BadTags, struct.error):
        return False


def orientation_of(path: PathLike) -> int:
    """Return the EXIF orientation of a picture, 1 to 8; 1 too where it says none, or cannot be read."""
    try:
        with open_pieces(path) as (read, size):
            return read_orientation([read_exif(read, size)])
    except (OSError, UnreadableFrame, BadTags, struct.error):
        return 1


def read_exif(read: ReadAt, size: int) -> bytes:
    """Return the EXIF block of an open picture of `size` bytes, without its label; empty where it has none."""
    match sniff_format(read(12, 0)):
        case "JPEG":
            blocks = find_exif(find_segments(read(_JPEG_HEAD, 0)))
            return blocks[0] if blocks else b""
        case "PNG":
            return _find_block(read, 8, b"eXIf", _read_png_head)
        case "WebP":
            return _find_block(read, 12, b"EXIF", _read_webp_head).removeprefix(_LABEL)
        case "TIFF":
            return read(size, 0)
        case "HEIF":
            return find_exif_of_heif(read(size, 0))
        case _:
            return b""


def _find_block(
    read: ReadAt, position: int, wanted: bytes, read_head: Callable[[bytes], tuple[bytes, int, int]]
) -> bytes:
    """Step from chunk to chunk, the first of which stands at `position`, without reading the pixels between.

    Raises struct.error where there is no such block.
    """
    for _ in range(MAX_CHUNKS):
        kind, length, room = read_head(read(8, position))
        if kind == wanted:
            return read(length, position + 8)
        position += 8 + room
    return b""


def _read_png_head(head: bytes) -> tuple[bytes, int, int]:
    """Return the kind of a chunk, the length of its body, and that with the checksum behind it."""
    length, kind = struct.unpack(">I4s", head)
    return kind, length, length + 4


def _read_webp_head(head: bytes) -> tuple[bytes, int, int]:
    """Return the kind of a chunk, the length of its body, and that with what makes it even."""
    kind, length = struct.unpack("<4sI", head)
    return kind, length, length + length % 2


def _find_time(exif: bytes) -> CaptureTime | None:
    tags = TagReader.of(exif)
    main = tags.directory(tags.first)
    texts: dict[int, str] = {}
    _read_texts(tags, main, _MODIFIED[:1], texts)
    if _EXIF_DIRECTORY in main:
        with suppress(BadTags):  # broken, it must not cost DateTime
            entries = tags.directory(tags.integers(main[_EXIF_DIRECTORY])[0])
            _read_texts(tags, entries, (*_ORIGINAL, *_DIGITIZED, *_MODIFIED[1:]), texts)
    found = (_join(*(texts.get(tag, "") for tag in three)) for three in (_ORIGINAL, _DIGITIZED, _MODIFIED))
    return next((time for time in found if time), None)


def _read_texts(tags: TagReader, entries: dict[int, Entry], wanted: tuple[int, ...], texts: dict[int, str]) -> None:
    for tag in wanted:
        with suppress(BadTags, KeyError):  # a broken offset must not cost the time
            texts[tag] = tags.text(entries[tag])


def _join(time: str, fraction: str, offset: str) -> CaptureTime | None:
    try:
        datetime.strptime(time, "%Y:%m:%d %H:%M:%S")
    except ValueError:  # cameras with no clock set write blanks or zeros
        return None
    if re.fullmatch(r"[0-9]+", fraction):
        time = f"{time}.{fraction}"
    return time, offset if re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", offset) else None
