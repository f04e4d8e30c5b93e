"""The pairs of thresholds that are tried, and what each says of two frames that have been compared once."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.thresholds import Threshold

_AREAS = ("0.02", "0.05", "0.1", "0.2", "0.35", "0.5", "0.75", "1", "1.5", "2", "3")
AREAS = tuple(Threshold.parse(f"{percent}%") for percent in _AREAS)
SCORES = (*AREAS, *map(Threshold.parse, ("4%", "6%", "8%")))
"""Plausible thresholds, about evenly spaced on a logarithmic scale. The defaults of every method are among them."""
Verdicts = NDArray[np.bool_]
"""For each setting whether it keeps a frame, (settings,)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A pair of thresholds."""

    min_contour_area: Threshold
    score_threshold: Threshold

    def __str__(self) -> str:
        return f"{self.min_contour_area} {self.score_threshold}"


class Grid:
    """The settings that are tried: first the plausible ones, then those that only show what the given ones do."""

    def __init__(self, default: Setting, given: Setting) -> None:
        plausible = [Setting(area, score) for area in AREAS for score in SCORES if score.value >= area.value]
        self.plausible = len(plausible)
        """How many of the settings, from the first on, can be advised. A score threshold below the minimum area is not
        among them: it would decide as one that equals it."""
        row = [Setting(given.min_contour_area, score) for score in SCORES]
        column = [Setting(area, given.score_threshold) for area in AREAS]
        self.settings = tuple(dict.fromkeys([*plausible, *row, *column, given]))
        self.default = self.settings.index(default)
        self.given = self.settings.index(given)

    @property
    def least_area(self) -> Threshold:
        """The smallest `min_contour_area` that is tried, or nothing where shares and px cannot be put into an order."""
        areas = {setting.min_contour_area for setting in self.settings}
        if not all(area.relative for area in areas):
            return Threshold(Fraction(0))
        return min(areas, key=lambda area: area.value)

    def index(self, min_contour_area: Threshold, score_threshold: Threshold) -> int:
        """Return the place of a setting. Raises ValueError where it is not tried."""
        return self.settings.index(Setting(min_contour_area, score_threshold))

    def score(self, measures: NDArray[np.float64], compared_area: int) -> NDArray[np.float64]:
        """Return the score in px that each setting gives two frames, (settings,).

        `measures` are area and reach of the regions that changed, (n, 2), as a comparator with `least_area` returns.
        """
        areas, places, _ = self._px(compared_area)
        counts = measures[:, 1:] >= areas
        return np.asarray((measures[:, 0] @ counts)[places], np.float64)

    def limits(self, compared_area: int) -> NDArray[np.float64]:
        """Return the score threshold of each setting in px, (settings,)."""
        return self._px(compared_area)[2]

    @lru_cache(maxsize=64)  # noqa: B019 - as many as a camera has sizes of frames, and the grid lives as long as a sweep
    def _px(self, compared_area: int) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
        areas = [setting.min_contour_area.px(compared_area) for setting in self.settings]
        limits = [setting.score_threshold.px(compared_area) for setting in self.settings]
        distinct, places = np.unique(areas, return_inverse=True)
        return distinct, places, np.array(limits)
