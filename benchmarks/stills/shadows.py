"""Where the sun is hidden: heights of what stands before it, seen along its rays on the ground plane.

The map has for each spot of the ground the height at which the ray that ends there meets the highest thing on its way.
A point on the same ray is in shadow when it lies lower.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Floats, Vector
from benchmarks.scenes.timetable import Appearance
from benchmarks.stills.bodies import body_of
from benchmarks.stills.buffer import GROUND, Buffer, Layer
from benchmarks.stills.patches import Patch

SCALE: Final = 12
"""Px of the map for each metre."""
FRACTION: Final = 4
"""Fractional bits of corners."""
LOW: Final = 2.6
"""Metres: what is higher throws a softer shadow."""
SLICE: Final = 1.2
"""Metres: upright faces are cut into pieces of this height, each of which is painted with its own height."""


LEAF: Final = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)), np.uint8)
"""The shadow of a leaf in the map."""


FAR: Final = 30.0
"""Metres: what is farther from the map throws no shadow into it."""


@dataclass(frozen=True)
class Area:
    """The ground that the map shows, metres."""

    left: float
    near: float
    right: float
    far: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the map in px."""
        return round((self.right - self.left) * SCALE), round((self.far - self.near) * SCALE)

    def concerns(self, corners: Floats) -> bool:
        """Whether a face, (n, 3), is near enough to throw its shadow there."""
        (x, y), (right, far) = corners[:, :2].min(axis=0), corners[:, :2].max(axis=0)
        return bool(right > self.left - FAR and x < self.right + FAR and far > self.near - FAR and y < self.far + FAR)


@dataclass(frozen=True, eq=False)
class Casters:
    """Polygons that stop the sun."""

    corners: Floats
    """(all corners, 3), polygon after polygon."""
    ends: NDArray[np.int64]
    """Where each polygon ends."""
    heights: Floats
    """Of each, metres: those of its lowest corner, so that nothing shades itself."""
    leaves: Floats
    """(n, 3): middles of leaves, from the lowest up."""


def gather(patches: Iterable[Patch]) -> Casters:
    """The polygons of faces, upright ones in slices."""
    patches = list(patches)
    pieces = [piece for patch in patches if not patch.leaf for piece in cut(patch.corners)]
    heights = np.array([float(piece[:, 2].min()) for piece in pieces])
    leaves = np.array([patch.corners.mean(axis=0) for patch in patches if patch.leaf]).reshape(-1, 3)
    ends = np.cumsum([len(piece) for piece in pieces])
    return Casters(np.concatenate(pieces), ends, heights, leaves[np.argsort(leaves[:, 2])])


def cut(corners: Floats) -> list[Floats]:
    """A face, or the slices of an upright rectangle."""
    low, high = float(corners[:, 2].min()), float(corners[:, 2].max())
    if high - low < 1.5 * SLICE or len(corners) != 4:
        return [corners]
    order = np.argsort(corners[:, 2])
    (a, b), (c, d) = corners[order[:2]], corners[order[2:]]
    if float(np.abs(a[:2] - c[:2]).sum()) > float(np.abs(a[:2] - d[:2]).sum()):
        c, d = d, c
    count = round((high - low) / SLICE)
    cuts = [i / count for i in range(count + 1)]
    return [np.stack([a + (c - a) * s, b + (d - b) * s, b + (d - b) * t, a + (c - a) * t]) for s, t in pairwise(cuts)]


@lru_cache(maxsize=512)
def gather_body(appearance: Appearance) -> Casters:
    """The polygons of an object."""
    return gather(body_of(appearance))


def cast(casters: Sequence[Casters], sun: Vector, area: Area) -> Layer:
    """The map of heights, 0 where nothing is in the way."""
    across, along = sun[0] / max(sun[2], 0.04), sun[1] / max(sun[2], 0.04)
    width, height = area.size
    heights = np.zeros((height, width), np.float32)
    for each in casters:
        if len(each.leaves):
            heights = np.maximum(heights, scatter_leaves(each.leaves, across, along, area))
    polygons: list[tuple[float, NDArray[np.int32]]] = []
    for each in casters:
        x = (each.corners[:, 0] - each.corners[:, 2] * across - area.left) * (SCALE << FRACTION)
        y = (each.corners[:, 1] - each.corners[:, 2] * along - area.near) * (SCALE << FRACTION)
        spots = np.rint(np.stack([x, y], 1)).clip(-(2**24), 2**24).astype(np.int32)
        bounds = pairwise([0, *each.ends.tolist()])
        polygons += ((level, spots[a:b]) for level, (a, b) in zip(each.heights.tolist(), bounds, strict=True))
    polygons.sort(key=lambda each: each[0])
    for level, spots in polygons:
        cv2.fillConvexPoly(heights, spots, max(level, 0.06), cv2.LINE_8, FRACTION)
    return heights


