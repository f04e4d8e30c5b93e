"""How one picture lies in another: a scale and a shift for each axis on which features of many frames agree.

Features: D. G. Lowe, "Distinctive image features from scale-invariant keypoints", 2004. Agreement: M. A. Fischler,
R. C. Bolles, "Random sample consensus", 1981.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.videos import Image

SIDE = 512
"""px of the longer side at which features are looked for."""
_FEATURES, _RATIO = 800, 0.8
_GUESSES, _LEAST_APART = 1000, 0.08
_LEAST_INLIERS, _LEAST_SHARE = 16, 0.25
"""Features that agree, and those of all that were matched."""
_SCALES = 0.2, 4.0

Scales = NDArray[np.float64]
"""(2, 2): scale and shift, across and down, from places in the member to those in the keeper; shares of the sides."""


class Fit(NamedTuple):
    """What features agree on."""

    scales: Scales
    share: float
    """Of the features that were matched, those that agree."""


def fit_matches(matches: list[NDArray[np.float64]], tolerances: tuple[float, ...]) -> Fit | None:
    """Return the one that the features of all moments agree on, more and more closely."""
    places, moments = np.concatenate(matches), np.repeat(np.arange(len(matches)), [len(each) for each in matches])
    if len(places) < _LEAST_INLIERS:
        return None
    guess, share = _guess(places, moments, tolerances[0]), 0.0
    for tolerance in tolerances:
        if guess is None:
            return None
        inliers = places[_agree(guess, places, tolerance)]
        share = len(inliers) / len(places)
        if len(inliers) < max(_LEAST_INLIERS, _LEAST_SHARE * len(places)):
            return None
        guess = np.array([np.polyfit(inliers[:, axis], inliers[:, 2 + axis], 1) for axis in range(2)])
    return None if guess is None else Fit(guess, share)


Features = tuple[NDArray[np.float64], NDArray[np.float32]]
"""Places, (n, 2) in shares of the sides, and what is there, (n, 128)."""


def match_features(keeper: Features, member: Features) -> NDArray[np.float64]:
    """Return places, (n, 4), across and down in the member and then in the keeper, of features that are alike."""
    (places, features), (others, other_features) = keeper, member
    if len(places) < 2 or len(others) < 2:
        return np.empty((0, 4))
    found = cv2.BFMatcher(cv2.NORM_L2).knnMatch(other_features, features, k=2)
    good = [best for best, second in found if best.distance < _RATIO * second.distance]
    return np.array([[*others[each.queryIdx], *places[each.trainIdx]] for each in good]).reshape(-1, 4)


def find_features(image: Image) -> Features:
    """Return those of a frame, at most `SIDE` px wide and high."""
    height, width = image.shape[:2]
    scale = min(SIDE / max(height, width), 1)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    points, features = cv2.SIFT.create(_FEATURES).detectAndCompute(small, None)
    if features is None:
        return np.empty((0, 2)), np.empty((0, 128), np.float32)
    places = (np.array([point.pt for point in points]) + 0.5) / (small.shape[1], small.shape[0])
    return places, np.asarray(features, np.float32)


def _guess(places: NDArray[np.float64], moments: NDArray[np.intp], tolerance: float) -> Scales | None:
    """Return the fit through two features of one moment with which most others agree."""
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, len(places), (2, _GUESSES))
    apart = np.abs(places[one, :2] - places[other, :2]).min(axis=1) >= _LEAST_APART
    one, other = (each[apart & (moments[one] == moments[other])] for each in (one, other))
    scales = (places[one, 2:] - places[other, 2:]) / (places[one, :2] - places[other, :2])
    likely = ((scales >= _SCALES[0]) & (scales <= _SCALES[1])).all(axis=1)
    scales, one = scales[likely], one[likely]
    shifts = places[one, 2:] - scales * places[one, :2]
    guesses = np.stack([scales, shifts], axis=2)
    counts = [int(_agree(guess, places, tolerance).sum()) for guess in guesses]
    return np.asarray(guesses[int(np.argmax(counts))]) if counts else None


def _agree(fit: Scales, places: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    missed = np.abs(places[:, :2] * fit[:, 0] + fit[:, 1] - places[:, 2:])
    return np.asarray(missed.max(axis=1) <= tolerance)
