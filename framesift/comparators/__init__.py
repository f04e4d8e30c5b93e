"""Ways of comparing two frames. Each has the same two steps and the same direction.

`describe` turns one picture into a descriptor, whatever it needs to be compared by; it knows one frame only, so it runs
in parallel. `score` compares two descriptors: 0 for the same picture, growing with change.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.combined import Combined
from framesift.comparators.compared import ComparedPart
from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.embedding import Embedding
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.histogram import Histogram
from framesift.comparators.perceptual_hash import CosineHash, GradientHash
from framesift.comparators.ssim import StructuralSimilarity
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.comparators.verified_hash import VerifiedHash
from framesift.masks import choose_masks
from framesift.settings import Method, Settings

__all__ = [
    "Bearing",
    "Combined",
    "Comparator",
    "ComparedPart",
    "Comparison",
    "CosineHash",
    "Differencing",
    "Embedding",
    "FrameDifferencing",
    "GradientHash",
    "Histogram",
    "Region",
    "StructuralSimilarity",
    "ToleranceDifferencing",
    "VerifiedHash",
    "comparator_of",
]


class Comparator(Protocol):
    """One way of comparing."""

    def describe(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return the descriptor, of the same shape and dtype for every picture, of a (height, width, 3) uint8 BGR one.

        The picture is left as it is. A descriptor of several parts is a 0-dimensional structured array.
        """

    def score(self, reference: NDArray[Any], candidate: NDArray[Any]) -> float:
        """Return how much two descriptors differ: symmetric, 0 for the same picture, growing with change."""


class Differencing(Comparator, Protocol):
    """A way of comparing whose score is an area: what the main job decides by."""

    def examine(self, reference: NDArray[Any], candidate: NDArray[Any]) -> Comparison:
        """Return the score of two descriptors with its evidence."""

    def measure(self, reference: NDArray[Any], candidate: NDArray[Any]) -> NDArray[np.float64]:
        """Return for every region that changed its area and its reach, (n, 2), in px of the compared size.

        The reach is the largest `min_contour_area` with which the region counts. So for every `min_contour_area` that
        is not less than that of this comparator the score is the sum of the areas whose reach is not less than it.
        """

    def compared_area(self, descriptor: NDArray[Any]) -> int:
        """Return the px that are compared of a descriptor: what relative thresholds are a share of."""

    def compared_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the width and height in px at which frames of this width and height are compared."""

    def compared_area_of(self, size: tuple[int, int]) -> int:
        """Return the px that are compared of a frame of this width and height."""

    def compared_part(self, size: tuple[int, int]) -> ComparedPart:
        """Return what is compared of such a frame. Raises UsageError where the masks leave nothing of it."""


def comparator_of(settings: Settings, camera: str) -> Differencing:
    """Return what compares the frames of a camera as `settings` say."""
    masks = choose_masks(settings.masks, camera)
    area, blur, mask, size = settings.min_contour_area, settings.blur, settings.border_mask, settings.size
    if settings.method is Method.TOLERANCE:
        return ToleranceDifferencing(area, blur, mask, size, settings.width, masks)
    return FrameDifferencing(area, blur, mask, size, masks)