def scatter_leaves(leaves: Floats, across: float, along: float, area: Area) -> Layer:
    """The map of leaves alone: a dot for each."""
    width, height = area.size
    column = np.rint((leaves[:, 0] - leaves[:, 2] * across - area.left) * SCALE).astype(np.int64)
    row = np.rint((leaves[:, 1] - leaves[:, 2] * along - area.near) * SCALE).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    found = np.zeros((height, width), np.float32)
    found[row[inside], column[inside]] = leaves[inside, 2]
    return np.asarray(cv2.dilate(found, LEAF), np.float32)


def soften(heights: Layer, sun: Vector) -> Layer:
    """How much of the sun the ground sees, 0 to 1: the higher the thing, the wider the half-shadow."""
    high = np.asarray(heights > LOW, np.uint8) * np.uint8(255)
    low = np.asarray(heights > 0.05, np.uint8) * np.uint8(255) - high
    near, far = cv2.GaussianBlur(low, (3, 3), 0.6), cv2.GaussianBlur(high, (0, 0), min(3.0, 0.8 / max(sun[2], 0.25)))
    return np.asarray(1 - cv2.add(near, far).astype(np.float32) / 255, np.float32)


def see_sun(buffer: Buffer, heights: Layer, sun: Vector, area: Area) -> Layer:
    """How much of the sun each px sees, 0 to 1; what turns away from it is another matter."""
    x, y, z = buffer.place
    column = (x - z * np.float32(sun[0] / max(sun[2], 0.04)) - np.float32(area.left)) * SCALE - 0.5
    row = (y - z * np.float32(sun[1] / max(sun[2], 0.04)) - np.float32(area.near)) * SCALE - 0.5
    soft = cv2.remap(soften(heights, sun), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1)
    above = cv2.remap(heights, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(np.where(buffer.kind == GROUND, soft, above <= z + 0.3), np.float32)


def cover_ground(footprints: Iterable[Floats], area: Area) -> Layer:
    """How much of the sky the ground sees, 0 to 1: less beneath and beside what stands on it.

    Footprints are (n, 2) outlines in metres.
    """
    width, height = area.size
    dark = np.zeros((height, width), np.uint8)
    for outline in footprints:
        spots = (outline - (area.left, area.near)) * (SCALE << FRACTION)
        cv2.fillConvexPoly(dark, np.rint(spots).astype(np.int32), 255, cv2.LINE_8, FRACTION)
    small = cv2.resize(dark, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    near, wide = cv2.GaussianBlur(small, (0, 0), 0.12 * SCALE), cv2.GaussianBlur(small, (0, 0), 0.4 * SCALE)
    seen = 1 - 0.55 * near.astype(np.float32) / 255 - 0.3 * wide.astype(np.float32) / 255
    return np.asarray(seen, np.float32)


@lru_cache(maxsize=512)
def footprint(appearance: Appearance) -> Floats:
    """The outline of an object's lower part, (n, 2) in metres."""
    points = np.concatenate([patch.corners for patch in body_of(appearance)])
    low = points[points[:, 2] < 0.6][:, :2].astype(np.float32)
    return np.asarray(cv2.convexHull(low)[:, 0], np.float64)


def see_sky(buffer: Buffer, seen: Layer, area: Area) -> Layer:
    """How much of the sky each px sees by what stands near it."""
    x, y, _ = buffer.place
    column = (x - np.float32(area.left)) * (SCALE / 2) - 0.5
    row = (y - np.float32(area.near)) * (SCALE / 2) - 0.5
    found = cv2.remap(seen, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=1)
    return np.asarray(np.where(buffer.kind == GROUND, found, 1), np.float32)
