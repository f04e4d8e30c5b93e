"""A user's own frames, with masks or labels for truth.

The truth of a camera is either a folder `<camera>-masks` with a grey PNG of each frame under the frame's stem (255
object, 170 unknown, 85 outside, 50 shadow, 0 still), or a table `<camera>-labels.csv` with the columns `frame` (name of
the file) and `state`. Of a camera where nothing moves nothing else has to be known. The truth may lie among the frames:
folders whose names end in `-masks` hold none.
"""

import csv
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from benchmarks.quality.truth import Labels, Truth, compare_states, measure_distances, read_mask
from framesift.frames.finding import find_frames


def read_cameras(folder: Path, truth: Path, still: Collection[str] = ()) -> Iterator[Truth]:
    """The cameras of `folder` of which something is known, in order; only frames with truth count.

    Raises UsageError where there is no frame, ValueError for a mask that cannot be read or does not fit the others.
    """
    frames = [frame for frame in find_frames(folder).frames if not Path(frame.path).parent.name.endswith("-masks")]
    for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
        found = read_camera(camera, [folder / frame.path for frame in of_camera], truth, camera in still)
        if found is not None:
            yield found


def read_camera(camera: str, paths: list[Path], truth: Path, still: bool) -> Truth | None:
    """The truth of one camera's frames, given in order; None where nothing is known of them."""
    labels, masks = truth / f"{camera}-labels.csv", truth / f"{camera}-masks"
    if still:
        return Truth(camera, tuple(paths), np.zeros((len(paths), len(paths)), np.float32), still=True)
    if labels.is_file():
        states = read_states(labels)
        paths = [path for path in paths if path.name in states]
        return Truth(camera, tuple(paths), compare_states([states[path.name] for path in paths])) if paths else None
    paths = [path for path in paths if (masks / f"{path.stem}.png").is_file()]
    if not paths:
        return None
    return Truth(camera, tuple(paths), measure_distances([read_labels(masks / f"{path.stem}.png") for path in paths]))


def read_states(table: Path) -> dict[str, str]:
    """The state of each frame, by its name."""
    with table.open(newline="", encoding="utf-8") as file:
        return {row["frame"]: row["state"] for row in csv.DictReader(file)}


def read_labels(path: Path) -> Labels:
    """The labels of a mask in a file. Raises ValueError."""
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise ValueError(f"{path} is not a picture")
    return read_mask(np.asarray(mask, np.uint8))
