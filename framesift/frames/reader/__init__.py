"""Bytes to pixels, strictly and within bounds: what is not a whole picture is refused with a reason."""

from framesift.frames.reader.capture_time import read_capture_time
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.header import read_size
from framesift.frames.reader.jpeg import GreyDecoding
from framesift.frames.reader.picture import MAX_PIXELS, Picture, decode_picture, read_picture, read_reduced

__all__ = [
    "MAX_PIXELS",
    "GreyDecoding",
    "Picture",
    "decode_picture",
    "read_capture_time",
    "read_picture",
    "read_reduced",
    "read_size",
    "sniff_format",
    "source",
]
