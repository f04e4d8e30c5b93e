"""Tolerance differencing: frame differencing that forgives shake, foliage and changes of light, and sees small things.

What is compared is structure, see `structure`: a pixel has changed by how far its gradient lies outside of what the
other frame shows within a few pixels around it. Regions of change count only where the change is strong somewhere in
them, as edges are followed by Canny (1986), "A computational approach to edge detection": the soft borders of shadows
are not. Everything is computed on small pictures of one width, so that it is quick and the same for every camera.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import Differencing
from framesift.comparators.registration import find_shift
from framesift.comparators.structure import UNIT, Gradients, find_difference, find_edge, find_excess, find_gradients
from imaging_interview import Contour, Image, preprocess_image_change_detection

WIDTH = 320
"""px: pictures are compared at this width."""
TALLEST = 2
"""Widths: a strip that is higher is not enlarged beyond it."""
CHANGED, STRONG = round(0.3 * UNIT), round(0.65 * UNIT)
"""A gradient that lies farther outside than the first has changed; a region counts where one does than the second."""
LEVEL = f"{CHANGED / UNIT:.0%} of an edge"
"""What a gradient has to differ by, in words."""
ALTERED = round(0.2 * UNIT)
"""An edge that lies farther outside is not the one that was there, where the whole picture is asked for."""
BRIGHTNESS = 20
"""Grey levels: a pixel that lies farther outside is another one, where the whole picture is asked for."""
LEAST_STRUCTURE = 0.1
"""Of the picture: where less shows structure, in the dark, the first thing that comes is not the whole picture."""
GROWTH = np.ones((3, 3), np.uint8)
LIGHT_ONLY = -1.0
"""The reach of a region that counts with no `min_contour_area`."""


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


@dataclass(frozen=True, slots=True)
class ToleranceDifferencing(Differencing):
    """Compares the structure of the grey, blurred picture at `WIDTH`."""

    width: int = WIDTH
    """px: pictures are compared at this width."""

    def describe(self, image: Image) -> Image:
        """Return the grey, blurred, masked picture at the compared size, (height, width) uint8; takes BGR or grey."""
        size = self.compared_size((image.shape[1], image.shape[0]))
        if (image.shape[1], image.shape[0]) != size:
            if image.ndim == 3 and image.shape[2] == 3:  # what is grey already is quicker to make small
                image = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
            way = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_CUBIC
            image = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)
        return preprocess_image_change_detection(image, self.blur, self.border_mask)

    def score(self, reference: Image, candidate: Image) -> float:
        """Return the sum in px of the regions that count. Raises ValueError where the shapes differ."""
        least = self.min_contour_area.px(self.compared_area(candidate))
        change = self._find_change(reference, candidate)
        large = (contour for contour in find_contours(change.changed) if _bound_area(contour) >= least)
        regions = (measure_region(contour, change) for contour in large)
        return float(sum(area for area, reach in regions if area >= least and reach != LIGHT_ONLY))

    def examine(self, reference: Image, candidate: Image) -> Comparison:
        """Return the score with its evidence. Raises ValueError where the shapes differ."""
        least = self.min_contour_area.px(self.compared_area(candidate))
        change = self._find_change(reference, candidate)
        x, y = change.origin
        regions = tuple(
            Region(np.asarray(np.add(region.contour, (x, y)), np.int32), region.area, region.bearing)
            for region in measure_regions(change, least)
        )
        score = float(sum(region.area for region in regions if region.bearing is Bearing.COUNTED))
        pictures = [np.zeros_like(candidate), np.zeros_like(candidate)]
        for picture, part in zip(pictures, (change.difference, change.changed), strict=True):
            picture[y : y + part.shape[0], x : x + part.shape[1]] = part
        return Comparison(pictures[0], pictures[1], regions, score, LEVEL, GROWTH.shape[0] // 2, least)

    def extent(self, reference: Image, candidate: Image) -> float:
        """Return the larger of two shares: of the edges that are others, and of the pixels that are brighter or darker.

        So a camera that has been moved is told by its edges, and one that has switched to infra-red by its grey levels.
        Raises ValueError where the shapes differ.
        """
        change = self._find_change(reference, candidate)
        steepest = np.maximum(change.before.steepness, change.after.steepness)
        edges = steepest > np.float32((CHANGED / UNIT * change.edge) ** 2)
        everything = np.ones(edges.shape, bool) if change.looked_at is None else change.looked_at > 0
        whole = max(int(np.count_nonzero(everything)), 1)
        edges &= everything
        altered = int(np.count_nonzero(edges & (change.difference > ALTERED)))
        other = find_excess(change.before.image, change.after.image, change.looked_at) > BRIGHTNESS
        structure = max(int(np.count_nonzero(edges)), LEAST_STRUCTURE * whole)
        return max(altered / structure, int(np.count_nonzero(other & everything)) / whole)

    def measure(self, reference: Image, candidate: Image) -> NDArray[np.float64]:
        """Return area and reach of every region, (n, 2). Raises ValueError where the shapes differ."""
        change = self._find_change(reference, candidate)
        regions = [measure_region(contour, change) for contour in find_contours(change.changed)]
        return np.array(regions, np.float64).reshape(-1, 2)

    def compared_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the width and height in px at which frames of this width and height are compared."""
        width, height = self.size or size
        scale = self.width / width
        if scale > 1:
            scale = max(1.0, min(scale, TALLEST * self.width / height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def _find_change(self, reference: Image, candidate: Image) -> Change:
        """Compare what both frames show of the scene; where the camera was shaken, as the scene has moved.

        What has not changed as the pictures stand has not changed either: what the recorder writes over them, a clock,
        does not move with the scene.
        """
        if reference.shape != candidate.shape:
            raise ValueError(f"frames must have the same shape, not {reference.shape} and {candidate.shape}")
        part = self.part_of(candidate)
        # A strip of which the border mask leaves nothing is black.
        x0, y0, x1, y1 = part.rectangle if part.area else (0, 0, candidate.shape[1], candidate.shape[0])
        before, after = reference[y0:y1, x0:x1], candidate[y0:y1, x0:x1]
        pixels = None if part.pixels is None else self._withdraw(part.pixels[y0:y1, x0:x1])
        right, down = find_shift(before, after, pixels)
        then, now = _overlap(after.shape, right, down), _overlap(after.shape, -right, -down)
        one, other = find_gradients(before), find_gradients(after)
        edge = find_edge(one, other, pixels)
        difference, looked_at = find_difference(one, other, edge, pixels), pixels
        if right or down:
            one, other = find_gradients(before[then]), find_gradients(after[now])
            looked_at = None if pixels is None else pixels[then] & pixels[now]
            still = np.maximum(difference[then], difference[now])
            difference = np.minimum(find_difference(one, other, edge, looked_at), still)
        changed, origin = find_changed(difference, looked_at), (x0 + max(right, 0), y0 + max(down, 0))
        return Change(one, other, edge, difference, changed, looked_at, origin)

    def _withdraw(self, pixels: Image) -> Image:
        """Return what of the px that the masks let compare takes nothing of the others into its gradients."""
        reach = 1 + sum(kernel // 2 for kernel in self.blur)
        return np.asarray(cv2.erode(pixels, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), np.uint8)


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
