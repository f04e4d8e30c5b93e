"""JPEG: libjpeg-turbo with its warnings taken seriously.

OpenCV takes a JPEG whose scan breaks off for a picture; only libjpeg's warnings tell. simplejpeg raises them.
"""

import numpy as np
import simplejpeg

from framesift.errors import UnreadableFrame
from framesift.reader.decoding import Pixels, check_size, decode_whole
from framesift.reader.jpeg_structure import find_exif, find_frame, find_segments, misses_scans
from framesift.reader.orientation import read_orientation, turn_upright


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole JPEG. Raises UnreadableFrame for any that libjpeg warns about."""
    segments = find_segments(content)
    frame = find_frame(segments)
    if frame is None:
        raise UnreadableFrame("JPEG without image data")
    check_size(frame.width, frame.height, max_pixels)
    if misses_scans(content, segments, frame):
        raise UnreadableFrame("truncated JPEG")
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(content, "BGR", strict=True)
    except ValueError as error:
        if "subsampling" in str(error):
            return _decode_unusual(content)
        raise UnreadableFrame(_explain(str(error))) from None
    return turn_upright(pixels, read_orientation(find_exif(segments)))


def _decode_unusual(content: bytes) -> Pixels:
    """Decode a chroma subsampling that simplejpeg has no name for, such as 4:1:0.

    OpenCV refuses these without their end marker, but not a cut with the marker put back. Behind a whole scan more data
    changes nothing; behind a cut one it becomes pixels.
    """
    end = content.rfind(b"\xff\xd9")
    pixels = decode_whole(content)
    more = (b"\0" if content[:end].endswith(b"\xff") else b"") + b"\x5a" * 64  # FF 00 is data, FF 5A would be a marker
    probe = decode_whole(content[:end] + more + content[end:])
    if pixels is None or probe is None or not np.array_equal(pixels, probe):
        raise UnreadableFrame("damaged JPEG")
    return pixels


def _explain(message: str) -> str:
    if message.startswith("Premature end"):
        return "truncated JPEG"
    return f"damaged JPEG: {message.removeprefix('Corrupt JPEG data: ')}"
