"""The pictures of one decision: what was compared, what changed, and what of it counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.differencing import ComparedPart, Differencing
from framesift.looking.numbers import format_px
from imaging_interview import Contour, Image

RED = (60, 60, 235)
"""BGR: around what counts."""
YELLOW = (40, 215, 255)
"""BGR: around what changed, but does not count."""

_RULER = (200, 200, 200)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two frames as they are shown, and what comparing them found."""

    reference: Image
    """(height, width, 3) BGR uint8: the last kept frame."""
    candidate: Image
    """(height, width, 3) BGR uint8: the frame that was decided."""
    comparison: Comparison
    """In px of the compared size, which need not be that of the pictures."""
    compared: ComparedPart
    """What border mask and masks leave, in px of the compared size."""

    @property
    def compared_size(self) -> tuple[int, int]:
        """Width and height in px of the compared size."""
        height, width = self.comparison.threshold.shape
        return width, height

    @property
    def counted(self) -> tuple[Region, ...]:
        """The regions that count."""
        return tuple(region for region in self.comparison.regions if region.bearing is Bearing.COUNTED)

    @property
    def ignored(self) -> tuple[Region, ...]:
        """The regions that changed and do not count."""
        return self.comparison.ignored

    @property
    def contours(self) -> Image:
        """(height, width, 3) of the compared size: the candidate with the regions that count and their areas in px."""
        drawn = scale_picture(self.candidate, *self.compared_size)
        thickness = max(1, drawn.shape[1] // 320)
        cv2.drawContours(drawn, [region.contour for region in self.counted], -1, RED, thickness, cv2.LINE_AA)
        for region in self.counted:
            x, y, _, height = cv2.boundingRect(region.contour)
            _write(drawn, f"{format_px(region.area)} px", x, y, height)
        return drawn


def draw_evidence(
    reference: Image,
    candidate: Image,
    comparator: Differencing,
    compared: tuple[Image, Image] | None = None,
) -> Evidence:
    """Compare two frames, (height, width, 3) BGR uint8 of the same size, and show what the comparison saw.

    Where a run reads other pixels than people are shown, such as those of a reduced JPEG, they are in `compared`.
    """
    before, after = (comparator.describe(image) for image in compared or (reference, candidate))
    part = comparator.compared_part((candidate.shape[1], candidate.shape[0]))
    return Evidence(reference, candidate, comparator.examine(before, after), part)


def trace_contour(contour: Contour) -> str:
    """Return a contour as the path of an SVG in px of the compared size."""
    return "M" + "L".join(f"{x} {y}" for x, y in np.reshape(contour, (-1, 2)).tolist()) + "Z"


def scale_picture(image: Image, width: int, height: int) -> Image:
    """Return the picture at another size: averaged where it shrinks, with its own pixels where it grows."""
    shrinks = width < image.shape[1] or height < image.shape[0]
    if (image.shape[1], image.shape[0]) == (width, height):
        return image.copy()
    method = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def outline_changes(evidence: Evidence, width: int, height: int) -> Image:
    """Return the candidate at this size with all contours: red for those that count, yellow for the others.

    The lines are drawn after scaling, with a dark edge, so that they are seen on any picture at any size. What is not
    compared is dimmed.
    """
    scale = width / evidence.compared_size[0], height / evidence.compared_size[1]
    drawn = _dim_uncompared(scale_picture(evidence.candidate, width, height), evidence.compared, scale)
    thickness = max(1, round(width / 320))
    for regions, color in ((evidence.ignored, YELLOW), (evidence.counted, RED)):
        scaled = [_scale_contour(region.contour, scale) for region in regions]
        cv2.drawContours(drawn, scaled, -1, (0, 0, 0), thickness + 2, cv2.LINE_AA)
        cv2.drawContours(drawn, scaled, -1, color, thickness, cv2.LINE_AA)
    return drawn


def outline_compared(image: Image, compared: ComparedPart) -> Image:
    """Return a frame, (height, width, 3) BGR uint8, dimmed where it is not compared, and the rest outlined."""
    drawn = _dim_uncompared(image, compared, (1, 1))
    outlines, _ = cv2.findContours(
        show_compared(compared, image.shape[:2], (1, 1)), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(drawn, outlines, -1, YELLOW, max(1, round(image.shape[1] / 640)))
    return drawn


def draw_ruler(image: Image) -> Image:
    """Return a picture, (height, width, 3) BGR uint8, with lines at each tenth, named as the polygons of masks are.

    One on which the names would cover what is to be seen stays as it is.
    """
    drawn = image.copy()
    height, width = image.shape[:2]
    if min(height, width) < 200:
        return drawn
    scale = max(0.3, width / 1600)
    for tenth in range(1, 10):
        x, y = round(width * tenth / 10), round(height * tenth / 10)
        for start, end in (((x, 0), (x, height)), ((0, y), (width, y))):
            cv2.line(drawn, start, end, _RULER, 1)
        for place in ((x + 2, round(24 * scale)), (2, y - 3)):
            for color, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
                cv2.putText(drawn, f".{tenth}", place, cv2.FONT_HERSHEY_SIMPLEX, scale, color, thickness, cv2.LINE_AA)
    return drawn


def _dim_uncompared(image: Image, compared: ComparedPart, scale: tuple[float, float]) -> Image:
    """Return a picture that is `scale` times as large as the compared one, dimmed where that is not compared."""
    shown = show_compared(compared, image.shape[:2], scale)
    return np.where(shown[..., np.newaxis] > 0, image, image // 3)


def show_compared(compared: ComparedPart, shape: tuple[int, ...], scale: tuple[float, float]) -> Image:
    """Return 255 where a picture of this height and width is compared, and 0 elsewhere.

    `scale` says how many times as wide and as high as the compared one it is.
    """
    x0, y0, x1, y1 = (round(side * scale[n % 2]) for n, side in enumerate(compared.rectangle))
    inside = np.s_[y0:y1, x0:x1]
    shown = np.zeros(shape, np.uint8)
    shown[inside] = 255
    if compared.pixels is not None:
        pixels = cv2.resize(compared.pixels, shape[::-1], interpolation=cv2.INTER_NEAREST)
        shown[inside] = pixels[inside]
    return shown


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
