"""Raw files of cameras (DNG, CR2, NEF, ARW, PEF, SRW): the JPEG in them, where that is the whole picture at full size.

What a sensor has seen is not developed here: every program does that otherwise.
"""

import struct
from collections.abc import Iterator

from framesift.errors import UnreadableFrame
from framesift.frames.reader import jpeg
from framesift.frames.reader.decoding import Pixels
from framesift.frames.reader.directories import Directory, Layout, find_directories, read_directory, read_layout
from framesift.frames.reader.jpeg_structure import Frame, find_exif, find_frame, find_segments
from framesift.frames.reader.orientation import read_orientation, turn_size, turn_upright
from framesift.frames.reader.source import ReadAt
from framesift.frames.reader.tags import BadTags

_WIDTH, _HEIGHT, _PHOTOMETRIC, _ORIENTATION = 256, 257, 262, 274
_PLACES = ((513, 514), (273, 279))
"""Offset and byte count, of an embedded JPEG and of a strip."""
_PARTS, _DNG = 330, 50706
_OF_SENSORS = {32803, 34892}
"""Photometric interpretations: a mosaic of colours, and linear ones."""
_USUAL_JPEG = {0xC0, 0xC1, 0xC2}
"""Frame markers; raw data are lossless JPEG, which is another."""
_NEARLY = 0.95
"""Of a side of the sensor: previews are cut a little."""
_MOST_DIRECTORIES = 64
_TAGS = {_WIDTH, _HEIGHT, 259, _PHOTOMETRIC, 273, _ORIENTATION, 279, _PARTS, 513, 514, _DNG}


def is_raw(read: ReadAt) -> bool:
    """Tell whether a TIFF structure is a raw file of a camera."""
    try:
        layout = read_layout(read)
        if read(2, 8) == b"CR":
            return True
        first = read_directory(read, layout, layout.first, _TAGS)
        if _DNG in first or _is_of_sensor(layout, first):
            return True
        return any(_is_of_sensor(layout, part) for part in _find_parts(read, layout, first))
    except (BadTags, struct.error):
        return False


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode the preview of a raw file, turned upright. Raises UnreadableFrame where it is not the whole picture."""
    preview, orientation = _find_preview(content)
    pixels = jpeg.decode(preview, max_pixels)
    return pixels if find_exif(find_segments(preview)) else turn_upright(pixels, orientation)


def read_size(content: bytes) -> tuple[int, int]:
    """Return width and height of the preview before the raw file's orientation is applied. Raises UnreadableFrame."""
    preview, orientation = _find_preview(content)
    segments = find_segments(preview)
    frame = find_frame(segments)
    assert frame is not None
    size = frame.width, frame.height
    if own := find_exif(segments):
        return turn_size(turn_size(size, read_orientation(own)), orientation)
    return size


def _find_preview(content: bytes) -> tuple[bytes, int]:
    """Return the JPEG of full size, and the raw file's orientation, which counts where the JPEG has no EXIF."""

    def read(length: int, offset: int) -> bytes:
        return content[offset : offset + length]

    try:
        layout = read_layout(read)
        directories = list(_find_all(read, layout))
    except (BadTags, struct.error):
        raise UnreadableFrame("damaged raw file: bad directory") from None
    previews = [found for directory in directories if (found := _take_jpeg(content, layout, directory))]
    if not previews:
        raise UnreadableFrame("not read: a raw file without a preview")
    frame, preview = max(previews, key=lambda found: found[0].width * found[0].height)
    width, height = _measure(layout, directories)
    if max(frame.width, frame.height) < _NEARLY * max(width, height):
        raise UnreadableFrame(
            f"not read: a raw file whose preview has {frame.width}x{frame.height} of {width}x{height} px"
        )
    return preview, _integer(layout, directories[0], _ORIENTATION, 1)


def _find_all(read: ReadAt, layout: Layout) -> Iterator[Directory]:
    """Yield the directories of a raw file, each before those of its parts."""
    offsets = list(find_directories(read, layout))[:_MOST_DIRECTORIES]
    for offset in offsets:
        directory = read_directory(read, layout, offset, _TAGS)
        yield directory
        yield from _find_parts(read, layout, directory)


def _find_parts(read: ReadAt, layout: Layout, directory: Directory) -> Iterator[Directory]:
    if _PARTS in directory:
        for offset in directory[_PARTS].integers(layout)[:_MOST_DIRECTORIES]:
            yield read_directory(read, layout, offset, _TAGS)


def _take_jpeg(content: bytes, layout: Layout, directory: Directory) -> tuple[Frame, bytes] | None:
    """Return the JPEG that a directory points at, where it is one that is shown to people."""
    for offsets, counts in _PLACES:
        offset, count = _integer(layout, directory, offsets, 0), _integer(layout, directory, counts, 0)
        data = content[offset : offset + count]
        if not data.startswith(b"\xff\xd8\xff"):
            continue
        frame = find_frame(find_segments(data))
        if frame is not None and frame.marker in _USUAL_JPEG:
            return frame, data
    return None


def _measure(layout: Layout, directories: list[Directory]) -> tuple[int, int]:
    """Return width and height of what the sensor has seen, as stored; of the largest picture where none says so."""
    of_sensor = [directory for directory in directories if _is_of_sensor(layout, directory)]
    sizes = (
        (_integer(layout, directory, _WIDTH, 0), _integer(layout, directory, _HEIGHT, 0))
        for directory in of_sensor or directories
    )
    return max(sizes, key=lambda size: size[0] * size[1])


def _is_of_sensor(layout: Layout, directory: Directory) -> bool:
    return _integer(layout, directory, _PHOTOMETRIC, 0) in _OF_SENSORS


def _integer(layout: Layout, directory: Directory, tag: int, default: int) -> int:
    """Return the one value of an entry, or where it has several or is not there the default."""
    values = directory[tag].integers(layout) if tag in directory else ()
    return values[0] if len(values) == 1 else default
