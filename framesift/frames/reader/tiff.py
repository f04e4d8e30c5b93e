"""TIFF: the first directory tells the size and where the pixels lie, which must be inside the file."""

from contextlib import suppress

from framesift.errors import UnreadableFrame
from framesift.frames.reader import raw
from framesift.frames.reader.decoding import Deep, Pixels, check_size, decode_deep, decode_whole
from framesift.frames.reader.source import read_from
from framesift.frames.reader.tags import BadTags, Entry, TagReader

_WIDTH, _HEIGHT = 256, 257
_BITS, _SAMPLE_FORMAT = 258, 339
_NUMBERS = {1: "numbers", 2: "signed numbers", 3: "floating point", 5: "complex numbers", 6: "complex numbers"}
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts, of strips and of tiles."""


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first page of a whole TIFF, of a raw file of a camera its preview. Raises UnreadableFrame."""
    if _is_raw(content):
        return raw.decode(content, max_pixels)
    _check(content, max_pixels)
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame(_explain(content))
    return pixels


def _explain(content: bytes) -> str:
    """Say why OpenCV gives no pixels: a kind of number that it does not make grey of is no damage."""
    with suppress(BadTags, KeyError, IndexError, ValueError):
        tags = TagReader.of(content)
        entries = tags.directory(tags.first)
        (bits,) = set(tags.integers(entries[_BITS]))
        sample = tags.integers(entries[_SAMPLE_FORMAT])[0] if _SAMPLE_FORMAT in entries else 1
        if sample in _NUMBERS and (bits > 16 or sample != 1):
            return f"not read: a TIFF of {bits}-bit {_NUMBERS[sample]}"
    return "damaged TIFF"


def is_deep(content: bytes) -> bool:
    """Tell whether the samples of the first page have 16 bits."""
    if _is_raw(content):
        return False
    with suppress(BadTags, KeyError, IndexError):
        tags = TagReader.of(content)
        return set(tags.integers(tags.directory(tags.first)[_BITS])) == {16}
    return False


def decode_all_bits(content: bytes, max_pixels: int) -> Deep | None:
    """Decode the first page of a whole TIFF of 16 bits; None where OpenCV gives no 16 bits. Raises UnreadableFrame."""
    _check(content, max_pixels)
    return decode_deep(content)


def _is_raw(content: bytes) -> bool:
    return raw.is_raw(read_from(content))


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
    if _is_raw(content):
        return raw.read_size(content)
    try:
        tags = TagReader.of(content)
        return _read_size(tags, tags.directory(tags.first))
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


def _read_size(tags: TagReader, entries: dict[int, Entry]) -> tuple[int, int]:
    return tags.integers(entries[_WIDTH])[0], tags.integers(entries[_HEIGHT])[0]
