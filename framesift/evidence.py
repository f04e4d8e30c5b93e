"""The pictures of one decision: what was compared, what changed, and what of it counted."""

from dataclasses import dataclass

import cv2

from framesift.comparators import FrameDifferencing
from framesift.thresholds import format_number
from imaging_interview import Image

RED = (60, 60, 235)


@dataclass(frozen=True, slots=True)
class Evidence:
    """BGR or grey pictures, uint8, of the compared size."""

    reference: Image
    """(height, width, 3): the last kept frame."""
    candidate: Image
    """(height, width, 3): the frame that was decided."""
    threshold: Image
    """(height, width): 255 where the two differ, grown as for the score."""
    contours: Image
    """(height, width, 3): the candidate with the contours that count, each with its area in px."""
    score: float
    """px of the compared size."""


def draw_evidence(reference: Image, candidate: Image, comparator: FrameDifferencing) -> Evidence:
    """Compare two frames, (height, width, 3) BGR uint8 of the same size, and draw what the comparison saw."""
    reference, candidate = comparator.fit(reference), comparator.fit(candidate)
    before, after = comparator.describe(reference), comparator.describe(candidate)
    score, contours, threshold = comparator.compare(before, after)
    drawn = candidate.copy()
    cv2.drawContours(drawn, contours, -1, RED, thickness=max(1, candidate.shape[1] // 320), lineType=cv2.LINE_AA)
    for contour in contours:
        x, y, _, height = cv2.boundingRect(contour)
        _write(drawn, f"{format_number(cv2.contourArea(contour))} px", x, y, height)
    return Evidence(reference, candidate, threshold, drawn, score)


def _write(image: Image, text: str, x: int, y: int, height: int) -> None:
    """Write on a dark plate above the box (x, y, height), or below it where there is no room."""
    scale = image.shape[1] / 1280
    (text_width, text_height), baseline = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x = max(2, min(x, image.shape[1] - text_width - 2))
    y = y - 6 if y > text_height + 10 else y + height + text_height + 6
    cv2.rectangle(image, (x - 2, y - text_height - 2), (x + text_width + 2, y + baseline), (0, 0, 0), cv2.FILLED)
    cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA)
