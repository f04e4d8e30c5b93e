"""From answers to a setting: Bayesian decisions over the plausible settings.

A person who says whether a frame shows something new is taken to think as one of the settings does, and to differ from
it in one answer of ten, by mistake or because no setting sees what people see. Each setting has a weight: how likely it
is the one. What a setting costs is then known for each that may be the one, from walks with all of them over the same
frames: the frames that it would miss, and those that it would keep for nothing.
"""

import numpy as np
from numpy.typing import NDArray

from framesift.tuning.grid import Grid, Setting, Verdicts

WRONG_ANSWERS = 0.1
"""The share of answers that do not agree with the setting that is the right one."""
MISS_COST = 10.0
"""What a missed frame costs, in frames kept for nothing."""
SPREAD = 1.0
"""How far thresholds lie from the default before anybody is asked: the standard deviation of log2 of their ratio."""
_TIE = 1e-9

Weights = NDArray[np.float64]
"""(plausible settings,), of sum 1."""


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


def learn(weights: Weights, verdicts: Verdicts, new: bool) -> Weights:
    """Return the weights after an answer about a pair of which each setting says `verdicts`, (plausible settings,)."""
    learnt = weights * np.where(verdicts == new, 1 - WRONG_ANSWERS, WRONG_ANSWERS)
    return np.asarray(learnt / learnt.sum(), np.float64)


def expect_costs(weights: Weights, losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each setting is expected to cost.

    `losses`: (settings, plausible settings), what the one costs where the other is the right one.
    """
    return np.asarray(losses @ weights, np.float64)


def choose_question(weights: Weights, verdicts: NDArray[np.bool_], losses: NDArray[np.float64]) -> int:
    """Return the row of `verdicts`, (pairs, plausible settings), that is worth asking about most.

    That is the one after whose answer the best setting is expected to cost least (the value of information); among
    equals the one about which the settings, by their weights, disagree most.
    """
    likely = np.where(verdicts, 1 - WRONG_ANSWERS, WRONG_ANSWERS) * weights
    costs = (likely @ losses.T).min(axis=1) + ((weights - likely) @ losses.T).min(axis=1)
    undecided = np.abs(verdicts @ weights - 0.5)
    return int(np.argmin(costs + _TIE * undecided))
