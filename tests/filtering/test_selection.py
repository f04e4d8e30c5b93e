"""Numbers only: a descriptor is an integer, a score the distance of two of them."""

from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.selection import Observation, Reference, Verdict, select_frames
from framesift.frames.frame import Frame

LEVELS = st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=30)


def observe(levels: list[int | None], chains: list[str] | None = None) -> list[Observation[int]]:
    chains = chains or ["a"] * len(levels)
    return [
        Observation(Frame(f"{n}.png", "c1", None), (4, 3), level, chain, problem="damaged" if level is None else "")
        for n, (level, chain) in enumerate(zip(levels, chains, strict=True))
    ]


def walk(levels, limit=3, chains=None, references=None):
    references = {} if references is None else references
    steps = select_frames(observe(levels, chains), lambda a, b: float(abs(a - b)), lambda _: limit, references)
    return [decision for _, decision in steps]


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
    references = {"a": Reference("old.png", 5)}
    decisions = walk([6, 9], references=references)
    assert [(d.verdict, d.reference) for d in decisions] == [(Verdict.DROP, "old.png"), (Verdict.KEEP, "old.png")]
    assert references == {"a": Reference("1.png", 9)}


@given(LEVELS, st.integers(0, 20), st.integers(0, 30))
def test_cut_anywhere_and_gone_on_is_the_same_walk(levels, limit, cut):
    references = {}
    halves = walk(levels[:cut], limit, references=references), walk(levels[cut:], limit, references=references)
    assert verdicts(halves[0]) + verdicts(halves[1]) == verdicts(walk(levels, limit))


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
