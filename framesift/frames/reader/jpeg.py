"""JPEG: libjpeg-turbo with its warnings taken seriously.

OpenCV takes a JPEG whose scan breaks off for a picture; only libjpeg's warnings tell. simplejpeg raises them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import simplejpeg

from framesift.errors import UnreadableFrame
from framesift.frames.reader.averaging import average_size
from framesift.frames.reader.decoding import Pixels, check_size, decode_whole
from framesift.frames.reader.jpeg_arithmetic import add_data, is_arithmetic
from framesift.frames.reader.jpeg_data import HOLE, has_hole
from framesift.frames.reader.jpeg_filler import take_out_filler
from framesift.frames.reader.jpeg_scans import check_scans
from framesift.frames.reader.jpeg_structure import Frame, find_exif, find_frame, find_segments, misses_scans
from framesift.frames.reader.orientation import read_orientation, turn_size, turn_upright
from framesift.frames.reader.zeros import has_zeros

_ODDITIES = ("extraneous bytes", "JFIF revision", "Adobe color transform", "Invalid SOS parameters", "ICC marker")
"""What libjpeg warns of, by its words, that need not be damage."""


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
    return _decode(content, max_pixels)[1]


def decode_reduced(content: bytes, max_pixels: int) -> tuple[tuple[int, int], Pixels]:
    """Return the size, width and height, of a whole JPEG and its pixels at an eighth of it.

    Every coefficient is read, so that it refuses what `decode` refuses, in a quarter of the time or less.
    """
    return _decode(content, max_pixels, fit=lambda size: (1, 1))


def decode_averaged(content: bytes, max_pixels: int, side: int) -> tuple[tuple[int, int], Pixels]:
    """Return the size, width and height, of a whole JPEG and its pixels of the size that `average_size` says.

    Every coefficient is read, so that it refuses what `decode` refuses. An unusual JPEG may come at full size.
    """
    return _decode(content, max_pixels, fit=partial(average_size, side=side))


def decode_grey(content: bytes, max_pixels: int, grey: GreyDecoding) -> tuple[tuple[int, int], Pixels]:
    """Return the size, width and height, of a whole JPEG and its (height, width) grey pixels.

    Raises UnreadableFrame as `decode` does. An unusual JPEG may come as BGR at full size.
    """
    return _decode(content, max_pixels, "GRAY", lambda size: (grey.width, grey.height))


def _decode(
    content: bytes,
    max_pixels: int,
    colours: str = "BGR",
    fit: Callable[[tuple[int, int]], tuple[int, int]] = lambda size: (0, 0),
) -> tuple[tuple[int, int], Pixels]:
    """Decode at the smallest scale that is at least as wide and high as `fit` says of the size, both as shown; (0, 0)
    is full size.
    """
    segments = find_segments(content)
    frame = find_frame(segments)
    if frame is None:
        raise UnreadableFrame("JPEG without image data")
    check_size(frame.width, frame.height, max_pixels)
    if misses_scans(content, segments, frame):
        raise UnreadableFrame("truncated JPEG")
    has_zeros_in_data = not is_arithmetic(frame) and has_zeros(content, segments[-1].end)
    if has_zeros_in_data and has_hole(content, segments, frame):
        raise UnreadableFrame(HOLE)
    orientation = read_orientation(find_exif(segments))
    size = turn_size((frame.width, frame.height), orientation)
    width, height = turn_size(fit(size), orientation)
    grey = colours == "GRAY" and len(frame.components) in (1, 3)
    decode_strictly = partial(
        simplejpeg.decode_jpeg,
        colorspace="GRAY" if grey else "BGR",
        fastdct=grey,
        min_width=width,
        min_height=height,
    )
    try:
        pixels: Pixels = decode_strictly(content)
        if has_zeros_in_data and has_hole(content, segments, frame, at_end=True):
            raise UnreadableFrame(HOLE)  # all of it taken for data: libjpeg has not warned of filler
    except ValueError as error:
        if "subsampling" in str(error):
            return size, _decode_unusual(content, frame)
        if is_arithmetic(frame) or not any(oddity in str(error) for oddity in _ODDITIES):
            raise UnreadableFrame(_explain(str(error))) from None
        pixels = _decode_tidied(content, decode_strictly, str(error))
    if is_arithmetic(frame):
        _check_arithmetic(content, pixels, partial(decode_strictly, strict=False))
    return size, turn_upright(pixels[:, :, 0] if grey else pixels, orientation)


def _decode_tidied(content: bytes, decode_strictly: Callable[[bytes], Pixels], warning: str) -> Pixels:
    """Decode a JPEG that libjpeg has warned of for what is harmless in a whole one. Raises UnreadableFrame."""
    tidied = take_out_filler(content)
    if tidied is None:
        raise UnreadableFrame(_explain(warning))
    try:
        return decode_strictly(tidied)
    except ValueError as error:
        raise UnreadableFrame(_explain(str(error))) from None


def _check_arithmetic(content: bytes, pixels: Pixels, decode: Callable[[bytes], Pixels]) -> None:
    """Raise UnreadableFrame where the data of an arithmetic-coded JPEG are not whole, or, of some without detail,
    where that cannot be told.
    """
    longer = add_data(content)
    try:
        whole = longer is not None and np.array_equal(pixels, decode(longer))
    except ValueError:
        whole = False
    if not whole:
        raise UnreadableFrame("not supported: a JPEG with arithmetic coding that may be cut")


def _decode_unusual(content: bytes, frame: Frame) -> Pixels:
    """Decode a chroma subsampling that simplejpeg has no name for, such as 4:1:0. Raises UnreadableFrame."""
    if is_arithmetic(frame):
        raise UnreadableFrame("not supported: a JPEG with arithmetic coding and unusual sampling")
    check_scans(content, frame)
    pixels = decode_whole(content)
    if pixels is None:
        raise UnreadableFrame("damaged JPEG")
    return pixels


def _explain(message: str) -> str:
    if message.startswith("Premature end"):
        return "truncated JPEG"
    return f"damaged JPEG: {message.removeprefix('Corrupt JPEG data: ')}"
