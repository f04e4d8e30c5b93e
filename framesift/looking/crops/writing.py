"""Writes the crops of a run into a folder, with a table that says of what each is."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from framesift.actions import storage_errors
from framesift.actions.files.access import make_all_folders, make_folder
from framesift.actions.files.tables import encode_table
from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.comparison import Bearing, Comparison
from framesift.errors import PathLike, UsageError, show
from framesift.filtering.manifest import Record
from framesift.filtering.places import borrow_record
from framesift.filtering.selection import Decision, Verdict
from framesift.looking.crops.boxes import Box, choose_boxes
from framesift.looking.explanation import compare_again
from framesift.looking.rereading import read_pixels
from imaging_interview import Image

COLUMNS = ("crop", "frame", "camera", "time", "x", "y", "width", "height", "share", "reference")
TABLE = "crops.csv"
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 92]
_STAGING = ".framesift-crops-"


@dataclass(slots=True)
class Saving:
    """What there is, and what of it has been cut out."""

    frames: int = 0
    """Kept and dropped."""
    frame_px: int = 0
    kept: int = 0
    kept_px: int = 0
    crops: int = 0
    crop_px: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Paths of the kept frames of which there is no crop, each with the reason."""


@dataclass(frozen=True, slots=True)
class _Crop:
    box: Box
    share: float
    """Of the frame that the crop has."""
    content: bytes
    """JPEG."""


def write_crops(
    record: Record,
    folder: PathLike,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
) -> Saving:
    """Cut what changed since the reference out of each kept frame, into a new or empty folder, with the table `TABLE`.

    A frame that was compared with none, the first of its camera, is one crop, and so is one of which most has changed.
    Crops are JPEG, named after the path of their frame. The folder appears whole or not at all. `follow` is told how
    many of how many kept frames are done.

    Raises UsageError (a folder that is not empty, none kept, as `Record.require_source`), StorageError.
    """
    record.require_source()
    target = os.path.abspath(os.fsdecode(folder))
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise UsageError("is not an empty folder: choose another one; nothing was overwritten", folder)
    saving = _count(record)
    if not saving.kept:
        raise UsageError("no frame was kept, so there is nothing to cut out", record.folder)
    with storage_errors(target):
        make_all_folders(os.path.dirname(target), "")
        with TemporaryDirectory(prefix=_STAGING, dir=os.path.dirname(target)) as staging:
            made = os.path.join(staging, "crops")
            make_folder(made, record.folder)
            _fill(record, made, saving, jobs or count_cores(), follow)
            os.rename(made, target)
    return saving


def export_crops(
    results: PathLike, folder: PathLike, *, source: PathLike | None = None, jobs: int | None = None
) -> Saving:
    """Do the same for a results folder or its URL, whose frames lie in `source` now if that is given."""
    with borrow_record(results, source) as record:
        return write_crops(record, folder, jobs)


def _fill(record: Record, folder: str, saving: Saving, jobs: int, follow: Callable[[int, int], object]) -> None:
    kept = (decision for decision in record.decisions() if decision.verdict is Verdict.KEEP)
    with open(os.path.join(folder, TABLE), "xb") as table, open_workers(None, jobs) as workers:
        table.write(encode_table([COLUMNS]))
        cut = map_ordered(workers, partial(_cut, record), kept, 2 * jobs + 2)
        for done, (decision, crops) in enumerate(cut, start=1):
            if isinstance(crops, str):
                saving.unread.append((decision.frame.path, crops))
                crops = []
            for number, crop in enumerate(crops, start=1):
                name = f"{decision.frame.path}-{number}.jpg"
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "xb") as file:
                    file.write(crop.content)
                table.write(encode_table([_row(name, decision, crop)]))
                saving.crops += 1
                saving.crop_px += (crop.box[2] - crop.box[0]) * (crop.box[3] - crop.box[1])
            follow(done, saving.kept)


def _count(record: Record) -> Saving:
    saving = Saving()
    for decision in record.decisions():
        if decision.verdict is Verdict.SKIP or decision.size is None:
            continue
        px = decision.size[0] * decision.size[1]
        saving.frames, saving.frame_px = saving.frames + 1, saving.frame_px + px
        if decision.verdict is Verdict.KEEP:
            saving.kept, saving.kept_px = saving.kept + 1, saving.kept_px + px
    return saving


def _cut(record: Record, decision: Decision) -> tuple[Decision, list[_Crop] | str]:
    """Return the crops of a kept frame, or why there are none."""
    pixels = read_pixels(record, decision.frame.camera, decision.frame.path)
    if isinstance(pixels, str):
        return decision, pixels
    size = pixels.shape[1], pixels.shape[0]
    comparison = None if decision.reference is None else compare_again(record, decision)
    changed = [] if comparison is None else list(_find_changed(comparison, size))
    boxes = choose_boxes(changed, size)
    return decision, [_encode(pixels, box) for box in boxes]


def _find_changed(comparison: Comparison, size: tuple[int, int]) -> Iterator[Box]:
    """Yield a box, in px of a frame of this width and height, around each region that counts."""
    height, width = comparison.threshold.shape
    across, down = size[0] / width, size[1] / height
    for region in comparison.regions:
        if region.bearing is Bearing.COUNTED:
            x, y, wide, high = cv2.boundingRect(region.contour)
            right, bottom = int(np.ceil((x + wide) * across)), int(np.ceil((y + high) * down))
            yield int(x * across), int(y * down), min(right, size[0]), min(bottom, size[1])


def _encode(pixels: Image, box: Box) -> _Crop:
    x0, y0, x1, y1 = box
    content = cv2.imencode(".jpg", pixels[y0:y1, x0:x1], _QUALITY)[1].tobytes()
    return _Crop(box, (x1 - x0) * (y1 - y0) / (pixels.shape[0] * pixels.shape[1]), content)


def _row(name: str, decision: Decision, crop: _Crop) -> tuple[str, ...]:
    frame, (x0, y0, x1, y1) = decision.frame, crop.box
    time = frame.time.isoformat() if frame.time else ""
    box = map(str, (x0, y0, x1 - x0, y1 - y0))
    of = show(frame.path), show(frame.camera), time
    return (show(name), *of, *box, f"{crop.share:.4g}", show(decision.reference or ""))
