"""How far two pictures that lie upon each other differ in the worst window, under the light that makes it least."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.lighting import Light, find_lights, fit_light

Image = NDArray[np.uint8]
"""(height, width, 3), BGR."""
Plane = NDArray[np.float32]
Lights = Callable[[Image, Image], Iterator[Image]]
"""Gives a picture the lights that another may be in."""

_BLUR = 0.8
"""px: takes away how sharp a program resizes, and the finest noise of encoding."""
_WINDOW, _COLOUR_WINDOW = 7, 7
"""px of the side; colour has a wider one, as most encoders keep a quarter of it only."""
_GREY_LIMIT, _COLOUR_LIMIT = 7.5, 15.0
"""Grey levels that may differ in a flat window: what encoders at quality 30 and palettes of 256 colours leave."""
_GREY_SHARE, _COLOUR_SHARE = 0.6, 0.45
"""Of the contrast within a window, which may differ too: edges are never encoded and resized quite alike."""


def light_all(keeper: Image, member: Image) -> Iterator[Image]:
    """Yield the keeper in each light that the member may be in, the likeliest first."""
    for light in find_lights(_soften(keeper), _soften(member)):
        yield _lay_light(keeper, light)


def light_grey(keeper: Image, member: Image) -> Iterator[Image]:
    """Yield the keeper in the light of the member, with its own colours."""
    lit, other = (cast(Image, cv2.cvtColor(_soften(image), cv2.COLOR_BGR2YCrCb)) for image in (keeper, member))
    light = fit_light(lit[..., 0], other[..., 0])
    lit = cast(Image, cv2.cvtColor(keeper, cv2.COLOR_BGR2YCrCb))
    lit[..., 0] = _lay_light(lit[..., 0], light)
    yield cast(Image, cv2.cvtColor(lit, cv2.COLOR_YCrCb2BGR))


def find_worst(
    keeper: Image,
    member: Image,
    noise: float,
    looked_at: Image | None = None,
    lights: tuple[Lights, ...] = (light_all,),
) -> float:
    """Return the excess in the worst window, under the light that makes it least."""
    other = _soften(member)
    worst = _measure(_soften(keeper), other, noise, looked_at)
    if worst <= 1:
        return worst
    for lit in chain.from_iterable(each(keeper, member) for each in lights):
        # Only now softened: what is cut off at white has a sharp edge.
        worst = min(worst, _measure(_soften(lit), other, noise, looked_at))
        if worst <= 1:
            break
    return worst


def _lay_light(image: Image, light: Light) -> Image:
    gain, offset = light
    return cast(Image, np.clip(np.rint(image * np.float32(gain) + np.float32(offset)), 0, 255).astype(np.uint8))


def _soften(image: Image) -> Image:
    return cast(Image, cv2.GaussianBlur(image, (0, 0), _BLUR))


def _measure(keeper: Image, member: Image, noise: float, looked_at: Image | None) -> float:
    one, other = (cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).astype(np.float32) for image in (keeper, member))
    grey, *colours = (
        (np.ascontiguousarray(one[..., plane]), np.ascontiguousarray(other[..., plane])) for plane in range(3)
    )
    difference = cv2.absdiff(*grey)
    of_grey = _average(difference * difference, _WINDOW)
    of_colour = np.sum([_average(a - b, _COLOUR_WINDOW) ** 2 for a, b in colours], axis=0)
    flat, flat_colour = (noise * _GREY_LIMIT) ** 2, (noise * _COLOUR_LIMIT) ** 2
    worst = _find_largest(np.maximum(of_grey / flat, of_colour / flat_colour), looked_at)
    if worst <= 1:  # contrast would only excuse more
        return worst
    contrast = np.maximum(*(_find_variance(plane, _WINDOW) for plane in grey))
    varieties = [[_find_variance(plane, _COLOUR_WINDOW) for plane in pair] for pair in colours]
    variety = np.sum(varieties, axis=0).max(axis=0)
    of_grey /= flat + _GREY_SHARE**2 * contrast
    of_colour /= flat_colour + _COLOUR_SHARE**2 * variety
    return _find_largest(np.maximum(of_grey, of_colour), looked_at)


def _find_largest(excess: Plane, looked_at: Image | None) -> float:
    return float(np.sqrt((excess if looked_at is None else excess[looked_at > 0]).max(initial=0)))


def _average(plane: Plane, window: int) -> Plane:
    return cast(Plane, cv2.boxFilter(plane, cv2.CV_32F, (window, window)))


def _find_variance(plane: Plane, window: int) -> Plane:
    mean = _average(plane, window)
    return np.maximum(_average(plane * plane, window) - mean * mean, 0)
