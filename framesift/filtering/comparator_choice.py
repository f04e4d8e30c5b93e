"""What compares the frames of a camera, as the settings of a run say."""

from framesift.comparators.differencing import Differencing
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.masks import choose_masks
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.filtering.options import Method
from framesift.filtering.settings import Settings


def comparator_of(settings: Settings, camera: str) -> Differencing:
    """Return what compares the frames of a camera as `settings` say."""
    masks = choose_masks(settings.masks, camera)
    shared = settings.min_contour_area, settings.blur, settings.border_mask, settings.size, masks
    if settings.method is Method.TOLERANCE:
        return ToleranceDifferencing(*shared, settings.width)
    return FrameDifferencing(*shared)
