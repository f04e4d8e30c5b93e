"""What lies in one small grey picture beyond all that is around that place in another one.

Two pictures of which one was cropped a little, encoded again or put in other light show nothing like that; a thing that
has come, or has gone, does. That is told of thousands of pictures at once, before any of them is laid upon another.
"""

from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.lighting import LARGEST_GAIN, LEAST_GAIN

Greys = NDArray[np.uint8]
"""(n, height, width)"""
Grey = NDArray[np.uint8]
"""(height, width)"""

REACH = 3
"""px on each side: what a crop of a tenth moves, in a picture of 64 px, stays within."""
RIM = 4
"""px of the border that such a crop takes away."""
_AT_ONCE = 512
"""Pictures: what is computed of so many stays in the cache of a processor."""
_LEVELS = np.arange(256, dtype=np.float32)


class _Range(NamedTuple):
    """The darkest and the brightest level around each px of each picture."""

    low: Greys
    high: Greys


def lies_beyond(keeper: Grey, members: Greys, limit: float) -> NDArray[np.bool_]:
    """Return of which members, (n,), one shows something that lies more than `limit` levels beyond the other.

    Both under the light they are in, and with contrast and mean of the keeper made those of the member. What the keeper
    has within its border may be missing.
    """
    parts = [members[start : start + _AT_ONCE] for start in range(0, len(members), _AT_ONCE)]
    return np.concatenate([_lies_beyond(keeper, part, limit) for part in parts] or [np.zeros(0, np.bool_)])


def _lies_beyond(keeper: Grey, members: Greys, limit: float) -> NDArray[np.bool_]:
    own = keeper[np.newaxis]
    around = _find_range(own)
    found = _exceeds(members, around, limit)
    rest = np.flatnonzero(~found)
    found[rest] = _exceeds(own, _find_range(members[rest]), limit, RIM)
    # In another light it may be nothing. Light keeps the order of levels, and so a range that of its ends.
    rest = np.flatnonzero(found)
    lights = _find_lights(keeper, members[rest])
    lit = _exceeds(members[rest], _Range(_apply(lights, around.low[0]), _apply(lights, around.high[0])), limit)
    dim = np.flatnonzero(~lit)
    lit[dim] = _exceeds(_apply(lights[dim], keeper), _find_range(members[rest[dim]]), limit, RIM)
    found[rest] = lit
    return found


def _exceeds(images: Greys, around: _Range, limit: float, rim: int = 0) -> NDArray[np.bool_]:
    """Return where the mean of any 2x2 px of an image lies more than the limit outside of a range."""
    above = np.maximum(images, around.high) - around.high
    below = around.low - np.minimum(images, around.low)
    excess = np.maximum(above, below)
    count, height, width = excess.shape
    if not count:
        return np.zeros(0, np.bool_)
    # The pictures one below the other: the mean at a first row would be one with the picture before.
    means = cv2.blur(excess.reshape(count * height, width), (2, 2)).reshape(excess.shape)
    first, last = max(rim, 1), -rim or None
    return cast(NDArray[np.bool_], means[:, first:last, first:last].max(axis=(1, 2), initial=0) > limit)


def _find_range(images: Greys) -> _Range:
    count, height, width = images.shape
    if not count:
        return _Range(images, images)
    kernel, ends = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8), []
    for find, beyond in ((cv2.erode, 255), (cv2.dilate, 0)):
        apart = np.full((count, height + REACH, width), beyond, np.uint8)
        apart[:, :height] = images
        ends.append(cast(Greys, find(apart.reshape(-1, width), kernel).reshape(apart.shape)[:, :height]))
    return _Range(*ends)


def _find_lights(keeper: Grey, members: Greys) -> NDArray[np.uint8]:
    """Return what becomes of each level of the keeper in the light of each member, (n, 256)."""
    flat = members.reshape(len(members), keeper.size)
    means = flat.mean(axis=1, dtype=np.float32)[:, np.newaxis]
    spreads = flat.std(axis=1, dtype=np.float32)[:, np.newaxis]
    gains = np.clip((spreads + 1) / (float(keeper.std()) + 1), LEAST_GAIN, LARGEST_GAIN)
    lit: NDArray[np.float32] = (_LEVELS - np.float32(keeper.mean())) * gains + means
    return np.clip(lit, 0, 255).astype(np.uint8)


def _apply(lights: NDArray[np.uint8], image: Grey) -> Greys:
    return np.ascontiguousarray(lights[:, image])
