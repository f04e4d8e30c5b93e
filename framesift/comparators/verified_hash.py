"""A perceptual hash whose verdict two other measures have to confirm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.histogram import BINS, correlate, count_colours
from framesift.comparators.perceptual_hash import COSINE_SIDE, count_differing_bits, hash_frequencies
from framesift.comparators.resampling import convert_to_grey, shrink

DESCRIPTOR = np.dtype(
    [
        ("hash", np.uint64, (1,)),
        ("histogram", np.uint32, (3, BINS)),
        ("grey", np.uint8, (COSINE_SIDE, COSINE_SIDE)),
    ]
)


@dataclass(frozen=True, slots=True)
class VerifiedHash:
    """Compares by the cosine hash, the correlation of colour histograms and the mean squared error at 32x32 px.

    Each measure is taken as a share of its limit, and the score is the largest: below 1, all three are within.
    """

    distance: int = 8
    """Bits of 64 that may differ."""
    correlation: float = 0.7
    """What the correlation has to be above."""
    squared_error: float = 200.0
    """What the mean squared error of the grey levels has to be below."""

    def describe(self, image: NDArray[np.uint8]) -> NDArray[Any]:
        """Return the descriptor, () of `DESCRIPTOR`, of a BGR picture, (height, width, 3) uint8."""
        descriptor = np.empty((), DESCRIPTOR)
        descriptor["grey"] = shrink(convert_to_grey(image), COSINE_SIDE, COSINE_SIDE)
        descriptor["hash"] = hash_frequencies(descriptor["grey"])
        descriptor["histogram"] = count_colours(image)
        return descriptor

    def score(self, reference: NDArray[Any], candidate: NDArray[Any]) -> float:
        """Return the largest share of a limit that is used up: near-duplicates are below 1."""
        differing = count_differing_bits(reference["hash"], candidate["hash"])
        error = measure_squared_error(reference["grey"], candidate["grey"])
        decorrelation = 1 - correlate(reference["histogram"], candidate["histogram"])
        return max(differing / (self.distance + 1), decorrelation / (1 - self.correlation), error / self.squared_error)


def measure_squared_error(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> float:
    """Return the mean squared difference of the levels of two grey pictures of the same shape."""
    difference = reference.astype(np.int64) - candidate
    return int((difference**2).sum()) / difference.size
