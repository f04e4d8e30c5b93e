"""Whether two pictures of a fixed camera lie upon each other, told from corners all over them, of hundreds at once.

Where these are at the same places in both, no registration would make more of the two than they are; and what light
does to them says what it may do to the rest.

How far a corner has moved: B. D. Lucas, T. Kanade, "An iterative image registration technique", 1981.
"""

from dataclasses import dataclass
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.lighting import LARGEST_GAIN, LEAST_GAIN
from framesift.comparators.window_bound import RIM, Gains, Place, Plane, Truths, Values
from framesift.comparators.worst_window import WINDOW

_LEAST = np.float32(1e-3)
_ROWS, _COLUMNS = 4, 6
"""A landmark is looked for in each of so many parts of a picture."""
_CORNER = 4e-4
"""Least eigenvalue (`cv2.cornerMinEigenVal`) of a corner that can be told from noise."""
_SEEN = 0.8
"""Correlation of a landmark with itself in another picture."""
_DOUBT = 0.02
"""What is not alike even in the same landmark: the more there is of it, the less it tells where that lies."""
_FEWEST, _SHARE, _QUARTERS = 6, 0.35, 3
"""Landmarks that have to be seen in both, their share of all, and the quarters of a picture in which they are seen:
three places tell where all of it lies."""
_MOVED = 0.6
"""px, the most by which those of a quarter may be elsewhere, on average, in two pictures that lie upon each other."""
_STRAY, _STRAYED, _MOST_STRAYS = 0.7, 0.5, 0.5
"""Correlation of a landmark that may have moved, px by which one has, and how many such there may be for each one that
is seen: in a crop those in the middle stay where they are.
"""
_FARTHEST, _MISSED, _LOST = 3.0, 0.05, 0.3
"""By how much more its corner may have moved, as a crop moves it, and px that are not told of a pair, and on a way from
one to the other by way of others.
"""
_SLACK = 0.03
"""Of a gain: landmarks tell it as well as encoding lets them."""
_LIT, _RELIT = 0.04, 0.08
"""Change of the mean level, and of the contrast of landmarks, that are a change of light."""


class Sketch(NamedTuple):
    """The landmarks of one picture, or of many of one camera."""

    shapes: Values
    """(..., landmarks, 49): luma with the mean 0 and the variance 1."""
    spreads: Values
    """(..., landmarks): by what that was divided."""
    level: Values
    """(...): the mean luma of all of the picture."""


class Match(NamedTuple):
    """What landmarks say of a keeper and members, (n,)."""

    likeness: Values
    """Mean correlation of the landmarks, 0 of those that are not seen in both."""
    lies_upon: Truths
    shift: Values
    """px by which anything of the keeper lies elsewhere in a member that lies upon it, at most."""
    gains: Gains
    paths: Values
    """(n, 4, 2): px down and to the right by which each quarter lies elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Where the landmarks of a camera are."""

    places: tuple[Place, ...]
    quarters: NDArray[np.float32]
    """(4, landmarks): 1 for those in each quarter of the picture."""

    @property
    def are_enough(self) -> bool:
        """Whether they can tell that two pictures lie upon each other."""
        return len(self.places) >= _FEWEST and bool(self.quarters.any(axis=1).sum() >= _QUARTERS)

    def draw(self, plane: Plane) -> Sketch:
        """Return the sketch of a picture."""
        luma, reach = plane[..., 0], WINDOW // 2
        cuts = [luma[y - reach : y + reach + 1, x - reach : x + reach + 1].ravel() for y, x in self.places]
        shapes = np.array(cuts, np.float32)
        shapes -= shapes.mean(axis=-1, keepdims=True)
        spreads = np.maximum(shapes.std(axis=-1), _LEAST)
        return Sketch(shapes / spreads[:, np.newaxis], spreads, np.asarray(luma.mean(), np.float32))


