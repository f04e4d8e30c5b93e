"""COCO: https://cocodataset.org/#format-data. Boxes, polygons, masks, keypoints, and what tools add to them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import UsageError
from framesift.export.labels.document import (
    WHOLE,
    Addition,
    Label,
    LabelFiles,
    LabelledPicture,
    Outline,
    bound,
    box_outline,
    check_points,
    next_number,
    read_number,
    read_size,
    require_list,
)

_MOST_PIXELS = 100_000_000
_OF_THE_PICTURE = ("coco_url", "flickr_url", "url", "date_captured", "represented_by", "verdict", "score", "time")
"""What is said of one picture alone, and so not of another that has its labels."""
_POINT = 0.005
"""Of the picture: around a keypoint so much is looked at."""


class CocoFiles(LabelFiles):
    """One JSON file."""

    form = "COCO"
    lists_unlabelled = True

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self._name, self._data = name, data
        images = require_list(data.get("images"), "images")
        annotations = require_list(data.get("annotations"), "annotations")
        categories = require_list(data.get("categories", []), "categories")
        self._classes = {_key(each.get("id")): str(each.get("name", "")) for each in categories}
        known = {_key(image.get("id")) for image in images}
        if len(known) < len(images):
            raise UsageError("has two images of one id")
        of_image: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
        for annotation in annotations:
            if (image := _key(annotation.get("image_id"))) not in known:
                raise UsageError(f"{_call(annotation)} is of the image {image!r}, which the file does not have")
            of_image[image].append(annotation)
        self.pictures = [self._read_image(image, of_image[_key(image["id"])]) for image in images]

    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        data = dict(self._data)
        images, annotations = (list(data[part]) if own else [] for part in ("images", "annotations"))
        there = {image["file_name"]: image for image in images}
        number = next_number(image["id"] for image in self._data["images"])
        label = next_number(annotation.get("id") for annotation in self._data["annotations"])
        for addition in additions:
            image = there.get(addition.name)
            if image is None:
                image = self._make_image(addition, number)
                images.append(image)
                number += 1
            for each in addition.labels:
                annotations.append({**each.entry, "id": label, "image_id": image["id"]})
                label += 1
        yield self._name, json.dumps(data | {"images": images, "annotations": annotations}).encode() + b"\n"

    def _make_image(self, addition: Addition, number: int) -> dict[str, Any]:
        like = addition.like.entry
        image = {key: value for key, value in like.items() if key not in _OF_THE_PICTURE}
        if "date_captured" in like and addition.time:
            image["date_captured"] = addition.time
        return image | {"id": number, "file_name": addition.name, "represented_by": addition.kept}

    def _read_image(self, image: dict[str, Any], annotations: list[dict[str, Any]]) -> LabelledPicture:
        what = f"image {image.get('id')!r}"
        name = image.get("file_name")
        if not isinstance(name, str) or not name:
            raise UsageError(f"{what} has no file_name")
        size = read_size(image.get("width"), image.get("height"), what)
        if size is None and annotations:
            raise UsageError(f"{what} does not say its width and height")
        labels = tuple(self._read_annotation(each, size or (1, 1)) for each in annotations)
        return LabelledPicture(name, size, labels, image)

    def _read_annotation(self, annotation: dict[str, Any], size: tuple[int, int]) -> Label:
        category = _key(annotation.get("category_id"))
        name = self._classes.get(category, "" if category is None else str(category))
        return Label(name, _read_outline(annotation, size), annotation)


def _read_outline(annotation: dict[str, Any], size: tuple[int, int]) -> Outline:
    what, shape, box = _call(annotation), annotation.get("segmentation"), annotation.get("bbox")
    if isinstance(shape, dict):
        found = _trace_mask(shape, size, what)
        if found:
            return found
    elif isinstance(shape, list) and shape:
        return tuple(_read_polygon(flat, size, what) for flat in shape)
    elif shape not in (None, [], ""):
        raise UsageError(f"{what} has a segmentation that is none")
    if isinstance(box, list) and len(box) == 4:
        x, y, width, height = (read_number(side, what) for side in box)
        if min(width, height) < 0:
            raise UsageError(f"{what} has a box of {width:g}x{height:g} px")
        return box_outline(x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])
    if box not in (None, []):
        raise UsageError(f"{what} has a bbox that is none")
    return _read_keypoints(annotation.get("keypoints"), size, what)


def _read_keypoints(points: Any, size: tuple[int, int], what: str) -> Outline:
    if not points:
        return WHOLE
    if not isinstance(points, list) or len(points) % 3:
        raise UsageError(f"{what} has keypoints that are none")
    numbers = [read_number(value, what) for value in points]
    seen = [(x / size[0], y / size[1]) for x, y, v in zip(*[iter(numbers)] * 3, strict=True) if v]
    return bound(seen, _POINT) if seen else WHOLE


def _read_polygon(flat: Any, size: tuple[int, int], what: str) -> tuple[tuple[float, float], ...]:
    if not isinstance(flat, list) or len(flat) % 2:
        raise UsageError(f"{what} has a polygon that is none")
    numbers = [read_number(value, what) for value in flat]
    return check_points([(x / size[0], y / size[1]) for x, y in zip(numbers[::2], numbers[1::2], strict=True)], what)


def _trace_mask(shape: dict[str, Any], size: tuple[int, int], what: str) -> Outline:
    """Return the outlines of a mask in run lengths, by columns; none where nothing is painted."""
    sides, counts = shape.get("size"), shape.get("counts")
    if not isinstance(sides, list) or len(sides) != 2 or not all(type(side) is int for side in sides):
        raise UsageError(f"{what} has a mask without a size")
    height, width = sides
    if not (width > 0 and height > 0 and width * height <= _MOST_PIXELS) or (width, height) != size:
        raise UsageError(f"{what} has a mask of {width}x{height} px on a picture of {size[0]}x{size[1]} px")
    pixels = _paint_runs(counts if isinstance(counts, list) else _read_runs(counts), width, height, what)
    contours, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return tuple(
        tuple((float(x + 0.5) / width, float(y + 0.5) / height) for x, y in np.reshape(contour, (-1, 2)))
        for contour in contours
    )


def _paint_runs(counts: list[Any], width: int, height: int, what: str) -> NDArray[np.uint8]:
    if not all(type(count) is int and count >= 0 for count in counts) or sum(counts) != width * height:
        raise UsageError(f"{what} has a mask whose runs do not fill its {width}x{height} px")
    values = np.arange(len(counts)) % 2
    return np.repeat(values.astype(np.uint8), counts).reshape(width, height).T.copy()


def _read_runs(counts: Any) -> list[int]:
    """Return the runs of a compressed mask; none for what is none.

    Characters carry 5 bits each, and whether more follow; from the third on a run is a difference to the last but one:
    `rleFrString` in https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c.
    """
    runs: list[int] = []
    value, shift = 0, 0
    for character in counts if isinstance(counts, str) else "":
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > 50:
            return []
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    return [] if shift else runs


def _key(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise UsageError(f"has the id {str(value)[:40]!r}, which is neither a number nor a text")
    return value


def _call(annotation: dict[str, Any]) -> str:
    return f"annotation {str(annotation.get('id'))[:40]}"
