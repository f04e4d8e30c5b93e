"""What compares the frames of a camera, and by what they are decided, as the settings of a run say."""

from framesift.comparators.differencing import Differencing
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.masks import choose_masks
from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.filtering.option_values import Method
from framesift.filtering.selection import Decision, Rule
from framesift.filtering.settings import Settings
from imaging_interview import Image


def comparator_of(settings: Settings, camera: str) -> Differencing:
    """Return what compares the frames of a camera as `settings` say."""
    masks = choose_masks(settings.masks, camera)
    shared = settings.min_contour_area, settings.blur, settings.border_mask, settings.size, masks
    if settings.method is Method.TOLERANCE:
        return ToleranceDifferencing(*shared, settings.width)
    return FrameDifferencing(*shared)


def rule_of(settings: Settings, camera: str) -> Rule[Image]:
    """Return by what the frames of a camera are decided as `settings` say; scores are in px of the compared size."""
    comparator = comparator_of(settings, camera)

    def limit(descriptor: Image) -> float:
        return settings.score_threshold.px(comparator.compared_area(descriptor))

    most = None if settings.most is None else settings.most / 100
    return Rule(comparator.score, limit, settings.against, comparator.extent, most, settings.spacing)


def limit_of(settings: Settings, decision: Decision) -> Threshold:
    """Return what the score of a frame had to be above: within a budget that may be more than the settings say."""
    weight, usual = decision.weight, settings.score_threshold
    if weight is None or (usual.relative and weight.limit.value < usual.value):
        return usual
    return weight.limit
