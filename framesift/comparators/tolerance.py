"""Tolerance differencing: frame differencing that forgives shake, foliage, edge noise and changes of light.

A pixel has changed by how far it lies outside of what the other frame shows within a few pixels around it. A region
that changed counts only where its structure changed too. Everything is computed on small pictures, in whole numbers up
to the correlation, so that it is quick and the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import Differencing
from imaging_interview import Contour, Image, preprocess_image_change_detection

WIDTH = 320
"""px: wider pictures are compared at this width."""
NEIGHBOURHOOD = np.ones((9, 9), np.uint8)
"""Within which a pixel may find its level in the other frame: what moves less than 4 px has not changed."""
HIGHEST_LEVEL, LOWEST_LEVEL = 15, 6
"""Grey levels beyond the range of the neighbourhood from which on a pixel has changed. The level falls with the
contrast of the picture, for in fog and by night whole persons differ by less than 15 levels."""
FULL_CONTRAST = 90
"""Grey levels between the 5th and the 95th percentile from which on the highest level is used."""
GROWTH = np.ones((3, 3), np.uint8)
WINDOW = 9
"""px, side of the window of the local correlation."""
TEXTURE_FLOOR = 25
"""Variance in squared grey levels that is added to both windows: the noise of a plain surface is no structure."""
LEAST_CORRELATION = 0.8
"""Below it the structure around a pixel has changed."""
LEAST_SHARE = 0.05
"""Of a region, whose structure has to have changed for the region to count."""
LEAST_AREA = 0.5
"""Of `min_contour_area`, the area whose structure has to have changed."""
LIGHT_ONLY = -1.0
"""The reach of a region that counts with no `min_contour_area`."""
FARTHEST_SHIFT = 16
"""px, the most that a camera is taken to have been shaken, up or down and left or right."""
LEAST_GAIN = 0.3
"""Of the difference of the profiles, which a shift has to remove to be believed."""


@dataclass(frozen=True, slots=True)
class ToleranceDifferencing(Differencing):
    """Compares the grey, blurred, masked picture at `WIDTH`, by local ranges and local correlation."""

    width: int = WIDTH
    """px: wider pictures are compared at this width."""

    def describe(self, image: Image) -> Image:
        """Return the grey, blurred, masked picture at the compared size, (height, width) uint8; takes BGR or grey."""
        size = self.compared_size((image.shape[1], image.shape[0]))
        if (image.shape[1], image.shape[0]) != size:
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        return preprocess_image_change_detection(image, self.blur, self.border_mask)

    def score(self, reference: Image, candidate: Image) -> float:
        """Return the sum in px of the regions that count. Raises ValueError where the shapes differ."""
        before, after, looked_at, _ = self._overlap(reference, candidate)
        least = self.min_contour_area.px(self.compared_area(candidate))
        changed = find_changed(before, after, looked_at)[1]
        regions = measure_regions(changed, before, after, least, looked_at)
        return float(sum(region.area for region in regions if region.bearing is Bearing.COUNTED))

    def examine(self, reference: Image, candidate: Image) -> Comparison:
        """Return the score with its evidence. Raises ValueError where the shapes differ."""
        before, after, looked_at, (x, y) = self._overlap(reference, candidate)
        least = self.min_contour_area.px(self.compared_area(candidate))
        beyond, changed, level = find_changed(before, after, looked_at)
        regions = tuple(
            Region(np.asarray(np.add(region.contour, (x, y)), np.int32), region.area, region.bearing)
            for region in measure_regions(changed, before, after, least, looked_at)
        )
        score = float(sum(region.area for region in regions if region.bearing is Bearing.COUNTED))
        pictures = [np.zeros_like(candidate), np.zeros_like(candidate)]
        for picture, part in zip(pictures, (beyond, changed), strict=True):
            picture[y : y + part.shape[0], x : x + part.shape[1]] = part
        return Comparison(pictures[0], pictures[1], regions, score, level, GROWTH.shape[0] // 2, least)

    def extent(self, reference: Image, candidate: Image) -> float:
        """Return the share of the changed pixels. Raises ValueError where the shapes differ."""
        before, after, looked_at, _ = self._overlap(reference, candidate)
        changed = find_changed(before, after, looked_at)[1]
        whole = changed.size if looked_at is None else cv2.countNonZero(looked_at)
        return cv2.countNonZero(changed) / whole if whole else 0.0

    def measure(self, reference: Image, candidate: Image) -> NDArray[np.float64]:
        """Return area and reach of every region, (n, 2). Raises ValueError where the shapes differ."""
        before, after, looked_at, _ = self._overlap(reference, candidate)
        least = self.min_contour_area.px(self.compared_area(candidate))
        changed = find_changed(before, after, looked_at)[1]
        regions = [measure_region(contour, before, after, least, looked_at) for contour in find_contours(changed)]
        return np.array(regions, np.float64).reshape(-1, 2)

    def compared_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the width and height in px at which frames of this width and height are compared."""
        width, height = self.size or size
        if width <= self.width:
            return width, height
        return self.width, max(1, round(height * self.width / width))

    def _overlap(self, reference: Image, candidate: Image) -> tuple[Image, Image, Image | None, tuple[int, int]]:
        """Return what both frames show of the same part of the scene, and where in the candidate it begins (x, y).

        The third picture is 255 where the masks let compare both; None where there are no masks.
        """
        if reference.shape != candidate.shape:
            raise ValueError(f"frames must have the same shape, not {reference.shape} and {candidate.shape}")
        part = self.part_of(candidate)
        x0, y0, x1, y1 = part.rectangle
        before, after = reference[y0:y1, x0:x1], candidate[y0:y1, x0:x1]
        if before.size == 0:
            return before, after, None, (0, 0)
        right, down = find_shift(before, after)
        height, width = after.shape
        then = np.s_[max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
        now = np.s_[max(down, 0) : height - max(-down, 0), max(right, 0) : width - max(-right, 0)]
        pixels = None if part.pixels is None else part.pixels[y0:y1, x0:x1]
        looked_at = None if pixels is None else pixels[then] & pixels[now]
        return before[then], after[now], looked_at, (x0 + max(right, 0), y0 + max(down, 0))


def find_shift(before: Image, after: Image) -> tuple[int, int]:
    """Return by how many px to the right and down the scene has moved; 0 where no shift explains the difference.

    Both are (height, width) uint8. The sums of the columns and of the rows are matched (integral projections, as
    cameras' stabilisers do); what is compared is how they change from one to the next, so that light does not matter.
    """
    return _match_profiles(before, after, 0), _match_profiles(before, after, 1)


def _match_profiles(before: Image, after: Image, axis: int) -> int:
    first, second = (np.diff(image.sum(axis=axis, dtype=np.int64)) for image in (before, after))
    farthest = min(FARTHEST_SHIFT, len(first) // 4)
    if farthest == 0:
        return 0
    errors = _slide(first, second, farthest) + _slide(second, first, farthest)[::-1]
    best = np.flatnonzero(errors == errors.min())
    if len(best) > 1 or errors[best[0]] >= (1 - LEAST_GAIN) * errors[farthest]:
        return 0
    return int(best[0]) - farthest


def _slide(still: NDArray[np.int64], sliding: NDArray[np.int64], farthest: int) -> NDArray[np.int64]:
    """Return the sum of absolute differences of two profiles for each shift from -farthest to farthest."""
    core = still[farthest : len(still) - farthest]
    windows = np.lib.stride_tricks.sliding_window_view(sliding, len(core))
    return np.asarray(np.abs(windows - core).sum(axis=1), np.int64)


def find_changed(before: Image, after: Image, looked_at: Image | None = None) -> tuple[Image, Image, int]:
    """Return how far each pixel lies beyond the other frame's range, where that is too far, grown, and the level.

    All (height, width) uint8; the second has 255 where it changed. Looked at both ways round: what disappears is seen
    from the frame that still has it. Nothing has changed where `looked_at` is 0; the pictures are whole there, because
    a blackened part would widen the ranges around it.
    """
    if before.size == 0:
        return before.copy(), before.copy(), HIGHEST_LEVEL
    beyond = np.asarray(cv2.max(_exceed(before, after), _exceed(after, before)), np.uint8)
    if looked_at is not None:
        beyond &= looked_at
    contrast = min(measure_contrast(before), measure_contrast(after))
    level = min(max(HIGHEST_LEVEL * contrast // FULL_CONTRAST, LOWEST_LEVEL), HIGHEST_LEVEL)
    _, changed = cv2.threshold(beyond, level, 255, cv2.THRESH_BINARY)
    grown = np.asarray(cv2.dilate(changed, GROWTH), np.uint8)
    return beyond, grown if looked_at is None else grown & looked_at, level


def _exceed(ranged: Image, image: Image) -> Image:
    """Return by how many grey levels `image` leaves the local range of `ranged`."""
    above = cv2.subtract(image, cv2.dilate(ranged, NEIGHBOURHOOD))
    below = cv2.subtract(cv2.erode(ranged, NEIGHBOURHOOD), image)
    return np.asarray(cv2.max(above, below), np.uint8)


def measure_contrast(image: Image) -> int:
    """Return the grey levels between the 5th and the 95th percentile of a (height, width) uint8 picture."""
    reached = np.cumsum(np.bincount(image.ravel(), minlength=256)) * 20
    return int(np.searchsorted(reached, 19 * image.size) - np.searchsorted(reached, image.size))


def measure_regions(
    changed: Image, before: Image, after: Image, min_contour_area: float, looked_at: Image | None = None
) -> Iterator[Region]:
    """Yield the regions of `changed`, (height, width) uint8, each with its area: all px that its outer contour holds,
    without those where `looked_at` is 0.

    The structure is looked at of those that are large enough.
    """
    for contour in find_contours(changed):
        area, reach = measure_region(contour, before, after, min_contour_area, looked_at)
        bearing = Bearing.COUNTED if reach >= min_contour_area else Bearing.LIGHT
        yield Region(contour, area, bearing if area >= min_contour_area else Bearing.SMALL)


def find_contours(changed: Image) -> list[Contour]:
    """Return the outer contours of what changed."""
    contours, _ = cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(contour, np.int32) for contour in contours]


def measure_region(
    contour: Contour, before: Image, after: Image, least: float, looked_at: Image | None = None
) -> tuple[int, float]:
    """Return the area of a region and its reach: the largest `min_contour_area` with which it counts, in px.

    The reach is negative where only the light has changed. A region smaller than `least` is not looked at: its reach is
    its area, and with `least` it does not count.
    """
    x, y, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-x, -y))
    if looked_at is not None:
        inside &= looked_at[y : y + height, x : x + width]
    area = cv2.countNonZero(inside)
    if area < least:
        return area, area
    altered = cv2.countNonZero(find_altered(before, after, (x, y, width, height)) & inside)
    return area, min(area, altered / LEAST_AREA) if altered >= LEAST_SHARE * area else LIGHT_ONLY


def find_altered(before: Image, after: Image, box: tuple[int, int, int, int]) -> Image:
    """Return 1 where the structure has changed, (height, width) uint8 of the box (x, y, width, height)."""
    x, y, width, height = box
    margin = WINDOW // 2
    top, left = max(y - margin, 0), max(x - margin, 0)
    parts = [
        np.asarray(image[top : y + height + margin, left : x + width + margin], np.float64) for image in (before, after)
    ]
    altered = correlate(parts[0], parts[1]) < LEAST_CORRELATION
    return np.asarray(altered[y - top : y - top + height, x - left : x - left + width], np.uint8)


def correlate(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the normalised correlation of the windows around each pixel of two pictures, -1 to 1, of their shape."""

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.boxFilter(values, cv2.CV_64F, (WINDOW, WINDOW), normalize=False))

    count, floor = WINDOW**2, TEXTURE_FLOOR * WINDOW**4
    sums = total(before), total(after)
    together = count * total(before * after) - sums[0] * sums[1] + floor
    alone = [count * total(v * v) - s * s + floor for v, s in zip((before, after), sums, strict=True)]
    return np.asarray(together / np.sqrt(alone[0] * alone[1]))
