"""Numbers only: a descriptor is the number of a frame, a score the distance of two levels, the compared area 100 px."""

from array import array
from fractions import Fraction
from itertools import accumulate, islice, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.thresholds import Threshold
from framesift.filtering.budgets.spans import Spans
from framesift.filtering.budgets.staircase import Staircase, round_up
from framesift.filtering.budgets.weighing import Weighing
from framesift.filtering.selection import Observation, Reference, Verdict, select_frames
from framesift.filtering.spacing import ANY_SPACING, Spacing
from framesift.frames.frame import Frame

LEVELS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ab")), max_size=8)
SPACINGS = st.sampled_from([ANY_SPACING, Spacing(shortest=3), Spacing(longest=6), Spacing(2, 9)])
GRID = list(islice(accumulate(repeat(Fraction(1)), lambda last, _: round_up(last * Fraction(1001, 1000))), 80))
"""The thresholds from 1 px on."""
OLD = 7
"""The level of a frame that was kept four frames before the first."""


def observe(levels):
    """Frames by their numbers, as a budget knows them."""
    return [
        Observation(Frame(f"{n}.png", "c1", None, float(n)), (10, 10), n, chain) for n, (_, chain) in enumerate(levels)
    ]


def rule_of(levels, threshold=None, least=0, against=1, most=None, spacing=ANY_SPACING):
    """A compared area of 100 px: a share of 1% is 1 px."""
    level = {-4: OLD, **{n: level for n, (level, _) in enumerate(levels)}}
    asked = None if threshold is None else Threshold(Fraction(threshold), relative=True)
    return Weighing(
        lambda before, after: float(abs(level[before] - level[after])),
        lambda _: float(least),
        against,
        lambda before, after: min(1.0, abs(level[before] - level[after]) / 12),
        most,
        spacing,
        array("q", [100] * len(levels)),
        asked,
    )


def walk_all(levels, allowed, lowest=0, known=None, **how):
    staircase = Staircase(allowed, Fraction(lowest))
    spans = Spans(rule_of(levels, **how), staircase, known or {})
    for seen in observe(levels):
        spans.step(seen)
    return staircase


def decide(levels, threshold, known=None, **how):
    return [d for _, d in select_frames(observe(levels), rule_of(levels, threshold, **how), dict(known or {}))]


def count_kept(levels, threshold, known=None, **how):
    return sum(decision.verdict is Verdict.KEEP for decision in decide(levels, threshold, known, **how))


@settings(deadline=None)
@given(
    LEVELS,
    st.integers(0, 8),
    st.sampled_from([0, *GRID[10:40:15]]),
    st.integers(0, 5),
    st.integers(1, 3),
    st.sampled_from([None, 0.4, 0.8]),
    SPACINGS,
)
def test_it_is_the_lowest_of_all_thresholds_that_keeps_so_few(levels, allowed, lowest, least, against, most, spacing):
    how = {"least": least, "against": against, "most": most, "spacing": spacing}
    known = {"a": (Reference("old.png", -4, moment=-4.0),)}
    staircase = walk_all(levels, allowed, lowest, known, **how)
    asked = [lowest, *(each for each in GRID if each > lowest)]
    plain = next((each for each in asked if count_kept(levels, each, known, **how) <= allowed), None)
    if plain is None:
        assert staircase.lowest is None
        assert staircase.choose() is None
    else:
        assert staircase.lowest == plain
        assert staircase.kept == count_kept(levels, plain, known, **how)
        assert staircase.choose().value == plain


@given(LEVELS, st.integers(1, 8), st.integers(0, 12))
def test_what_is_left_of_a_budget_gives_the_same_threshold(levels, allowed, cut):
    """A run that was killed has decided some frames by the threshold, and goes on with what it has not kept yet."""
    whole = walk_all(levels, allowed)
    if whole.lowest is None:
        return
    references = {}
    decided = [d for _, d in select_frames(observe(levels)[:cut], rule_of(levels, whole.choose().value), references)]
    spent = sum(d.verdict is Verdict.KEEP for d in decided)
    staircase = Staircase(allowed - spent, whole.choose().value)
    spans = Spans(rule_of(levels), staircase, references)
    for seen in observe(levels)[cut:]:
        spans.step(seen)
    assert (staircase.choose().value, staircase.kept + spent) == (whole.choose().value, whole.kept)


def test_less_is_asked_of_a_frame_the_more_the_last_kept_one_stands_for():
    decisions = decide([(0, "a"), (9, "a"), (9, "a"), (9, "a"), (9, "a")], 30)
    assert [d.verdict for d in decisions] == ["keep", "drop", "drop", "drop", "keep"]
    assert [d.weight and d.weight.frames for d in decisions] == [0, 1, 2, 3, 4]
    assert decisions[3].reason == "score 9 <= 10"
    assert decisions[4].reason.startswith("score 9 > 7.5")


def test_what_comes_and_goes_is_shown_all_the_time():
    """A threshold alone would keep all of it or nothing."""
    levels = [(20 * (n // 2 % 2), "a") for n in range(40)]
    lowest = walk_all(levels, 5).lowest
    kept = [n for n, d in enumerate(decide(levels, lowest)) if d.verdict is Verdict.KEEP]
    assert kept == [0, 10, 20, 30]


def test_what_no_threshold_uses_any_more_is_forgotten():
    levels = [(number % 7, "a") for number in range(300)]
    spans, most = Spans(rule_of(levels), Staircase(5), {}), 0
    for seen in observe(levels):
        spans.step(seen)
        most = max(most, len(spans.held()))
    assert most <= 30


@pytest.mark.parametrize(
    ("share", "threshold"),
    [
        ("0", "0"),
        ("1/1000", "0.001"),
        ("1", "1"),
        ("1.0000001", "1.07"),
        ("1/3", "0.34"),
        ("9.99", "10"),
        ("777", "806"),
    ],
)
def test_the_thresholds_there_are(share, threshold):
    assert round_up(Fraction(share)) == Fraction(threshold)


@given(st.fractions(0, 10**6).filter(bool))
def test_they_are_a_few_percent_apart_and_none_is_below_what_it_is_for(share):
    rounded = round_up(share)
    assert share <= rounded < share * Fraction(109, 100)
    assert round_up(rounded) == rounded


def test_an_empty_walk_keeps_nothing():
    staircase = walk_all([], 0)
    assert (staircase.lowest, staircase.kept, str(staircase.choose())) == (0, 0, "0%")
