"""A mask as a value that a manifest carries along, so that nobody needs the file it was read from again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from framesift.errors import UsageError, show

Polygon = tuple[tuple[float, float], ...]
"""Points (x, y) in shares of the width and height of the upright picture, 0 to 1, from its top left corner."""

KINDS = ("ignore", "only")
_MOST_PIXELS = 100_000_000
_NAMED = 5
"""So many cameras are named where one is unknown."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What one file says of one camera, or of all. Where several apply, only what each of them leaves is compared."""

    camera: str | None = None
    """None: of all."""
    ignore: tuple[Polygon, ...] = ()
    """What lies in any of them is not compared."""
    only: tuple[Polygon, ...] = ()
    """Where there are any, what lies in none of them is not compared."""
    size: tuple[int, int] | None = None
    """Width and height in px of the picture it was drawn on: frames must have its shape. None: it fits any."""
    runs: str = ""
    """A black-and-white picture of that size: by rows, how many px are ignored, compared, ignored, and so on."""
    path: str = field(default="", compare=False)
    """The file it was read from, for messages."""
    picture: str = field(default="", compare=False)
    """Of a mask of all cameras that was drawn on a picture: its name without suffix, perhaps that of one camera."""
    names: tuple[str, ...] = field(default=(), compare=False)
    """What people call the polygons, those of `ignore` first, empty where one has no name; () where none has."""

    def fits(self, size: tuple[int, int]) -> bool:
        """Tell whether a frame of this width and height has the shape of the picture, but for a pixel's rounding."""
        if self.size is None:
            return True
        (width, height), (own_width, own_height) = size, self.size
        return abs(width * own_height - height * own_width) < max(*size, *self.size)

    def record(self) -> dict[str, Any]:
        """Return the mask as it stands in a manifest."""
        return {
            "camera": self.camera,
            "ignore": [[list(point) for point in polygon] for polygon in self.ignore],
            "only": [[list(point) for point in polygon] for polygon in self.only],
            "size": list(self.size) if self.size else None,
            "runs": self.runs,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Mask":
        """Return the mask that `record` has written down. Raises UsageError, KeyError, TypeError or ValueError."""
        ignore, only = (tuple(make_polygon(points, kind) for points in record[kind]) for kind in KINDS)
        size = tuple(record["size"]) if record["size"] else None
        mask = cls(record["camera"], ignore, only, size, record["runs"])
        if not isinstance(mask.camera, str | None) or not isinstance(mask.runs, str):
            raise TypeError("a mask with a camera or a picture that is none")
        if size is not None and not (len(size) == 2 and all(type(side) is int and side > 0 for side in size)):
            raise ValueError("a mask of a size that is none")
        lengths = [int(length) for length in mask.runs.split()]
        if lengths and (size is None or min(lengths) < 0 or not sum(lengths) == size[0] * size[1] <= _MOST_PIXELS):
            raise ValueError("a mask with too many or too few px")
        return mask


def make_polygon(points: Any, name: str) -> Polygon:
    """Return the polygon of a list of points [x, y]. Raises UsageError, which calls it `name`, for what is none."""
    if not isinstance(points, list) or not all(map(_is_point, points)):
        raise UsageError(f"{name} is not a list of points [x, y]")
    for point in points:
        if not all(0 <= side <= 1 for side in point):  # NaN is not either
            raise UsageError(f"{name} has the point {point}: x and y are shares of width and height, from 0 to 1")
    if len(points) < 3:
        raise UsageError(f"{name} has {len(points)} points: a polygon has at least 3")
    polygon = tuple((float(x) + 0.0, float(y) + 0.0) for x, y in points)  # no -0.0: it is written down differently
    if not _has_area(polygon):
        raise UsageError(f"{name} has no area: all its points lie on one line")
    return polygon


def choose_masks(masks: Iterable[Mask], camera: str) -> tuple[Mask, ...]:
    """Return those that apply to a camera."""
    return tuple(mask for mask in masks if mask.camera in (None, camera))


def digest_masks(masks: tuple[Mask, ...]) -> str | None:
    """Return a short name of what is masked: equal for equal masks; None for none."""
    if not masks:
        return None
    import hashlib  # most runs have no mask

    text = json.dumps([mask.record() for mask in masks], sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def require_cameras(masks: Iterable[Mask], cameras: Sequence[str], directory: str) -> None:
    """Raise UsageError for a mask of a camera that is none of those of `directory`, or seems to be of one, not all."""
    for mask in masks:
        if len(cameras) > 1 and mask.picture in cameras:
            hint = f"write {mask.picture}=FILE or *=FILE"
            raise UsageError(
                f"is for all cameras, but was drawn on a picture named {show(mask.picture)}: {hint}", mask.path
            )
        if mask.camera is not None and mask.camera not in cameras:
            more = f" and {len(cameras) - _NAMED} more" if len(cameras) > _NAMED else ""
            known = f"{show(directory)} has {', '.join(map(show, cameras[:_NAMED]))}{more}"
            hint = "" if mask.size is None else "; CAMERA=FILE says which it is for"
            raise UsageError(f"is for the camera {show(mask.camera)}, but {known}{hint}", mask.path or None)


def require_fit(masks: Iterable[Mask], camera: str, size: tuple[int, int], path: str) -> None:
    """Raise UsageError where a mask was drawn on a picture of another shape than that of a frame, `path`, of `size`."""
    for mask in choose_masks(masks, camera):
        if mask.size is not None and not mask.fits(size):
            drawn, found = (f"{width}x{height} px" for width, height in (mask.size, size))
            raise UsageError(f"does not fit: drawn on {drawn}, and {show(path)} has {found}", mask.path or None)


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(type(side) in (int, float) for side in point)


def _has_area(polygon: Polygon) -> bool:
    """Tell whether the points do not all lie on one line: seen from the first, in the direction of the farthest."""
    x, y = polygon[0]
    steps = [(a - x, b - y) for a, b in polygon]
    across, down = max(steps, key=lambda step: step[0] ** 2 + step[1] ** 2)
    return any(abs(across * b - down * a) > 1e-12 for a, b in steps)
