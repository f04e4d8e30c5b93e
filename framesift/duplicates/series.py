"""What is remembered of the pictures of a camera, so that most pairs of them are told apart without another look.

Pictures of a fixed camera are alike all day, and each pair of them may have to be compared. Where two have differed
once, as at a clock or where somebody stands, others are likely to differ too: small windows at these places, and at
landmarks that tell whether two pictures lie upon each other, are kept of each of them. They only ever tell pictures
apart, and only those that a look at all of both would tell apart; the others are looked at.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.landmarks import Landmarks, Match, Sketch, follow, match
from framesift.comparators.likeness import FINE_LIMIT, FINE_NOISE, SIDE, View, fit_into
from framesift.comparators.window_bound import (
    Place,
    Plane,
    Values,
    Windows,
    bound_excess,
    measure_windows,
)
from framesift.comparators.worst_window import WINDOW, soften
from framesift.duplicates.groups import Item

MOST_SITES = 32
_MARGIN = 1.1
"""Times as much as may differ: what is only just beyond is left to a look at all."""
_REACH = WINDOW // 2 + 1
"""px of a window and one more, on each side of its middle."""
_AT_ONCE = 512
"""Pictures: what is computed of so many stays in the cache of a processor."""


class Plate(NamedTuple):
    """A picture softened, as luma and two colours, at the sizes at which it is compared."""

    small: Plane
    fine: Plane


class Scale(NamedTuple):
    """One of these sizes, and how much may differ there."""

    noise: float
    limit: float


SCALES = Scale(1.0, _MARGIN), Scale(FINE_NOISE, FINE_LIMIT * _MARGIN)


def make_plate(view: View) -> Plate | None:
    """Return the plate of a view; None of one that is not compared in this way."""
    if len(view.grounds) > 1 or view.noise != 1:
        return None
    fine = view.grounds[0]
    sizes = [fit_into(fine, SIDE), fine] if max(view.size) > SIDE else [fine]
    planes = [cast(Plane, cv2.cvtColor(soften(image), cv2.COLOR_BGR2YCrCb)) for image in sizes]
    return Plate(planes[0], planes[-1])


_WINDOW = np.dtype(
    [
        ("spread", np.float32),
        ("slope", np.float32),
        ("is_cut", np.bool_),
        ("red", np.float32),
        ("blue", np.float32),
        ("variety", np.float32),
        ("luma", np.float32, (WINDOW**2,)),
        ("is_known", np.bool_),
    ]
)
"""A window of one picture at one site, and whether that has been looked at."""


class Series:
    """Pictures in which the landmarks of a first one are looked for."""

    def __init__(self, landmarks: Landmarks, plate: Plate) -> None:
        self._landmarks = landmarks
        self._shape = plate.fine.shape
        self._sizes = tuple(max(plane.shape) / max(self._shape) for plane in plate)
        self._sites = list[tuple[int, Place]]()
        """Which of the sizes, and where."""
        self._hits = np.zeros(MOST_SITES, np.int64)
        """How many pairs each site has told apart."""
        self._rows = dict[str, int]()
        self._open = np.zeros(0, np.bool_)
        """Whether the picture of a row is still to be compared with others."""
        self._paths: Values = np.zeros((0, 4, 2), np.float32)
        """px by which each quarter of a picture lies elsewhere than in the first one, by way of others like it."""
        self._trust: Values = np.zeros(0, np.float32)
        """How much alike the picture is beside which it was found; 0 where there is none."""
        marks = len(landmarks.places)
        shapes = ("shapes", np.float32, (marks, WINDOW**2))
        self._sketches = np.zeros(0, [shapes, ("spreads", np.float32, (marks,)), ("level", np.float32)])
        self._windows = np.zeros((0, MOST_SITES), _WINDOW)

    def __len__(self) -> int:
        return len(self._rows)

    def has(self, item: Item) -> bool:
        """Tell whether it is known where a picture lies beside the first one."""
        row = self._rows.get(item.path)
        return row is not None and bool(self._trust[row] > 0)

    def fits(self, plate: Plate) -> bool:
        """Tell whether a picture lies upon the first one."""
        if plate.fine.shape != self._shape:
            return False
        shapes, spreads, level = self._landmarks.draw(plate.fine)
        sketch = Sketch(shapes[np.newaxis], spreads[np.newaxis], level[np.newaxis])
        return bool(match(self._landmarks, self._take_sketches(0), sketch).lies_upon[0])

    def add(self, item: Item, plate: Plate) -> None:
        """Remember a picture, and what it shows at the sites that have become known since it was seen."""
        row = self._rows.get(item.path)
        if row is None:
            row = self._rows[item.path] = len(self._rows)
            self._grow()
            self._open[row] = True
            self._trust[row] = 0 if row else np.inf
            self._sketches[row] = tuple(self._landmarks.draw(plate.fine))
        for site in np.flatnonzero(~self._windows["is_known"][row, : len(self._sites)]):
            scale, (y, x) = self._sites[site]
            windows, luma = measure_windows(plate[scale][y - _REACH : y + _REACH + 1, x - _REACH : x + _REACH + 1])
            self._windows[row, site] = (*windows, luma, True)

    def close(self, item: Item) -> None:
        """Leave a picture out of what is compared with later keepers."""
        if (row := self._rows.get(item.path)) is not None:
            self._open[row] = False

    def tell_apart(self, keeper: Item) -> Iterator[str]:
        """Yield the paths of the pictures that differ from a remembered one."""
        paths, own = list(self._rows), self._rows[keeper.path]
        rows = np.flatnonzero(self._open[: len(paths)])
        for part in (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)):
            yield from (paths[row] for row in part[self._differ(own, part)[0]])

    def compare(self, keeper: Item, member: Item) -> tuple[bool, Match]:
        """Tell of two remembered pictures whether they differ at a known site, and what landmarks say of them."""
        row = np.array([self._rows[member.path]])
        differ, found = self._differ(self._rows[keeper.path], row)
        return bool(differ[0]), found

    def learn(self, scale: int, place: Place, of: dict[Item, Plate]) -> None:
        """Remember a site at which two pictures differ; the one that has told least apart is forgotten for it."""
        if (scale, place) in self._sites:
            return
        if len(self._sites) < MOST_SITES:
            site = len(self._sites)
            self._sites.append((scale, place))
        else:
            site = int(self._hits.argmin())
            self._sites[site] = scale, place
        self._hits[site], self._windows["is_known"][:, site] = self._hits.max() // 2, False
        for item, plate in of.items():
            self.add(item, plate)

    def _differ(self, keeper: int, rows: NDArray[np.intp]) -> tuple[NDArray[np.bool_], Match]:
        """Return which rows lie upon the keeper and differ at a site, and what landmarks say of them."""
        found = self._place(keeper, rows)
        differ = np.zeros(len(rows), np.bool_)
        upon, sites = np.flatnonzero(found.lies_upon), np.flatnonzero(self._windows["is_known"][keeper])
        if len(upon) and len(sites):
            own, others = self._windows[keeper, sites], self._windows[np.ix_(rows[upon], sites)]
            covariance = np.einsum("nsp,sp->ns", others["luma"], own["luma"]) / WINDOW**2
            scales = [self._sites[site][0] for site in sites]
            noise, limit = np.array([SCALES[each] for each in scales], np.float32).T
            shift = found.shift[upon, np.newaxis] * np.array([self._sizes[each] for each in scales], np.float32)
            gains = found.gains.take(upon[:, np.newaxis])
            squares = bound_excess(_as_windows(own), _as_windows(others), covariance, gains, shift, noise)
            beyond = (squares > limit * limit) & others["is_known"]
            self._hits[sites] += beyond.sum(axis=0)
            differ[upon] = beyond.any(axis=1)
        return differ, found

    def _place(self, keeper: int, rows: NDArray[np.intp]) -> Match:
        """Match pictures with a keeper: by themselves, or else by way of others that lie upon both."""
        found = match(self._landmarks, self._take_sketches(keeper), self._take_sketches(rows))
        if not self._trust[keeper]:
            return found
        better = found.lies_upon & (found.likeness > self._trust[rows])
        self._paths[rows[better]] = self._paths[keeper] + found.paths[better]
        self._trust[rows[better]] = found.likeness[better]
        near, shift = follow(self._paths[rows] - self._paths[keeper])
        by_others = near & (self._trust[rows] > 0) & ~found.lies_upon
        shift = np.where(by_others, shift, found.shift)
        return found._replace(lies_upon=found.lies_upon | by_others, shift=shift, gains=found.gains.widen(by_others))

    def _take_sketches(self, rows: int | NDArray[np.intp]) -> Sketch:
        return Sketch(*(self._sketches[name][rows] for name in ("shapes", "spreads", "level")))

    def _grow(self) -> None:
        if len(self._rows) <= len(self._open):
            return
        more = max(len(self._open), 16)
        self._open, self._trust = _lengthen(self._open, more), _lengthen(self._trust, more)
        self._paths, self._sketches = _lengthen(self._paths, more), _lengthen(self._sketches, more)
        self._windows = _lengthen(self._windows, more)


def _lengthen(rows: NDArray[Any], more: int) -> NDArray[Any]:
    return np.concatenate([rows, np.zeros((more, *rows.shape[1:]), rows.dtype)])


def _as_windows(rows: NDArray[Any]) -> Windows:
    return Windows(rows["spread"], rows["slope"], rows["is_cut"], rows["red"], rows["blue"], rows["variety"])
