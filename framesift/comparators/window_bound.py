"""How much windows of two pictures that lie upon each other differ at least, under any light that is possible.

`worst_window` finds the light first, which takes a look at all of both pictures. Here the light is what makes each
window differ least. So what comes out is no more than what is found there, of pictures that are one by that: beyond the
limit it says that both are two pictures, and of many windows, or pictures, at once.
"""

from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.lighting import BRIGHTEST, DARKEST, LARGEST_GAIN, LEAST_GAIN
from framesift.comparators.worst_window import COLOUR_LIMIT, COLOUR_SHARE, GREY_LIMIT, GREY_SHARE, WINDOW

Values = NDArray[np.float32]
"""Of any shape: one for each window."""
Truths = NDArray[np.bool_]
"""The same."""
Plane = NDArray[np.uint8]
"""(height, width, 3): softened luma and two colours."""
Place = tuple[int, int]
"""Row and column of the middle of a window, in px."""

RIM = 12
"""px of the border in which nothing is looked at: what registration may leave out."""
_GREY_LEVEL = 128
_LEAST = np.float32(1e-3)


class Gains(NamedTuple):
    """By what light may multiply the levels of a keeper to make them those of members; (n,) each, or single values."""

    least: Values
    most: Values
    is_lit: Truths
    """Whether there is a change of light to speak of: what is at black or white then may have been cut off."""

    def take(self, rows: NDArray[np.intp]) -> "Gains":
        """Return those of some members."""
        return Gains(self.least[rows], self.most[rows], self.is_lit[rows])

    def widen(self, rows: Truths) -> "Gains":
        """Allow any light for some members, where `rows`, (n,), is true."""
        least, most = np.float32(LEAST_GAIN), np.float32(LARGEST_GAIN)
        return Gains(np.where(rows, least, self.least), np.where(rows, most, self.most), self.is_lit | rows)


class Windows(NamedTuple):
    """What is to be known of windows, all of one shape."""

    spread: Values
    """Variance of the luma."""
    slope: Values
    """Mean square of how it changes from one px to the next."""
    is_cut: Truths
    """Whether anything may have been cut off at black or white."""
    red: Values
    """Mean of a colour, 0 for grey."""
    blue: Values
    variety: Values
    """Variance of both colours."""


def measure_windows(cut: Plane) -> tuple[Windows, Values]:
    """Return what is to be known of windows cut out with a px around, (..., 9, 9, 3), and their luma with the mean 0,
    (..., 49).
    """
    px = cut.astype(np.float32)
    luma, inner = px[..., 0], px[..., 1:-1, 1:-1, :].reshape(*cut.shape[:-3], WINDOW**2, 3)
    across, down = luma[..., 1:-1, 2:] - luma[..., 1:-1, :-2], luma[..., 2:, 1:-1] - luma[..., :-2, 1:-1]
    slope = (across * across + down * down).mean(axis=(-2, -1)) / 4
    mean, variance = inner.mean(axis=-2), inner.var(axis=-2)
    is_cut = (inner[..., 0].max(axis=-1) >= BRIGHTEST) | (inner[..., 0].min(axis=-1) <= DARKEST)
    colours = mean[..., 1] - _GREY_LEVEL, mean[..., 2] - _GREY_LEVEL, variance[..., 1:].sum(axis=-1)
    return Windows(variance[..., 0], slope, is_cut, *colours), inner[..., 0] - mean[..., :1]


def bound_excess(
    keeper: Windows, member: Windows, covariance: Values, gains: Gains, shift: Values | float, noise: Values | float
) -> Values:
    """Return the squares of what the excess is at least, in each window of a keeper and a member or in windows of many.

    `covariance` is that of their luma, `shift` px by which they may not lie upon each other. In another light it is
    0 where anything may have been cut off.
    """
    luma = _bound_luma(keeper, member, covariance, gains, shift, noise)
    # A colour may have been cut off where luma was not.
    lit, colour = np.where(member.is_cut, np.float32(0), luma), _bound_colour(keeper, member, gains, noise)
    return cast(Values, np.where(gains.is_lit, lit, np.maximum(luma, colour)))


def _bound_luma(
    keeper: Windows, member: Windows, covariance: Values, gains: Gains, shift: Values | float, noise: Values | float
) -> Values:
    gain = np.clip(covariance / np.maximum(keeper.spread, _LEAST), gains.least, gains.most)
    left = np.sqrt(np.maximum((gain * keeper.spread - 2 * covariance) * gain + member.spread, 0))
    left = np.maximum(left - gains.most * shift * np.sqrt(keeper.slope), 0)
    contrast = np.maximum(gains.most * gains.most * keeper.spread, member.spread)
    return cast(Values, left * left / ((noise * GREY_LIMIT) ** 2 + GREY_SHARE**2 * contrast))


def _bound_colour(keeper: Windows, member: Windows, gains: Gains, noise: Values | float) -> Values:
    square = keeper.red * keeper.red + keeper.blue * keeper.blue
    product = keeper.red * member.red + keeper.blue * member.blue
    gain = np.clip(product / np.maximum(square, _LEAST), gains.least, gains.most)
    apart = (gain * keeper.red - member.red) ** 2 + (gain * keeper.blue - member.blue) ** 2
    variety = np.maximum(gains.most * gains.most * keeper.variety, member.variety)
    return cast(Values, apart / ((noise * COLOUR_LIMIT) ** 2 + COLOUR_SHARE**2 * variety))


def find_largest(keeper: Plane, member: Plane, gains: Gains, shift: float, noise: float) -> tuple[float, Place]:
    """Return the largest bound in two pictures of one size, and where it is."""
    if min(keeper.shape[:2]) <= 2 * RIM:
        return 0.0, (0, 0)
    one, other = (_survey(each) for each in (keeper, member))
    first, second = (np.ascontiguousarray(each[..., 0]) for each in (keeper, member))
    product = _average(cv2.multiply(first, second, dtype=cv2.CV_32F))
    covariance = product - _average(first) * _average(second)
    squares = np.ascontiguousarray(bound_excess(one, other, covariance, gains, shift, noise)[RIM:-RIM, RIM:-RIM])
    _, largest, _, (x, y) = cv2.minMaxLoc(squares)
    return float(np.sqrt(largest)), (y + RIM, x + RIM)


def _survey(plane: Plane) -> Windows:
    """Return the windows around each px, (height, width) each."""
    luma, red, blue = (np.ascontiguousarray(plane[..., channel]) for channel in range(3))
    across, down = (cv2.Sobel(luma, cv2.CV_32F, *way, ksize=1) for way in ((1, 0), (0, 1)))
    slope: Values = _average(across * across + down * down) / np.float32(4)
    window = np.ones((WINDOW, WINDOW), np.uint8)
    is_cut: Truths = (cv2.dilate(luma, window) >= BRIGHTEST) | (cv2.erode(luma, window) <= DARKEST)
    colours = _average(red) - _GREY_LEVEL, _average(blue) - _GREY_LEVEL, _find_variance(red) + _find_variance(blue)
    return Windows(_find_variance(luma), slope, is_cut, *colours)


def _find_variance(plane: NDArray[np.uint8]) -> Values:
    mean = _average(plane)
    return np.maximum(cast(Values, cv2.sqrBoxFilter(plane, cv2.CV_32F, (WINDOW, WINDOW))) - mean * mean, 0)


def _average(plane: NDArray[Any]) -> Values:
    return cast(Values, cv2.boxFilter(plane, cv2.CV_32F, (WINDOW, WINDOW)))
