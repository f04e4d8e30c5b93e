"""How far two pictures that lie upon each other differ in the worst window, under the light that makes it least."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.lighting import Light, find_lights, fit_light

Image = NDArray[np.uint8]
"""(height, width, 3), BGR."""
Plane = NDArray[np.float32]
Lay = Callable[[Image], Image]
"""Gives a picture, or a part of it, another light."""
Lights = Callable[[Image, Image], Iterator[Lay]]
"""Tells the lights that another picture may be in."""
Place = tuple[float, float]
"""Shares of height and width."""

_BLUR = 0.8
"""px: takes away how sharp a program resizes, and the finest noise of encoding."""
WINDOW = 7
"""px of the side."""
GREY_LIMIT, COLOUR_LIMIT = 7.5, 15.0
"""Grey levels that may differ in a flat window: what encoders at quality 30 and palettes of 256 colours leave."""
_WIDE_WINDOW, _WIDE_LIMIT = 21, 8.5
"""px of the side of a window over which colour is the same on average, and by how much it may differ there: what
encoders and palettes do to colours is not the same in all of a larger area."""
GREY_SHARE, COLOUR_SHARE = 0.6, 0.45
"""Of the contrast within a window, which may differ too: edges are never encoded and resized quite alike."""
_AROUND, _MARGIN = 32, 14
"""px on each side of a place that are looked at first, and beyond those what reaches into a window there."""
_ROUNDED = 1.001
"""Sums over a part are rounded otherwise than those over all."""


class Worst(NamedTuple):
    """The worst window of two pictures."""

    excess: float
    """How many times as much differs there as may."""
    place: Place


def light_all(keeper: Image, member: Image) -> Iterator[Lay]:
    """Yield the lights that the member may be in, the likeliest first."""
    for light in find_lights(soften(keeper), soften(member)):
        yield partial(_lay_light, light=light)


def light_grey(keeper: Image, member: Image) -> Iterator[Lay]:
    """Yield the light of the member, which leaves colours as they are."""
    lit, other = (cast(Image, cv2.cvtColor(soften(image), cv2.COLOR_BGR2YCrCb)) for image in (keeper, member))
    yield partial(_lay_grey_light, light=fit_light(lit[..., 0], other[..., 0]))


def find_worst(
    keeper: Image,
    member: Image,
    noise: float,
    looked_at: Image | None = None,
    lights: tuple[Lights, ...] = (light_all,),
    limit: float = 1,
    place: Place | None = None,
) -> Worst:
    """Return the excess in the worst window, under the light that makes it least.

    Above `limit` it may be larger than that: where it is beyond it around the `place` at which it was the worst before,
    or was in another light, nothing else is looked at.
    """
    pair = _Pair(keeper, soften(member), noise, looked_at)
    worst = pair.measure(None, limit, place)
    if worst.excess <= 1:
        return worst
    for lay in chain.from_iterable(each(keeper, member) for each in lights):
        worst = min(worst, pair.measure(lay, limit, worst.place))
        if worst.excess <= 1:
            break
    return worst


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two pictures that lie upon each other; the member is softened."""

    keeper: Image
    member: Image
    noise: float
    looked_at: Image | None

    def measure(self, lay: Lay | None, limit: float, place: Place | None) -> Worst:
        """Return the worst under a light: around a place, where that is beyond the limit, else of all."""
        if place is not None:
            height, width = self.member.shape[:2]
            row, column = int(place[0] * height), int(place[1] * width)
            part = _Part(max(row - _AROUND, 0), max(column - _AROUND, 0), row + _AROUND, column + _AROUND)
            if part.bottom < height or part.right < width or part.top or part.left:
                worst = self._measure(lay, part)
                if worst.excess > limit * _ROUNDED:
                    return worst
        return self._measure(lay, _Part(0, 0, *self.member.shape[:2]))

    def _measure(self, lay: Lay | None, part: "_Part") -> Worst:
        height, width = self.member.shape[:2]
        around = part.widen(_MARGIN, height, width)
        keeper, member = around.cut(self.keeper), around.cut(self.member)
        # Only now softened: what is cut off at white has a sharp edge.
        excess = _measure(soften(keeper if lay is None else lay(keeper)), member, self.noise)
        top, left = part.top - around.top, part.left - around.left
        own = excess[top : top + part.bottom - part.top, left : left + part.right - part.left]
        mask = None if self.looked_at is None else part.cut(self.looked_at)
        _, worst, _, (x, y) = cv2.minMaxLoc(own, mask)
        return Worst(float(np.sqrt(worst)), ((part.top + max(y, 0)) / height, (part.left + max(x, 0)) / width))


