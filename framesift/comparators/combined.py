"""Gradient hash, structural similarity and colour histograms in one score."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.histogram import BINS, correlate, count_colours
from framesift.comparators.perceptual_hash import count_differing_bits, hash_gradients
from framesift.comparators.resampling import convert_to_grey, shrink
from framesift.comparators.ssim import measure_similarity

HASH_WEIGHT, SSIM_WEIGHT, HISTOGRAM_WEIGHT = 0.4, 0.3, 0.3
HASH_SIDE = 16
SSIM_SIDE = 64
"""px of the side of the grey version that SSIM compares."""

DESCRIPTOR = np.dtype(
    [
        ("hash", np.uint64, (HASH_SIDE**2 // 64,)),
        ("histogram", np.uint32, (3, BINS)),
        ("grey", np.uint8, (SSIM_SIDE, SSIM_SIDE)),
    ]
)


class Parts(NamedTuple):
    """How much two pictures differ by each of the three measures, 0 to 1."""

    hash: float
    ssim: float
    colours: float


@dataclass(frozen=True, slots=True)
class Combined:
    """Compares by a 16x16 gradient hash (40 %), SSIM (30 %) and the correlation of colour histograms (30 %)."""

    def describe(self, image: NDArray[np.uint8]) -> NDArray[Any]:
        """Return the descriptor, () of `DESCRIPTOR`, of a BGR picture, (height, width, 3) uint8."""
        grey = convert_to_grey(image)
        descriptor = np.empty((), DESCRIPTOR)
        descriptor["hash"] = hash_gradients(grey, HASH_SIDE)
        descriptor["histogram"] = count_colours(image)
        descriptor["grey"] = shrink(grey, SSIM_SIDE, SSIM_SIDE)
        return descriptor

    def score(self, reference: NDArray[Any], candidate: NDArray[Any]) -> float:
        """Return 0 to 1. What is further from alike than unlike (SSIM or correlation below 0) counts as unlike."""
        parts = self.measure(reference, candidate)
        return HASH_WEIGHT * parts.hash + SSIM_WEIGHT * parts.ssim + HISTOGRAM_WEIGHT * parts.colours

    def measure(self, reference: NDArray[Any], candidate: NDArray[Any]) -> Parts:
        """Return what the score is made of."""
        return Parts(
            count_differing_bits(reference["hash"], candidate["hash"]) / HASH_SIDE**2,
            min(1 - measure_similarity(reference["grey"], candidate["grey"]), 1.0),
            min(1 - correlate(reference["histogram"], candidate["histogram"]), 1.0),
        )
