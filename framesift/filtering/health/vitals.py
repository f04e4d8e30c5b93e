"""What is measured of one frame, beside its descriptor and from it: little, and knowing no other frame."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.differencing import ComparedPart
from framesift.filtering.checksum import sum_each
from imaging_interview import Image

WIDTH = 128
"""px of the picture by which frames are compared."""
_HIGHEST = 256
"""px of a picture that is a strip."""
_FINE = 240
"""px: in a picture of this width, or less than twice it, details are looked for."""
CELLS = 16, 12
"""Columns and rows of the cells of which the details are told."""
BANDS = 12
"""Strips of the frame of which the px are told."""
_ROWS = 96
"""So many rows tell the px of all bands."""
_WHITE = 250
"""Grey levels from which on light has drowned what there was."""

_PARTS = 16, 12
_NOISE, _WHITER, _SHARP = 3, 0.02, 0.9
"""Grey levels in each part, a share, and of the details: what differs by less and has kept more is like a frame."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """Of one frame. As bytes, so that they are equal when all is, and small where they travel."""

    picture: bytes
    """What is compared of it in `WIDTH` columns, grey."""
    details: bytes
    """The mean square of the steps from one px to the next in each of `CELLS`, float32."""
    white: float
    """Share of it that is white."""
    bands: tuple[int, ...]
    """A sum over the px of each band of it; 0 for one that shows nothing."""
    width: int
    """px of the frame's own."""
    scale: float
    """Of them for each px of the picture."""
    apart: float | None = None
    """Seconds by which the time in its name is after that of its EXIF; None where one of them is lacking."""

    def show_picture(self) -> Image:
        """Return the picture, (height, `WIDTH`) uint8."""
        return np.frombuffer(self.picture, np.uint8).reshape(-1, WIDTH)

    def is_like(self, other: "Vitals") -> bool:
        """Tell whether a frame shows what another does but for noise, so that nothing else can be said of it."""
        if len(self.picture) != len(other.picture) or abs(self.white - other.white) > _WHITER:
            return False
        difference = cv2.absdiff(self.show_picture(), other.show_picture())
        if cv2.resize(difference, _PARTS, interpolation=cv2.INTER_AREA).max() > _NOISE:
            return False
        kept = ((self.show_details() + 1) / (other.show_details() + 1)).ravel()
        kept.sort()
        median = (kept[(len(kept) - 1) // 2] + kept[len(kept) // 2]) / 2
        return bool(median > _SHARP)

    def show_details(self) -> NDArray[np.float32]:
        """Return the details, (rows, columns)."""
        return np.frombuffer(self.details, np.float32).reshape(CELLS[::-1])


def measure_vitals(descriptor: Image, part: ComparedPart, width: int, apart: float | None = None) -> Vitals | None:
    """Measure a frame `width` px wide by its descriptor; None where next to nothing of it is compared."""
    x0, y0, x1, y1 = part.rectangle
    inside = descriptor[y0:y1, x0:x1]
    if inside.shape[0] < 2 * BANDS or inside.shape[1] < 2 * CELLS[0]:
        return None
    fine = _halve(inside, 2 * _FINE)
    height = min(max(round(inside.shape[0] * WIDTH / inside.shape[1]), 2 * BANDS), 2 * WIDTH)
    picture = np.asarray(cv2.resize(_halve(fine, 2 * WIDTH), (WIDTH, height)), np.uint8)
    white = cv2.countNonZero(cv2.threshold(fine, _WHITE - 1, 255, cv2.THRESH_BINARY)[1]) / fine.size
    scale = inside.shape[1] / descriptor.shape[1] * width / WIDTH
    return Vitals(picture.tobytes(), _measure_details(fine).tobytes(), white, _sum_bands(inside), width, scale, apart)


def _halve(image: Image, below: int) -> Image:
    """Return a picture at the half, the fourth and so on of its size, the first that is less than so many px wide.

    That is many times faster than to bring it to some width, and sees all px.
    """
    while image.shape[1] >= below and min(image.shape) >= 4 * BANDS:
        height, width = image.shape[0] // 2, image.shape[1] // 2
        whole = image[: 2 * height, : 2 * width]
        image = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return image


def _measure_details(fine: Image) -> NDArray[np.float32]:
    """Return the mean square of the steps to the right and down in each cell, (rows, columns)."""
    width, height = (
        side // cells * cells for side, cells in zip((fine.shape[1] - 1, fine.shape[0] - 1), CELLS, strict=True)
    )
    before = fine[:height, :width]
    steps = cv2.absdiff(fine[:height, 1 : width + 1], before), cv2.absdiff(fine[1 : height + 1, :width], before)
    squares = np.zeros((height, width), np.float32)
    for each in steps:
        cv2.accumulateSquare(each, squares)
    return np.asarray(cv2.resize(squares, CELLS, interpolation=cv2.INTER_AREA), np.float32)


def _sum_bands(inside: Image) -> tuple[int, ...]:
    rows = inside[:: max(1, inside.shape[0] // _ROWS)]
    levels = rows.tobytes()
    ends = [len(rows) * each // BANDS * rows.shape[1] for each in range(BANDS + 1)]
    bands = [levels[start:end] for start, end in pairwise(ends)]
    return tuple(total if band.strip(band[:1]) else 0 for total, band in zip(sum_each(bands), bands, strict=True))
