"""Chunks walked from guesses and stitched, against the plain walk. A descriptor is an integer, a score any function."""

from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.selection import Observation, Reference, Rule, Verdict, select_frames
from framesift.filtering.stitching import Correction, Step, Walk, begin_walk, marks_of, occurring, walk_again
from framesift.frames.frame import Frame

FRAMES = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 20)), st.sampled_from(["a", "a", "b", None])), max_size=60
)
CHUNKS = st.sampled_from([1, 2, 7, 100, 10**6])


def observe(frames):
    return [
        Observation(Frame(f"{n}.png", "c1", None), (4, 3), level, chain, problem="damaged" if level is None else "")
        for n, (level, chain) in enumerate(frames)
    ]


def walk_chunk(seen, rule, references):
    """A chunk, walked from whatever references it is given."""
    known = dict(references)
    steps = [Step(decision, each.chain) for each, decision in select_frames(seen, rule, known)]
    return Walk(steps, begin_walk(references), {chain: known[chain] for chain in occurring(steps)})


def stitch(walk, seen, rule, references):
    """The walk from `references`, and how many frames were compared again."""
    misled = walk.misled(references)
    begun, known = {chain: marks_of(references.get(chain, ())) for chain in misled}, dict(references)
    again = {
        n: Step(decision, each.chain)
        for n, each, decision in walk_again(walk.steps, walk.begun, seen.__getitem__, rule, known, misled)
    }
    return walk.corrected(Correction(again, begun, {chain: known[chain] for chain in misled})), len(again)


def walk_in_chunks(seen, size, rule, references, guess):
    """All chunks are walked before the first is stitched, each from what `guess` takes for its references."""
    chunks = [seen[first : first + size] for first in range(0, len(seen), size)]
    walks = [walk_chunk(chunk, rule, guess(number)) for number, chunk in enumerate(chunks)]
    decisions, again, known = [], 0, dict(references)
    for walk, chunk in zip(walks, chunks, strict=True):
        stitched, repeated = stitch(walk, chunk, rule, known)
        assert stitched.misled(known) == set()
        decisions += [step.decision for step in stitched.steps]
        again += repeated
        known |= stitched.ends
    return decisions, again, known


def walk_plainly(seen, rule, references):
    known = dict(references)
    return [decision for _, decision in select_frames(seen, rule, known)], known


def distance(before, after):
    return float(abs(before - after))


def arbitrary(table, before, after):
    """Any function of two levels: neither symmetric nor a distance."""
    return float(table[(before * 21 + after) % len(table)])


CLOSE = Rule(distance, lambda _: 3)


def near(guesses, number):
    """A guess for each chunk, or none."""
    return {} if not guesses else guesses[number % len(guesses)]


def extent(before, after):
    """A picture of a level of 10 more or less is another one."""
    return min(1.0, distance(before, after) / 10)


RULES = st.builds(
    lambda limit, against, most: Rule(distance, lambda _: limit, against, extent, most),
    st.integers(0, 20),
    st.integers(1, 4),
    st.none() | st.sampled_from([0.2, 0.5, 0.9]),
)


def references(rule):
    """What a chunk can be walked from: of each chain up to so many kept frames, and perhaps one that was left out."""
    each = st.integers(0, 20).map(lambda level: Reference(f"old{level}.png", level))
    kept = st.lists(each, max_size=rule.against).map(tuple)
    if rule.most is not None:
        left_out = st.integers(0, 20).map(lambda level: Reference(f"old{level}.png", level, kept=False))
        kept |= st.tuples(left_out, st.lists(each, min_size=1, max_size=rule.against)).map(lambda x: (x[0], *x[1]))
    return st.dictionaries(st.sampled_from(["a", "b", None, "gone"]), kept)


@given(FRAMES, CHUNKS, RULES, st.data())
def test_stitched_chunks_are_the_plain_walk(frames, size, rule, data):
    seen, true = observe(frames), data.draw(references(rule))
    guesses = data.draw(st.lists(references(rule), max_size=3))
    decisions, _, known = walk_in_chunks(seen, size, rule, true, partial(near, guesses))
    assert (decisions, known) == walk_plainly(seen, rule, true)


