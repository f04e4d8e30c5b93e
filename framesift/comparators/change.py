"""What has changed of the structure of a scene between two pictures, and the regions of it.

A pixel has changed by how far its gradient lies outside of what the other picture shows within a few pixels around it,
see `structure`. Regions count only where the change is strong somewhere in them, as edges are followed by Canny (1986),
"A computational approach to edge detection": the soft borders of shadows are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from framesift.comparators.comparison import Bearing, Region
from framesift.comparators.registration import find_shift
from framesift.comparators.structure import (
    NEIGHBOURHOOD,
    UNIT,
    Box,
    Gradients,
    bound_apart,
    bound_levels,
    bound_mean,
    find_difference,
    find_edge,
    find_gradients,
    measure_apart,
)
from imaging_interview import Contour, Image

CHANGED, STRONG = round(0.3 * UNIT), round(0.65 * UNIT)
"""A gradient that lies farther outside than the first has changed; a region counts where one does than the second."""
GROWTH = np.ones((3, 3), np.uint8)
REACH = NEIGHBOURHOOD.shape[0] // 2
"""px: so far around it a gradient is looked for in the other frame."""
EVERYWHERE: Box = (slice(None), slice(None))
LIGHT_ONLY = -1.0
"""The reach of a region that counts with no `min_contour_area`."""


@dataclass(frozen=True)
class Look:
    """What is compared of one picture. Most of it is found when it is asked for: many pictures are told without it."""

    image: Image
    """(height, width) uint8."""
    looked_at: Image | None = None
    """255 where the masks let compare; None where there are no masks."""
    origin: tuple[int, int] = (0, 0)
    """Where in the picture it begins, x and y."""

    @cached_property
    def gradients(self) -> Gradients:
        """The gradients of the picture."""
        return find_gradients(self.image)

    @cached_property
    def mean(self) -> float:
        """Their mean length."""
        return self.gradients.measure_mean(self.looked_at)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared of two pictures, as they stand."""

    before: Look
    after: Look

    @property
    def edge(self) -> float:
        """How steep an edge is in the two."""
        return find_edge(self.before.mean, self.after.mean)

    def bound_edge(self, apart: Image) -> float:
        """Return the least that `edge` may be, by what is known of the first and the levels that the two differ by."""
        seen = apart.size if self.after.looked_at is None else max(cv2.countNonZero(self.after.looked_at), 1)
        return find_edge(self.before.mean, self.before.mean - bound_mean(cv2.sumElems(apart)[0] / seen))


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed of the part of the scene that both frames show; pictures are (height, width) uint8."""

    before: Gradients
    after: Gradients
    edge: float
    """How steep an edge is in the two."""
    difference: Image
    """How far the gradients lie beyond the other frame's, 127 for the whole length of an edge."""
    changed: Image
    """255 where that is too far, grown."""
    looked_at: Image | None
    """255 where the masks let compare both; None where there are no masks."""
    origin: tuple[int, int]
    """Where in the candidate it begins, x and y."""


def measure_score(pair: Pair, min_contour_area: float) -> float:
    """Return the sum in px of the regions that count, which is looked for only where there may be some."""
    box = bound_change(pair, min_contour_area)
    if box is None:
        return 0.0
    change = find_change(pair, box)
    large = (contour for contour in find_contours(change.changed) if _bound_area(contour) >= min_contour_area)
    regions = (measure_region(contour, change) for contour in large)
    return float(sum(area for area, reach in regions if area >= min_contour_area and reach != LIGHT_ONLY))


def find_change(pair: Pair, box: Box = EVERYWHERE) -> Change:
    """Compare what both frames show of the scene, within a box, or everywhere where the camera was shaken.

    What has not changed as the pictures stand has not changed either: what the recorder writes over them, a clock,
    does not move with the scene.
    """
    one, other, edge, looked_at = pair.before.gradients, pair.after.gradients, pair.edge, pair.after.looked_at
    right, down = find_shift(one.image, other.image, looked_at)
    if not (right or down):
        return _find_change_inside(pair, box)
    still = find_difference(one, other, edge, looked_at)
    then, now = _overlap(other.image.shape, right, down), _overlap(other.image.shape, -right, -down)
    one, other = find_gradients(one.image[then]), find_gradients(other.image[now])
    if looked_at is not None:
        looked_at = looked_at[then] & looked_at[now]
    difference = find_difference(one, other, edge, looked_at)
    difference = np.minimum(difference, np.maximum(still[then], still[now]))
    x, y = pair.after.origin
    origin = x + max(right, 0), y + max(down, 0)
    return Change(one, other, edge, difference, find_changed(difference, looked_at), looked_at, origin)


def _find_change_inside(pair: Pair, box: Box) -> Change:
    """Compare two pictures as they stand, within a box: as a part of what all of them would give."""
    (top, bottom, _), (left, right, _) = (
        side.indices(length) for side, length in zip(box, pair.after.gradients.image.shape, strict=True)
    )
    y, x = max(top - REACH, 0), max(left - REACH, 0)
    around, inside = np.s_[y : bottom + REACH, x : right + REACH], np.s_[top - y : bottom - y, left - x : right - x]
    one, other = pair.before.gradients.cut(around), pair.after.gradients.cut(around)
    looked_at = None if pair.after.looked_at is None else pair.after.looked_at[around]
    difference = np.ascontiguousarray(find_difference(one, other, pair.edge, looked_at)[inside])
    looked_at = None if looked_at is None else looked_at[inside]
    origin = pair.after.origin[0] + left, pair.after.origin[1] + top
    changed = find_changed(difference, looked_at)
    return Change(one.cut(inside), other.cut(inside), pair.edge, difference, changed, looked_at, origin)


