"""Bodies made of flat faces: the loft that cars and persons are built with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.scenes.geometry import Floats, Vector

Point = Vector

CIRCLE: Final = tuple(
    (x, y)
    for x, y in (
        (1.0, 0.0), (0.866, 0.5), (0.5, 0.866), (0.0, 1.0), (-0.5, 0.866), (-0.866, 0.5),
        (-1.0, 0.0), (-0.866, -0.5), (-0.5, -0.866), (0.0, -1.0), (0.5, -0.866), (0.866, -0.5),
    )
)  # fmt: skip
"""A twelve-sided circle of radius 1."""


@dataclass(frozen=True)
class Face:
    """One flat polygon of a body."""

    points: tuple[Point, ...]
    normal: Vector
    """Outward, not of length 1."""
    material: str
    layer: int = 1
    """Faces of a higher layer are painted over those of a lower one; within a layer the farther come first."""

    @property
    def centre(self) -> Point:
        """The mean of the corners."""
        x, y, z = (sum(p[i] for p in self.points) / len(self.points) for i in range(3))
        return x, y, z


def face(points: Sequence[Point], material: str, inside: Point, layer: int = 1) -> Face:
    """A face whose normal points away from `inside`, a point within the body."""
    a, b, c = points[0], points[1], points[-1]
    if a == b:
        b = points[2]
    p = np.array(b) - np.array(a)
    q = np.array(c) - np.array(a)
    normal = (p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0])
    made = Face(tuple(points), (float(normal[0]), float(normal[1]), float(normal[2])), material, layer)
    outward = sum(n * (m - i) for n, m, i in zip(made.normal, made.centre, inside, strict=True))
    x, y, z = made.normal
    return made if outward >= 0 else replace(made, normal=(-x, -y, -z))


def box(low: Point, high: Point, material: str, layer: int = 1) -> list[Face]:
    """The six faces of an upright box."""
    inside = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2)
    faces = []
    for axis in range(3):
        for value in (low[axis], high[axis]):
            corners: list[Point] = []
            for first, second in ((0, 0), (1, 0), (1, 1), (0, 1)):
                ends = [low, high]
                corner = [value, value, value]
                u, v = [i for i in range(3) if i != axis]
                corner[u], corner[v] = ends[first][u], ends[second][v]
                corners.append((corner[0], corner[1], corner[2]))
            faces.append(face(corners, material, inside, layer))
    return faces


def shrink(points: Sequence[Point], share: float) -> list[Point]:
    """The polygon drawn towards its middle, to `share` of its size."""
    middle = [sum(p[i] for p in points) / len(points) for i in range(3)]
    return [
        (
            middle[0] + (x - middle[0]) * share,
            middle[1] + (y - middle[1]) * share,
            middle[2] + (z - middle[2]) * share,
        )
        for x, y, z in points
    ]


def limb(rings: Sequence[tuple[Point, float, float]], material: str) -> list[Face]:
    """A round body through upright-axis `rings` (middle, half-width along x, half-width along y), closed on top."""
    loops = [[(m[0] + c * a, m[1] + s * b, m[2]) for c, s in CIRCLE[::2]] for m, a, b in rings]
    faces = []
    for (lower, below), (upper, above) in pairwise(zip(loops, rings, strict=True)):
        inside = tuple((p + q) / 2 for p, q in zip(below[0], above[0], strict=True))
        for i in range(len(lower)):
            j = (i + 1) % len(lower)
            faces.append(face([lower[i], lower[j], upper[j], upper[i]], material, (inside[0], inside[1], inside[2])))
    top = rings[-1][0]
    faces.append(face(loops[-1], material, (top[0], top[1], top[2] - 1.0)))
    return faces


def place(points: Floats, x: float, y: float, heading: tuple[float, float]) -> Floats:
    """Turn (n, 3) points so that their own x axis runs along the unit vector `heading`, and move them to x, y."""
    c, s = heading
    return np.stack([points[:, 0] * c - points[:, 1] * s + x, points[:, 0] * s + points[:, 1] * c + y, points[:, 2]], 1)