def find_landmarks(plane: Plane) -> Landmarks:
    """Return the landmarks of a picture: the best corner in each part of it that has any."""
    luma = plane[..., 0]
    height, width = luma.shape
    corners = cv2.cornerMinEigenVal(luma, WINDOW)
    places, quarters = list[Place](), list[int]()
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            top, left = max(row * height // _ROWS, RIM), max(column * width // _COLUMNS, RIM)
            bottom = min((row + 1) * height // _ROWS, height - RIM)
            part = corners[top:bottom, left : min((column + 1) * width // _COLUMNS, width - RIM)]
            if part.size and part.max() >= _CORNER:
                y, x = np.unravel_index(int(part.argmax()), part.shape)
                places.append((top + int(y), left + int(x)))
                quarters.append(2 * (row >= _ROWS // 2) + (column >= _COLUMNS // 2))
    return Landmarks(tuple(places), np.eye(4, dtype=np.float32)[:, quarters])


def match(landmarks: Landmarks, keeper: Sketch, members: Sketch) -> Match:
    """Tell of which members the landmarks are where those of the keeper are, and what light does to them."""
    alike = np.einsum("nlp,lp->nl", members.shapes, keeper.shapes) / WINDOW**2
    is_seen = alike >= _SEEN
    moves = _find_moves(keeper.shapes, members.shapes)
    weights: Values = (is_seen / (1 + _DOUBT - alike)).astype(np.float32)
    totals = np.maximum(weights @ landmarks.quarters.T, _LEAST)
    lengths = np.sqrt((moves * moves).sum(axis=-1))
    strays = ((alike >= _STRAY) & (lengths > _STRAYED)).sum(axis=1)
    lengths = weights * lengths @ landmarks.quarters.T / totals
    has_any = totals > _LEAST
    moved = np.sort(np.where(has_any, lengths, np.inf), axis=1)[:, _QUARTERS - 1]
    seen = is_seen.sum(axis=1)
    are_many = (seen >= _FEWEST) & (seen >= _SHARE * len(landmarks.places)) & (strays <= _MOST_STRAYS * seen)
    lies_upon = are_many & (moved <= _MOVED)
    shift: Values = np.float32(_FARTHEST) * np.where(lies_upon, moved, np.float32(0)) + np.float32(_MISSED)
    sums = np.einsum("nl,nlj,ql->nqj", weights, moves, landmarks.quarters)
    whole = sums.sum(axis=1) / totals.sum(axis=1, keepdims=True)
    paths: Values = np.where(has_any[..., np.newaxis], sums / totals[..., np.newaxis], whole[:, np.newaxis])
    likeness: Values = np.where(is_seen, alike, np.float32(0)).mean(axis=1)
    return Match(likeness, lies_upon, shift, _find_gains(keeper, members, is_seen), paths)


def follow(paths: Values) -> tuple[Truths, Values]:
    """Tell which pictures lie upon each other whose quarters have moved by `paths`, (n, 4, 2) px, from one to others
    and on; and by how much anything may lie elsewhere, as in `Match`.
    """
    moved = np.sqrt((paths * paths).sum(axis=-1)).max(axis=-1)
    return moved <= _MOVED, _FARTHEST * moved + _LOST


def _find_moves(keeper: Values, members: Values) -> Values:
    """Return by how many px down and to the right each landmark lies elsewhere in each member, (n, landmarks, 2)."""
    patches = keeper.reshape(len(keeper), WINDOW, WINDOW)
    slopes = np.stack([np.gradient(patches, axis=axis) for axis in (1, 2)], axis=-1).reshape(len(keeper), -1, 2)
    products = np.einsum("lpi,lpj->lij", slopes, slopes) + _LEAST * np.eye(2, dtype=np.float32)
    towards = np.einsum("lpi,lij->lpj", slopes, np.linalg.inv(products))
    moves = np.einsum("lp,lpj->lj", keeper, towards) - np.einsum("nlp,lpj->nlj", members, towards)
    return cast(Values, moves)


def _find_gains(keeper: Sketch, members: Sketch, is_seen: Truths) -> Gains:
    """Return the gains of all lights that may be fitted to the pictures: that of the landmarks, that of the mean level,
    and none.
    """
    count = np.maximum(is_seen.sum(axis=1), 1)
    ratios = np.where(is_seen, members.spreads / keeper.spreads, 0)
    mean = ratios.sum(axis=1) / count
    deviation = np.sqrt(np.maximum((ratios * ratios).sum(axis=1) / count - mean * mean, 0))
    level = members.level / np.maximum(keeper.level, 1)
    least = np.minimum(np.minimum(mean - 2 * deviation, level), 1) - _SLACK
    most = np.maximum(np.maximum(mean + 2 * deviation, level), 1) + _SLACK
    is_lit = (np.abs(level - 1) > _LIT) | (np.abs(mean - 1) > _RELIT)
    return Gains(np.clip(least, LEAST_GAIN, LARGEST_GAIN), np.clip(most, LEAST_GAIN, LARGEST_GAIN), is_lit)
