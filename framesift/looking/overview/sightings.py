"""One look at each frame: its size, whether it is whole, and how bright it is."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.cluster.mapping import map_frames
from framesift.cluster.parallel import count_cores
from framesift.errors import PathLike, StorageError, UnreadableFrame
from framesift.frames.frame import Frame
from framesift.frames.reader import MAX_PIXELS, read_reduced, read_size

_COLOURED = 16
"""A pixel whose largest and smallest channel differ by more grey levels than this has colour."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at a frame has shown."""

    frame: Frame
    size: tuple[int, int] | None
    """Width and height in px; None for what is not a whole picture."""
    problem: str
    """Why it is not a whole picture; empty where it is, or was not asked."""
    length: int
    """Bytes of the file; 0 for what is no regular file."""
    brightness: float | None = None
    """Mean grey level, 0 to 255; None where the pixels were not read."""
    shadows: float | None = None
    """Grey level that a tenth of the pixels do not exceed; None where the pixels were not read."""
    colour: float | None = None
    """Share of the pixels that have a colour; None where the pixels were not read."""


def look_at_frames(
    directory: PathLike,
    frames: list[Frame],
    *,
    headers_only: bool = False,
    max_pixels: int = MAX_PIXELS,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Iterator[Sighting]:
    """Yield a sighting of each frame, in order, by `jobs` threads or an `executor`.

    With `headers_only` the size is believed and no pixel is read.

    Raises StorageError: the folder is gone, or the machine is out of descriptors or memory.
    """
    root = os.path.abspath(os.fsdecode(directory)) if executor else os.fsdecode(directory)
    look = partial(_look, directory=root, headers_only=headers_only, max_pixels=max_pixels)
    return map_frames(executor, look, frames, jobs or count_cores(), lambda frame, why: Sighting(frame, None, why, 0))


def _look(frame: Frame, directory: str, headers_only: bool, max_pixels: int) -> Sighting:
    path = os.path.join(directory, frame.path)
    length = _measure(path)
    try:
        if headers_only:
            return Sighting(frame, read_size(path, max_pixels), "", length)
        size, pixels = read_reduced(path, max_pixels)
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the frames is gone", directory) from error
        return Sighting(frame, None, error.reason, length)
    return Sighting(frame, size, "", length, *_measure_light(pixels))


def _measure(path: str) -> int:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _measure_light(pixels: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Return brightness, shadows and share of colour of (height, width, 3) BGR."""
    pixels = np.ascontiguousarray(pixels)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(pixels)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    shadows = np.percentile(grey, 10)
    return round(float(grey.mean()), 1), float(shadows), round(float((spread > _COLOURED).mean()), 3)
