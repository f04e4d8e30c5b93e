"""The pixels that masks leave, at any size: a pixel is masked where its centre is."""

from collections.abc import Iterable
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.masks.mask import Mask, Polygon


def rasterise(masks: Iterable[Mask], width: int, height: int) -> NDArray[np.uint8]:
    """Return 255 where all masks let compare and 0 elsewhere, (height, width) uint8."""
    compared = np.ones((height, width), bool)
    for mask in masks:
        if mask.only:
            compared &= fill_polygons(mask.only, width, height)
        if mask.ignore:
            compared &= ~fill_polygons(mask.ignore, width, height)
        if mask.runs and mask.size:
            compared &= _sample(decode_runs(mask.runs, *mask.size), width, height)
    return np.where(compared, np.uint8(255), np.uint8(0))


def fill_polygons(polygons: Iterable[Polygon], width: int, height: int) -> NDArray[np.bool_]:
    """Return where the centre of a pixel lies in any of the polygons, (height, width)."""
    filled = np.zeros((height, width), bool)
    for polygon in polygons:
        filled |= fill_polygon(polygon, width, height)
    return filled


def fill_polygon(polygon: Polygon, width: int, height: int) -> NDArray[np.bool_]:
    """Return where the centre of a pixel lies in the polygon, (height, width): an odd number of edges to its left.

    Not `cv2.fillPoly`, which paints every pixel that an outline touches: `only` would not be the rest of `ignore`.
    """
    toggles = np.zeros((height, width + 1), bool)
    for edge in pairwise((*polygon, polygon[0])):
        (x0, y0), (x1, y1) = sorted(edge, key=lambda point: point[1])
        rows = np.arange(ceil(y0 * height - 0.5), ceil(y1 * height - 0.5))
        if len(rows):
            x = x0 + ((rows + 0.5) / height - y0) * (x1 - x0) / (y1 - y0)
            columns = np.clip(np.ceil(x * width - 0.5), 0, width).astype(np.intp)
            toggles[rows, columns] ^= True
    return np.logical_xor.accumulate(toggles, axis=1)[:, :width]


def encode_runs(compared: NDArray[np.bool_]) -> str:
    """Return the lengths of the runs of a picture, (height, width), by rows: ignored first, then compared, and so on.

    Unlike compressed bytes these are the same on every machine.
    """
    flat = compared.ravel()
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(ends, prepend=0, append=flat.size)
    return ("0 " if flat[0] else "") + " ".join(map(str, lengths.tolist()))


def decode_runs(runs: str, width: int, height: int) -> NDArray[np.bool_]:
    """Return the picture, (height, width), that `encode_runs` has written down."""
    lengths = np.array(runs.split(), np.int64)
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(height, width)


def _sample(picture: NDArray[np.bool_], width: int, height: int) -> NDArray[np.bool_]:
    """Return the picture at another size: each pixel is that which its centre lies in."""
    rows, columns = (
        (2 * np.arange(side) + 1) * own // (2 * side) for side, own in zip((height, width), picture.shape, strict=True)
    )
    return np.asarray(picture[np.ix_(rows, columns)])
