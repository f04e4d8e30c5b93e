"""Where a point of the deck falls in the picture. Metres: x to the right, y away from the camera's wall, z up.

Only + - * / and square roots are used, never trigonometry, BLAS or reductions: these are exact under IEEE 754, so
the same scene gives the same bytes on every machine.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]
"""x, y, z in metres."""
Size = tuple[int, int]
"""Width, height in px."""
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

LEAST_DEPTH = 0.2
"""Metres; points nearer to the lens (or behind it) are moved here, so that no projection divides by zero."""


def unit(v: Vector) -> Vector:
    """`v` at length 1."""
    length = float(np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]))
    return v[0] / length, v[1] / length, v[2] / length


def cross(a: Vector, b: Vector) -> Vector:
    """The vector at right angles to both."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(points: Floats, v: Vector) -> Floats:
    """The scalar product of each row of `points` (n, 3) with `v`."""
    product: Floats = points[:, 0] * v[0] + points[:, 1] * v[1] + points[:, 2] * v[2]
    return product


@dataclass(frozen=True)
class View:
    """A fixed pinhole camera."""

    position: Vector
    target: Vector
    """The point in the middle of the picture."""
    focal: float
    """Focal length in picture heights: wider pictures see more to the sides."""

    @cached_property
    def axes(self) -> tuple[Vector, Vector, Vector]:
        """The unit vectors right, up and forward of the picture."""
        x, y, z = (t - p for t, p in zip(self.target, self.position, strict=True))
        forward = unit((x, y, z))
        right = unit(cross(forward, (0.0, 0.0, 1.0)))
        return right, cross(right, forward), forward

    def project(self, points: Floats, size: Size) -> Floats:
        """(n, 3) points in metres to (n, 3): x and y in px of a picture of `size`, depth in metres."""
        offset = points - np.array(self.position)
        right, up, forward = self.axes
        depth = np.maximum(dot(offset, forward), LEAST_DEPTH)
        scale = self.focal * size[1] / depth
        x = size[0] / 2 + dot(offset, right) * scale
        y = size[1] / 2 - dot(offset, up) * scale
        return np.stack([x, y, depth], axis=1)

    def rays(self, size: Size, top: int, bottom: int) -> tuple[Floats, Floats, Floats]:
        """Directions x, y, z, each (bottom - top, width), through the px of these rows; depth 1 for each unit."""
        scale = self.focal * size[1]
        across = ((np.arange(size[0]) + 0.5 - size[0] / 2) / scale)[None, :]
        along = ((size[1] / 2 - np.arange(top, bottom) - 0.5) / scale)[:, None]
        right, up, forward = self.axes
        x, y, z = (forward[i] + across * right[i] + along * up[i] for i in range(3))
        return x, y, z
