"""What changed, as lines that lie on a picture and can be taken off it: they must not hide what is to be judged."""

from collections.abc import Iterable

import cv2
import numpy as np

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
    drawn = _dim(evidence, shown, across)
    for kind, regions in (("counted", evidence.counted), ("ignored", evidence.ignored)):
        if path := _trace((region.contour for region in regions), across):
            drawn += f'<path class="{kind}" d="{path}"/>'
    box = f'viewBox="0 0 {shown[0]} {shown[1]}" preserveAspectRatio="none"'
    return f'<svg class="outline" {box} aria-hidden="true">{drawn}</svg>'


def _dim(evidence: Evidence, size: tuple[int, int], scale: tuple[float, float]) -> str:
    """Return all of the picture less what is compared; empty where everything is."""
    compared = show_compared(evidence.compared, size[::-1], scale)
    if compared.all():
        return ""
    outlines, _ = cv2.findContours(compared, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    holes = _trace((np.asarray(outline, np.int32) for outline in outlines), (1, 1))
    return f'<path class="dim" d="M0 0h{size[0]}v{size[1]}h-{size[0]}z{holes}"/>'


def _trace(contours: Iterable[Contour], scale: tuple[float, float]) -> str:
    """Return contours, each (n, 1, 2) in px, as a path with steps relative to the point before."""
    parts = []
    for contour in contours:
        points = ((np.reshape(contour, (-1, 1, 2)) + 0.5) * np.asarray(scale)).astype(np.float32)
        corners = np.rint(cv2.approxPolyDP(points, 0.8, closed=True).reshape(-1, 2)).astype(int)
        steps = np.diff(corners, axis=0)
        steps = steps[steps.any(axis=1)].tolist()
        first = f"M{corners[0][0]} {corners[0][1]}"
        parts.append(first + ("l" + " ".join(f"{x} {y}" for x, y in steps) if steps else "h1") + "z")
    return "".join(parts)
