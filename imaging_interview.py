"""The image functions of frame differencing: pure, on numpy arrays, knowing nothing of files or cameras."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Contour = NDArray[np.int32]

CHANGE_THRESHOLD = 45
"""A pixel has changed when its grey level differs by more than this (0 to 255)."""
DILATION_ELEMENT = np.ones((3, 3), np.uint8)
STRIP_ROWS, STRIP_PIXELS = 128, 2**18
"""So many rows, or as many as have so many px, are described at a time; changes the speed only."""
CHANGED_ROWS = 64
"""So many rows at a time are asked whether any px has changed, in a tenth of the time of the rectangle around these:
that is sought between the first and the last rows that have any; changes the speed only."""
DILATIONS = 2
"""How often the changed pixels are dilated, so that the parts of one object grow together."""


def kept_rectangle(width: int, height: int, borders: Sequence[float]) -> tuple[int, int, int, int]:
    """Return (x0, y0, x1, y1), the half-open rectangle in px that the border strips leave of a picture.

    `borders` are percent of the side: left, top, right, bottom. With n = int(percent * side / 100) the left and top
    strips are n + 1 px wide (a filled rectangle includes its corner), the right and bottom ones n; 0 percent is no
    strip. On pictures of a few pixels the rectangle can be empty (x1 <= x0 or y1 <= y0).

    Raises ValueError for borders that are not four percentages or that leave nothing of any picture.
    """
    if len(borders) != 4 or not all(0 <= percent <= 100 for percent in borders):
        raise ValueError(f"borders must be four percentages from 0 to 100 (left, top, right, bottom), not {borders!r}")
    left, top, right, bottom = borders
    if left + right >= 100 or top + bottom >= 100:
        raise ValueError(f"borders {tuple(borders)!r} leave nothing of the picture")
    x0 = int(left * width / 100) + 1 if left else 0
    y0 = int(top * height / 100) + 1 if top else 0
    return x0, y0, width - int(right * width / 100), height - int(bottom * height / 100)


def draw_color_mask(img: Image, borders: Sequence[float], color: Any = (0, 0, 0)) -> Image:
    """Return a copy of `img` with its border strips painted in `color`.

    img: (height, width) or (height, width, channels), uint8. borders: percent of the side, as in `kept_rectangle`.
    color: one value, or one for each channel, 0 to 255. Raises ValueError for bad borders or a wrong image.
    """
    _require_image(img, (2, 3))
    masked = img.copy()
    _paint_borders(masked, borders, np.asarray(color)[: img.shape[2]] if img.ndim == 3 else np.ravel(color)[0])
    return masked


def preprocess_image_change_detection(
    img: Image,
    gaussian_blur_radius_list: Sequence[int] | None = None,
    black_mask: Sequence[float] = (5, 10, 5, 0),
) -> Image:
    """Return what two frames are compared by: grey, blurred, with black borders, (height, width) uint8.

    img: (height, width, 3) BGR or (height, width) grey, uint8, left as it is. gaussian_blur_radius_list: the side of
    each Gaussian kernel in px, odd, applied in order with sigma 0 (None or empty: no blur). black_mask: percent of the
    side, as in `kept_rectangle`. Raises ValueError for a wrong image, kernel size or mask.
    """
    _require_image(img, (2, 3), channels=3)
    for size in gaussian_blur_radius_list or ():
        if not isinstance(size, int | np.integer) or size <= 0 or size % 2 == 0:
            raise ValueError(f"a blur kernel size must be a positive odd whole number of px, not {size!r}")
    return _blur_inside(img, tuple(gaussian_blur_radius_list or ()), black_mask)


def compare_frames_change_detection(
    prev_frame: Image, next_frame: Image, min_contour_area: float
) -> tuple[float, list[Contour], Image]:
    """Return (score, contours, thresh): how much `next_frame` differs from `prev_frame`, and where.

    Both frames are as `preprocess_image_change_detection` returns them: (height, width) uint8, of the same shape.
    score: sum in px of the areas of the outer contours that are not smaller than `min_contour_area` (px).
    contours: those contours, each (n, 1, 2) int32 of x, y. thresh: (height, width) uint8, 255 where changed.
    Raises ValueError for frames of different shape or type, or an area that is negative or no number.
    """
    _require_image(prev_frame, (2,))
    _require_image(next_frame, (2,))
    if prev_frame.shape != next_frame.shape:
        raise ValueError(f"frames must have the same shape, not {prev_frame.shape} and {next_frame.shape}")
    if not min_contour_area >= 0:
        raise ValueError(f"min_contour_area must be 0 px or more, not {min_contour_area!r}")
    difference = cv2.absdiff(prev_frame, next_frame)
    _, changed = cv2.threshold(difference, CHANGE_THRESHOLD, 255, cv2.THRESH_BINARY, dst=difference)
    thresh = np.asarray(changed, np.uint8)
    areas = [(contour, cv2.contourArea(contour)) for contour in _dilate_and_find_contours(thresh)]
    counted = [(contour, area) for contour, area in areas if area >= min_contour_area]
    return float(sum(area for _, area in counted)), [contour for contour, _ in counted], thresh


def _blur_inside(img: Image, kernels: Sequence[int], borders: Sequence[float]) -> Image:
    """Return the grey, blurred picture, black outside of the kept rectangle.

    Only what is kept is blurred, with a margin that the kernels reach into, and in strips that stay in the processor's
    cache from one step to the next. Both leave every pixel as it is when the whole picture is blurred. Rows become grey
    from end to end: where a part of each is left out, some processors wait for the memory twice as long.
    """
    height, width = img.shape[:2]
    x0, y0, x1, y1 = kept_rectangle(width, height, borders)
    blurred = np.empty((height, width), np.uint8)
    _paint_borders(blurred, borders, 0)
    margin = sum(size // 2 for size in kernels)
    left, right = max(x0 - margin, 0), min(x1 + margin, width)
    rows = max(STRIP_ROWS, STRIP_PIXELS // width) + 4 * margin
    for top in range(y0, y1 if x0 < x1 else y0, rows):
        bottom = min(top + rows, y1)
        first = max(top - margin, 0)
        strip = img[first : min(bottom + margin, height)]
        grey = (strip if strip.ndim == 2 else cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY))[:, left:right]
        for size in kernels:
            grey = cv2.GaussianBlur(grey, (size, size), 0)
        blurred[top:bottom, x0:x1] = grey[top - first : bottom - first, x0 - left : x1 - left]
    return blurred


def _dilate_and_find_contours(thresh: Image) -> Sequence[Contour]:
    """Dilate in place and return the outer contours; only around what changed, which is mostly little or nothing."""
    changed = [top for top in range(0, len(thresh), CHANGED_ROWS) if cv2.hasNonZero(thresh[top : top + CHANGED_ROWS])]
    if not changed:
        return []
    x, below, width, height = cv2.boundingRect(thresh[changed[0] : changed[-1] + CHANGED_ROWS])
    y = changed[0] + below
    x0, y0 = max(x - DILATIONS - 1, 0), max(y - DILATIONS - 1, 0)
    region = thresh[y0 : y + height + DILATIONS + 1, x0 : x + width + DILATIONS + 1]
    cv2.dilate(region, DILATION_ELEMENT, dst=region, iterations=DILATIONS)
    found = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(x0, y0))
    from imutils import grab_contours  # which brings all of urllib: only here, where frames are decoded meanwhile

    contours: Sequence[Contour] = grab_contours(found)
    return contours


def _paint_borders(img: Image, borders: Sequence[float], color: Any) -> None:
    height, width = img.shape[:2]
    x0, y0, x1, y1 = kept_rectangle(width, height, borders)
    img[:, :x0] = img[:y0] = color
    img[:, max(x1, 0) :] = img[max(y1, 0) :] = color


def _require_image(img: Image, dimensions: tuple[int, ...], channels: int | None = None) -> None:
    """Raise a ValueError for anything but a uint8 array with one of the numbers of dimensions, not empty."""
    if not isinstance(img, np.ndarray) or img.dtype != np.uint8:
        raise ValueError(f"a frame must be a numpy array of uint8, not {getattr(img, 'dtype', type(img).__name__)}")
    if img.ndim not in dimensions or img.size == 0 or (img.ndim == 3 and channels and img.shape[2] != channels):
        wanted = " or ".join(
            {2: "(height, width)", 3: f"(height, width, {channels or 'channels'})"}[n] for n in dimensions
        )
        raise ValueError(f"a frame must have the shape {wanted}, not {img.shape}")
