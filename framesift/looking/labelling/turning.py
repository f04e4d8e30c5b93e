"""Which way up a labelled picture was: some tools turn a picture as its EXIF says, and some do not."""

from collections.abc import Callable
from contextlib import suppress

from framesift.errors import FramesiftError
from framesift.export.labels import Outline
from framesift.filtering.manifest import Record
from framesift.frames.reader import orientation_of
from framesift.looking.labelling.planning import Carry

Way = Callable[[Outline], Outline]
_ON_ITS_SIDE = 5
"""From this orientation on width and height are exchanged."""
_UPRIGHT: dict[int, Callable[[float, float], tuple[float, float]]] = {
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}
"""Where a point, in shares of the picture as it is stored, lies on the upright one."""


def find_ways(record: Record, carry: Carry, size: tuple[int, int]) -> list[Way]:
    """Return what brings the outlines of a kept frame onto the upright picture, which has this width and height in px.

    Several where nobody can tell: then a label has to hold each way. None where the labelled picture had another shape,
    or the two frames are turned in different ways.
    """
    turn, other = (_read_orientation(record, path) for path in (carry.decision.reference, carry.decision.frame.path))
    drawn = carry.picture.size
    upright = drawn is None or _has_shape(drawn, size)
    if turn != other:
        return []
    if turn not in _UPRIGHT:
        return [_stay] if upright else []
    if turn >= _ON_ITS_SIDE and drawn is not None and size[0] != size[1]:
        return [_stay] if upright else [_turning(turn)] if _has_shape(drawn[::-1], size) else []
    return [_stay, _turning(turn)] if upright else []


def _read_orientation(record: Record, path: str | None) -> int:
    with suppress(FramesiftError):
        return orientation_of(record.find_frame(path or ""))
    return 1


def _has_shape(drawn: tuple[int, int], size: tuple[int, int]) -> bool:
    """Tell whether a picture, perhaps made smaller for labelling, has the shape of a frame but for rounding."""
    return abs(drawn[0] * size[1] - drawn[1] * size[0]) <= max(*drawn, *size)


def _stay(outline: Outline) -> Outline:
    return outline


def _turning(orientation: int) -> Way:
    upright = _UPRIGHT[orientation]
    return lambda outline: tuple(tuple(upright(x, y) for x, y in polygon) for polygon in outline)
