"""TIFF: the first directory tells the size and where the pixels lie, which must be inside the file."""

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole
from framesift.frames.reader.tags import BadTags, Entry, TagReader

_WIDTH, _HEIGHT = 256, 257
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts, of strips and of tiles."""


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first page of a whole TIFF. Raises UnreadableFrame."""
    try:
        tags = TagReader.of(content)
        entries = tags.directory(tags.first)
        check_size(*_read_size(tags, entries), max_pixels)
        for offsets, counts in _PLACES:
            if offsets in entries and counts in entries:
                _check_places(tags.integers(entries[offsets]), tags.integers(entries[counts]), len(content))
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged TIFF")
    return pixels


def _check_places(offsets: tuple[int, ...], counts: tuple[int, ...], size: int) -> None:
    if any(offset + count > size for offset, count in zip(offsets, counts, strict=False)):
        raise UnreadableFrame("truncated TIFF")


def read_size(content: bytes) -> tuple[int, int]:
    """Return width and height of the first page. Raises UnreadableFrame."""
    try:
        tags = TagReader.of(content)
        return _read_size(tags, tags.directory(tags.first))
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


def _read_size(tags: TagReader, entries: dict[int, Entry]) -> tuple[int, int]:
    return tags.integers(entries[_WIDTH])[0], tags.integers(entries[_HEIGHT])[0]
