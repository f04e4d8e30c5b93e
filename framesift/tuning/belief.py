"""From answers to a setting: Bayesian decisions over the plausible settings.

A person who says whether a frame shows something new is taken to think about as one of the settings does: where the
score is far from that setting's threshold they agree, near it either answer is likely. Each setting has a weight: how
likely it is the one. But new and not new overlap: pairs of one kind may show what no threshold would have them show, as
where a chair is moved before a camera that shakes. So an answer speaks for the pairs of its kind besides, and what a
setting costs is counted over all kinds, each by the frames that it decides: those that the setting would miss, and
those that it would keep for nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framesift.tuning.grid import Grid, Setting

LAPSE = 0.02
"""The share of pairs that are not what the right setting says of them, however clear the case."""
WRONG_ANSWERS = 0.1
"""The share of answers that are wrong, or not those that most pairs of the kind would get."""
SOFTNESS = 1.0
"""How far from a threshold answers are still mixed: the scale of a logistic curve over log2 of score / threshold."""
MISS_COST = 5.0
"""What a missed frame costs, in frames kept for nothing."""
SPREAD = 1.5
"""How far thresholds lie from the default before anybody is asked: the standard deviation of log2 of their ratio."""
CAUTION = 0.01
"""What it costs to leave the default, in frames kept for nothing for each frame and doubling: of what the frames of
tomorrow show, nobody has been asked."""
TRUST_ELSEWHERE = 0.5
"""What an answer counts where there are several cameras: it says less about the others. A power of its chances."""
_LEAST_PX = 1e-6
"""px: in place of nothing, which has no logarithm."""
_TIE = 1e-9

Numbers = NDArray[np.float64]
Weights = NDArray[np.float64]
"""(plausible settings,), of sum 1."""
Chances = NDArray[np.float64]
"""(..., plausible settings), how likely there is something new if a setting is the right one."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What the plausible settings cost, by what the kinds of pairs show that they disagree about."""

    chances: Chances
    """Of each kind, (kinds, plausible settings)."""
    fixed: Numbers
    """What each setting costs if no kind shows anything new, (plausible settings,)."""
    rises: Numbers
    """What each costs more if a kind does, (kinds, plausible settings)."""

    @classmethod
    def count(cls, chances: Chances, frames: NDArray[np.int64], leaving: Numbers) -> "Stakes":
        """Return what is at stake where each setting decides so many `frames` by each kind, as many as chances.

        `leaving`: what it costs to leave the default, (plausible settings,).
        """
        kept = chances > 0.5
        return cls(chances, leaving + (kept * frames).sum(axis=0), np.where(kept, -1, MISS_COST) * frames)


def weigh_settings(grid: Grid) -> Weights:
    """Return the weights without answers: a normal distribution around the default, on a logarithmic scale."""
    weights = np.exp(-np.square(measure_distances(grid)) / (2 * SPREAD**2))
    return np.asarray(weights / weights.sum(), np.float64)


def measure_distances(grid: Grid) -> Numbers:
    """Return how far each plausible setting lies from the default, in doublings."""
    return np.array([_distance(setting, grid.settings[grid.default]) for setting in grid.settings[: grid.plausible]])


def _distance(one: Setting, other: Setting) -> float:
    area = np.log2(float(one.min_contour_area.value / other.min_contour_area.value))
    score = np.log2(float(one.score_threshold.value / other.score_threshold.value))
    return float(np.hypot(area, score))


def expect_answers(scores: Numbers, limits: Numbers) -> Chances:
    """Return the chances that follow from the scores and the thresholds of each plausible setting, in px."""
    ratios = np.clip(scores, _LEAST_PX, None) / np.clip(limits, _LEAST_PX, None)
    above = 1 / (1 + np.exp(-np.log2(ratios) / SOFTNESS))
    return np.asarray(LAPSE + (1 - 2 * LAPSE) * above, np.float64)


def learn(weights: Weights, chances: Chances, new: bool, trust: float = 1) -> Weights:
    """Return the weights after an answer about pairs of these chances, which counts as much as `trust` says.

    Each row of `chances` gives a row of weights.
    """
    likely = chances if new else 1 - chances
    learnt = weights * (WRONG_ANSWERS + (1 - 2 * WRONG_ANSWERS) * likely) ** trust
    return np.asarray(learnt / learnt.sum(axis=-1, keepdims=True), np.float64)


def believe(chances: Chances, new: bool, trust: float = 1) -> Chances:
    """Return the chances of the pairs of a kind after an answer about one of them."""
    right = (1 / WRONG_ANSWERS - 1) ** (trust if new else -trust)
    return np.asarray(chances * right / (chances * right + 1 - chances), np.float64)


def expect_costs(weights: Weights, stakes: Stakes) -> Numbers:
    """Return what each plausible setting is expected to cost, in frames kept for nothing, (plausible settings,)."""
    return np.asarray(stakes.fixed + (stakes.chances @ weights) @ stakes.rises, np.float64)


def choose_question(weights: Weights, stakes: Stakes, places: NDArray[np.intp], trust: float = 1) -> int:
    """Return which of the kinds at these `places` is worth asking about most.

    That is the one after whose answer the best setting is expected to cost least (the value of information); among
    equals the one whose answer is the least certain.
    """
    chances, odds = stakes.chances[places], stakes.chances[places] @ weights
    rises = stakes.chances.T @ stakes.rises
    costs = _TIE * np.abs(odds - 0.5)
    for new, likely in ((True, odds), (False, 1 - odds)):
        after = learn(weights, chances, new, trust)
        surprise = (after * (believe(chances, new, trust) - chances)).sum(axis=1)
        costs += likely * (stakes.fixed + after @ rises + surprise[:, None] * stakes.rises[places]).min(axis=1)
    return int(places[np.argmin(costs)])
