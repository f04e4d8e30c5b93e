"""The page on which polygons are drawn, moved and named."""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from framesift.comparators.differencing import ComparedPart
from framesift.errors import PathLike, show
from framesift.filtering.manifest import Record
from framesift.looking.masking.changes import CameraChanges, Change, find_changes, fit_grid
from framesift.looking.masking.polygons import DrawnPolygon
from framesift.looking.page import embed_json, escape, read_asset, write_page
from framesift.looking.page.thumbnails import encode_jpeg, shrink_image
from framesift.looking.rereading import Pixels

_WIDTH = 960
"""px of a picture."""
_SCRIPTS = (
    *("words.js", "copying.js"),
    *(f"mask-{part}.js" for part in ("estimate", "state", "board", "regions", "gestures")),
    "mask.js",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a person draws on: one camera."""

    camera: str
    picture: Pixels | None
    """(height, width, 3) BGR, as small as it is shown; None where no frame of it can be read."""
    compared: tuple[float, float, float, float]
    """What the border mask leaves, in shares of the picture: left, top, right, bottom."""
    changes: CameraChanges | None = None
    """Of a run; None without one."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page begins with, and where what is drawn goes."""

    title: str
    cameras: Sequence[str]
    """In the order of the sheets."""
    polygons: Sequence[DrawnPolygon]
    file: str
    """The name under which a browser saves the mask."""
    rehearsal: str
    """The command that says exactly what the mask keeps."""
    command: str
    """The one that keeps it."""
    record: Record | None = None
    """The run whose changes are shown."""


def lay_sheet(camera: str, frame: Pixels, part: ComparedPart, changes: CameraChanges | None) -> Sheet:
    """Return the sheet of a camera with a frame, (height, width, 3) BGR, of which `part` is compared without masks."""
    height, width = frame.shape[:2]
    x0, y0, x1, y1 = part.rectangle
    return Sheet(camera, shrink_image(frame, _WIDTH), (x0 / width, y0 / height, x1 / width, y1 / height), changes)


def write_masking(
    path: PathLike,
    drawing: Drawing,
    sheets: Iterable[Sheet],
    jobs: int | None = None,
    follow: Callable[[], object] = lambda: None,
) -> None:
    """Write the page; `follow` is told of each frame that is compared again.

    Raises UsageError where `path` is a file that is not ours, StorageError where the disk refuses.
    """
    write_page(path, drawing.title, _body(drawing, sheets, jobs, follow), _SCRIPTS, styles=("mask.css",))


def _body(drawing: Drawing, sheets: Iterable[Sheet], jobs: int | None, follow: Callable[[], object]) -> Iterator[str]:
    yield f'<main id="content">\n<h1>{escape(drawing.title)}</h1>\n{read_asset("mask.html")}'
    for number, sheet in enumerate(sheets):
        yield embed_json(f"camera-{number}", _lay_out(drawing.record, sheet, jobs, follow))
    numbers = {camera: number for number, camera in enumerate(drawing.cameras)}
    settings = drawing.record.settings if drawing.record else None
    page = {
        "cameras": list(drawing.cameras),
        "titles": [show(camera) for camera in drawing.cameras],
        "regions": [
            {
                "camera": None if each.camera is None else numbers[each.camera],
                "kind": each.kind,
                "name": each.name,
                "points": each.points,
            }
            for each in drawing.polygons
        ],
        "file": drawing.file,
        "commands": [drawing.rehearsal, drawing.command],
        "masked": settings is not None and bool(settings.masks),
        "relative": settings
        and {"limit": settings.score_threshold.relative, "least": settings.min_contour_area.relative},
    }
    yield embed_json("page", page) + "</main>\n"


def _lay_out(record: Record | None, sheet: Sheet, jobs: int | None, follow: Callable[[], object]) -> dict[str, Any]:
    """Return what the page knows of one camera."""
    picture = sheet.picture
    height, width = (360, 480) if picture is None else picture.shape[:2]
    grid = fit_grid(width, height)
    changes: dict[str, Any] | None = None
    if record and sheet.changes:
        found = find_changes(record, sheet.changes.choose(), grid, jobs, follow)
        changes = {
            "first": sheet.changes.first,
            "left_out": sheet.changes.left_out,
            "kept": sheet.changes.kept.met,
            "dropped": sheet.changes.dropped.met,
            "frames": [_note_change(change) for change in found],
        }
    return {
        "picture": picture is not None and f"data:image/jpeg;base64,{encode_jpeg(picture)}",
        "size": [width, height],
        "grid": grid,
        "compared": sheet.compared,
        "changes": changes,
    }


def _note_change(change: Change) -> dict[str, Any]:
    patches = [
        [patch.area, *patch.corner, patch.columns, base64.b64encode(patch.weights).decode()] for patch in change.patches
    ]
    return {"kept": change.kept, "limit": change.limit, "least": change.least, "regions": patches}
