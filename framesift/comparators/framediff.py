"""Frame differencing: the sum of the areas that changed, in px of the compared size."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import Differencing
from imaging_interview import (
    CHANGE_THRESHOLD,
    DILATIONS,
    Contour,
    Image,
    compare_frames_change_detection,
    preprocess_image_change_detection,
)

LEAST_SPAN = 6
"""Grey levels: what spans fewer of them is empty, and no way of comparing finds anything in it."""
LEVEL = f"{CHANGE_THRESHOLD} of 255 grey levels"
"""What a pixel has to differ by, in words."""
_SAMPLE = 64
"""Every 64th row."""


@dataclass(frozen=True, slots=True)
class FrameDifferencing(Differencing):
    """Compares by `preprocess_image_change_detection` and `compare_frames_change_detection`."""

    def describe(self, image: Image) -> Image:
        """Return the grey, blurred, masked picture, (height, width) uint8, of a BGR or grey one."""
        fitted = self.fit(image)
        pixels = self.part_of(fitted).pixels if self.masks else None
        if pixels is None:
            return preprocess_image_change_detection(fitted, self.blur, self.border_mask)
        # Black before the blur too, which would carry what happens behind the mask across its edge.
        inside = np.asarray(cv2.bitwise_and(fitted, fitted, mask=pixels), np.uint8)
        described = preprocess_image_change_detection(inside, self.blur, self.border_mask)
        return np.asarray(cv2.bitwise_and(described, pixels, dst=described), np.uint8)

    def fit(self, image: Image) -> Image:
        """Return the picture at the compared size."""
        if self.size is None or (image.shape[1], image.shape[0]) == self.size:
            return image
        return np.asarray(cv2.resize(image, self.size, interpolation=cv2.INTER_AREA), np.uint8)

    def score(self, reference: Image, candidate: Image) -> float:
        """Return the sum in px of the contour areas that count. Raises ValueError where the shapes differ."""
        return self.compare(reference, candidate)[0]

    def extent(self, reference: Image, candidate: Image, least: float = 0.0) -> float:
        """Return the share of the changed pixels, grown as for the score. Raises ValueError where the shapes differ."""
        part, changed = self.part_of(candidate), self.compare(reference, candidate)[2]
        x0, y0, x1, y1 = part.rectangle
        if part.pixels is not None:
            changed &= part.pixels  # they have grown beyond the masks' edges
        return cv2.countNonZero(changed[y0:y1, x0:x1]) / part.area if part.area else 0.0

    def compare(self, reference: Image, candidate: Image) -> tuple[float, list[Contour], Image]:
        """Return the score with its evidence: the contours that count, and the threshold image."""
        min_contour_area = self.min_contour_area.px(self.compared_area(candidate))
        return compare_frames_change_detection(reference, candidate, min_contour_area)

    def examine(self, reference: Image, candidate: Image) -> Comparison:
        """Return the score with all regions, also those too small. Raises ValueError where the shapes differ."""
        least = self.min_contour_area.px(self.compared_area(candidate))
        _, contours, threshold = compare_frames_change_detection(reference, candidate, 0)
        areas = [(contour, cv2.contourArea(contour)) for contour in contours]
        score = float(sum(area for _, area in areas if area >= least))
        regions = tuple(Region(c, area, Bearing.COUNTED if area >= least else Bearing.SMALL) for c, area in areas)
        difference = np.asarray(cv2.absdiff(reference, candidate), np.uint8)
        return Comparison(difference, threshold, regions, score, LEVEL, DILATIONS, least)

    def is_flat(self, descriptor: Image) -> bool:
        """Tell whether no two pixels that are compared differ by more than `CHANGE_THRESHOLD`, and yet some differ."""
        part = self.part_of(descriptor)
        x0, y0, x1, y1 = part.rectangle
        inside = descriptor[y0:y1, x0:x1]
        if inside.size == 0:
            return False
        if part.pixels is None:
            if np.ptp(inside[::_SAMPLE]) > CHANGE_THRESHOLD:  # most are told by a few rows
                return False
            return bool(LEAST_SPAN <= np.ptp(inside) <= CHANGE_THRESHOLD)
        reach = 1 + 2 * sum(side // 2 for side in self.blur)  # the black of a mask is blurred so far across its edge
        mask = cv2.erode(part.pixels, np.ones((reach, reach), np.uint8))[y0:y1, x0:x1]
        darkest, brightest, _, _ = cv2.minMaxLoc(inside, mask)
        return LEAST_SPAN <= brightest - darkest <= CHANGE_THRESHOLD

    def measure(self, reference: Image, candidate: Image) -> NDArray[np.float64]:
        """Return area and reach of every region, (n, 2). Raises ValueError where the shapes differ."""
        areas = [cv2.contourArea(contour) for contour in compare_frames_change_detection(reference, candidate, 0)[1]]
        return np.array([areas, areas], np.float64).T
