"""Whether one picture shows all that another shows, as a person would tell who looks at both.

An average over the whole picture says that two letters are alike, for most of both is white paper. Here the worst place
decides: one picture is laid upon the other, light and contrast of the whole are made equal, and in every small window
what is left of the difference must be little beside what the window shows. Where both are flat there is nothing to
agree or to differ; a word, a face, a colour that is in one of them alone is a window that fails.

Registration: G. D. Evangelidis, E. Z. Psarakis, "Parametric image alignment using enhanced correlation coefficient
maximization", 2008.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.beyond import lies_beyond
from framesift.comparators.orientation import AS_IT_IS, Turn
from framesift.comparators.worst_window import Image, Place, find_worst, light_all, light_grey

SIDE = 512
"""px of the longer side at which two pictures are compared, or that of the smaller one where it has fewer."""
FINE_SIDE = 1024
"""px at which those are looked at once more that are the same so far: one digit of a page is only seen there."""
FINE_NOISE, FINE_LIMIT = 1.15, 1.05
"""Times as much may differ there: what encoding and resizing leave, a smaller size averages away."""
_COARSE = 64
"""px of the longer side at which pictures that are far from alike are told apart in a fraction of the time."""
_COARSE_LIMIT, _BEYOND_LIMIT, _MIDDLE_LIMIT = 2.5, 1.5, 2.0
"""Times as much as may differ, at that size, there where something lies beyond all around it, and at the size at which
pictures are registered: beyond it nothing that is seen at full size can make two pictures the same."""
_BEYOND = 36.0
"""Grey levels by which nothing lies beyond all that is around it in the other picture, if it is only cropped."""
_REGISTERED = 160
"""px of the longer side at which two pictures are registered first."""
_ZOOMS, _QUICK = (1.0, 0.95, 0.9), (0.95,)
"""Shares of the keeper that the registration begins with."""
_STEPS, _FEWER_STEPS = 40, 15
_LEAST_ZOOM, _LARGEST_ZOOM, _SHEAR = 0.85, 1.03, 0.02
_LEAST_CORRELATION, _GOOD_CORRELATION = 0.6, 0.97
_LEAST_COVER = 0.94
"""Share of the member that the keeper has to have: a keeper that was cropped does not show all."""
_LARGEST_STRETCH = 1.15
"""Ratio of two shapes, width to height, that a crop can explain."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A picture as it is looked at: at most `FINE_SIDE` px wide and high."""

    grounds: tuple[Image, ...]
    """The picture; one in which anything is transparent over black, and over white."""
    noise: float = 1.0
    """By how much the noise of encoding is amplified, where the levels of a picture were spread."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.grounds[0].shape[1], self.grounds[0].shape[0]

    def lay(self, turn: Turn) -> "View":
        """Return the view as it lies when it is turned."""
        return self if turn == AS_IT_IS else View(tuple(map(turn.apply, self.grounds)), self.noise)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return sum(ground.nbytes for ground in self.grounds)


def make_view(*grounds: Image, noise: float = 1.0, side: int = FINE_SIDE) -> View:
    """Return the view of a picture, (height, width, 3) uint8 BGR; of a transparent one over black and over white."""
    return View(tuple(fit_into(ground, side) for ground in grounds), noise)


def measure_excess(keeper: View, member: View) -> float:
    """Return how far the member is from showing only what the keeper shows: up to 1 it does.

    Not symmetric: a member may be a crop of its keeper, or the brighter one in which lights are cut off, and not the
    other way round. What is transparent has to be transparent in the keeper too; what is opaque may be the keeper on
    either ground.
    """
    if len(member.grounds) > len(keeper.grounds):
        return float("inf")
    noise = max(keeper.noise, member.noise)
    if len(member.grounds) == len(keeper.grounds):
        pairs = zip(keeper.grounds, member.grounds, strict=True)
        return max(_compare(one, other, noise) for one, other in pairs)
    return min(_compare(ground, member.grounds[0], noise) for ground in keeper.grounds)


def measure_frame_excess(keeper: View, member: View, limit: float = 1) -> float:
    """Return the same of two frames of films, which are known to lie upon each other; exact up to `limit`.

    Programs that change the light of a film leave its colours as they are: that light is tried too.
    """
    one, other = _lay_together(keeper.grounds[0], member.grounds[0], SIDE)
    noise, lights = max(keeper.noise, member.noise), (light_all, light_grey)
    return find_worst(one, other, noise, lights=lights, limit=limit).excess


def _compare(keeper: Image, member: Image, noise: float) -> float:
    # The first rows nearly always tell, and to compare all of both takes a tenth of a look.
    if np.array_equal(keeper[:1], member[:1]) and np.array_equal(keeper, member):
        return 0.0
    if not _has_shape_of(keeper, member):
        return float("inf")
    one, other = _lay_together(keeper, member, _COARSE)
    coarse = find_worst(one, other, noise, limit=_COARSE_LIMIT)
    limit = _BEYOND_LIMIT if coarse.excess > 1 and _reaches_beyond(one, other) else _COARSE_LIMIT
    if coarse.excess > limit < _compare_registered(one, other, noise, _QUICK, limit, coarse.place):
        return coarse.excess
    one, other = _lay_together(keeper, member, _REGISTERED)
    middle = find_worst(one, other, noise, limit=_MIDDLE_LIMIT, place=coarse.place)
    if middle.excess > _MIDDLE_LIMIT < _compare_registered(one, other, noise, _ZOOMS, _MIDDLE_LIMIT, middle.place):
        return middle.excess
    one, other = _lay_together(keeper, member, SIDE)
    plain = find_worst(one, other, noise, place=middle.place)
    worst = plain.excess
    if worst > 1:
        worst = min(worst, _compare_registered(one, other, noise, _ZOOMS, 1, plain.place))
    if worst > 1 or min(max(image.shape[:2]) for image in (keeper, member)) <= SIDE:
        return worst
    fine = _compare_finely(*_lay_together(keeper, member, FINE_SIDE), noise * FINE_NOISE)
    # What is cropped and has nothing fine to hold on to has shown all that it has.
    return worst if plain.excess > 1 and fine == float("inf") else fine


def _compare_finely(keeper: Image, member: Image, noise: float) -> float:
    plain = find_worst(keeper, member, noise, limit=FINE_LIMIT)
    if plain.excess <= FINE_LIMIT:
        return plain.excess / FINE_LIMIT
    return _compare_registered(keeper, member, noise, _ZOOMS, FINE_LIMIT, plain.place) / FINE_LIMIT


def _has_shape_of(keeper: Image, member: Image) -> bool:
    one, other = (image.shape[1] / image.shape[0] for image in (keeper, member))
    # A side of few px is rounded: 3000x60 at a hundredth is 30x1.
    thin = min(*keeper.shape[:2], *member.shape[:2]) < 16
    return bool(max(one, other) / min(one, other) <= _LARGEST_STRETCH * (2 if thin else 1))


def _lay_together(keeper: Image, member: Image, side: int) -> tuple[Image, Image]:
    """Return both at one size, that of the smaller one where it has less than `side`."""
    smaller = min((keeper, member), key=lambda image: max(image.shape[:2]))
    height, width = fit_into(smaller, side).shape[:2]
    return _resize(keeper, width, height), _resize(member, width, height)


def _compare_registered(
    keeper: Image, member: Image, noise: float, zooms: tuple[float, ...], limit: float, place: Place
) -> float:
    registered = _register(keeper, member, zooms)
    if registered is None:
        return float("inf")
    return find_worst(registered[0], member, noise, registered[1], limit=limit, place=place).excess


def _reaches_beyond(keeper: Image, member: Image) -> bool:
    """Tell whether one has something where the other, under whatever light, has nothing like it anywhere near."""
    one, other = (cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)) for image in (keeper, member))
    return bool(lies_beyond(one, other[np.newaxis], _BEYOND)[0])


def _register(keeper: Image, member: Image, zooms: tuple[float, ...]) -> tuple[Image, Image] | None:
    """Return the keeper as it lies upon the member, and where it does, (height, width), 0 elsewhere; None: nowhere."""
    height, width = member.shape[:2]
    if min(height, width) < 16:
        return None
    grey, other = (cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)) for image in (keeper, member))
    small = fit_into(grey, _REGISTERED)
    warp = _find_zoom(small, fit_into(other, _REGISTERED), zooms)
    if warp is None:
        return None
    for less, side in ((_REGISTERED, SIDE), (SIDE, FINE_SIDE)):
        if max(height, width) <= less:
            break
        large = fit_into(grey, side)
        across, down = large.shape[1] / small.shape[1], large.shape[0] / small.shape[0]
        warp = warp * np.array([[1, across / down, across], [down / across, 1, down]], np.float32)
        refined = _refine(large, fit_into(other, side), warp, _FEWER_STEPS)
        if refined is None and side == SIDE:
            return None
        # Where noise is all that is finer, the warp is as good as it gets.
        warp, small = refined[1] if refined else warp, large
    zooms, shears = (warp[0, 0], warp[1, 1]), (warp[0, 1], warp[1, 0])
    if min(zooms) < _LEAST_ZOOM or max(zooms) > _LARGEST_ZOOM or max(np.abs(shears)) > _SHEAR:
        return None
    size, inverse = (width, height), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(keeper, warp, size, flags=inverse, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(np.full((height, width), 255, np.uint8), warp, size, flags=inverse)
    if np.count_nonzero(cover) < _LEAST_COVER * cover.size:
        return None
    return cast(Image, laid), cast(Image, cv2.erode(cover, np.ones((5, 5), np.uint8)))


def _find_zoom(keeper: Image, member: Image, zooms: tuple[float, ...]) -> NDArray[np.float32] | None:
    """Return the affine warp, (2, 3), with which two small grey pictures correlate best; None where they hardly do."""
    height, width = member.shape
    best: tuple[float, NDArray[np.float32]] = (_LEAST_CORRELATION, np.empty((2, 3), np.float32))
    for zoom in zooms:
        start = np.array([[zoom, 0, width * (1 - zoom) / 2], [0, zoom, height * (1 - zoom) / 2]], np.float32)
        found = _refine(keeper, member, start, _STEPS if len(zooms) > 1 else _FEWER_STEPS)
        if found is not None and found[0] > best[0]:
            best = found
        if best[0] > _GOOD_CORRELATION:
            break
    return best[1] if best[0] > _LEAST_CORRELATION else None


def _refine(
    keeper: Image, member: Image, warp: NDArray[np.float32], steps: int
) -> tuple[float, NDArray[np.float32]] | None:
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, steps, 1e-5)
    mask = np.full(keeper.shape, 255, np.uint8)
    try:
        correlation, found = cv2.findTransformECC(member, keeper, warp.copy(), cv2.MOTION_AFFINE, criteria, mask, 5)
    except cv2.error:  # does not converge: they have nothing in common, or nothing to hold on to
        return None
    return float(correlation), np.asarray(found, np.float32)


def fit_into(image: Image, side: int) -> Image:
    """Return a picture, of any channels, made small where its longer side has more than `side` px."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    return _resize(image, max(round(width * scale), 1), max(round(height * scale), 1))


def _resize(image: Image, width: int, height: int) -> Image:
    if image.shape[1::-1] == (width, height):
        return image
    return cast(Image, cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA))
