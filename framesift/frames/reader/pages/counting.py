"""How many pictures a file has. Nothing is decoded, and of a large file little is read."""

import struct

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.gif import find_images
from framesift.frames.reader.png_chunks import MAX_CHUNKS, find_chunks
from framesift.frames.reader.source import ReadAt, explain_error, open_pieces
from framesift.frames.reader.tags import BadTags

_ANIMATED = 0x02
"""The flag of an animation in a WebP's extended header."""


def count_pages(read: ReadAt, size: int) -> int:
    """Return how many pictures a file of `size` bytes has: the pages of a TIFF, the pictures of an animation; else 1.

    A reduced picture or a mask of another page is none, nor is the second view of a camera with two lenses. A file that
    breaks off has those that stand before the break, at least 1.
    """
    try:
        match sniff_format(read(12, 0)):
            case "TIFF":
                return max(1, _count_tiff(read))
            case "GIF":
                return max(1, _count_gif(read(size, 0)))
            case "PNG":
                return max(1, _count_png(read))
            case "WebP":
                return max(1, _count_webp(read))
    except (BadTags, struct.error):
        pass
    return 1


def count_to_decide(path: PathLike) -> int:
    """Return how many pages of a file are pictures to be decided each for itself; 1 where the file is to be read whole.

    That is one picture, or an animation that breaks off, of which nothing can be trusted. Raises UnreadableFrame.
    """
    try:
        with open_pieces(path, None) as (read, size):
            count = count_pages(read, size)
            return 1 if count > 1 and _breaks_off(read, size) else count
    except OSError as error:
        raise explain_error(error, path) from error


def _breaks_off(read: ReadAt, size: int) -> bool:
    """Tell whether an animation ends before its end; of a TIFF each page tells for itself."""
    match sniff_format(read(12, 0)):
        case "GIF":
            try:
                return not list(find_images(read(size, 0)))
            except (IndexError, struct.error, UnreadableFrame):
                return True
        case "PNG":
            chunks = find_chunks(read(size, 0))
            return not chunks or chunks[-1].kind != b"IEND"
        case "WebP":
            return int.from_bytes(read(4, 4), "little") + 8 > size
        case _:
            return False


def _count_tiff(read: ReadAt) -> int:
    from framesift.frames.reader.directories import count_hidden, find_pages, read_layout  # hardly a run has a TIFF
    from framesift.frames.reader.raw import is_raw

    if is_raw(read):
        return 1
    layout = read_layout(read)
    return max(sum(1 for _ in find_pages(read, layout)), count_hidden(read, layout))


def _count_gif(content: bytes) -> int:
    count = 0
    try:
        for _ in find_images(content):
            count += 1
    except (IndexError, struct.error, UnreadableFrame):  # it breaks off
        pass
    return count


def _count_png(read: ReadAt) -> int:
    """Count the pictures of an animation, which stands before the pixels of the still picture or not at all."""
    position, count = 8, 0
    animated = False
    for _ in range(MAX_CHUNKS):
        head = read(8, position)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        animated |= kind == b"acTL"
        count += kind == b"fcTL"
        if kind == b"IEND" or (kind == b"IDAT" and not animated):
            break
        position += 12 + length
    return count if animated else 1


def _count_webp(read: ReadAt) -> int:
    head = read(21, 0)
    if head[12:16] != b"VP8X" or not head[20] & _ANIMATED:
        return 1
    position, count = 12, 0
    for _ in range(MAX_CHUNKS):
        head = read(8, position)
        if len(head) < 8:
            break
        kind, length = struct.unpack("<4sI", head)
        count += kind == b"ANMF"
        position += 8 + length + length % 2
    return count
