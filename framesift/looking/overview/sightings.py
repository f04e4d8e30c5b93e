"""One look at each frame: its size, whether it is whole, how bright it is, and how much differs from the one before."""

import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.cluster.mapping import map_frames
from framesift.cluster.parallel import count_cores
from framesift.comparators.differencing import find_compared
from framesift.errors import PathLike, StorageError, UnreadableFrame
from framesift.filtering.health import Fault
from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.vitals import Vitals, measure_vitals
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels, move_grey
from framesift.frames.reader import MAX_PIXELS, read_reduced, read_size
from framesift.frames.reader.brightness import share_colour
from imaging_interview import CHANGE_THRESHOLD, kept_rectangle

_BORDERS = Settings().border_mask
"""Percent of the side; clocks are written there, and they are not compared."""
_SMALL = 64, 48
"""px: the size at which a frame is compared with the one before."""
_GROWTH = np.ones((3, 3), np.uint8)
"""With it the share at this size is about what a run finds at the frame's own."""


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
    span: int | None = None
    """Grey levels from darkest to brightest of what is usually compared; None where the pixels were not read."""
    levels: Levels | None = None
    """The range in which its 16 bits were read, one that suits this frame; None for 8 bits."""
    extent: float | None = None
    """Share of the picture that differs from its camera's frame before of the same size; None where there is none."""
    vitals: Vitals | None = field(default=None, repr=False, compare=False)
    """What tells whether the camera is sound, until it has been asked."""
    faults: tuple[Fault, ...] = ()
    """Of the camera, that begin or are over with this frame."""
    small: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    """Grey, (48, 64), until it has been compared."""


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
    look = partial(look_at_frame, directory=root, headers_only=headers_only, max_pixels=max_pixels)
    looks = map_frames(executor, look, frames, jobs or count_cores(), lambda frame, why: Sighting(frame, None, why, 0))
    return check_cameras(measure_extents(looks))


def measure_extents(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """Yield sightings, camera after camera, each with how much of it differs from the one before of its size.

    Those of 16 bits are compared in the range of the first of their camera.
    """
    camera, levels, before = None, None, dict[tuple[int, int] | None, NDArray[np.uint8]]()
    for sighting in sightings:
        if sighting.frame.camera != camera:
            camera, levels = sighting.frame.camera, None
            before.clear()
        levels = levels or sighting.levels
        small = _show_in(levels, sighting)
        if small is not None:
            extent = _differ(before[sighting.size], small) if sighting.size in before else None
            before[sighting.size] = small
            sighting = replace(sighting, extent=extent)
        yield replace(sighting, small=None)


def check_cameras(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """Yield sightings, camera after camera, each with the faults of the camera that begin or end with it."""
    checkup: Checkup | None = None
    for sighting in sightings:
        frame = sighting.frame
        if checkup is None or checkup.camera != frame.camera:
            checkup = Checkup(frame.camera)
        told = () if sighting.problem else tuple(checkup.follow(frame, None, sighting.vitals))
        yield replace(sighting, vitals=None, faults=told)


def look_at_frame(
    frame: Frame, directory: str, max_pixels: int, headers_only: bool = False, light_only: bool = False
) -> Sighting:
    """Return the sighting of one frame, not compared with any other. Raises StorageError: the folder is gone.

    With `light_only` it cannot be compared, and does not tell whether the camera is sound.
    """
    path = os.path.join(directory, frame.path)
    length = _measure(path)
    try:
        if headers_only:
            return Sighting(frame, read_size(path, max_pixels), "", length)
        size, decoded = read_reduced(path, max_pixels)
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the frames is gone", directory) from error
        return Sighting(frame, None, error.reason, length)
    light = _measure_light(decoded.pixels)
    if light_only:
        return Sighting(frame, size, "", length, *light, decoded.levels)
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(decoded.pixels), cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = grey.shape
    vitals = measure_vitals(grey, find_compared(width, height, _BORDERS, ()), size[0])
    small = np.asarray(cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)
    return Sighting(frame, size, "", length, *light, decoded.levels, vitals=vitals, small=small)


def _measure(path: str) -> int:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _measure_light(pixels: NDArray[np.uint8]) -> tuple[float, float, float, int]:
    """Return brightness, shadows, share of colour and span of (height, width, 3) BGR."""
    pixels = np.ascontiguousarray(pixels)
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    shadows = find_shadows(np.asarray(grey, np.uint8))
    x0, y0, x1, y1 = kept_rectangle(grey.shape[1], grey.shape[0], _BORDERS)
    inside = grey[y0:y1, x0:x1]
    span = int(np.ptp(inside)) if inside.size else 255  # nothing can be said of it
    return round(float(grey.mean()), 1), shadows, round(share_colour(pixels), 3), span


def find_shadows(grey: NDArray[np.uint8]) -> float:
    """Return the grey level that a tenth of the pixels of (height, width) do not exceed.

    It is what `numpy.percentile` says, counted by levels instead of put in order.
    """
    reached = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel(), dtype=np.float64)
    place = 0.1 * (grey.size - 1)
    before = int(place)
    low, high = (int(np.searchsorted(reached, n, side="right")) for n in (before, min(before + 1, grey.size - 1)))
    part = place - before
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def _show_in(levels: Levels | None, sighting: Sighting) -> NDArray[np.uint8] | None:
    """Return the small picture in a range that need not be its own; None where its own is too coarse for that."""
    small, own = sighting.small, sighting.levels
    if small is None or levels is None or own is None or own == levels:
        return small
    if own.high - own.low > CHANGE_THRESHOLD * (levels.high - levels.low):  # a step of it would be a change
        return None
    return np.rint(move_grey(small, own, levels)).astype(np.uint8)


def _differ(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    changed = np.asarray(cv2.absdiff(before, after) > CHANGE_THRESHOLD, np.uint8)
    return cv2.countNonZero(cv2.dilate(changed, _GROWTH)) / changed.size
