"""The empty deck, ray-cast once for each camera and size.

Method: each px of a supersampled picture is a ray from the lens; floor, ceiling, walls and boxes are intersected in
turn, the nearest stays (a depth buffer), and its colour is computed from its place in metres. Strips of rows bound
memory.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes.deck import CEILING, LINTEL, PARAPET, WALL_BACK, Box, Deck
from benchmarks.scenes.geometry import Bytes, Floats, Size
from benchmarks.scenes.surfaces import Surfaces

STRIP_ROWS: Final = 32
"""Supersampled rows cast at a time."""
NOTHING: Final = 1e9
"""Depth in metres where nothing stands."""
Mask = NDArray[np.bool_]
Solid = Callable[[Floats], Mask]
"""Says at which heights (metres) a wall is there."""


class Background(NamedTuple):
    """The deck without cars and persons; all arrays are (height, width), colours (height, width, 3)."""

    day: Bytes
    """BGR by full daylight."""
    lamp: Bytes
    """BGR by the lamps alone."""
    floor: Bytes
    """255 where the floor is seen: where shadows fall."""
    occluder: NDArray[np.float32]
    """Depth in metres of pillars that objects can be behind; very far elsewhere."""


def supersampling(size: Size) -> int:
    """Rays on a side of each px."""
    return 2 if size[0] <= 1920 else 1


@lru_cache(maxsize=4)
def cast_background(deck: Deck, size: Size) -> Background:
    """The empty `deck` at `size`."""
    factor = supersampling(size)
    fine = (size[0] * factor, size[1] * factor)
    surfaces = Surfaces(deck)
    width, height = size
    day, lamp = np.empty((height, width, 3), np.uint8), np.empty((height, width, 3), np.uint8)
    floor, occluder = np.empty((height, width), np.uint8), np.empty((height, width), np.float32)
    rows = max(1, STRIP_ROWS // factor)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        strip = Strip(surfaces, fine, top * factor, bottom * factor)
        area = (width, bottom - top)
        day[top:bottom] = cv2.resize(quantise(strip.day), area, interpolation=cv2.INTER_AREA)
        lamp[top:bottom] = cv2.resize(quantise(strip.lamp), area, interpolation=cv2.INTER_AREA)
        floor[top:bottom] = strip.floor[factor // 2 :: factor, factor // 2 :: factor]
        occluder[top:bottom] = strip.occluder[factor // 2 :: factor, factor // 2 :: factor]
    return Background(day, lamp, floor, occluder)


def quantise(colour: Floats) -> Bytes:
    """Levels from 0 to 255."""
    return np.clip(np.rint(colour), 0, 255).astype(np.uint8)


class Strip:
    """Some rows of the supersampled picture while they are cast."""

    def __init__(self, surfaces: Surfaces, fine: Size, top: int, bottom: int) -> None:
        self.surfaces, self.deck = surfaces, surfaces.deck
        self.fine, self.top = fine, top
        self.eye = self.deck.view.position
        self.rays = self.deck.view.rays(fine, top, bottom)
        shape = self.rays[0].shape
        self.depth: Floats = np.full(shape, NOTHING)
        self.day, self.lamp = np.zeros((*shape, 3)), np.zeros((*shape, 3))
        self.floor = np.zeros(shape, np.uint8)
        self.occluder = np.full(shape, NOTHING)
        self.cast_planes()
        for box in self.deck.boxes():
            self.cast_box(box)

    def cast_planes(self) -> None:
        """The planes of the building, and what is seen where none of them is."""
        half, open_to_sky = self.deck.half_width, not self.deck.roofed
        self.cast_plane(1, WALL_BACK, lambda z: (z < PARAPET) | ((z > LINTEL) & self.deck.roofed))
        for x in (-half, half):
            self.cast_plane(0, x, lambda z: (z < PARAPET) | (not open_to_sky))
        if self.deck.roofed:
            self.cast_plane(2, CEILING)
        self.floor[self.cast_plane(2, 0.0)] = 255
        away = self.depth == NOTHING
        if away.any():
            self.day[away], self.lamp[away] = self.surfaces.outside(*(r[away] for r in self.rays))

    def cast_plane(self, axis: int, value: float, solid: Solid | None = None) -> Mask:
        """Put the plane where the coordinate `axis` is `value` and its height is `solid`; returns where it is seen."""
        slope = self.rays[axis]
        reach = value - self.eye[axis]
        ahead = slope * reach > 1e-12
        distance = np.where(ahead, reach / np.where(ahead, slope, 1.0), NOTHING)
        hit = ahead & (distance < self.depth)
        if solid is not None:
            hit &= solid(self.eye[2] + distance * self.rays[2])
        x, y, z = (e + distance[hit] * r[hit] for e, r in zip(self.eye, self.rays, strict=True))
        inside = (np.abs(x) <= self.deck.half_width + 1e-6) & (y <= WALL_BACK + 1e-6)
        hit[hit] = inside
        x, y, z = x[inside], y[inside], z[inside]
        if not len(x):
            return hit
        ray = (self.rays[0][hit], self.rays[1][hit], self.rays[2][hit])
        self.day[hit], self.lamp[hit] = self.surfaces.plane(axis, value, (x, y, z), ray)
        self.depth[hit] = distance[hit]
        return hit

    def cast_box(self, box: Box) -> None:
        """Put a box where it is nearer than what was there (slab method)."""
        window = self.window(box)
        if window is None:
            return
        enter = np.full(self.depth[window].shape, -NOTHING)
        leave = np.full(self.depth[window].shape, NOTHING)
        side = np.zeros(enter.shape, np.int8)
        for axis in range(3):
            slope = self.rays[axis][window]
            slope = np.where(np.abs(slope) < 1e-9, 1e-9, slope)
            first, second = (box.low[axis] - self.eye[axis]) / slope, (box.high[axis] - self.eye[axis]) / slope
            near = np.minimum(first, second)
            side[near > enter] = axis
            enter, leave = np.maximum(enter, near), np.minimum(leave, np.maximum(first, second))
        hit = (enter < leave) & (enter > 0) & (enter < self.depth[window])
        for axis in range(3):
            self.paint_side(box, window, hit & (side == axis), enter, axis)
        self.depth[window][hit] = enter[hit]
        if box.occludes:
            self.occluder[window][hit] = enter[hit]
        else:
            self.occluder[window][hit] = NOTHING
        self.floor[window][hit] = 0

    def paint_side(self, box: Box, window: tuple[slice, slice], hit: Mask, depth: Floats, axis: int) -> None:
        """Colour the px of one pair of sides."""
        if not hit.any():
            return
        rays = [r[window][hit] for r in self.rays]
        x, y, z = (e + depth[hit] * r for e, r in zip(self.eye, rays, strict=True))
        sign = -1.0 if self.eye[axis] < (box.low[axis] + box.high[axis]) / 2 else 1.0
        normal = tuple(sign if i == axis else 0.0 for i in range(3))
        self.day[window][hit], self.lamp[window][hit] = self.surfaces.box(
            box, (normal[0], normal[1], normal[2]), (x, y, z)
        )

    def window(self, box: Box) -> tuple[slice, slice] | None:
        """The rows and columns of this strip that the box can touch."""
        corners = np.array([(x, y, z) for x in (box.low[0], box.high[0])
                            for y in (box.low[1], box.high[1]) for z in (box.low[2], box.high[2])])  # fmt: skip
        spots = self.deck.view.project(corners, self.fine)
        rows, columns = self.depth.shape
        if spots[:, 2].max() < 0.3:
            return None
        left, right = int(max(0, spots[:, 0].min() - 1)), int(min(columns, spots[:, 0].max() + 2))
        first, last = int(max(0, spots[:, 1].min() - 1 - self.top)), int(min(rows, spots[:, 1].max() + 2 - self.top))
        if left >= right or first >= last:
            return None
        return slice(first, last), slice(left, right)
