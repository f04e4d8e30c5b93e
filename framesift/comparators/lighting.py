"""How light and contrast may have changed between two pictures of one thing, as a line from levels to levels.

The line is fitted where both pictures are the same but for light, and leaves aside what differs and what was cut off at
black or white. A picture of few levels does not tell a change of light from another thing in its place: there the
ground decides.
"""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(height, width, 3), BGR."""
Light = tuple[float, float]
"""What levels are multiplied by, and what is added then."""

WINDOW = 7
"""px of the side of what is looked at together."""
DARKEST, BRIGHTEST = 6, 249
"""Levels beyond these may have been cut off, and do not tell what light and contrast have become."""
LEAST_GAIN, LARGEST_GAIN = 0.6, 1.7
_TRIMS = (60, 25, 15)
"""Levels by which a px may be off the line that is fitted next: what differs must not bend the line."""
_FLAT = 12
"""Levels between the darkest and the brightest px of a window in which there is no edge."""
_STEP, _LEAST_SHARE, _LEAST_LEVELS = 16, 0.005, 3
"""Levels so far apart, each of so much of the picture, show what light has become where there are so many."""
_OF_ONE_LEVEL = 3.0
"""Levels by which the px of a plain ground deviate, at most: those of a bright picture that was cut off lie apart."""
_LIKELY = 0.78, 1.3
"""Least and largest gain where a picture does not show the light."""
_SLIGHT, _AGAINST = 26, 20
"""Grey levels, there, by which what is seen may have moved farther than its ground, a tenth of white, and the other
way, as where contrast is taken away."""
_GREY = np.array([0.114, 0.587, 0.299], np.float32)
_FEW = 64
"""Values: fewer do not say how light has changed."""


def find_lights(keeper: Image, member: Image) -> list[Light]:
    """Return the changes of light that may have made one picture of the other, the likeliest first."""
    if _is_plain(keeper) and _is_plain(member):
        return []
    is_flat = _find_flat(keeper) & _find_flat(member)
    x, y = keeper[is_flat], member[is_flat]
    lights = [fit_light(keeper, member), fit_light(x, y)]
    if (told := _are_told(x, y)).any():
        gain = float(y[told].mean()) / float(x[told].mean())
        lights.append((min(max(gain, LEAST_GAIN), LARGEST_GAIN), 0.0))
    lights.extend(_follow_white(x, y))
    lights = [light for light in dict.fromkeys(lights) if light != (1.0, 0.0)]
    seen, other = (x, y) if 2 * len(x) > is_flat.size else (keeper, member)
    if _show_light(seen, other):
        return lights
    if _show_light(seen, other, of_colours=True):
        return [light for light in lights if _LIKELY[0] <= light[0] <= _LIKELY[1]]
    levels, counts = np.unique(x, return_counts=True)
    return [light for light in lights if len(x) and _moves_ground(light, levels.astype(np.float32), counts)]


def _follow_white(x: Image, y: Image) -> list[Light]:
    """Return the light that has made white grey, or grey white, in all of a ground.

    Of black on white nothing else tells the light: what is between the two are edges, which each program draws its way.
    """
    is_cut = (np.maximum(x, y) >= BRIGHTEST) & (np.minimum(x, y) < BRIGHTEST)
    before, after = x[is_cut], y[is_cut]
    if len(before) < max(_LEAST_SHARE * x.size, _FEW) or max(before.std(), after.std()) > _OF_ONE_LEVEL:
        return []
    gain = float(after.mean()) / max(float(before.mean()), 1.0)
    return [(gain, 0.0)] if LEAST_GAIN <= gain <= LARGEST_GAIN else []


def _moves_ground(light: Light, levels: NDArray[np.float32], counts: NDArray[np.intp]) -> bool:
    """Tell whether a light is a likely one that moves the commonest level as all others: where the ground is what it
    was, it is the thing on it that has changed.
    """
    gain, offset = light
    moves = np.clip(gain * levels + offset, 0, 255) - levels
    ground = float(moves[counts.argmax()])
    ends = (ground - _SLIGHT, _AGAINST) if ground < 0 else (-_AGAINST, ground + _SLIGHT)
    return _LIKELY[0] <= gain <= _LIKELY[1] and bool((ends[0] <= moves).all() and (moves <= ends[1]).all())


def _show_light(x: Image, y: Image, of_colours: bool = False) -> bool:
    """Tell whether px, (..., 3), have levels enough: a line leads through any two, so that a grey thing on white would
    be the same as one of any other grey. The px of its edge are mixtures of the two and tell nothing.

    With `of_colours` each channel is a level: a blue thing has three, and tells less of the light than three things.
    """
    told = _are_told(x, y)
    values = x[told] if of_colours else (x[told.all(axis=-1)] @ _GREY).astype(np.intp)
    levels = np.bincount(values // _STEP)
    return int(np.count_nonzero(levels >= _LEAST_SHARE * x.size / 3)) >= _LEAST_LEVELS


def _are_told(keeper: Image, member: Image) -> NDArray[np.bool_]:
    """Return which levels were not cut off in either, of the shape of both."""
    return (np.minimum(keeper, member) > DARKEST) & (np.maximum(keeper, member) < BRIGHTEST)


def _is_plain(image: Image) -> bool:
    """Tell whether nothing is seen but one colour: that is all there is of it, and no light may change it."""
    return bool((image.max(axis=(0, 1)) - image.min(axis=(0, 1)) < _FLAT).all())


def _find_flat(image: Image) -> NDArray[np.bool_]:
    """Return where no edge is near, (height, width): elsewhere, what was cut off at white is mixed with the rest."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    window = np.ones((WINDOW, WINDOW), np.uint8)
    spread = cast(NDArray[np.uint8], cv2.subtract(cv2.dilate(grey, window), cv2.erode(grey, window)))
    return spread < _FLAT


def fit_light(keeper: Image, member: Image) -> Light:
    """Return gain and offset that make the levels of the keeper those of the member; what differs is left aside."""
    told = _are_told(keeper, member)
    # Two levels are all that tells one px from another, so there is one x and y for each pair of levels.
    counts = np.bincount(keeper[told].astype(np.intp) << 8 | member[told], minlength=1)
    pairs = np.flatnonzero(counts)
    x, y, counts = (pairs >> 8).astype(np.float32), (pairs & 255).astype(np.float32), counts[pairs]
    if counts.sum() < _FEW:
        return 1.0, 0.0
    gain, offset = 1.0, _find_median(y - x, counts)
    for trim in _TRIMS:
        near = np.abs(gain * x + offset - y) < trim
        if counts[near].sum() < _FEW:
            return 1.0, 0.0
        a, b, weights = x[near], y[near], counts[near]
        mean_a, mean_b = float(np.average(a, weights=weights)), float(np.average(b, weights=weights))
        spread = float(np.average((a - mean_a) ** 2, weights=weights))
        if spread < 4:
            break
        gain = float(np.average((a - mean_a) * (b - mean_b), weights=weights)) / spread
        gain = min(max(gain, LEAST_GAIN), LARGEST_GAIN)
        offset = mean_b - gain * mean_a
    return gain, offset


def _find_median(values: NDArray[np.float32], counts: NDArray[np.intp]) -> float:
    """Return the median of values of which each is there so many times."""
    order = np.argsort(values)
    ends = np.cumsum(counts[order])
    middle = np.searchsorted(ends, [(ends[-1] - 1) // 2, ends[-1] // 2], side="right")
    return float(values[order][middle].mean())
