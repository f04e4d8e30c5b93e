"""What compares the frames of a camera, and by what they are decided, as the settings of a run say."""

from dataclasses import replace
from functools import partial

from framesift.comparators.differencing import Differencing
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.masks import choose_masks
from framesift.comparators.thresholds import Threshold
from framesift.filtering.manifest import Record
from framesift.filtering.option_values import Method
from framesift.filtering.selection import WHOLE, Decision, Rule
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from imaging_interview import Image


def comparator_of(settings: Settings, of: str | Frame) -> Differencing:
    """Return what compares the frames of a camera, or a frame with others, as `settings` say."""
    camera, settings = (of, settings.of(of)) if isinstance(of, str) else (of.camera, settings.at(of))
    masks = choose_masks(settings.masks, camera)
    shared = settings.min_contour_area, settings.blur, settings.border_mask, settings.size, masks
    if settings.method is Method.TOLERANCE:
        from framesift.comparators.tolerance import ToleranceDifferencing  # the larger half of what compares

        return ToleranceDifferencing(*shared, settings.width)
    return FrameDifferencing(*shared)


def import_comparators(settings: Settings) -> None:
    """Import what compares by the methods of `settings`, so that no fork does it for itself."""
    for method in settings.all_of("method"):
        comparator_of(replace(settings, method=method, sections=()), "")


def record_of(record: Record, of: str | Frame) -> Record:
    """Return a record with the settings of a camera, or with those that a frame was decided by."""
    settings = record.settings.of(of) if isinstance(of, str) else record.settings.at(of)
    return record if settings is record.settings else replace(record, settings=settings, known_levels=record.levels)


def rule_of(settings: Settings, camera: str) -> Rule[Image]:
    """Return by what the frames of a camera are decided as `settings` say; scores are in px of the compared size."""
    settings = settings.of(camera)
    comparator = comparator_of(settings, camera)

    def limit(descriptor: Image) -> float:
        return settings.score_threshold.px(comparator.compared_area(descriptor))

    most = None if settings.most is None else settings.most / 100
    extent = partial(comparator.extent, least=WHOLE if most is None else min(most, WHOLE))
    return Rule(comparator.score, limit, settings.against, extent, most, settings.spacing)


def limit_of(settings: Settings, decision: Decision) -> Threshold:
    """Return what the score of a frame had to be above: within a budget that may be more than the settings say."""
    weight, usual = decision.weight, settings.at(decision.frame).score_threshold
    if weight is None or (usual.relative and weight.limit.value < usual.value):
        return usual
    return weight.limit
