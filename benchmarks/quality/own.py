"""A user's own frames, with masks or labels for truth.

The truth of a camera is either a folder `<camera>-masks` with a grey PNG of each frame under the frame's stem (255
object, 170 unknown, 85 outside, 50 shadow, 0 still), or a table `<camera>-labels.csv` with the columns `frame` (name of
the file) and `state`. Masks of 16 bits tell objects apart: 65535 less the id of an object, and 256 times the other
levels. Of a camera where nothing moves nothing else has to be known; one whose labels or masks are all the same is one.
The truth may lie among the frames: folders whose names end in `-masks` hold none.
"""

import csv
from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.truth import UNKNOWN, Distances, Labels, Truth, compare_states, measure_distances, read_mask
from framesift.frames.finding import find_frames

OWN: Final = "own frames"
"""The group of these cameras."""
Border = tuple[int, int, int, int]
"""Left, top, right, bottom, in percent of the sides."""


def read_cameras(
    folder: Path,
    truth: Path,
    still: Collection[str] = (),
    border: Border = (0, 0, 0, 0),
    leave_out: Callable[[str], object] = lambda camera: None,
) -> Iterator[Truth]:
    """The cameras of `folder` of which something is known, in order; only frames with truth count.

    What changes in the border counts for nothing; `leave_out` is told the cameras of which nothing is known.
    Raises UsageError where there is no frame, ValueError for a mask that cannot be read or does not fit the others.
    """
    frames = [frame for frame in find_frames(folder).frames if not Path(frame.path).parent.name.endswith("-masks")]
    for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
        paths = [folder / frame.path for frame in of_camera]
        found = stand_still(paths) if camera in still else compare_frames(camera, paths, truth, border)
        if found is None:
            leave_out(camera)
        else:
            known, distances = found
            yield Truth(camera, tuple(known), distances, still=not distances.any(), group=OWN)


def stand_still(paths: list[Path]) -> tuple[list[Path], Distances]:
    """The distances of frames before which nothing moves."""
    return paths, np.zeros((len(paths), len(paths)), np.float32)


def compare_frames(camera: str, paths: list[Path], truth: Path, border: Border) -> tuple[list[Path], Distances] | None:
    """The frames of a camera that have truth, in order, and their distances; None where none has."""
    labels, masks = truth / f"{camera}-labels.csv", truth / f"{camera}-masks"
    if labels.is_file():
        states = read_states(labels)
        paths = [path for path in paths if path.name in states]
        return (paths, compare_states([states[path.name] for path in paths])) if paths else None
    paths = [path for path in paths if (masks / f"{path.stem}.png").is_file()]
    if not paths:
        return None
    return paths, measure_distances([blank(read_labels(masks / f"{path.stem}.png"), border) for path in paths])


def read_states(table: Path) -> dict[str, str]:
    """The state of each frame, by its name."""
    with table.open(newline="", encoding="utf-8") as file:
        return {row["frame"]: row["state"] for row in csv.DictReader(file)}


def read_labels(path: Path) -> Labels:
    """The labels of a mask in a file. Raises ValueError."""
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    if mask is None:
        raise ValueError(f"{path} is not a picture")
    if mask.dtype != np.uint16:
        return read_mask(np.asarray(mask, np.uint8))
    levels: NDArray[np.int32] = np.asarray(mask, np.int32)
    labels = read_mask(np.asarray(levels >> 8, np.uint8))
    return np.asarray(np.where(labels > 0, 65535 - levels, labels), np.int32)


def blank(labels: Labels, border: Border) -> Labels:
    """The labels, unknown in the border."""
    height, width = labels.shape
    left, top, right, bottom = (int(b * side / 100) for b, side in zip(border, (width, height) * 2, strict=True))
    inside = np.full_like(labels, UNKNOWN)
    window = slice(top, height - bottom), slice(left, width - right)
    inside[window] = labels[window]
    return inside
