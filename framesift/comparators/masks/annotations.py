"""Masks drawn in a labelling tool: polygons and rectangles with the labels `ignore` and `only`, in px.

LabelMe: one picture a file, https://github.com/wkentaro/labelme. COCO: many, https://cocodataset.org/#format-data.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from framesift.comparators.masks.mask import KINDS, Mask, Polygon, make_polygon
from framesift.errors import UsageError, show
from framesift.frames.naming import Naming
from framesift.frames.suffixes import split_suffix

Size = tuple[int, int]
Outline = tuple[str, Size, str, Polygon]
"""Path and size of the picture, kind and polygon."""
_OVERHANG = 1
"""px by which a corner may lie beyond the picture: tools round."""


def read_labelme(data: dict[str, Any], naming: Naming) -> list[Mask]:
    """Return the masks of a LabelMe file. Raises UsageError for labels and shapes that are none of a mask's."""
    try:
        size = _read_size(data["imageWidth"], data["imageHeight"])
        picture = (data.get("imagePath") or "").replace("\\", "/")
        outlines = []
        for number, shape in enumerate(data["shapes"], start=1):
            name = f"shape {number}"
            corners = _read_shape(shape, name)
            outlines.append((picture, size, _read_kind(shape["label"], name), _scale(corners, size, name)))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UsageError(f"is damaged, for LabelMe: {error!r}") from None
    return _collect(outlines, naming)


def read_coco(data: dict[str, Any], naming: Naming) -> list[Mask]:
    """Return the masks of a COCO file, one for each camera. Raises UsageError as `read_labelme` does."""
    try:
        kinds = {category["id"]: category["name"] for category in data["categories"]}
        images = {image["id"]: image for image in data["images"]}
        outlines = [outline for entry in data["annotations"] for outline in _read_entry(entry, kinds, images)]
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UsageError(f"is damaged, for COCO: {error!r}") from None
    return _collect(outlines, naming)


def _read_entry(entry: dict[str, Any], kinds: dict[Any, str], images: dict[Any, Any]) -> Iterator[Outline]:
    name = f"annotation {entry['id']}"
    image = images[entry["image_id"]]
    size = _read_size(image["width"], image["height"])
    parts = entry.get("segmentation") or [_box_corners(*entry["bbox"])]
    if not isinstance(parts, list):
        raise UsageError(f"{name} is painted: a mask takes polygons and rectangles")
    for flat in parts:
        corners = [list(point) for point in zip(flat[::2], flat[1::2], strict=True)]
        kind = _read_kind(kinds[entry["category_id"]], name)
        yield image["file_name"].replace("\\", "/"), size, kind, _scale(corners, size, name)


def _read_shape(shape: dict[str, Any], name: str) -> list[list[float]]:
    kind, points = shape.get("shape_type", "polygon"), shape["points"]
    if kind == "rectangle" and len(points) == 2:
        (x0, y0), (x1, y1) = points
        return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    if kind not in ("polygon", "rectangle"):
        raise UsageError(f"{name} is a {show(str(kind))}: a mask takes polygons and rectangles")
    return list(points)


def _box_corners(x: float, y: float, width: float, height: float) -> list[float]:
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def _read_kind(label: str, name: str) -> str:
    if label not in KINDS:
        raise UsageError(f"{name} has the label {label!r}: the labels of a mask are {' and '.join(KINDS)}")
    return label


def _read_size(width: Any, height: Any) -> Size:
    if not all(type(side) is int and side > 0 for side in (width, height)):
        raise UsageError(f"does not say how large the picture is: {width!r} by {height!r} px")
    return width, height


def _find_camera(path: str, naming: Naming) -> str | None:
    """Return the camera that the name of a picture tells, or its folder as seen from DIR; None for neither."""
    folder = "/".join(part for part in path.split("/")[:-1] if part not in (".", ".."))
    return naming.read(path)[0] or folder or None


def _scale(corners: list[list[float]], size: Size, name: str) -> Polygon:
    """Return a polygon in shares of the picture."""
    return make_polygon([[_share(side, most) for side, most in zip(c, size, strict=True)] for c in corners], name)


def _share(value: float, most: int) -> float:
    return (min(max(value, 0), most) if -_OVERHANG <= value <= most + _OVERHANG else value) / most


def _collect(outlines: Iterable[Outline], naming: Naming) -> list[Mask]:
    """Return a mask for each camera, and each size of its pictures. Raises UsageError for no outline at all."""
    together: defaultdict[tuple[str | None, str, Size], dict[str, list[Polygon]]]
    together = defaultdict(lambda: {kind: [] for kind in KINDS})
    for path, size, kind, polygon in outlines:
        camera = _find_camera(path, naming)
        picture = "" if camera else split_suffix(path.rpartition("/")[2])[0]
        together[camera, picture, size][kind].append(polygon)
    if not together:
        raise UsageError(f"has no polygon with the label {' or '.join(KINDS)}")
    return [
        Mask(camera, tuple(found["ignore"]), tuple(found["only"]), size, picture=picture)
        for (camera, picture, size), found in together.items()
    ]
