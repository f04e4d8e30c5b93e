"""BMP: a header whose sizes are checked against the file's length before OpenCV sees it."""

import struct

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole

_CORE_HEADER = 12
_UNCOMPRESSED = (0, 3, 6)


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole BMP. Raises UnreadableFrame."""
    width, height, row = read_header(content)
    check_size(width, height, max_pixels)
    (start,) = struct.unpack_from("<I", content, 10)
    if row is not None and start + row * height > len(content):
        raise UnreadableFrame("truncated BMP")
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged BMP")
    return pixels


def read_header(content: bytes) -> tuple[int, int, int | None]:
    """Return width, height and the bytes of a row, None where rows are compressed."""
    (header,) = struct.unpack_from("<I", content, 14)
    if header == _CORE_HEADER:
        width, height, _, depth = struct.unpack_from("<HHHH", content, 18)
        compression = 0
    else:
        width, height, _, depth, compression = struct.unpack_from("<iiHHI", content, 18)
    row = (width * depth + 31) // 32 * 4 if compression in _UNCOMPRESSED else None
    return width, abs(height), row  # negative: the rows come from the top
