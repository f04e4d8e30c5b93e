"""Numbers only: a descriptor is an integer, a score the distance of two of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.selection import WHOLE, Observation, Reference, Rule, Verdict, select_frames
from framesift.filtering.spacing import Spacing
from framesift.frames.frame import Frame

LEVELS = st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=30)
AGAINST = st.integers(1, 4)


def observe(levels: list[int | None], chains: list[str] | None = None) -> list[Observation[int]]:
    chains = chains or ["a"] * len(levels)
    return [
        Observation(Frame(f"{n}.png", "c1", None), (4, 3), level, chain, problem="damaged" if level is None else "")
        for n, (level, chain) in enumerate(zip(levels, chains, strict=True))
    ]


def distance(before: int, after: int) -> float:
    return float(abs(before - after))


def extent(before: int, after: int) -> float:
    """A picture of 20 levels more or less is wholly another one."""
    return min(1.0, distance(before, after) / 20)


def walk(levels, limit=3, chains=None, references=None, against=1, most=None):
    references = {} if references is None else references
    rule = Rule(distance, lambda _: limit, against, extent, most)
    return [decision for _, decision in select_frames(observe(levels, chains), rule, references)]


def walk_plainly(levels, limit, against, most=None):
    """(verdict, score, path of the reference) of each frame, with all that was kept in one list."""
    kept, left_out, decided = [], [], []
    for number, level in enumerate(levels):
        if level is None:
            decided.append(("skip", None, None))
            continue
        near = [(distance(levels[n], level), False, -n) for n in kept[-against:]]
        near = sorted([*near, *((distance(levels[n], level), True, -n) for n in left_out)])
        score, reference = (near[0][0], -near[0][2]) if near else (None, None)
        verdict = "keep" if score is None or score > limit else "drop"
        if verdict == "keep" and near and most is not None and extent(levels[reference], level) > most:
            verdict, left_out = "drop", [number]
        elif verdict == "keep":
            kept, left_out = [*kept, number], []
        decided.append((verdict, score, None if reference is None else f"{reference}.png"))
    return decided


def verdicts(decisions):
    return "".join(decision.verdict[0] for decision in decisions)


def test_compares_with_the_last_kept_frame_not_the_one_before():
    assert verdicts(walk([0, 2, 4, 5, 8])) == "kdkdk"


def test_a_score_equal_to_the_threshold_is_dropped():
    assert verdicts(walk([0, 3, 4])) == "kdk"


def test_the_evidence():
    first, drop, skip, keep = walk([0, 3, None, 9])
    assert (first.score, first.reference) == (None, None)
    assert (drop.score, drop.reference, drop.reason) == (3.0, "0.png", "score 3 <= 3")
    assert (skip.score, skip.reference, skip.reason) == (None, None, "damaged")
    assert (keep.score, keep.reference, keep.reason, keep.size) == (9.0, "0.png", "score 9 > 3", (4, 3))


def test_a_damaged_frame_is_never_a_reference():
    assert verdicts(walk([None, 0, None, 1, None, 9])) == "sksdsk"


def test_one_reference_for_each_chain():
    decisions = walk([0, 9, 1, 9, 8], chains=["a", "b", "a", "b", "a"])
    assert verdicts(decisions) == "kkddk"
    assert [d.reference for d in decisions] == [None, None, "0.png", "1.png", "0.png"]


def test_goes_on_from_an_earlier_walk():
    references = {"a": (Reference("old.png", 5),)}
    decisions = walk([6, 9], references=references)
    assert [(d.verdict, d.reference) for d in decisions] == [(Verdict.DROP, "old.png"), (Verdict.KEEP, "old.png")]
    assert references == {"a": (Reference("1.png", 9),)}


@pytest.mark.parametrize(("against", "expected"), [(1, "kkkkkkkk"), (2, "kkddddkd"), (3, "kkddddkd")])
def test_a_camera_that_goes_from_view_to_view(against, expected):
    assert verdicts(walk([0, 50, 1, 51, 0, 50, 99, 51], against=against)) == expected


def test_the_nearest_is_told_and_of_equally_near_ones_the_latest():
    decisions = walk([0, 10, 20, 4, 15, 5], against=3)
    assert [(d.verdict, d.score, d.reference) for d in decisions[3:]] == [
        ("keep", 4.0, "0.png"),
        ("keep", 5.0, "2.png"),
        ("drop", 1.0, "3.png"),
    ]
    assert [(d.score, d.reference) for d in walk([0, 10, 5], against=2)][2] == (5.0, "1.png")


def test_no_more_are_compared_once_one_is_the_same():
    compared = []
    rule = Rule(lambda before, after: compared.append((before, after)) or distance(before, after), lambda _: 3, 3)
    list(select_frames(observe([0, 10, 20, 10]), rule, {}))
    assert compared == [(0, 10), (10, 20), (0, 20), (20, 10), (10, 10)]


MOST = st.none() | st.sampled_from([0.2, 0.5, 0.9, 1.0])


@given(LEVELS, st.integers(0, 20), AGAINST, MOST)
def test_it_is_the_plain_walk_that_knows_all_frames(levels, limit, against, most):
    decisions = walk(levels, limit, against=against, most=most)
    assert [(d.verdict, d.score, d.reference) for d in decisions] == walk_plainly(levels, limit, against, most)


@given(LEVELS, st.integers(0, 20), st.integers(0, 30), AGAINST, MOST)
def test_cut_anywhere_and_gone_on_is_the_same_walk(levels, limit, cut, against, most):
    observed, rule, references = observe(levels), Rule(distance, lambda _: limit, against, extent, most), {}
    halves = [list(select_frames(half, rule, references)) for half in (observed[:cut], observed[cut:])]
    assert [decision for _, decision in halves[0] + halves[1]] == walk(levels, limit, against=against, most=most)
    assert all(sum(each.kept for each in known) <= against for known in references.values())
    assert all(sum(not each.kept for each in known) <= (most is not None) for known in references.values())


@given(LEVELS, st.integers(0, 20), AGAINST)
def test_a_change_of_the_whole_picture_is_said_and_decides_nothing(levels, limit, against):
    plain = walk_plainly(levels, limit, against)
    for decision, (verdict, score, _) in zip(walk(levels, limit, against=against), plain, strict=True):
        told = verdict == "keep" and score is not None and score / 20 >= WHOLE
        assert decision.verdict == verdict
        assert decision.is_another_picture == told == ("the whole picture has changed" in decision.reason)
        assert decision.extent == (score / 20 if told else None)


def test_the_words_for_a_change_of_the_whole_picture():
    assert [d.reason for d in walk([0, 4, 20, 33, 99], most=0.7)][1:] == [
        "score 4 > 3",
        "score 16 > 3: the whole picture has changed (80%), left out above 70%",
        "score 13 > 3: the whole picture has changed (65%)",
        "score 66 > 3: the whole picture has changed (100%), left out above 70%",
    ]
    assert walk([0, 8], most=0.25)[1].reason == "score 8 > 3: 40% changed, left out above 25%"


def test_a_torn_frame_between_two_good_ones_costs_nothing():
    good, torn, again, person = walk([50, 99, 50, 55], most=0.6)
    assert [d.verdict for d in (good, torn, again, person)] == ["keep", "drop", "drop", "keep"]
    assert torn.left_out and not again.left_out
    assert [d.reference for d in (torn, again, person)] == ["0.png"] * 3


def test_a_camera_that_was_moved_for_good_keeps_what_happens_in_its_new_view():
    decisions = walk([0, 50, 51, 55, 51, 0], most=0.6)
    assert verdicts(decisions) == "kddkkd"
    assert [d.left_out for d in decisions] == [False, True, False, False, False, True]
    assert [d.reference for d in decisions] == [None, "0.png", "1.png", "1.png", "3.png", "4.png"]


@given(LEVELS, st.integers(0, 20))
def test_every_dropped_frame_is_near_the_kept_frame_before_it(levels, limit):
    last = None
    for level, decision in zip(levels, walk(levels, limit), strict=True):
        if decision.verdict is Verdict.KEEP:
            assert last is None or abs(level - last) > limit
            last = level
        elif decision.verdict is Verdict.DROP:
            assert abs(level - last) <= limit
        else:
            assert level is None


def walk_in_time(moments_and_levels, spacing, limit=3, most=None, references=None):
    seen = [
        Observation(Frame(f"{n}.png", "c1", None, moment), (4, 3), level, "a")
        for n, (moment, level) in enumerate(moments_and_levels)
    ]
    rule = Rule(distance, lambda _: limit, 1, extent, most, spacing)
    return [decision for _, decision in select_frames(seen, rule, {} if references is None else references)]


def test_what_comes_too_soon_is_dropped_and_is_no_reference():
    walked = walk_in_time([(0, 0), (1, 9), (2, 9), (3, 18), (4, 9), (6, 0)], Spacing(shortest=3))
    assert verdicts(walked) == "kddkdk"
    assert walked[1].reason == "score 9 > 3, left out all the same: 1 s after the last kept frame"
    assert not walked[1].left_out
    assert [d.reference for d in walked[3:]] == ["0.png", "3.png", "3.png"]


def test_what_is_due_is_kept_whatever_it_shows():
    walked = walk_in_time([(0, 0), (1000, 0), (3599, 1), (3600, 1), (7000, 1), (8000, 1)], Spacing(longest=3600))
    assert verdicts(walked) == "kddkdk"
    assert walked[3].reason == "score 1 <= 3, kept all the same: 1 h after the last kept frame"


def test_what_looks_as_what_was_left_out_is_not_due():
    walked = walk_in_time([(0, 0), (10, 50), (20, 50), (30, 0)], Spacing(longest=5), most=0.5)
    assert verdicts(walked) == "kddk"


MOMENTS = st.lists(st.tuples(st.none() | st.integers(0, 50), st.integers(0, 20)), max_size=30)
BOUNDS = st.tuples(st.integers(1, 20), st.integers(0, 20)).map(lambda pair: Spacing(pair[0], pair[0] + pair[1]))


@given(MOMENTS.map(lambda each: sorted((m, level) for m, level in each if m is not None)), BOUNDS, st.integers(0, 20))
def test_kept_frames_are_as_far_apart_as_is_asked_for(taken, spacing, limit):
    kept = None
    for (moment, _), decision in zip(taken, walk_in_time(taken, spacing, limit), strict=True):
        if kept is not None:
            gap = moment - kept
            assert (gap >= spacing.shortest) or decision.verdict is Verdict.DROP
            assert (gap < spacing.longest) or decision.verdict is Verdict.KEEP
        kept = moment if decision.verdict is Verdict.KEEP else kept


@given(MOMENTS, BOUNDS, st.integers(0, 20), st.integers(0, 30))
def test_bounds_hold_across_a_cut(taken, spacing, limit, cut):
    """A run that is stopped and gone on with, a chunk of a cluster, the next film."""
    whole, references = walk_in_time(taken, spacing, limit), {}
    walk_in_time(taken[:cut], spacing, limit, references=references)
    rest = walk_in_time(taken[cut:], spacing, limit, references=references)
    assert [(d.verdict, d.score) for d in rest] == [(d.verdict, d.score) for d in whole[cut:]]
