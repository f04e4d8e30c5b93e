"""CVAT for images 1.1: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/"""

from collections.abc import Iterable, Iterator
from copy import copy, deepcopy
from math import cos, radians, sin
from xml.etree import ElementTree as Xml

from framesift.errors import UsageError
from framesift.export.labels.document import (
    WHOLE,
    Addition,
    Label,
    LabelFiles,
    LabelledPicture,
    Outline,
    Point,
    bound,
    box_outline,
    check_points,
    next_number,
    read_number,
    read_size,
)
from framesift.export.labels.reading import write_xml

_SHAPES = {"box", "polygon", "polyline", "points", "ellipse", "mask", "cuboid", "skeleton", "tag"}
_POINT = 0.005
"""Of the picture: around a point so much is looked at."""
_OURS = "dropped"
"""The tag that `framesift export --dropped` gives: it says nothing of what is seen."""


class CvatFiles(LabelFiles):
    """One XML file."""

    form = "CVAT"
    lists_unlabelled = True

    def __init__(self, name: str, root: Xml.Element) -> None:
        self._name, self._root = name, root
        if root.find("track") is not None:
            raise UsageError("has tracks of CVAT for video: export it as CVAT for images")
        self.pictures = [_read_image(image, number) for number, image in enumerate(root.iter("image"), start=1)]

    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        root = copy(self._root)
        root[:] = [each for each in self._root if own or each.tag != "image"]
        there = {image.get("name"): number for number, image in enumerate(root) if image.tag == "image"}
        ids = [image.get("id", "") for image in self._root.iter("image")]
        number = next_number(int(each) for each in ids if each.isdecimal() and len(each) < 10)
        for addition in additions:
            if addition.name in there:
                image = deepcopy(root[there[addition.name]])
                root[there[addition.name]] = image
            else:
                image = Xml.SubElement(root, "image", {**addition.like.entry.attrib, "id": str(number)})
                image.set("name", addition.name)
                image.tail = "\n"
                number += 1
            image.extend(deepcopy(each.entry) for each in addition.labels)
            Xml.indent(image, level=1)
        yield self._name, write_xml(root, self._name)


def _read_image(image: Xml.Element, number: int) -> LabelledPicture:
    name = image.get("name")
    if not name:
        raise UsageError(f"image {number} has no name")
    what = f"image {name[:80]!r}"
    size = read_size(image.get("width"), image.get("height"), what)
    shapes = [each for each in image if each.tag in _SHAPES and not (each.tag == "tag" and each.get("label") == _OURS)]
    if size is None and shapes:
        raise UsageError(f"{what} does not say its width and height")
    labels = tuple(
        Label(each.get("label", ""), _read_shape(each, size or (1, 1), f"{what}: {each.tag} {n}"), each)
        for n, each in enumerate(shapes, start=1)
    )
    return LabelledPicture(name, size, labels, image)


def _read_shape(shape: Xml.Element, size: tuple[int, int], what: str) -> Outline:
    if shape.tag == "tag":
        return WHOLE
    if shape.tag == "skeleton":
        points = [point for part in shape.iter("points") for point in _read_points(part, size, what)]
        return bound(points, _POINT) if points else WHOLE
    if shape.tag == "box":
        left, top, right, bottom = _read_sides(shape, ("xtl", "ytl", "xbr", "ybr"), what)
        return _turn((left, top, right, bottom), shape, size, what)
    if shape.tag == "ellipse":
        x, y, across, down = _read_sides(shape, ("cx", "cy", "rx", "ry"), what)
        return _turn((x - across, y - down, x + across, y + down), shape, size, what)
    if shape.tag == "mask":
        left, top, width, height = _read_sides(shape, ("left", "top", "width", "height"), what)
        return box_outline(left / size[0], top / size[1], (left + width) / size[0], (top + height) / size[1])
    if shape.tag == "cuboid":
        names = [
            f"{axis}{corner}" for corner in ("tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2") for axis in "xy"
        ]
        sides = _read_sides(shape, names, what)
        return bound([(x / size[0], y / size[1]) for x, y in zip(sides[::2], sides[1::2], strict=True)])
    points = _read_points(shape, size, what)
    return (check_points(points, what),) if shape.tag == "polygon" else bound(points, _POINT)


def _read_sides(shape: Xml.Element, names: Iterable[str], what: str) -> list[float]:
    return [read_number(shape.get(name), what) for name in names]


def _read_points(shape: Xml.Element, size: tuple[int, int], what: str) -> list[Point]:
    points = []
    for pair in (shape.get("points") or "").split(";"):
        x, _, y = pair.partition(",")
        points.append((read_number(x, what) / size[0], read_number(y, what) / size[1]))
    return points


def _turn(box: tuple[float, float, float, float], shape: Xml.Element, size: tuple[int, int], what: str) -> Outline:
    """Return the corners of a box in px, which may be turned by degrees about its middle."""
    (left, top, right, bottom), angle = box, radians(read_number(shape.get("rotation", "0"), what))
    x, y = (left + right) / 2, (top + bottom) / 2
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    turned = [
        (x + (a - x) * cos(angle) - (b - y) * sin(angle), y + (a - x) * sin(angle) + (b - y) * cos(angle))
        for a, b in corners
    ]
    return (tuple((a / size[0], b / size[1]) for a, b in turned),)
