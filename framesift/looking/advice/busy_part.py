"""The part of a camera's picture in which the change of its kept frames lies."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.masks import Polygon
from framesift.comparators.masks.raster import fill_polygon
from framesift.looking.masking import Change

_BUSY = 0.5
"""Cells that changed at least half as often as the one that changed most belong to the part."""
_LARGEST = 1 / 3
"""Of the picture: what is larger is no part that could be left out."""


def find_busy_part(changes: Iterable[Change], grid: tuple[int, int]) -> tuple[Polygon, float] | None:
    """Return an outline, and which share of the area that had changed lies in it; None where there is no such part."""
    columns, rows = grid
    heat = np.zeros((rows, columns))
    total = 0
    for change in changes:
        total += 1
        heat += _lay_out(change, grid)
    if total < 2 or heat.max() < 1:
        return None
    busy = np.where(heat >= _BUSY * heat.max(), np.uint8(1), np.uint8(0))
    number, labels = cv2.connectedComponents(busy, connectivity=8)
    main = max(range(1, number), key=lambda label: heat[labels == label].sum())
    polygon = _outline(labels == main)
    inside = fill_polygon(polygon, columns, rows)
    if inside.mean() > _LARGEST:
        return None
    return polygon, float(heat[inside].sum() / heat.sum())


def _lay_out(change: Change, grid: tuple[int, int]) -> NDArray[np.float64]:
    """Return which share of each cell had changed, (rows, columns), by regions that count."""
    columns, rows = grid
    laid = np.zeros((rows, columns))
    for patch in change.patches:
        if patch.area >= change.least:
            weights = np.frombuffer(patch.weights, np.uint8).reshape(-1, patch.columns)
            x, y = patch.corner
            laid[y : y + len(weights), x : x + patch.columns] += weights / 64
    return np.minimum(laid, 1)


def _outline(cells: NDArray[np.bool_]) -> Polygon:
    """Return the convex outline of cells, in shares of the picture."""
    rows, columns = cells.shape
    corners = [(x + across, y + down) for y, x in np.argwhere(cells) for across in (0, 1) for down in (0, 1)]
    hull = cv2.convexHull(np.array(corners, np.int32)).reshape(-1, 2)
    return tuple((round(x / columns, 4), round(y / rows, 4)) for x, y in hull.tolist())
