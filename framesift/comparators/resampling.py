"""Grey and small, to the same bit on every machine: Pillow's conversion and Lanczos filter in whole numbers.

OpenCV's own sums depend on the vector instructions of the processor; a hash that is kept and compared must not.
Pillow's results (`Image.convert("L")`, `Image.resize(..., LANCZOS)`) are what the `imagehash` library works on.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

_LUMA = np.array([[7471, 38470, 19595]], np.float32)
"""Weights of blue, green, red (ITU-R 601) in 1/65536. The weighted sum stays below 2**24: float32 holds it exactly."""
_FRACTION_BITS = 22
"""Of a filter's weights. Sums stay far below 2**53, so float64 products are exact in any order of adding."""
_LOBES = 3.0
_NOTHING = np.empty((0, 0))
_PX_AT_ONCE, _FILTERED_AT_ONCE = 1 << 16, 1 << 18
"""px converted and filtered at a time: what becomes of them stays in the cache of a processor."""
_BAND = 16
"""px of the filtered width that are computed together: each of them depends on a part of a row."""
_ON_ONE_THREAD = 1 << 18
"""Multiplications of a product up to which NumPy's BLAS (OpenBLAS) starts no threads of its own, which would fight with
those that describe other pictures."""


def convert_to_grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma, (height, width) uint8, of a (height, width, 3) BGR picture, rounded as Pillow does."""
    height, width = image.shape[:2]
    grey = np.empty((height, width), np.uint8)
    step = max(_PX_AT_ONCE // width, 1)
    for top in range(0, height, step):
        luma = cv2.transform(image[top : top + step].astype(np.float32), _LUMA)
        grey[top : top + step] = (luma.astype(np.uint32) + 0x8000) >> 16
    return grey


def shrink(grey: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return a (height, width) uint8 version of a grey picture by Lanczos filtering, bit for bit as Pillow's."""
    narrower, lower = max(grey.shape[1] - width, 0), max(grey.shape[0] - height, 0)
    if lower > 2 * narrower:  # the order in which Pillow (since 13) filters tall pictures; each pass is rounded
        return np.ascontiguousarray(_filter_rows(_filter_rows(grey.T, height).T, width))
    return np.ascontiguousarray(_filter_rows(_filter_rows(grey, width).T, height).T)


def _filter_rows(rows: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Return (n, width) of (n, any width), uint8, rounded and clipped."""
    filtered = np.empty((rows.shape[0], width), np.uint8)
    step = max(_FILTERED_AT_ONCE // rows.shape[1], 1)
    for top in range(0, rows.shape[0], step):
        part = rows[top : top + step].astype(np.float64)
        for start, first, weights in _cut_bands(rows.shape[1], width):
            sums = _multiply(part[:, first : first + len(weights)], weights)
            rounded = np.floor((sums + (1 << (_FRACTION_BITS - 1))) / (1 << _FRACTION_BITS))
            filtered[top : top + step, start : start + weights.shape[1]] = np.clip(rounded, 0, 255)
    return filtered


def _multiply(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the product of two matrices, by so many rows at a time as one thread computes."""
    if 2 * weights.size > _ON_ONE_THREAD:
        return np.asarray(cv2.gemm(rows, weights, 1, _NOTHING, 0), np.float64)
    products = np.empty((len(rows), weights.shape[1]))
    step = _ON_ONE_THREAD // weights.size
    for top in range(0, len(rows), step):
        np.matmul(rows[top : top + step], weights, out=products[top : top + step])
    return products


@lru_cache(maxsize=16)
def _cut_bands(size: int, new_size: int) -> list[tuple[int, int, NDArray[np.float64]]]:
    """Return, for each few columns of the filtered width, where they begin, the first px of a row that they depend on,
    and the weights of these and the next ones.
    """
    weights = _lanczos_weights(size, new_size)
    bands = []
    for start in range(0, new_size, _BAND):
        part = weights[:, start : start + _BAND]
        used = np.flatnonzero(part.any(axis=1))
        bands.append((start, int(used[0]), np.ascontiguousarray(part[used[0] : used[-1] + 1])))
    return bands


def _lanczos_weights(size: int, new_size: int) -> NDArray[np.float64]:
    """Return the (size, new size) filter, whole numbers; the identity where the size stays."""
    if size == new_size:
        return np.eye(size) * (1 << _FRACTION_BITS)
    scale = size / new_size
    stretch = max(scale, 1.0)
    support = _LOBES * stretch
    centre = (np.arange(new_size) + 0.5) * scale
    first = np.maximum((centre - support + 0.5).astype(int), 0)
    last = np.minimum((centre + support + 0.5).astype(int), size)
    position = np.arange(size)[:, None]
    weights = _lanczos((position - centre + 0.5) * (1.0 / stretch))
    weights[(position < first) | (position >= last)] = 0
    weights /= weights.sum(axis=0)
    return np.trunc(weights * (1 << _FRACTION_BITS) + np.copysign(0.5, weights))


def _lanczos(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(x) < _LOBES, np.sinc(x) * np.sinc(x / _LOBES), 0.0)
