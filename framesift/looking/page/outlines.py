"""What changed, as lines that lie on a picture and can be taken off it: they must not hide what is to be judged."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, pairwise

import cv2
import numpy as np

from framesift.comparators.differencing import ComparedPart
from framesift.looking.evidence import Evidence, show_compared
from imaging_interview import Contour

_GRID = 400
"""The lines are drawn as on a picture so wide: nobody sees more, and they stay small."""


def draw_outlines(evidence: Evidence) -> str:
    """Return the SVG that lies on the candidate: what counts, what does not, and, dimmed, what is not compared."""
    width, height = evidence.compared_size
    scale = min(1, _GRID / width)
    shown = max(1, round(width * scale)), max(1, round(height * scale))
    across = shown[0] / width, shown[1] / height
    drawn = _dim(evidence.compared, shown, across)
    for kind, regions in (("counted", evidence.counted), ("ignored", evidence.ignored)):
        if path := _trace((region.contour for region in regions), across):
            drawn += f'<path class="{kind}" d="{path}"/>'
    box = f'viewBox="0 0 {shown[0]} {shown[1]}" preserveAspectRatio="none"'
    return f'<svg class="outline" {box} aria-hidden="true">{drawn}</svg>'


@lru_cache(maxsize=8)
def _dim(compared: ComparedPart, size: tuple[int, int], scale: tuple[float, float]) -> str:
    """Return all of the picture less what is compared; empty where everything is."""
    shown = show_compared(compared, size[::-1], scale)
    if shown.all():
        return ""
    outlines, _ = cv2.findContours(shown, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    holes = _trace((np.asarray(outline, np.int32) for outline in outlines), (1, 1))
    return f'<path class="dim" d="M0 0h{size[0]}v{size[1]}h-{size[0]}z{holes}"/>'


def _trace(contours: Iterable[Contour], scale: tuple[float, float]) -> str:
    """Return contours, each (n, 1, 2) in px, as a path with steps relative to the point before."""
    shapes = [np.reshape(contour, (-1, 1, 2)) for contour in contours]
    if not shapes:
        return ""
    points = ((np.concatenate(shapes) + 0.5) * np.asarray(scale)).astype(np.float32)  # of all: most have a few points
    ends = list(accumulate(map(len, shapes)))
    parts = (points[start:end] for start, end in pairwise([0, *ends]))
    return "".join(
        _draw(np.rint(cv2.approxPolyDP(part, 0.8, closed=True)[:, 0]).astype(int).tolist()) for part in parts
    )


def _draw(corners: list[list[int]]) -> str:
    """Return an outline with these corners, each x and y, as a part of a path."""
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(corners)]
    drawn = " ".join(f"{across} {down}" for across, down in steps if across or down)
    return f"M{corners[0][0]} {corners[0][1]}" + (f"l{drawn}" if drawn else "h1") + "z"
