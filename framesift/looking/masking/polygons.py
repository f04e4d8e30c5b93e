"""The polygons of masks as a person draws them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from framesift.comparators.masks import KINDS, Mask, Polygon
from framesift.errors import UsageError, show


@dataclass(frozen=True, slots=True)
class DrawnPolygon:
    """One polygon of a mask file."""

    camera: str | None
    """None: of all."""
    kind: str
    """One of `KINDS`."""
    name: str
    points: Polygon


def list_polygons(masks: Sequence[Mask]) -> list[DrawnPolygon]:
    """Return the polygons of masks. Raises UsageError for what one file of polygons cannot say."""
    for mask in masks:
        if mask.runs:
            raise UsageError("is a painted mask: a page draws polygons only", mask.path or None)
    restricted = Counter(mask.camera for mask in masks if mask.only)
    for camera, number in restricted.items():
        if number > 1:  # of several files that is compared which all of them leave
            whose = "all cameras" if camera is None else f"camera {show(camera)}"
            raise UsageError(f"{number} masks say what only is looked at of {whose}: a page draws one of them")
    return [
        DrawnPolygon(mask.camera, kind, name, points)
        for mask in masks
        for kind, name, points in zip(_kinds(mask), _names(mask), (*mask.ignore, *mask.only), strict=True)
    ]


def _kinds(mask: Mask) -> list[str]:
    return [KINDS[0]] * len(mask.ignore) + [KINDS[1]] * len(mask.only)


def _names(mask: Mask) -> tuple[str, ...]:
    return mask.names or ("",) * (len(mask.ignore) + len(mask.only))
