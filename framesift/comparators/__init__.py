"""Ways of comparing two frames. Each has the same two steps and the same direction.

`describe` turns one picture into a descriptor, whatever it needs to be compared by; it knows one frame only, so it runs
in parallel. `score` compares two descriptors: 0 for the same picture, growing with change.
"""

from typing import Any, Protocol

from numpy.typing import NDArray

from framesift.comparators.combined import Combined
from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import ComparedPart, Differencing
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


def comparator_of(settings: Settings, camera: str) -> Differencing:
    """Return what compares the frames of a camera as `settings` say."""
    masks = choose_masks(settings.masks, camera)
    shared = settings.min_contour_area, settings.blur, settings.border_mask, settings.size, masks
    if settings.method is Method.TOLERANCE:
        return ToleranceDifferencing(*shared, settings.width)
    return FrameDifferencing(*shared)
