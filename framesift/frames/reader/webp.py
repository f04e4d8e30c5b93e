"""WebP: the RIFF container is measured against the file, the size is read from its first chunk.

RFC 9649 (2024).
"""

import struct

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole
from framesift.frames.reader.zeros import ends_in_zeros

_ALPHA_FLAG = 0x10


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole WebP, of an animated one the first frame. Raises UnreadableFrame."""
    size = struct.unpack_from("<I", content, 4)[0] + 8
    if size > len(content):
        raise UnreadableFrame("truncated WebP")
    if ends_in_zeros(content[:size]):
        raise UnreadableFrame("damaged WebP: ends in zeros")
    width, height, alpha = read_header(content)
    check_size(width, height, max_pixels)
    pixels = decode_whole(content, alpha)
    if pixels is None:
        raise UnreadableFrame("damaged WebP")
    return pixels


def read_header(content: bytes) -> tuple[int, int, bool]:
    """Return width, height and whether there may be alpha."""
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        height = int.from_bytes(content[27:30], "little") + 1
        return width, height, bool(content[20] & _ALPHA_FLAG)
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF, False
    raise UnreadableFrame("damaged WebP: no image data")
