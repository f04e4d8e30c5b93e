"""Tolerance differencing: frame differencing that forgives shake, foliage and changes of light, and sees small things.

What is compared is structure, see `change`. Everything is computed on small pictures of one width, so that it is quick
and the same for every camera.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.change import (
    CHANGED,
    GROWTH,
    Look,
    Pair,
    find_change,
    find_contours,
    measure_region,
    measure_regions,
    measure_score,
)
from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import Differencing, find_compared
from framesift.comparators.extent import measure_extent
from framesift.comparators.structure import UNIT
from imaging_interview import Image, preprocess_image_change_detection

WIDTH = 320
"""px: pictures are compared at this width."""
TALLEST = 2
"""Widths: a strip that is higher is not enlarged beyond it."""
LEVEL = f"{CHANGED / UNIT:.0%} of an edge"
"""What a gradient has to differ by, in words."""


@dataclass(frozen=True, slots=True)
class ToleranceDifferencing(Differencing):
    """Compares the structure of the grey, blurred picture at `WIDTH`."""

    width: int = WIDTH
    """px: pictures are compared at this width."""

    def describe(self, image: Image) -> Image:
        """Return the grey, blurred, masked picture at the compared size, (height, width) uint8, read-only; takes BGR or
        grey."""
        size = self.compared_size((image.shape[1], image.shape[0]))
        if (image.shape[1], image.shape[0]) != size:
            if image.ndim == 3 and image.shape[2] == 3:  # what is grey already is quicker to make small
                image = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
            way = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_CUBIC
            image = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)
        described = preprocess_image_change_detection(image, self.blur, self.border_mask)
        described.flags.writeable = False  # or what is remembered of a reference might not hold for the next candidate
        return described

    def score(self, reference: Image, candidate: Image) -> float:
        """Return the sum in px of the regions that count. Raises ValueError where the shapes differ."""
        least = self.min_contour_area.px(self.compared_area(candidate))
        return measure_score(self._pair_up(reference, candidate), least)

    def examine(self, reference: Image, candidate: Image) -> Comparison:
        """Return the score with its evidence. Raises ValueError where the shapes differ."""
        least = self.min_contour_area.px(self.compared_area(candidate))
        change = find_change(self._pair_up(reference, candidate))
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

    def extent(self, reference: Image, candidate: Image, least: float = 0.0) -> float:
        """Return the larger of two shares: of the edges that are others, and of the pixels that are brighter or darker.

        So a camera that has been moved is told by its edges, and one that has switched to infra-red by its grey levels.
        It may be 0 for any share that is less than `least`. Raises ValueError where the shapes differ.
        """
        return measure_extent(self._pair_up(reference, candidate), least)

    def measure(self, reference: Image, candidate: Image) -> NDArray[np.float64]:
        """Return area and reach of every region, (n, 2). Raises ValueError where the shapes differ."""
        change = find_change(self._pair_up(reference, candidate))
        regions = [measure_region(contour, change) for contour in find_contours(change.changed)]
        return np.array(regions, np.float64).reshape(-1, 2)

    def compared_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the width and height in px at which frames of this width and height are compared."""
        width, height = self.size or size
        scale = self.width / width
        if scale > 1:
            scale = max(1.0, min(scale, TALLEST * self.width / height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def look(self, image: Image) -> Look:
        """Return what is compared of a descriptor."""
        part = self.part_of(image)
        # A strip of which the border mask leaves nothing is black.
        x0, y0, x1, y1 = part.rectangle if part.area else (0, 0, image.shape[1], image.shape[0])
        looked_at = None if part.pixels is None else _find_looked_at(self, image.shape[1], image.shape[0])
        return Look(image[y0:y1, x0:x1], looked_at, (x0, y0))

    def _pair_up(self, reference: Image, candidate: Image) -> Pair:
        if reference.shape != candidate.shape:
            raise ValueError(f"frames must have the same shape, not {reference.shape} and {candidate.shape}")
        return Pair(*(_recall(self, _Lasting(p)) if _is_lasting(p) else self.look(p) for p in (reference, candidate)))


@dataclass(frozen=True, slots=True, eq=False)
class _Lasting:
    """A picture that cannot change, known by which it is and not by what it shows."""

    image: Image

    def __hash__(self) -> int:
        return id(self.image)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lasting) and self.image is other.image


def _is_lasting(image: Image) -> bool:
    return image.base is None and not image.flags.writeable


@lru_cache(maxsize=4)
def _recall(comparator: ToleranceDifferencing, lasting: _Lasting) -> Look:
    """Return what is compared of a picture; a reference is compared with many."""
    return comparator.look(lasting.image)


@lru_cache(maxsize=8)
def _find_looked_at(comparator: ToleranceDifferencing, width: int, height: int) -> Image:
    """Return what of the px that the masks let compare takes nothing of the others into its gradients."""
    part = find_compared(width, height, comparator.border_mask, comparator.masks)
    assert part.pixels is not None
    x0, y0, x1, y1 = part.rectangle
    reach = 1 + sum(side // 2 for side in comparator.blur)
    return np.asarray(cv2.erode(part.pixels[y0:y1, x0:x1], np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), np.uint8)
