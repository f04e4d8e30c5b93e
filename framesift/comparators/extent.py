"""Whether the whole picture is another one, by its structure and by its grey levels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.change import CHANGED, Pair, find_change
from framesift.comparators.registration import find_shift
from framesift.comparators.structure import UNIT, Gradients, find_excess, find_possible
from imaging_interview import Image

ALTERED = round(0.2 * UNIT)
"""An edge that lies farther outside is not the one that was there."""
BRIGHTNESS = 20
"""Grey levels: a pixel that lies farther outside is another one."""
LEAST_STRUCTURE = 0.1
"""Of the picture: where less shows structure, in the dark, the first thing that comes is not the whole picture."""


def measure_extent(pair: Pair, least: float = 0.0) -> float:
    """Return the larger of two shares: of the edges that are others, and of the pixels that are brighter or darker.

    It may be 0 for any share that is less than `least`: unless the camera was shaken, a bound is found much sooner.
    """
    one, other, looked_at = pair.before.gradients, pair.after.gradients, pair.after.looked_at
    if least > 0 and find_shift(one.image, other.image, looked_at) == (0, 0):
        possible = find_possible(one, other, pair.edge, ALTERED)
        apart = np.asarray(cv2.absdiff(one.image, other.image), np.uint8)
        if _measure(one, other, pair.edge, looked_at, possible, apart) < least:
            return 0.0
    change = find_change(pair)
    one, other, looked_at = change.before, change.after, change.looked_at
    excess = find_excess(one.image, other.image, looked_at)
    return _measure(one, other, change.edge, looked_at, change.difference > ALTERED, excess)


def _measure(
    one: Gradients,
    other: Gradients,
    edge: float,
    looked_at: Image | None,
    altered: NDArray[np.bool_],
    excess: Image,
) -> float:
    """Return the share of what is looked at, by where edges are altered and how far each px lies outside."""
    edges = np.maximum(one.steepness, other.steepness) > np.float32((CHANGED / UNIT * edge) ** 2)
    everything = np.ones(edges.shape, bool) if looked_at is None else looked_at > 0
    whole = max(int(np.count_nonzero(everything)), 1)
    edges &= everything
    structure = max(int(np.count_nonzero(edges)), LEAST_STRUCTURE * whole)
    brighter = int(np.count_nonzero((excess > BRIGHTNESS) & everything))
    return max(int(np.count_nonzero(edges & altered)) / structure, brighter / whole)
