"""JPEG: libjpeg-turbo with its warnings taken seriously.

OpenCV takes a JPEG whose scan breaks off for a picture; only libjpeg's warnings tell. simplejpeg raises them.
"""

from dataclasses import dataclass

import numpy as np
import simplejpeg

from framesift.errors import UnreadableFrame
from framesift.reader.decoding import Pixels, check_size, decode_whole
from framesift.reader.jpeg_structure import find_exif, find_frame, find_segments, misses_scans
from framesift.reader.orientation import read_orientation, swaps_sides, turn_upright


@dataclass(frozen=True, slots=True)
class GreyDecoding:
    """Decode JPEG straight to grey: faster, and other pixels than the exact way by some grey levels.

    libjpeg then decodes at the smallest of its scales that has at least this size.
    """

    width: int = 0
    """px; 0 for full size."""
    height: int = 0


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole JPEG. Raises UnreadableFrame for any that libjpeg warns about."""
    return _decode(content, max_pixels, None)[0]


def decode_grey(content: bytes, max_pixels: int, grey: GreyDecoding) -> tuple[Pixels, tuple[int, int]]:
    """Decode a whole JPEG to (height, width) grey, perhaps at a reduced scale; also return its own (width, height).

    Raises UnreadableFrame as `decode` does. An unusual JPEG may come as BGR at full size.
    """
    return _decode(content, max_pixels, grey)


def _decode(content: bytes, max_pixels: int, grey: GreyDecoding | None) -> tuple[Pixels, tuple[int, int]]:
    segments = find_segments(content)
    frame = find_frame(segments)
    if frame is None:
        raise UnreadableFrame("JPEG without image data")
    check_size(frame.width, frame.height, max_pixels)
    if misses_scans(content, segments, frame):
        raise UnreadableFrame("truncated JPEG")
    orientation = read_orientation(find_exif(segments))
    size = (frame.height, frame.width) if swaps_sides(orientation) else (frame.width, frame.height)
    try:
        if grey is not None and len(frame.components) in (1, 3):
            width, height = (grey.height, grey.width) if swaps_sides(orientation) else (grey.width, grey.height)
            pixels: Pixels = simplejpeg.decode_jpeg(
                content, "GRAY", fastdct=True, min_width=width or frame.width, min_height=height or frame.height
            )[:, :, 0]
        else:
            pixels = simplejpeg.decode_jpeg(content, "BGR")
    except ValueError as error:
        if "subsampling" in str(error):
            return _decode_unusual(content), size
        raise UnreadableFrame(_explain(str(error))) from None
    return turn_upright(pixels, orientation), size


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
