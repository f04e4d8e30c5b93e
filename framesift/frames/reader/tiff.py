"""TIFF: the first directory tells the size and where the pixels lie, which must be inside the file."""

from contextlib import suppress

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Deep, Pixels, check_size, decode_deep, decode_whole
from framesift.frames.reader.source import read_from
from framesift.frames.reader.tags import BadTags, Entry, TagReader
from framesift.frames.reader.zeros import ends_in_zeros, rows_end_in_zeros

_WIDTH, _HEIGHT = 256, 257
_BITS, _SAMPLE_FORMAT = 258, 339
_COMPRESSION, _ROWS = 259, 278
_READ = {1, 2, 3, 4, 5, 7, 8, 32766, 32771, 32773, 32809, 32909, 32946, 34676, 34677}
"""Compressions that OpenCV reads; of some others it makes pixels of nothing."""
_RARE_KINDS = {6: "old-style JPEG", 34712: "JPEG 2000", 34892: "DNG JPEG", 34925: "LZMA", 50000: "Zstandard"} | {
    34887: "LERC",
    50001: "WebP",
    50002: "JPEG XL",
}
_READ_BITS = (1, 8, 16)
_NUMBERS = {1: "numbers", 2: "signed numbers", 3: "floating point", 5: "complex numbers", 6: "complex numbers"}
_PLACES = ((273, 279), (324, 325))
"""Offsets and byte counts, of strips and of tiles."""


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the first page of a whole TIFF, of a raw file of a camera its preview. Raises UnreadableFrame."""
    if _is_raw(content):
        from framesift.frames.reader import raw

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
            return f"not supported: a TIFF of {bits}-bit {_NUMBERS[sample]}"
        if bits not in _READ_BITS:
            return f"not supported: a TIFF of {bits} bits"
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
    from framesift.frames.reader import raw  # hardly a run has a TIFF

    return raw.is_raw(read_from(content))


def _check(content: bytes, max_pixels: int) -> None:
    """Raise UnreadableFrame for what no decoder is given."""
    try:
        tags = TagReader.of(content)
        entries = tags.directory(tags.first)
        check_size(*_read_size(tags, entries), max_pixels)
        compression = _read_compression(tags, entries)
        if compression not in _READ:
            name = _RARE_KINDS.get(compression, f"compression {compression}")
            raise UnreadableFrame(f"not supported: a TIFF with {name}")
        for offsets, counts in _PLACES:
            if offsets in entries and counts in entries:
                places = tags.integers(entries[offsets]), tags.integers(entries[counts])
                _check_places(*places, len(content))
                _check_last(content, tags, entries, *places)
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


def _check_places(offsets: tuple[int, ...], counts: tuple[int, ...], size: int) -> None:
    if any(offset + count > size for offset, count in zip(offsets, counts, strict=False)):
        raise UnreadableFrame("truncated TIFF")


def _read_compression(tags: TagReader, entries: dict[int, Entry]) -> int:
    return tags.integers(entries[_COMPRESSION])[0] if _COMPRESSION in entries else 1


def _check_last(
    content: bytes, tags: TagReader, entries: dict[int, Entry], offsets: tuple[int, ...], counts: tuple[int, ...]
) -> None:
    """Raise UnreadableFrame where the last data of the file were never written."""
    start, count = max(zip(offsets, counts, strict=False))
    compression = _read_compression(tags, entries)
    if compression == 1 and _ROWS in entries:
        row = count // max(1, min(tags.integers(entries[_ROWS])[0], tags.integers(entries[_HEIGHT])[0]))
        lost = rows_end_in_zeros(content, min(offsets), start + count, row)
    else:
        lost = compression != 1 and ends_in_zeros(content[start : start + count])
    if lost:
        raise UnreadableFrame("damaged TIFF: ends in zeros")


def read_size(content: bytes) -> tuple[int, int]:
    """Return width and height of the first page. Raises UnreadableFrame."""
    if _is_raw(content):
        from framesift.frames.reader import raw

        return raw.read_size(content)
    try:
        tags = TagReader.of(content)
        return _read_size(tags, tags.directory(tags.first))
    except (BadTags, KeyError, IndexError):
        raise UnreadableFrame("damaged TIFF: bad directory") from None


def _read_size(tags: TagReader, entries: dict[int, Entry]) -> tuple[int, int]:
    return tags.integers(entries[_WIDTH])[0], tags.integers(entries[_HEIGHT])[0]
