"""How many pictures one file holds: what is called the same by its first one alone may be another animation."""

import struct

from framesift.errors import UnreadableFrame
from framesift.frames.reader import sniff_format
from framesift.frames.reader.png_chunks import find_chunks
from framesift.frames.reader.tags import BadTags, TagReader

_SUBFILE_TYPE, _REDUCED = 254, 1
_MOST = 100_000
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B


def count_pages(content: bytes) -> int:
    """Return the number of pictures in a file that the reader takes for whole: animations and stacks have several.

    Raises UnreadableFrame where they cannot be counted.
    """
    count = {"GIF": _count_gif, "WebP": _count_webp, "PNG": _count_png, "TIFF": _count_tiff}
    counter = count.get(sniff_format(content[:12]) or "")
    try:
        return max(counter(content), 1) if counter else 1
    except (struct.error, IndexError, KeyError, BadTags):
        raise UnreadableFrame("its pages cannot be counted") from None


def _count_gif(content: bytes) -> int:
    position, pages = 13 + _table_size(content[10]), 0
    while (block := content[position]) != _TRAILER:
        if block == _IMAGE:
            pages += 1
            position = _skip_data(content, position + 11 + _table_size(content[position + 9]))
        elif block == _EXTENSION:
            position = _skip_data(content, position + 2)
        else:
            raise IndexError
    return pages


def _table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_data(content: bytes, position: int) -> int:
    while size := content[position]:
        position += size + 1
    return position + 1


def _count_webp(content: bytes) -> int:
    position, pages = 12, 0
    end = min(struct.unpack_from("<I", content, 4)[0] + 8, len(content))
    while position + 8 <= end:
        kind, size = struct.unpack_from("<4sI", content, position)
        pages += kind == b"ANMF"
        position += 8 + size + size % 2
    return pages


def _count_png(content: bytes) -> int:
    """An animation whose first picture is the still has as many as its frames, another one more."""
    pages, is_part = 0, False
    for chunk in find_chunks(content):
        if chunk.kind == b"fcTL":
            pages += 1
        if chunk.kind == b"IDAT" and not is_part:
            is_part = True
            pages += pages == 0
    return pages


def _count_tiff(content: bytes) -> int:
    """Pages, without the previews that some programs put beside them."""
    tags, seen, pages = TagReader.of(content), set[int](), 0
    position = tags.first
    while position and position not in seen and len(seen) < _MOST:
        seen.add(position)
        entries = tags.directory(position)
        kind = tags.integers(entries[_SUBFILE_TYPE])[0] if _SUBFILE_TYPE in entries else 0
        pages += not kind & _REDUCED
        position = tags.find_next(position)
    return pages
