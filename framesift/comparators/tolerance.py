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
from framesift.comparators.differencing import Differencing
from framesift.comparators.structure import UNIT, find_excess, find_gradients
from imaging_interview import Image, preprocess_image_change_detection

WIDTH = 320
"""px: pictures are compared at this width."""
TALLEST = 2
"""Widths: a strip that is higher is not enlarged beyond it."""
LEVEL = f"{CHANGED / UNIT:.0%} of an edge"
"""What a gradient has to differ by, in words."""
ALTERED = round(0.2 * UNIT)
"""An edge that lies farther outside is not the one that was there, where the whole picture is asked for."""
BRIGHTNESS = 20
"""Grey levels: a pixel that lies farther outside is another one, where the whole picture is asked for."""
LEAST_STRUCTURE = 0.1
"""Of the picture: where less shows structure, in the dark, the first thing that comes is not the whole picture."""


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

    def extent(self, reference: Image, candidate: Image) -> float:
        """Return the larger of two shares: of the edges that are others, and of the pixels that are brighter or darker.

        So a camera that has been moved is told by its edges, and one that has switched to infra-red by its grey levels.
        Raises ValueError where the shapes differ.
        """
        change = find_change(self._pair_up(reference, candidate))
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
        gradients = find_gradients(image[y0:y1, x0:x1])
        looked_at = None if part.pixels is None else self._withdraw(part.pixels[y0:y1, x0:x1])
        return Look(gradients, gradients.measure_mean(looked_at), looked_at, (x0, y0))

    def _pair_up(self, reference: Image, candidate: Image) -> Pair:
        if reference.shape != candidate.shape:
            raise ValueError(f"frames must have the same shape, not {reference.shape} and {candidate.shape}")
        return Pair(*(_recall(self, _Lasting(p)) if _is_lasting(p) else self.look(p) for p in (reference, candidate)))

    def _withdraw(self, pixels: Image) -> Image:
        """Return what of the px that the masks let compare takes nothing of the others into its gradients."""
        reach = 1 + sum(kernel // 2 for kernel in self.blur)
        return np.asarray(cv2.erode(pixels, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), np.uint8)


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