def bound_change(pair: Pair, min_contour_area: float) -> Box | None:
    """Return a box around all regions that may count, of an area in px or more; None where none does.

    What changes when the camera is shaken has changed as the pictures stand too. A region needs a strong change: where
    there may be none at all, no region counts.
    """
    inside = _bound_by_levels(pair, min_contour_area)
    if inside is None:
        return None
    apart = measure_apart(pair.before.gradients.cut(inside), pair.after.gradients.cut(inside))
    strong = apart >= bound_apart(pair.edge, STRONG)
    if not strong.any():
        return None
    possible = (apart >= bound_apart(pair.edge, CHANGED)).view(np.uint8)
    if pair.after.looked_at is not None:
        possible &= pair.after.looked_at[inside]
    boxes = [box for box in _box_near(possible) if (box[2] - box[0]) * (box[3] - box[1]) >= min_contour_area]
    if not boxes:
        return None
    # Where the camera was shaken, a strong spot may be one region with what lies elsewhere as the pictures stand.
    boxes = [box for box in boxes if strong[max(box[1], 0) : box[3], max(box[0], 0) : box[2]].any()] or boxes
    left, top, right, bottom = zip(*boxes, strict=True)
    y, x = (side.start for side in inside)
    return slice(max(min(top) + y, 0), max(bottom) + y), slice(max(min(left) + x, 0), max(right) + x)


def _bound_by_levels(pair: Pair, min_contour_area: float) -> Box | None:
    """Return a box around all px where gradients may be far enough apart, by grey levels alone; None as above."""
    apart = np.asarray(cv2.absdiff(pair.before.image, pair.after.image), np.uint8)
    if _box_apart(apart, pair.bound_edge(apart), min_contour_area) is None:
        return None  # before the gradients of the second are looked for
    return _box_apart(apart, pair.edge, min_contour_area)


def _box_apart(apart: Image, edge: float, min_contour_area: float) -> Box | None:
    if cv2.minMaxLoc(apart)[1] <= bound_levels(edge, STRONG):
        return None
    _, differing = cv2.threshold(apart, bound_levels(edge, CHANGED), 1, cv2.THRESH_BINARY)
    x, y, width, height = cv2.boundingRect(differing)
    if (width + 4) * (height + 4) < min_contour_area:  # a gradient reaches a px, and a region one more
        return None
    return slice(max(y - 1, 0), y + height + 1), slice(max(x - 1, 0), x + width + 1)


def _box_near(possible: Image) -> list[tuple[int, int, int, int]]:
    """Return boxes, left, top, right and bottom in px, around px that grow together; they may be a little too large.

    They are looked for by cells of 2x2 px, which is quicker. Px that grow together are in cells of which at most two
    lie between; so these do when they are grown by one cell each, which is taken off again.
    """
    height, width = possible.shape
    even = cv2.copyMakeBorder(possible, 0, height % 2, 0, width % 2, cv2.BORDER_CONSTANT, value=0)
    pairs = even.view(np.uint16)
    cells = ((pairs[::2] | pairs[1::2]) != 0).view(np.uint8)
    around = cv2.copyMakeBorder(cells, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)  # room to grow
    boxes = [cv2.boundingRect(each) for each in find_contours(np.asarray(cv2.dilate(around, GROWTH), np.uint8))]
    return [(2 * x - 1, 2 * y - 1, 2 * (x + wide) - 3, 2 * (y + high) - 3) for x, y, wide, high in boxes]


def _overlap(shape: tuple[int, ...], right: int, down: int) -> tuple[slice, slice]:
    """Return the part of a picture that is still seen after it has moved so far."""
    height, width = shape[:2]
    rows = slice(max(-down, 0), height - max(down, 0))
    return rows, slice(max(-right, 0), width - max(right, 0))


def find_changed(difference: Image, looked_at: Image | None = None) -> Image:
    """Return 255 where the difference is too large, grown; nothing has changed where `looked_at` is 0."""
    _, changed = cv2.threshold(difference, CHANGED, 255, cv2.THRESH_BINARY)
    grown = np.asarray(cv2.dilate(changed, GROWTH), np.uint8)
    return grown if looked_at is None else grown & looked_at


def measure_regions(change: Change, min_contour_area: float) -> Iterator[Region]:
    """Yield the regions that changed, each with its area and whether it counts."""
    for contour in find_contours(change.changed):
        area, reach = measure_region(contour, change)
        bearing = Bearing.LIGHT if reach == LIGHT_ONLY else Bearing.COUNTED
        yield Region(contour, area, bearing if area >= min_contour_area else Bearing.SMALL)


def find_contours(changed: Image) -> list[Contour]:
    """Return the outer contours of what changed."""
    contours, _ = cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(contour, np.int32) for contour in contours]


def _bound_area(contour: Contour) -> int:
    """Return the px of the box around a region, which are no fewer than its own; most regions are ruled out by it."""
    _, _, width, height = cv2.boundingRect(contour)
    return width * height


def measure_region(contour: Contour, change: Change) -> tuple[int, float]:
    """Return the area of a region and its reach: the largest `min_contour_area` with which it counts, in px.

    The area is all px that the outer contour holds, without those that are not looked at. The reach is negative where
    only the light has changed.
    """
    x, y, width, height = cv2.boundingRect(contour)
    box = np.s_[y : y + height, x : x + width]
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], -1, 255, cv2.FILLED, offset=(-x, -y))
    if change.looked_at is not None:
        inside &= change.looked_at[box]
    area = cv2.countNonZero(inside)
    strongest = cv2.minMaxLoc(change.difference[box], inside)[1]
    return area, area if strongest > STRONG else LIGHT_ONLY
