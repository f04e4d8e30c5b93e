"""Frames as pictures for somebody who is asked about them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.actions.files.placing import give_name
from framesift.actions.files.staging import stage_file
from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError
from framesift.frames.levels import Levels
from framesift.frames.reader import MAX_PIXELS, read_picture
from framesift.tuning.pairs import Question

WIDTH = 960
"""px of a frame at most: a person far away is still seen."""
_GAP = 16
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 85]

Pixels = NDArray[np.uint8]


def draw_frame(path: PathLike, max_pixels: int = MAX_PIXELS, levels: Levels | None = None) -> bytes:
    """Return a frame as JPEG, at most `WIDTH` px wide and high; one of 16 bits in a range. Raises UnreadableFrame."""
    return _encode(_read(path, max_pixels, levels))


def write_pairs(
    folder: PathLike,
    directory: PathLike,
    questions: Sequence[Question],
    max_pixels: int = MAX_PIXELS,
    levels_of: Callable[[str], Levels | None] = lambda camera: None,
) -> list[tuple[str, str]]:
    """Write the pair of each question without an answer as `01.jpg` and so on, the earlier frame left.

    `levels_of` says in which range the 16-bit frames of a camera are drawn. The numbers are the questions' places.
    Returns path and reason of frames that cannot be read any more. Raises UsageError where one of the files exists,
    StorageError.
    """
    problems = []
    for number, question in enumerate(questions, start=1):
        if question.answer:
            continue
        pair = question.pair
        try:
            paths = [os.path.join(os.fsdecode(directory), path) for path in (pair.reference, pair.path)]
            sides = [_read(path, max_pixels, levels_of(pair.camera)) for path in paths]
        except UnreadableFrame as error:
            problems.append((pair.path, error.reason))
            continue
        _create(os.path.join(os.fsdecode(folder), f"{number:02}.jpg"), _encode(_join(*sides)))
    return problems


def _read(path: PathLike, max_pixels: int, levels: Levels | None) -> Pixels:
    pixels = read_picture(path, max_pixels, levels=levels).pixels
    scale = min(WIDTH / pixels.shape[1], WIDTH / pixels.shape[0], 1)
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels, np.uint8)


def _join(left: Pixels, right: Pixels) -> Pixels:
    """Put two pictures beside each other, on white; with --size frames of any size are compared."""
    height = max(left.shape[0], right.shape[0])
    joined = np.full((height, left.shape[1] + _GAP + right.shape[1], 3), 255, np.uint8)
    joined[: left.shape[0], : left.shape[1]] = left
    joined[: right.shape[0], left.shape[1] + _GAP :] = right
    return joined


def _encode(pixels: Pixels) -> bytes:
    return cv2.imencode(".jpg", pixels, _QUALITY)[1].tobytes()


def _create(path: str, content: bytes) -> None:
    """Write a new file; one that was written so before the program was stopped stays."""
    try:
        with stage_file(path) as (file, temporary):
            file.write(content)
            file.flush()
            give_name(temporary, path)
    except FileExistsError:
        if not os.path.isfile(path) or Path(path).read_bytes() != content:
            raise UsageError("exists: choose another folder; nothing was overwritten", path) from None
    except OSError as error:
        raise StorageError.of(error, path) from error
