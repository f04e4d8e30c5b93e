"""Whether a part of the scene stands still between two frames, far finer than what makes a run keep a frame.

A car that creeps on, or that leaves dark ground, changes less than a run asks for. So a part is looked at by itself, at
a size at which its shorter side has `SIDE` px and a px is a few percent of it: is what its edges showed still there, at
the same place, in each ninth of it, and has nothing changed on it? Gradients are compared, each divided by its own
length, as in `structure`: light is no change. What shows no structure of its own gives no evidence, and so never stands
still: nobody could see that it has gone. The method of the run, its thresholds and masks do not matter here.

`python -m benchmarks.labels` measures it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging_interview import Image

SIDE = 32
"""px of the shorter side of a part as it is compared; a smaller one is not enlarged."""
MARGIN = 0.3
"""Of the sides: what around a part is looked at too, at least `LEAST_MARGIN`."""
LEAST_MARGIN = 3
SMALLEST = 4
"""px of the shorter side: of a smaller part nothing can be said."""
EDGE = 3.0
"""Grey levels a px: flatter than this is no structure, and more where there is more noise."""
CHANGED = 0.35
"""Of an edge: a gradient that lies so far outside of those around it has changed."""
LEAST_LIKENESS, LEAST_IN_A_NINTH, MOST_CHANGED = 0.75, 0.5, 0.08
LEAST_STRUCTURE = 0.02
"""Mean square of the normalised gradients: a ninth that has less says nothing."""

Layer = NDArray[np.float32]
Points = NDArray[np.float64]
"""(n, 2) of x, y, in px of the picture: a polygon."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """How much of a part is still what it was."""

    likeness: float
    """Correlation of the gradients, -1 to 1."""
    weakest: float
    """The least correlation of a ninth of it that shows structure, each moved by up to a px; -1 where none does."""
    changed: float
    """The largest change that lies on it or touches it, in shares of its area; it may be more than 1."""

    @property
    def holds(self) -> bool:
        """Whether the part is certainly still as it was."""
        alike = self.likeness >= LEAST_LIKENESS and self.weakest >= LEAST_IN_A_NINTH
        return alike and self.changed <= MOST_CHANGED


UNKNOWN = Standstill(0.0, -1.0, 1.0)
"""Of a part of which nothing can be said."""


def estimate_noise(before: Image, after: Image) -> float:
    """Return about the deviation of the noise of two grey frames, (height, width) uint8, in grey levels."""
    difference = before.astype(np.float32) - after
    rough = np.abs(cv2.Laplacian(difference, cv2.CV_32F, ksize=1))
    return float(np.median(rough)) / 0.6745 / float(np.sqrt(40)) + 0.5


def compare_part(before: Image, after: Image, outline: Sequence[Points], noise: float) -> Standstill:
    """Compare what two grey frames, (height, width) uint8 of one shape, show within an outline of one or more polygons.

    `noise` is that of `estimate_noise`.
    """
    height, width = before.shape
    points = np.clip(np.concatenate(outline), 0, (width, height))
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    sides = np.array((right - left, bottom - top))
    if not np.isfinite(points).all() or sides.min() < SMALLEST:
        return UNKNOWN
    margin = np.maximum(LEAST_MARGIN, np.rint(MARGIN * sides))
    x0, y0 = (int(max(0, side)) for side in (left - margin[0], top - margin[1]))
    x1, y1 = (
        int(min(most, np.ceil(side))) for side, most in ((right + margin[0], width), (bottom + margin[1], height))
    )
    scale = min(1.0, SIDE / float(sides.min()))
    one, other = (_shrink(image[y0:y1, x0:x1], scale) for image in (before, after))
    across = np.array((one.shape[1] / (x1 - x0), one.shape[0] / (y1 - y0)))
    inside = np.zeros(one.shape, np.uint8)
    cv2.fillPoly(inside, [np.rint((polygon - (x0, y0)) * across).astype(np.int32) for polygon in outline], 1)
    if not inside.any():
        return UNKNOWN
    return _compare(one, other, inside > 0, max(EDGE, 4 * max(0.7, 0.45 * noise * min(1.0, 1.5 * scale))))


def _shrink(image: Image, scale: float) -> Layer:
    if scale < 1:
        size = tuple(max(3, round(side * scale)) for side in image.shape[1::-1])
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.8), np.float32)


def _compare(before: Layer, after: Layer, inside: NDArray[np.bool_], edge: float) -> Standstill:
    one, other = _find_directions(before, edge), _find_directions(after, edge)
    shifted = [_move(other, x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    likeness = _correlate(one, other, inside)
    ninths = [part for part in _split(inside) if (one[:, part] ** 2).sum() > LEAST_STRUCTURE * part.sum()]
    weakest = min((max(_correlate(one, each, part) for each in shifted) for part in ninths), default=-1.0)
    return Standstill(likeness, weakest, _measure_change(one, other, inside))


def _find_directions(image: Layer, edge: float) -> Layer:
    """Return the normalised gradients, (2, height, width)."""
    gradients = np.stack([cv2.Sobel(image, cv2.CV_32F, *order, ksize=3) / 8 for order in ((1, 0), (0, 1))])
    return np.asarray(gradients / np.sqrt((gradients**2).sum(axis=0) + np.float32(edge * edge)), np.float32)


def _move(directions: Layer, x: int, y: int) -> Layer:
    """Return the field as it is seen a px further on; at its border it goes on as it is there."""
    height, width = directions.shape[1:]
    padded = np.pad(directions, ((0, 0), (1, 1), (1, 1)), mode="edge")
    return padded[:, 1 + y : 1 + y + height, 1 + x : 1 + x + width]


def _correlate(one: Layer, other: Layer, where: NDArray[np.bool_]) -> float:
    first, second = one[:, where].astype(np.float64), other[:, where].astype(np.float64)
    length = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / (length + 1e-6))


def _split(inside: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Yield the ninths of the box around what is inside, each as far as it is."""
    x, y, width, height = cv2.boundingRect(inside.astype(np.uint8))
    for row in range(3):
        for column in range(3):
            part = np.zeros_like(inside)
            rows = slice(y + height * row // 3, max(y + height * (row + 1) // 3, y + height * row // 3 + 1))
            columns = slice(x + width * column // 3, max(x + width * (column + 1) // 3, x + width * column // 3 + 1))
            part[rows, columns] = inside[rows, columns]
            if part.any():
                yield part


def _measure_change(one: Layer, other: Layer, inside: NDArray[np.bool_]) -> float:
    """Return the largest connected change that touches what is inside, in shares of its area."""
    excess = [np.maximum(_exceed(a, b), _exceed(b, a)) for a, b in zip(one, other, strict=True)]
    changed = (np.hypot(*excess) > CHANGED).astype(np.uint8)
    _, numbers, measures, _ = cv2.connectedComponentsWithStats(changed, connectivity=8)
    near = np.asarray(cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    touching = [number for number in np.unique(numbers[near > 0]).tolist() if number]
    return max((float(measures[number, cv2.CC_STAT_AREA]) for number in touching), default=0.0) / float(inside.sum())


def _exceed(image: Layer, ranged: Layer) -> Layer:
    """Return by how much `image` leaves the range of the other within a px."""
    reach = np.ones((3, 3), np.uint8)
    above, below = image - cv2.dilate(ranged, reach), cv2.erode(ranged, reach) - image
    return np.asarray(np.maximum(np.maximum(above, below), 0), np.float32)
