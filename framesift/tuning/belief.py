"""From answers to a setting: Bayesian decisions over the plausible settings.

A person who says whether a frame shows something new is taken to think about as one of the settings does. Where the
score is far from that setting's threshold they agree but for one answer in ten, by mistake or because no setting sees
what people see; near the threshold either answer is likely. Each setting has a weight: how likely it is the one. What
a setting costs is known for each that may be the one, from walks with all of them over the same frames: the frames that
it would miss, and those that it would keep for nothing.
"""

import numpy as np
from numpy.typing import NDArray

from framesift.tuning.grid import Grid, Setting

WRONG_ANSWERS = 0.1
"""The share of answers that are not those of the right setting, however clear the case."""
SOFTNESS = 0.3
"""How far from a threshold answers are still mixed: the scale of a logistic curve over log2 of score / threshold."""
MISS_COST = 10.0
"""What a missed frame costs, in frames kept for nothing."""
SPREAD = 1.5
"""How far thresholds lie from the default before anybody is asked: the standard deviation of log2 of their ratio."""
TRUST_ELSEWHERE = 0.5
"""What an answer counts where there are several cameras: it says less about the others. A power of its chances."""
_LEAST_PX = 1e-6
"""px: in place of nothing, which has no logarithm."""
_TIE = 1e-9

Weights = NDArray[np.float64]
"""(plausible settings,), of sum 1."""
Chances = NDArray[np.float64]
"""(..., plausible settings), how likely the answer yes is if a setting is the right one."""


def weigh_settings(grid: Grid) -> Weights:
    """Return the weights without answers: a normal distribution around the default, on a logarithmic scale."""
    default = grid.settings[grid.default]
    distances = [_distance(setting, default) for setting in grid.settings[: grid.plausible]]
    weights = np.exp(-np.square(distances) / (2 * SPREAD**2))
    return np.asarray(weights / weights.sum(), np.float64)


def _distance(one: Setting, other: Setting) -> float:
    area = np.log2(float(one.min_contour_area.value / other.min_contour_area.value))
    score = np.log2(float(one.score_threshold.value / other.score_threshold.value))
    return float(np.hypot(area, score))


def expect_answers(scores: NDArray[np.float64], limits: NDArray[np.float64]) -> Chances:
    """Return the chances that follow from the scores and the thresholds of each plausible setting, in px."""
    ratios = np.clip(scores, _LEAST_PX, None) / np.clip(limits, _LEAST_PX, None)
    above = 1 / (1 + np.exp(-np.log2(ratios) / SOFTNESS))
    return np.asarray(WRONG_ANSWERS + (1 - 2 * WRONG_ANSWERS) * above, np.float64)


def learn(weights: Weights, chances: Chances, new: bool, trust: float = 1) -> Weights:
    """Return the weights after an answer about a pair of these chances, which counts as much as `trust` says."""
    learnt = weights * (chances if new else 1 - chances) ** trust
    return np.asarray(learnt / learnt.sum(), np.float64)


def expect_costs(weights: Weights, losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each setting is expected to cost.

    `losses`: (settings, plausible settings), what the one costs where the other is the right one.
    """
    return np.asarray(losses @ weights, np.float64)


def choose_question(weights: Weights, chances: Chances, losses: NDArray[np.float64], trust: float = 1) -> int:
    """Return the row of `chances`, (pairs, plausible settings), that is worth asking about most.

    That is the one after whose answer the best setting is expected to cost least (the value of information); among
    equals the one whose answer is the least certain.
    """
    after = [weights * likely**trust for likely in (chances, 1 - chances)]
    costs = sum((learnt @ losses.T).min(axis=1) for learnt in after) / (after[0] + after[1]).sum(axis=1)
    return int(np.argmin(costs + _TIE * np.abs(chances @ weights - 0.5)))