@given(FRAMES, CHUNKS, st.lists(st.integers(0, 3), min_size=1, max_size=97), RULES, st.data())
def test_also_where_scores_are_no_distances(frames, size, table, rule, data):
    seen, rule = observe(frames), replace(rule, score=partial(arbitrary, table), threshold=lambda _: 1)
    true, guesses = data.draw(references(rule)), data.draw(st.lists(references(rule), max_size=3))
    decisions, _, known = walk_in_chunks(seen, size, rule, true, partial(near, guesses))
    assert (decisions, known) == walk_plainly(seen, rule, true)


@given(FRAMES, CHUNKS, RULES, st.data())
def test_corrected_from_one_guess_to_the_next_and_at_last_to_the_truth(frames, size, rule, data):
    """A chunk may be corrected before the one before it is settled, and once more when that turns out otherwise."""
    seen = observe(frames)[:size]
    walk, true = walk_chunk(seen, rule, {}), data.draw(references(rule))
    for known in [*data.draw(st.lists(references(rule), min_size=1, max_size=3)), true]:
        walk, _ = stitch(walk, seen, rule, known)
    assert [step.decision for step in walk.steps] == walk_plainly(seen, rule, true)[0]


def test_a_walk_is_taken_over_only_where_all_references_are_the_same():
    """Both walks keep the first frame and the third, but go on from the same two frames only after the fourth."""
    seen, rule = observe([(level, "a") for level in (0, 99, 50, 20, 20, 20)]), Rule(distance, lambda _: 3, 2)
    walk, true = walk_chunk(seen, rule, {}), {"a": (Reference("old.png", 99),)}
    stitched, again = stitch(walk, seen, rule, true)
    assert "".join(step.decision.verdict[0] for step in walk.steps) == "kkkkdd"
    assert "".join(step.decision.verdict[0] for step in stitched.steps) == "kdkkdd"
    assert again == 4


def test_what_was_left_out_is_a_part_of_what_a_walk_goes_on_from():
    """The first frame is dropped by both walks, but only the true one had left out what comes back after it."""
    seen, rule = observe([(level, "a") for level in (0, 51, 99, 99)]), Rule(distance, lambda _: 3, 1, extent, 0.9)
    kept = Reference("old.png", 0)
    walk, true = walk_chunk(seen, rule, {"a": (kept,)}), {"a": (Reference("torn.png", 50, kept=False), kept)}
    stitched, again = stitch(walk, seen, rule, true)
    assert [step.decision.left_out for step in walk.steps] == [False, True, True, False]
    assert [step.decision.left_out for step in stitched.steps] == [False, False, True, False]
    assert again == 3, "both have left out the third"


@given(st.integers(1, 40), st.integers(1, 12))
def test_chunks_that_never_meet_are_compared_again_to_their_end(count, size):
    """Nothing ever happens, so the plain walk keeps the first frame only; every other chunk kept another."""
    seen = observe([(5, "a")] * count)
    decisions, again, _ = walk_in_chunks(seen, size, CLOSE, {}, lambda _: {})
    assert [d.verdict for d in decisions] == [Verdict.KEEP] + [Verdict.DROP] * (count - 1)
    assert {d.reference for d in decisions[1:]} <= {"0.png"}
    assert again == max(0, count - size)


@given(st.integers(1, 40), st.integers(1, 12))
def test_the_right_guess_costs_nothing(count, size):
    references = {"a": (Reference("old.png", 5),)}
    seen = observe([(6, "a")] * count)
    decisions, again, _ = walk_in_chunks(seen, size, CLOSE, references, lambda _: references)
    assert again == 0 and {d.verdict for d in decisions} == {Verdict.DROP}


def test_only_until_both_walks_keep_the_same_frame():
    seen = observe([(level, "a") for level in (4, 5, 9, 9, 9, 9)])
    walk = walk_chunk(seen, CLOSE, {})
    stitched, again = stitch(walk, seen, CLOSE, {"a": (Reference("old.png", 5),)})
    assert "".join(step.decision.verdict[0] for step in stitched.steps) == "ddkddd"
    assert again == 3  # the third is kept by both
    assert stitched.steps[2].decision.reference == "old.png"


def test_only_the_chains_that_were_misled_are_walked_again():
    seen = observe([(4, "a"), (4, "b"), (5, "a"), (5, "b")])
    references = {"a": (Reference("old.png", 4),)}
    stitched, again = stitch(walk_chunk(seen, CLOSE, {}), seen, CLOSE, references)
    assert [step.decision.verdict for step in stitched.steps] == [Verdict.DROP, Verdict.KEEP, *[Verdict.DROP] * 2]
    assert again == 2
