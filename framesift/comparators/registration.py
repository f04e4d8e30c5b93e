"""By how much a shaken camera has moved its picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging_interview import Image

FARTHEST_SHIFT = 16
"""px, the most that a camera is taken to have been shaken, up or down and left or right."""
LEAST_GAIN = 0.3
"""Of the difference of the profiles, which a shift has to remove to be believed."""


def find_shift(before: Image, after: Image, looked_at: Image | None = None) -> tuple[int, int]:
    """Return by how many px to the right and down the scene has moved; 0 where no shift explains the difference.

    All are (height, width) uint8; where `looked_at` is 0 nothing decides. The sums of the columns and of the rows are
    matched (integral projections, as cameras' stabilisers do); what is compared is how they change from one to the
    next, so that light does not matter.
    """
    return _match_profiles(before, after, looked_at, 0), _match_profiles(before, after, looked_at, 1)


def _match_profiles(before: Image, after: Image, looked_at: Image | None, axis: int) -> int:
    farthest = int(min(FARTHEST_SHIFT, (before.shape[1 - axis] - 1) // 4))
    if farthest <= 0:
        return 0
    first, second = (_sum_steps(image, looked_at, axis) for image in (before, after))
    errors = _slide(first, second, farthest) + _slide(second, first, farthest)[::-1]
    best = np.flatnonzero(errors == errors.min())
    if len(best) > 1 or errors[best[0]] >= (1 - LEAST_GAIN) * errors[farthest]:
        return 0
    return int(best[0]) - farthest


def _sum_steps(image: Image, looked_at: Image | None, axis: int) -> NDArray[np.int32]:
    """Return how the sums along an axis change from one to the next."""
    if looked_at is None:
        sums = cv2.reduce(image, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
        return np.asarray(sums[1:] - sums[:-1], np.int32)
    steps = np.diff(image.astype(np.int16), axis=1 - axis)
    pairs = np.lib.stride_tricks.sliding_window_view(looked_at > 0, 2, axis=1 - axis)
    return np.asarray((steps * pairs.all(axis=-1)).sum(axis=axis, dtype=np.int32), np.int32)


def _slide(still: NDArray[np.int32], sliding: NDArray[np.int32], farthest: int) -> NDArray[np.int64]:
    """Return the sum of absolute differences of two profiles for each shift from -farthest to farthest."""
    core = still[farthest : len(still) - farthest]
    shape, strides = (2 * farthest + 1, len(core)), 2 * sliding.strides
    apart = np.ndarray(shape, sliding.dtype, sliding, strides=strides) - core  # each shift a row
    return np.asarray(np.abs(apart, out=apart).sum(axis=1, dtype=np.int64), np.int64)
