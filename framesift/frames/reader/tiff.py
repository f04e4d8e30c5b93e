"""TIFF: the first directory tells the size and where the pixels lie, which must be inside the file."""

from contextlib import suppress

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Deep, Pixels, check_size, decode_deep, decode_whole
from framesift.frames.reader.tags import BadTags, Entry, TagReader

_WIDTH, _HEIGHT = 256, 257
_BITS = 258
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts, of strips and of tiles."""


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first page of a whole TIFF. Raises UnreadableFrame."""
    _check(content, max_pixels)
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged TIFF")
    return pixels


def is_deep(content: bytes) -> bool:
    """Tell whether the samples of the first page have 16 bits."""
    with suppress(BadTags, KeyError, IndexError):
        tags = TagReader.of(content)
        return set(tags.integers(tags.directory(tags.first)[_BITS])) == {16}
    return False


def decode_all_bits(content: bytes, max_pixels: int) -> Deep | None:
    """Decode the first page of a whole TIFF of 16 bits; None where OpenCV gives no 16 bits. Raises UnreadableFrame."""
    _check(content, max_pixels)
    return decode_deep(content)


def _check(content: bytes, max_pixels: int) -> None:
    """Raise UnreadableFrame for what no decoder is given."""
    try:
        tags = TagReader.of(content)
        entries = tags.directory(tags.first)
        check_size(*_read_size(tags, entries), max_pixels)
        for offsets, counts in _PLACES:
            if offsets in entries and counts in entries:
                _check_places(tags.integers(entries[offsets]), tags.integers(entries[counts]), len(content))
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


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