class _Part(NamedTuple):
    """A rectangle of a picture, in px."""

    top: int
    left: int
    bottom: int
    right: int

    def widen(self, margin: int, height: int, width: int) -> "_Part":
        top, left = max(self.top - margin, 0), max(self.left - margin, 0)
        return _Part(top, left, min(self.bottom + margin, height), min(self.right + margin, width))

    def cut(self, image: Image) -> Image:
        return image[self.top : self.bottom, self.left : self.right]


def _lay_light(image: Image, light: Light) -> Image:
    gain, offset = light
    return cast(Image, np.clip(np.rint(image * np.float32(gain) + np.float32(offset)), 0, 255).astype(np.uint8))


def _lay_grey_light(image: Image, light: Light) -> Image:
    lit = cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb))
    lit[..., 0] = _lay_light(lit[..., 0], light)
    return cast(Image, cv2.cvtColor(lit, cv2.COLOR_YCrCb2BGR))


def soften(image: Image) -> Image:
    """Return a picture as it is compared."""
    return cast(Image, cv2.GaussianBlur(image, (0, 0), _BLUR))


def _measure(keeper: Image, member: Image, noise: float) -> Plane:
    """Return for each window the square of the excess."""
    one, other = (cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).astype(np.float32) for image in (keeper, member))
    grey, *colours = (
        (np.ascontiguousarray(one[..., plane]), np.ascontiguousarray(other[..., plane])) for plane in range(3)
    )
    difference = cv2.absdiff(*grey)
    of_grey = _average(difference * difference, WINDOW)
    flat, windows = (noise * GREY_LIMIT) ** 2, ((WINDOW, COLOUR_LIMIT), (_WIDE_WINDOW, _WIDE_LIMIT))
    of_colours = [np.sum([_average(a - b, side) ** 2 for a, b in colours], axis=0) for side, _ in windows]
    strict: Plane = np.maximum(of_grey / flat, _take_larger(of_colours, [(noise * limit) ** 2 for _, limit in windows]))
    if strict.max() <= 1:  # contrast would only excuse more
        return strict
    contrast = np.maximum(*(_find_variance(plane, WINDOW) for plane in grey))
    allowed = [(noise * limit) ** 2 + COLOUR_SHARE**2 * _find_variety(colours, side) for side, limit in windows]
    excess: Plane = np.maximum(of_grey / (flat + GREY_SHARE**2 * contrast), _take_larger(of_colours, allowed))
    return excess


def _take_larger(measured: list[Plane], allowed: Sequence[Plane | float]) -> Plane:
    larger: Plane = np.maximum(*(each / most for each, most in zip(measured, allowed, strict=True)))
    return larger


def _find_variety(colours: list[tuple[Plane, Plane]], window: int) -> Plane:
    """Return how much of colour is seen in each window of that picture in which there is more."""
    variety: Plane = np.sum([[_find_variance(plane, window) for plane in pair] for pair in colours], axis=0).max(axis=0)
    return variety


def _average(plane: Plane, window: int) -> Plane:
    return cast(Plane, cv2.boxFilter(plane, cv2.CV_32F, (window, window)))


def _find_variance(plane: Plane, window: int) -> Plane:
    mean = _average(plane, window)
    return np.maximum(_average(plane * plane, window) - mean * mean, 0)
