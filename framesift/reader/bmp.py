"""BMP: a header whose sizes are checked against the file's length before OpenCV sees it."""

import struct

from framesift.errors import UnreadableFrame
from framesift.reader.decoding import Pixels, check_size, decode_whole

_CORE_HEADER = 12
_UNCOMPRESSED = (0, 3, 6)


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole BMP. Raises UnreadableFrame."""
    start, header = struct.unpack_from("<II", content, 10)
    if header == _CORE_HEADER:
        width, height, _, depth = struct.unpack_from("<HHHH", content, 18)
        compression = 0
    else:
        width, height, _, depth, compression = struct.unpack_from("<iiHHI", content, 18)
    height = abs(height)  # negative: the rows come from the top
    check_size(width, height, max_pixels)
    row = (width * depth + 31) // 32 * 4
    if compression in _UNCOMPRESSED and start + row * height > len(content):
        raise UnreadableFrame("truncated BMP")
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged BMP")
    return pixels
