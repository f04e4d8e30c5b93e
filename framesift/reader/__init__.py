"""Bytes to pixels, strictly and within bounds: what is not a whole picture is refused with a reason."""

from framesift.reader.capture_time import read_capture_time
from framesift.reader.formats import sniff_format
from framesift.reader.header import read_size
from framesift.reader.jpeg import GreyDecoding
from framesift.reader.picture import MAX_PIXELS, Picture, decode_picture, read_picture, read_reduced

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
]
