"""Reads masks: JSON of our own, LabelMe or COCO, or a black-and-white PNG. What a file is, its content tells.

Our own JSON, which `framesift mask DIR` begins:

    {"all": {"ignore": [], "only": []},
     "cameras": {"c10": {"ignore": [[[0, 0], [0.5, 0], [0.5, 0.2]]], "only": []}}}

A polygon is a list of at least three points [x, y] in shares of the width and height of the upright picture, 0 to 1, or
{"name": "tree", "points": [[0, 0], [0.5, 0], [0.5, 0.2]]}: the name is for people.
What lies in any polygon of `ignore` is not compared; where `only` has polygons, nothing but what lies in one of them
is. What stands under `all` holds for every camera, what stands under a camera on top of it. Every key may be missing.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from framesift.comparators.masks.annotations import read_coco, read_labelme
from framesift.comparators.masks.bitmap import read_bitmap
from framesift.comparators.masks.mask import KINDS, Mask, Polygon, make_polygon
from framesift.errors import PathLike, UnreadableFrame, UsageError, show
from framesift.frames.naming import Naming
from framesift.frames.reader import sniff_format
from framesift.frames.reader.source import open_regular

ALL = "*"
"""In place of a camera: all."""
_LARGEST_FILE = 64 * 2**20
"""Bytes. LabelMe puts the whole picture into its file."""
_LARGEST_RECORD = 8 * 2**20
"""Characters that all masks may have in a manifest, whose first line is bounded."""


def read_masks(sources: Sequence[PathLike], naming: Naming) -> tuple[Mask, ...]:
    """Read masks of `FILE` or `CAMERA=FILE` each, `*` for all cameras; those that mask nothing are left out.

    Without a camera, a PNG is for all cameras and LabelMe and COCO are for the camera of the picture that they were
    drawn on, as its name tells; where it tells none, for all. Raises UsageError for what is no mask or masks all.
    """
    masks = tuple(mask for source in sources for mask in _read_source(os.fsdecode(source), naming))
    if sum(len(json.dumps(mask.record())) for mask in masks) > _LARGEST_RECORD:
        raise UsageError("is too detailed: draw polygons, or a smaller or smoother picture", masks[-1].path)
    return masks


def start_masks(cameras: Iterable[str]) -> str:
    """Return a mask file, as JSON, that masks nothing yet and says how it is filled in."""
    empty: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    help_ = [
        "ignore: polygons in which nothing is compared. only: polygons outside of which nothing is compared.",
        "A polygon is a list of points [x, y], in shares of width and height from the top left corner, such as",
        '"ignore": [[[0, 0], [0.5, 0], [0.5, 0.2], [0, 0.2]]] for the left half of the upper fifth.',
        "all: for every camera; what stands under a camera comes on top of it.",
    ]
    return json.dumps({"help": help_, "all": empty, "cameras": dict.fromkeys(cameras, empty)}, indent=2) + "\n"


def _read_source(source: str, naming: Naming) -> Iterator[Mask]:
    camera, _, path = source.partition("=")
    if not path or os.path.lexists(source):  # a file whose name has a =
        camera, path = "", source
    try:
        for mask in _read_file(path, naming, bool(camera)):
            if mask.ignore or mask.only or mask.runs:
                if camera:
                    mask = replace(mask, camera=None if camera == ALL else camera, picture="")
                yield replace(mask, path=path)
    except UsageError as error:
        raise UsageError(error.reason, path) from None


def _read_file(path: str, naming: Naming, names_camera: bool) -> Iterable[Mask]:
    content = _read_bytes(path)
    if sniff_format(content[:12]):
        return [read_bitmap(content)]
    data = _parse(content)
    if "shapes" in data:
        return read_labelme(data, naming)
    if "annotations" in data and "images" in data:
        return read_coco(data, naming)
    if not data.keys() & {"all", "cameras"}:
        raise UsageError("is neither a mask (its keys are all and cameras) nor a file of LabelMe or COCO")
    if names_camera:
        raise UsageError("says itself which cameras it is for: leave CAMERA= away")
    return _read_own(data)


def _read_own(data: dict[str, Any]) -> Iterator[Mask]:
    _require_keys(data, ("help", "all", "cameras"), "the file")
    cameras = data.get("cameras", {})
    if not isinstance(cameras, dict):
        raise UsageError("cameras is not an object with the names of cameras as keys")
    for camera, part in [(None, data.get("all", {})), *cameras.items()]:
        name = "all" if camera is None else f"camera {show(camera)}"
        _require_keys(part, KINDS, name)
        ignore, only = (list(_read_polygons(part.get(kind, []), f"{name}: {kind}")) for kind in KINDS)
        names = tuple(called for called, _ in (*ignore, *only))
        ignored, alone = (tuple(polygon for _, polygon in found) for found in (ignore, only))
        yield Mask(camera, ignored, alone, names=names)


def _read_polygons(polygons: Any, name: str) -> Iterator[tuple[str, Polygon]]:
    """Yield the name that a person has given, or none, and the polygon."""
    if not isinstance(polygons, list):
        raise UsageError(f"{name} is not a list of polygons")
    for number, points in enumerate(polygons, start=1):
        called, place = "", f"{name}: polygon {number}"
        if isinstance(points, dict):
            _require_keys(points, ("name", "points"), place)
            called, points = points.get("name", ""), points.get("points")
        if not isinstance(called, str):
            raise UsageError(f"{place} has a name that is no text")
        yield called, make_polygon(points, place)


def _require_keys(part: Any, keys: Sequence[str], name: str) -> None:
    if not isinstance(part, dict):
        raise UsageError(f"{name} is not an object with the keys {' and '.join(keys)}")
    if unknown := sorted(part.keys() - set(keys)):
        raise UsageError(f"{name} has the key {unknown[0]!r}, which is none of {', '.join(keys)}")


def _parse(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content, object_pairs_hook=_refuse_equal_keys)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"is neither JSON nor a PNG: {error}") from None
    if not isinstance(data, dict):
        raise UsageError("is no mask: JSON, but not an object")
    return data


def _refuse_equal_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object. JSON takes the last of equal keys in silence: what was drawn under the first would be lost."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in entries if keys.count(key) > 1)
        raise UsageError(f"has the key {twice!r} twice in one object")
    return entries


def _read_bytes(path: str) -> bytes:
    try:
        with open_regular(path, _LARGEST_FILE) as (descriptor, _), open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except UnreadableFrame as error:
        raise UsageError(error.reason) from None
    except OSError as error:
        raise UsageError(error.strerror or str(error)) from None
