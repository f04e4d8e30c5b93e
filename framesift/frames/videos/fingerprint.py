"""What a video shows, in a few bytes a second: the brightness of a coarse grid, eight times a second.

A perceptual hash would not do here: the pictures of a fixed camera hash alike all day. What tells two of its films
apart is what moves, and that is in the differences of the grid's cells from one moment to the next.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.videos.framing import Window
from framesift.frames.videos.reading import Image, open_video

Fingerprint = NDArray[np.uint16]
"""(samples, SIDE * SIDE): mean brightness of each cell in 1/256 of a grey level, row by row; a sample each STEP_S."""

SIDE = 8
"""Cells on each side of the grid, whatever the shape of the picture."""
STEP_S = 0.125
LONGEST_S = 48 * 3600
"""A longer video is not compared: memory grows by the second, not by the frame."""
_FINE = 8
"""px of the side of a cell in the small picture that it is the mean of."""


def read_fingerprint(
    path: PathLike, see: Callable[[Image], None] = lambda image: None, window: Window | None = None
) -> tuple[Fingerprint, tuple[int, int], os.stat_result]:
    """Return the fingerprint of a whole video, width and height of its frames in px, and the status of the file.

    With a `window`, of what that shows of them. `see` is shown each picture that is sampled. Memory is 1 KiB for each
    second. Raises UnreadableFrame and StorageError as `open_video` and `Video.sample`.
    """
    with open_video(path) as video:
        frames = _show(video.sample(STEP_S), see, path)
        first = next(frames, None)
        if first is None:
            raise UnreadableFrame("damaged video: no frame is whole", path)
        frames = chain([first], frames)
        shown = ((time, window.cut(image)) for time, image in frames) if window else frames
        return fingerprint_frames(shown), (video.info.width, video.info.height), video.stat


def fingerprint_frames(frames: Iterable[tuple[float, Image]]) -> Fingerprint:
    """Return the fingerprint of frames with their times in s, at least one, in order."""
    times, grids = [], []
    for time, image in frames:
        times.append(time)
        grids.append(_measure_grid(image))
    samples = np.arange(int(times[-1] / STEP_S) + 1) * STEP_S
    nearest = np.searchsorted((np.array(times[1:]) + times[:-1]) / 2, samples, side="right")
    return np.asarray(np.array(grids)[nearest], np.uint16)


def _show(
    frames: Iterable[tuple[float, Image]], see: Callable[[Image], None], path: PathLike
) -> Iterator[tuple[float, Image]]:
    for time, image in frames:
        if time > LONGEST_S:
            raise UnreadableFrame(
                f"not supported: a video of more than {LONGEST_S // 3600} hours is not compared", path
            )
        see(image)
        yield time, image


def _measure_grid(image: Image) -> NDArray[np.uint16]:
    """Return the means of the cells of one picture, (SIDE * SIDE,)."""
    side = SIDE * _FINE
    small = cv2.cvtColor(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    sums = small.reshape(SIDE, _FINE, SIDE, _FINE).sum(axis=(1, 3), dtype=np.uint32)
    return np.asarray(sums.ravel() * (256 // _FINE**2), np.uint16)
