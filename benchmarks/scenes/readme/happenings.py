"""Draws the pictures of docs/events.md and docs/models.md: events of the sample frames, and what is cut out of one."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from framesift import filter_frames, find_events, open_record
from framesift.looking.crops import TABLE, write_crops
from framesift.looking.evidence import RED
from framesift.looking.films.writing import write_clock

_WIDTH = 320
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 85]


def draw_happenings(frames: Path, folder: Path, shown: str) -> None:
    """Write the best pictures of three events, with their boxes, and the frame `shown` beside its crops."""
    with TemporaryDirectory() as scratch:
        results, crops = Path(scratch) / "results", Path(scratch) / "crops"
        list(filter_frames(frames, results, method="tolerance"))
        _draw_events(results, folder / "events.jpg")
        write_crops(open_record(results), crops)
        _draw_crops(results, crops, shown, folder / "crops.jpg")


def _draw_events(results: Path, path: Path) -> None:
    drawn = []
    for event in find_events(results)[:3]:
        picture = cv2.imread(str(results / event.best))
        assert picture is not None and event.box is not None and event.start is not None and event.end is not None
        x, y, width, height = event.box
        cv2.rectangle(picture, (x, y), (x + width, y + height), RED, 3)
        scaled = _shrink(picture, _WIDTH)
        write_clock(scaled, f"{event.start:%H:%M} to {event.end:%H:%M}, {100 * (event.share or 0):.1f} %")
        drawn.append(scaled)
    cv2.imwrite(str(path), np.hstack(drawn), _QUALITY)


def _draw_crops(results: Path, crops: Path, shown: str, path: Path) -> None:
    frame = cv2.imread(str(results / shown))
    assert frame is not None
    with open(crops / TABLE, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["frame"] == shown]
    height = frame.shape[0] * 2 * _WIDTH // frame.shape[1]
    beside = np.full((height, _WIDTH, 3), 255, np.uint8)
    top = 0
    for row in rows:
        crop = cv2.imread(str(crops / row["crop"]))
        assert crop is not None
        crop = _shrink(crop, min(_WIDTH - 8, crop.shape[1]))[: height - top]
        beside[top : top + crop.shape[0], 8 : 8 + crop.shape[1]] = crop
        top = min(top + crop.shape[0] + 8, height)
    for row in rows:
        x, y = int(row["x"]), int(row["y"])
        cv2.rectangle(frame, (x, y), (x + int(row["width"]), y + int(row["height"])), RED, 3)
    cv2.imwrite(str(path), np.hstack([_shrink(frame, 2 * _WIDTH), beside]), _QUALITY)


def _shrink(picture: Any, width: int) -> Any:
    return cv2.resize(picture, (width, picture.shape[0] * width // picture.shape[1]), interpolation=cv2.INTER_AREA)
