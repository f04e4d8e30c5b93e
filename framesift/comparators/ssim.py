"""Structural similarity (SSIM) of small grey versions.

Source: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to
structural similarity", 2004; with even windows of 7 px and sample covariance, as `structural_similarity` of
scikit-image has them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.resampling import convert_to_grey, shrink

Grey = NDArray[np.uint8]

WINDOW = 7
"""px of the side of the window that is moved over both pictures."""
_PX = WINDOW**2
_LUMINANCE = (0.01 * 255) ** 2
_CONTRAST = (0.03 * 255) ** 2


@dataclass(frozen=True, slots=True)
class StructuralSimilarity:
    """Compares by the structural similarity of grey versions of a common size."""

    side: int = 64
    """Width and height in px of the compared size."""

    def describe(self, image: NDArray[np.uint8]) -> Grey:
        """Return the grey version, (side, side) uint8, of a BGR picture, (height, width, 3) uint8."""
        return shrink(convert_to_grey(image), self.side, self.side)

    def score(self, reference: Grey, candidate: Grey) -> float:
        """Return 1 - SSIM, 0 to 2."""
        return 1 - measure_similarity(reference, candidate)


def measure_similarity(reference: Grey, candidate: Grey) -> float:
    """Return the SSIM, -1 to 1, of two grey pictures of the same shape, at least 7 px each way.

    All sums are whole numbers that float32 holds exactly, and the mean is taken in whole numbers too: the result
    does not depend on the order in which a machine adds.
    """
    a, b = reference.astype(np.float32), candidate.astype(np.float32)
    sum_a, sum_b = _sum_windows(a), _sum_windows(b)
    product, squares = sum_a * sum_b, sum_a**2 + sum_b**2
    spread = _PX / (_PX - 1) / _PX**2
    covariance = (_PX * _sum_windows(a * b) - product) * spread
    variances = (_PX * _sum_windows(a * a + b * b) - squares) * spread
    above = (2 * product / _PX**2 + _LUMINANCE) * (2 * covariance + _CONTRAST)
    below = (squares / _PX**2 + _LUMINANCE) * (variances + _CONTRAST)
    parts = np.rint(above / below * (1 << 40)).astype(np.int64)
    return int(parts.sum()) / (parts.size << 40)


def _sum_windows(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the sum of each whole window, (height - 6, width - 6)."""
    sums = cv2.boxFilter(values, cv2.CV_32F, (WINDOW, WINDOW), normalize=False)
    border = WINDOW // 2
    return sums[border:-border, border:-border].astype(np.float64)
