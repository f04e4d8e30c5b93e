"""Label Studio: its JSON, a list of tasks. https://labelstud.io/guide/export#JSON

What is certain is written as annotations, what is to be checked as predictions, which Label Studio shows to
be accepted.
"""

import json
import re
from collections.abc import Iterable, Iterator
from math import cos, radians, sin
from typing import Any

from framesift.errors import UsageError
from framesift.export.labels.document import (
    WHOLE,
    Addition,
    Label,
    LabelFiles,
    LabelledPicture,
    Outline,
    bound,
    check_points,
    read_number,
    read_size,
    require_list,
)

_PICTURE = re.compile(r"\.(jpe?g|png|tiff?|bmp|webp|gif|heic|heif|avif|pgm|ppm|pnm)(\?|#|$)", re.IGNORECASE)
_OF_THE_PICTURE = ("path", "time", "verdict", "score", "represented_by")
"""What `framesift export` says of one picture alone."""
_POINT = 0.5
"""Percent of the picture: around a point so much is looked at, at least."""

Part = tuple[int, list[dict[str, Any]]]
"""Which annotation of a task, and the results of one region."""


class LabelStudioFiles(LabelFiles):
    """One JSON file."""

    form = "Label Studio"

    def __init__(self, name: str, tasks: list[Any]) -> None:
        self._name, self._tasks = name, require_list(tasks, "the file")
        self.pictures = [_read_task(task, number) for number, task in enumerate(self._tasks, start=1)]

    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        tasks = list(self._tasks) if own else []
        there = {
            picture.name: number for number, picture in enumerate(self.pictures) if own and not picture.is_labelled
        }
        for addition in additions:
            parts = _gather(addition, own)
            if addition.name in there:
                number = there[addition.name]
                tasks[number] = {**tasks[number], **parts}
            else:
                tasks.append({"data": _make_data(addition), **parts})
        yield self._name, json.dumps(tasks, indent=1).encode() + b"\n"


def _make_data(addition: Addition) -> dict[str, Any]:
    key, data, _ = addition.like.entry
    kept = {name: value for name, value in data.items() if name not in _OF_THE_PICTURE}
    return kept | {key: addition.name, "represented_by": addition.kept}


def _gather(addition: Addition, certain: bool) -> dict[str, Any]:
    """Return the annotations, or predictions, with an addition's labels; a relation stays where both its ends do."""
    results: dict[int, list[dict[str, Any]]] = {}
    for label in addition.labels:
        number, entries = label.entry
        results.setdefault(number, []).extend(entries)
    for number, entries in results.items():
        ids = {str(entry.get("id")) for entry in entries}
        relations = addition.like.entry[2][number]
        entries += [each for each in relations if {str(each["from_id"]), str(each.get("to_id"))} <= ids]
    if certain:
        return {"annotations": [{"result": entries} for entries in results.values()] or [{"result": []}]}
    return {"predictions": [{"model_version": "framesift: to check", "result": each} for each in results.values()]}


def _read_task(task: dict[str, Any], number: int) -> LabelledPicture:
    what, data = f"task {str(task.get('id', number))[:40]}", task.get("data")
    if not isinstance(data, dict):
        raise UsageError(f"{what} has no data: export as JSON, not as JSON-MIN")
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    key = next((key for key in ("image", "img", "picture", "url") if key in texts), None)
    key = key or next((key for key, value in texts.items() if _PICTURE.search(value)), None)
    if key is None:
        raise UsageError(f"{what} names no picture")
    annotations = require_list(task.get("annotations") or [], f"{what}: annotations")
    whole = [(n, each) for n, each in enumerate(annotations) if not each.get("was_cancelled")]
    labels: list[Label] = []
    relations: dict[int, list[dict[str, Any]]] = {}
    sizes = set()
    for n, annotation in whole:
        everything = require_list(annotation.get("result") or [], f"{what}: result")
        results = [each for each in everything if "from_id" not in each]
        relations[n] = [each for each in everything if "from_id" in each]
        labels += _read_results(results, n, what)
        sizes |= {read_size(each.get("original_width"), each.get("original_height"), what) for each in results}
    sizes.discard(None)
    size = sizes.pop() if len(sizes) == 1 else None
    return LabelledPicture(data[key], size, tuple(labels), (key, data, relations), bool(whole))


def _read_results(results: list[dict[str, Any]], number: int, what: str) -> Iterator[Label]:
    """Yield a label for each region: results with one id are of one."""
    regions: dict[Any, list[dict[str, Any]]] = {}
    for place, result in enumerate(results):
        identity = result.get("id")
        if not isinstance(identity, str | int):
            identity = (place,)
        regions.setdefault(identity, []).append(result)
    for entries in regions.values():
        names = [name for entry in entries for name in _read_names(entry)]
        outlines = [outline for entry in entries if (outline := _read_value(entry.get("value"), what))]
        # What is said of the picture as a whole has no place.
        outline = outlines[0] if outlines else WHOLE
        yield Label(", ".join(names), outline, (number, entries))


def _read_names(entry: dict[str, Any]) -> list[str]:
    value, kind = entry.get("value"), str(entry.get("type", ""))
    found = value.get(kind) if isinstance(value, dict) else None
    return [str(each)[:80] for each in found] if isinstance(found, list) and kind.endswith("labels") else []


def _read_value(value: Any, what: str) -> Outline | None:
    """Return where a region lies; None where its value does not say it in a way that is understood."""
    if not isinstance(value, dict):
        return None
    if isinstance(points := value.get("points"), list):
        if not all(isinstance(point, list) and len(point) == 2 for point in points):
            raise UsageError(f"{what} has a polygon that is none")
        shares = [(read_number(x, what) / 100, read_number(y, what) / 100) for x, y in points]
        return (check_points(shares, what),)
    if not {"x", "y"} <= value.keys():
        return None
    x, y = (read_number(value[side], what) for side in ("x", "y"))
    if {"radiusX", "radiusY"} <= value.keys():
        across, down = (read_number(value[side], what) for side in ("radiusX", "radiusY"))
        return bound([((x - across) / 100, (y - down) / 100), ((x + across) / 100, (y + down) / 100)])
    if {"width", "height"} <= value.keys():
        width, height = (read_number(value[side], what) for side in ("width", "height"))
        return _turn((x, y, width, height), read_number(value.get("rotation", 0), what))
    return bound([(x / 100, y / 100)], _POINT / 100)


def _turn(box: tuple[float, float, float, float], degrees: float) -> Outline:
    """Return the corners of a box, in percent, which is turned by degrees about its upper left corner.

    Percent of width and height are of different length, so a turned box is looked at as the box around its circle.
    """
    (x, y, width, height), angle = box, radians(degrees)
    if not angle:
        return bound([(x / 100, y / 100), ((x + width) / 100, (y + height) / 100)])
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    turned = [(x + a * cos(angle) - b * sin(angle), y + a * sin(angle) + b * cos(angle)) for a, b in corners]
    wider = 0.5 * max(width, height) * abs(sin(angle))
    return bound([(a / 100, b / 100) for a, b in turned], wider / 100)
