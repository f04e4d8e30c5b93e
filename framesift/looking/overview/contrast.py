"""In how many levels a camera's frames lie: those of 16-bit files, and frames with too few of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from framesift.comparators.framediff import LEAST_SPAN
from framesift.errors import counted
from framesift.filtering.summary import TOLD, describe_levels
from framesift.frames.levels import Levels, move_grey
from framesift.looking.overview.sightings import Sighting
from imaging_interview import CHANGE_THRESHOLD


def find_levels(sightings: Sequence[Sighting]) -> Levels | None:
    """Return the range in which a run would read the 16-bit frames of a camera: the one that suits the first."""
    return next((sighting.levels for sighting in sightings if sighting.levels), None)


def use_one_range(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Return the sightings of a camera as they would be had all its 16-bit frames been read in one range."""
    levels = find_levels(sightings)
    return [_move(s, levels) if levels and s.levels not in (None, levels) else s for s in sightings]


def count_flat(sightings: Sequence[Sighting]) -> int:
    """Return how many frames show something, but in too few grey levels for frame differencing."""
    return sum(sighting.span is not None and LEAST_SPAN <= sighting.span <= CHANGE_THRESHOLD for sighting in sightings)


def describe_contrast(sightings: Sequence[Sighting]) -> Iterator[str]:
    """Yield what there is to say of the levels of a camera's frames."""
    if levels := find_levels(sightings):
        number = sum(sighting.levels is not None for sighting in sightings)
        yield f"16 bits: {counted(number, 'frame')}; {describe_levels(levels)}"
    looked, flat = sum(sighting.span is not None for sighting in sightings), count_flat(sightings)
    if flat >= max(1, TOLD * looked):
        yield f"few grey levels: {flat} of {counted(looked, 'frame')} span at most {CHANGE_THRESHOLD}"
        yield "  framediff sees little or nothing of them: --method tolerance sees more"


def _move(sighting: Sighting, levels: Levels) -> Sighting:
    """Return a sighting in another range. Of means that is exact but for what lies beyond the range."""
    old = sighting.levels
    assert old is not None

    def move(grey: float | None) -> float | None:
        return None if grey is None else round(float(move_grey(grey, old, levels)), 1)

    width = levels.high - levels.low
    span = None if sighting.span is None else round(sighting.span * (old.high - old.low) / width)
    return replace(
        sighting, brightness=move(sighting.brightness), shadows=move(sighting.shadows), span=span, levels=levels
    )
