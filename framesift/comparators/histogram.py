"""Colour histograms, compared by their correlation."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BINS = 64
"""Of each channel, equally wide."""

Counts = NDArray[np.uint32]
"""(3, 64): how many px of blue, green, red fall into each bin."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Compares by the correlation of the 64-bin histograms of each channel, averaged over the channels."""

    def describe(self, image: NDArray[np.uint8]) -> Counts:
        """Return the histograms, (3, 64) uint32, of a BGR picture, (height, width, 3) uint8."""
        return count_colours(image)

    def score(self, reference: Counts, candidate: Counts) -> float:
        """Return 1 - correlation, 0 to 2."""
        return 1 - correlate(reference, candidate)


def count_colours(image: NDArray[np.uint8]) -> Counts:
    """Return the histograms, (3, 64) uint32, of a BGR picture, (height, width, 3) uint8."""
    # OpenCV counts in float32, which is exact to 2**24: a larger picture is counted strip by strip.
    step = max((1 << 24) // image.shape[1], 1)
    strips = [image[top : top + step] for top in range(0, image.shape[0], step)]
    counts = [[cv2.calcHist([strip], [c], None, [BINS], [0, 256]).ravel() for c in range(3)] for strip in strips]
    return np.asarray(np.array(counts, np.float64).sum(axis=0), np.uint32)


def correlate(reference: Counts, candidate: Counts) -> float:
    """Return Pearson's correlation of the bins, the mean over the channels, -1 to 1.

    The sums are whole numbers, so the result is the same on every machine, and 1 for a picture with itself.
    """
    a, b = reference.astype(np.int64), candidate.astype(np.int64)
    sums_a, sums_b = a.sum(axis=1), b.sum(axis=1)
    shared = BINS * (a * b).sum(axis=1) - sums_a * sums_b
    spread_a = BINS * (a * a).sum(axis=1) - sums_a**2
    spread_b = BINS * (b * b).sum(axis=1) - sums_b**2
    channels = zip(shared.tolist(), spread_a.tolist(), spread_b.tolist(), strict=True)
    return min(sum(_correlation(*channel) for channel in channels) / len(a), 1.0)


def _correlation(shared: int, spread: int, other_spread: int) -> float:
    """An even histogram correlates with nothing but another even one."""
    if spread == 0 or other_spread == 0:
        return float(spread == other_spread)
    return shared / math.sqrt(float(spread) * float(other_spread))
