"""What a picture looks like to whoever compares it: over which ground, and in which range of levels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.levels import WHOLE, Levels, cut_levels, find_band, spans_few
from framesift.frames.reader import (
    Picture,
    decode_opacity,
    lay_over_grounds,
    open_picture,
    read_averaged,
    sniff_format,
)

_MOST_NOISE = 4.0
_LOSSY = {"JPEG", "WebP"}
_FULL_PALETTE, _PALETTE_NOISE = 128, 3.0
"""A palette of which more colours are used was made for a photo, whose colours it only comes near to."""
_SAMPLE = 100_000
"""px that tell how many colours are used."""
_EVENED = 19
"""Grey levels by which averages may span fewer than the pixels that they were made of, for these to be looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """A picture as it is compared."""

    grounds: tuple[NDArray[np.uint8], ...]
    """(height, width, 3) BGR each: one picture, or the two of one in which anything is transparent: black, white."""
    levels: Levels | None
    """The range in which a picture of 16 bits, or of few levels, is compared; None: all levels."""
    opacity: NDArray[np.uint8] | None = None
    """(height, width), 255 where nothing shines through; None for an opaque picture."""
    noise: float = 1.0
    """By how much spreading the levels amplifies what encoding leaves."""

    @property
    def is_transparent(self) -> bool:
        """Whether anything is."""
        return self.opacity is not None


def read_small(path: PathLike, side: int) -> Picture:
    """Read a picture that is to be described by averages of its pixels, where it has more than `side` (0: all) at each
    of its sides. A JPEG comes as such, unless it may be one of few levels, which are to be spread before.

    Raises as `read_picture`.
    """
    picture = read_averaged(path, side)
    if is_small(picture) and spans_few(picture.pixels, _EVENED):
        picture = open_picture(picture.content, picture.stat)
    return picture


def is_small(picture: Picture) -> bool:
    """Tell whether the pixels of a picture are averages."""
    return picture.pixels.shape[1::-1] != picture.size


def find_appearance(content: bytes, pixels: NDArray[np.uint8], levels: Levels | None) -> Appearance:
    """Return what to compare of a picture that was decoded to `pixels` in the range `levels`.

    Raises UnreadableFrame where what is transparent cannot be told.
    """
    opacity = decode_opacity(content)
    if opacity is not None:
        if opacity.shape != pixels.shape[:2]:
            raise UnreadableFrame("damaged: its transparency has another size")
        return Appearance(lay_over_grounds(content, pixels, opacity), None if levels == WHOLE else levels, opacity)
    noise = _PALETTE_NOISE if _has_full_palette(content, pixels) else 1.0
    if levels is None and (levels := find_band(pixels)):
        pixels = cut_levels(np.left_shift(pixels, 8, dtype=np.uint16), levels)
        if sniff_format(content[:12]) in _LOSSY:
            noise = min(WHOLE.high / (levels.high - levels.low), _MOST_NOISE)
    return Appearance((pixels,), None if levels == WHOLE else levels, noise=noise)


def _has_full_palette(content: bytes, pixels: NDArray[np.uint8]) -> bool:
    kind = sniff_format(content[:12])
    if kind != "GIF" and not (kind == "PNG" and content[25:26] == b"\x03"):
        return False
    colours = pixels.reshape(-1, 3)[:: max(pixels.size // 3 // _SAMPLE, 1)].astype(np.uint32)
    return len(np.unique(colours @ np.array([1, 1 << 8, 1 << 16], np.uint32))) > _FULL_PALETTE
