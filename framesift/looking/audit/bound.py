"""From what was found in a sample to what can be in the whole."""

from math import exp, lgamma

CONFIDENCE = 0.95


def bound_lost(found: int, drawn: int, population: int, confidence: float = CONFIDENCE) -> int:
    """Return how many of `population` frames can be lost at most, when `found` of `drawn` are.

    The exact one-sided upper bound of Clopper and Pearson (Biometrika 26, 1934) for drawing without replacement: the
    largest number for which finding so few is more likely than 1 - confidence. It is too low in at most that share of
    all draws, whatever the truth is, and never above the binomial bound. `found` <= `drawn` <= `population`.
    """
    possible, impossible = found, population - (drawn - found) + 1
    while impossible - possible > 1:
        lost = (possible + impossible) // 2
        if chance_of_at_most(found, drawn, lost, population) > 1 - confidence:
            possible = lost
        else:
            impossible = lost
    return possible


def chance_of_at_most(found: int, drawn: int, lost: int, population: int) -> float:
    """Return the chance that `drawn` of `population` frames hold at most `found` of the `lost` ones."""
    everything = _log_choose(population, drawn)
    counts = range(max(0, drawn - (population - lost)), min(found, lost, drawn) + 1)
    ways = (_log_choose(lost, n) + _log_choose(population - lost, drawn - n) for n in counts)
    return min(sum(exp(way - everything) for way in ways), 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
