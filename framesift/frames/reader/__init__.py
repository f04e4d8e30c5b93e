"""Bytes to pixels, strictly and within bounds: what is not a whole picture is refused with a reason."""

from framesift.frames.reader.averaging import average_pixels
from framesift.frames.reader.brightness import tell_light
from framesift.frames.reader.capture_time import find_capture_time, has_exif, orientation_of, read_capture_time
from framesift.frames.reader.fence import FENCE
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.header import is_deep_file, read_size
from framesift.frames.reader.jpeg import GreyDecoding
from framesift.frames.reader.picture import (
    MAX_PIXELS,
    Picture,
    decode_all_bits,
    decode_levels,
    decode_picture,
    open_picture,
    read_averaged,
    read_picture,
    read_reduced,
    reduce_pixels,
    tell_light_of,
)
from framesift.frames.reader.transparency import decode_opacity, lay_over_grounds

__all__ = [
    "FENCE",
    "MAX_PIXELS",
    "GreyDecoding",
    "Picture",
    "average_pixels",
    "averaging",
    "behind",
    "brightness",
    "decode_all_bits",
    "decode_levels",
    "decode_opacity",
    "decode_picture",
    "find_capture_time",
    "has_exif",
    "is_deep_file",
    "lay_over_grounds",
    "open_picture",
    "orientation_of",
    "pages",
    "png_chunks",
    "read_averaged",
    "read_capture_time",
    "read_picture",
    "read_reduced",
    "read_size",
    "reduce_pixels",
    "settling",
    "sniff_format",
    "source",
    "tags",
    "tell_light",
    "tell_light_of",
]
