"""BMP: a header whose sizes are checked against the file's length before OpenCV sees it."""

import struct

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole
from framesift.frames.reader.zeros import rows_end_in_zeros

_CORE_HEADER = 12
_LATER_HEADERS = (52, 56, 108, 124)
"""All begin as that of 40 bytes, with the masks of the colours behind."""
_USUAL_HEADER = 40
_MASKS = 3
_UNCOMPRESSED = (0, _MASKS, 6)
_RARE_DEPTHS = (2,)
_RARE_COMPRESSIONS = {4: "JPEG", 5: "PNG"}


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole BMP. Raises UnreadableFrame."""
    width, height, row = read_header(content)
    check_size(width, height, max_pixels)
    (start,) = struct.unpack_from("<I", content, 10)
    if row is not None and start + row * height > len(content):
        raise UnreadableFrame("truncated BMP")
    if row is not None and rows_end_in_zeros(content, start, start + row * height, row):
        raise UnreadableFrame("damaged BMP: ends in zeros")
    pixels = decode_whole(_shorten_header(content))
    if pixels is None:
        raise UnreadableFrame(_explain(content))
    return pixels


def _shorten_header(content: bytes) -> bytes:
    """Return a BMP of 16 bits with the header for which OpenCV looks at the masks of its colours."""
    (header,) = struct.unpack_from("<I", content, 14)
    if header in _LATER_HEADERS and struct.unpack_from("<HI", content, 28) == (16, _MASKS):
        return content[:14] + struct.pack("<I", _USUAL_HEADER) + content[18:]
    return content


def _explain(content: bytes) -> str:
    """Say why OpenCV gives no pixels: a kind that it does not read is no damage."""
    (header,) = struct.unpack_from("<I", content, 14)
    if header == _CORE_HEADER:
        return "damaged BMP"
    depth, compression = struct.unpack_from("<HI", content, 28)
    if compression in _RARE_COMPRESSIONS:
        return f"not supported: a BMP with {_RARE_COMPRESSIONS[compression]} inside"
    if depth in _RARE_DEPTHS:
        return f"not supported: a BMP of {depth} bits"
    return "damaged BMP"


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
