"""A mask painted as a picture: black is ignored, white is compared."""

import numpy as np

from framesift.comparators.masks.mask import Mask
from framesift.comparators.masks.raster import encode_runs
from framesift.errors import UnreadableFrame, UsageError
from framesift.frames.reader import decode_picture, sniff_format


def read_bitmap(content: bytes) -> Mask:
    """Return the mask that the bytes of a PNG are. Raises UsageError for other formats, damage, and other colours."""
    kind = sniff_format(content[:12])
    if kind != "PNG":  # a JPEG has no two levels, and what others have is rarely black and white
        raise UsageError(f"is a {kind} picture: a painted mask is a PNG, black where to ignore and white elsewhere")
    try:
        pixels = decode_picture(content)
    except UnreadableFrame as error:
        raise UsageError(error.reason) from None
    black, white = (pixels == 0).all(axis=2), (pixels == 255).all(axis=2)
    if not (black | white).all():
        y, x = (int(side) for side in np.argwhere(~(black | white))[0])
        blue, green, red = (int(level) for level in pixels[y, x])
        found = f"the pixel at {x},{y} is #{red:02x}{green:02x}{blue:02x}"
        raise UsageError(f"is not black and white only: {found}; black is ignored, white is compared")
    if black.all():
        raise UsageError("is wholly black: that leaves nothing to compare")
    return Mask(size=(pixels.shape[1], pixels.shape[0]), runs=encode_runs(white))
