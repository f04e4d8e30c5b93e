"""The pictures of one decision: what was compared, what changed, and what of it counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np

from framesift.comparators import FrameDifferencing
from framesift.thresholds import Threshold, format_number
from imaging_interview import CHANGE_THRESHOLD, Contour, Image

LEVELS = CHANGE_THRESHOLD
"""A pixel has changed when it differs by more than so many of 255 grey levels."""
RED = (60, 60, 235)
"""BGR: around what counts."""
YELLOW = (40, 215, 255)
"""BGR: around what changed, but is too small to count."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """BGR or grey pictures, uint8, of the compared size."""

    reference: Image
    """(height, width, 3): the last kept frame."""
    candidate: Image
    """(height, width, 3): the frame that was decided."""
    difference: Image
    """(height, width): by how many grey levels the two differ, blurred and masked as for the score."""
    threshold: Image
    """(height, width): 255 where the two differ, grown as for the score."""
    counted: tuple[Contour, ...]
    """The contours that count."""
    ignored: tuple[Contour, ...]
    """The contours that are smaller than `min_contour_area`."""
    compared: tuple[int, int, int, int]
    """(x0, y0, x1, y1): the half-open rectangle in px that the border mask leaves."""
    min_contour_area: float
    """px of the compared size."""
    score: float
    """px of the compared size."""

    @property
    def contours(self) -> Image:
        """(height, width, 3): the candidate with the contours that count, each with its area in px."""
        drawn = self.candidate.copy()
        width = drawn.shape[1]
        cv2.drawContours(drawn, self.counted, -1, RED, thickness=max(1, width // 320), lineType=cv2.LINE_AA)
        for contour in self.counted:
            x, y, _, height = cv2.boundingRect(contour)
            _write(drawn, f"{format_number(cv2.contourArea(contour))} px", x, y, height)
        return drawn


def draw_evidence(reference: Image, candidate: Image, comparator: FrameDifferencing) -> Evidence:
    """Compare two frames, (height, width, 3) BGR uint8 of the same size, and show what the comparison saw."""
    reference, candidate = comparator.fit(reference), comparator.fit(candidate)
    before, after = comparator.describe(reference), comparator.describe(candidate)
    score, counted, threshold = comparator.compare(before, after)
    everything = replace(comparator, min_contour_area=Threshold(Fraction(0)))
    least = comparator.min_contour_area.px(comparator.compared_area(after))
    ignored = tuple(c for c in everything.compare(before, after)[1] if cv2.contourArea(c) < least)
    difference = np.asarray(cv2.absdiff(before, after), np.uint8)
    compared = comparator.compared_rectangle((after.shape[1], after.shape[0]))
    return Evidence(reference, candidate, difference, threshold, tuple(counted), ignored, compared, least, score)


def scale_picture(image: Image, width: int, height: int) -> Image:
    """Return the picture at another size: averaged where it shrinks, with its own pixels where it grows."""
    shrinks = width < image.shape[1] or height < image.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def outline_changes(evidence: Evidence, width: int, height: int) -> Image:
    """Return the candidate at this size with all contours: red for those that count, yellow for those too small.

    The lines are drawn after scaling, with a dark edge, so that they are seen on any picture at any size. The strips
    that are not compared are dimmed.
    """
    scale = width / evidence.candidate.shape[1], height / evidence.candidate.shape[0]
    drawn = _dim_borders(scale_picture(evidence.candidate, width, height), evidence.compared, scale)
    thickness = max(1, round(width / 320))
    for contours, color in ((evidence.ignored, YELLOW), (evidence.counted, RED)):
        scaled = [_scale_contour(contour, scale) for contour in contours]
        cv2.drawContours(drawn, scaled, -1, (0, 0, 0), thickness + 2, cv2.LINE_AA)
        cv2.drawContours(drawn, scaled, -1, color, thickness, cv2.LINE_AA)
    return drawn


def _dim_borders(image: Image, compared: tuple[int, int, int, int], scale: tuple[float, float]) -> Image:
    x0, y0, x1, y1 = (round(side * scale[n % 2]) for n, side in enumerate(compared))
    dimmed = image // 3
    dimmed[y0:y1, x0:x1] = image[y0:y1, x0:x1]
    return dimmed


def _scale_contour(contour: Contour, scale: Sequence[float]) -> Contour:
    return np.asarray(np.rint((contour + 0.5) * np.asarray(scale) - 0.5), np.int32)


def _write(image: Image, text: str, x: int, y: int, height: int) -> None:
    """Write on a dark plate above the box (x, y, height), or below it where there is no room."""
    scale = image.shape[1] / 1280
    (text_width, text_height), baseline = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x = max(2, min(x, image.shape[1] - text_width - 2))
    y = y - 6 if y > text_height + 10 else y + height + text_height + 6
    cv2.rectangle(image, (x - 2, y - text_height - 2), (x + text_width + 2, y + baseline), (0, 0, 0), cv2.FILLED)
    cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA)
