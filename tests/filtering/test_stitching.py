"""Chunks walked from guesses and stitched, against the plain walk. A descriptor is an integer, a score any function."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.selection import (
    Correction,
    Observation,
    Reference,
    Step,
    Verdict,
    Walk,
    path_of,
    select_frames,
    walk_again,
)
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


def walk_chunk(seen, score, limit, references):
    """A chunk, walked from whatever references it is given."""
    begun, known = {chain: each.path for chain, each in references.items()}, dict(references)
    steps = [Step(decision, each.chain) for each, decision in select_frames(seen, score, limit, known)]
    occurring = {step.chain for step in steps if step.decision.verdict is not Verdict.SKIP}
    return Walk(steps, begun, {chain: known[chain] for chain in occurring})


def stitch(walk, seen, score, limit, references):
    """The walk from `references`, and how many frames were compared again."""
    misled = walk.misled(references)
    begun, known = {chain: path_of(references.get(chain)) for chain in misled}, dict(references)
    marks = [(step.chain, step.decision.verdict) for step in walk.steps]
    again = {
        n: Step(decision, each.chain)
        for n, each, decision in walk_again(marks, seen.__getitem__, score, limit, known, misled)
    }
    return walk.corrected(Correction(again, begun, {chain: known[chain] for chain in misled})), len(again)


def walk_in_chunks(seen, size, score, limit, references, guess):
    """All chunks are walked before the first is stitched, each from what `guess` takes for its references."""
    chunks = [seen[first : first + size] for first in range(0, len(seen), size)]
    walks = [walk_chunk(chunk, score, limit, guess(number)) for number, chunk in enumerate(chunks)]
    decisions, again, known = [], 0, dict(references)
    for walk, chunk in zip(walks, chunks, strict=True):
        stitched, repeated = stitch(walk, chunk, score, limit, known)
        assert stitched.misled(known) == set()
        decisions += [step.decision for step in stitched.steps]
        again += repeated
        known |= stitched.ends
    return decisions, again, known


def walk_plainly(seen, score, limit, references):
    known = dict(references)
    return [decision for _, decision in select_frames(seen, score, limit, known)], known


def distance(before, after):
    return float(abs(before - after))


def arbitrary(table, before, after):
    """Any function of two levels: neither symmetric nor a distance."""
    return float(table[(before * 21 + after) % len(table)])


def near(guesses, number):
    """A guess for each chunk, or none."""
    return {} if not guesses else guesses[number % len(guesses)]


REFERENCES = st.dictionaries(
    st.sampled_from(["a", "b", None, "gone"]), st.integers(0, 20).map(lambda level: Reference(f"old{level}.png", level))
)


@given(FRAMES, CHUNKS, st.integers(0, 20), REFERENCES, st.lists(REFERENCES, max_size=3))
def test_stitched_chunks_are_the_plain_walk(frames, size, limit, references, guesses):
    seen = observe(frames)
    decisions, _, known = walk_in_chunks(seen, size, distance, lambda _: limit, references, partial(near, guesses))
    assert (decisions, known) == walk_plainly(seen, distance, lambda _: limit, references)


@given(
    FRAMES, CHUNKS, st.lists(st.integers(0, 3), min_size=1, max_size=97), REFERENCES, st.lists(REFERENCES, max_size=3)
)
def test_also_where_scores_are_no_distances(frames, size, table, references, guesses):
    seen, score = observe(frames), partial(arbitrary, table)
    decisions, _, known = walk_in_chunks(seen, size, score, lambda _: 1, references, partial(near, guesses))
    assert (decisions, known) == walk_plainly(seen, score, lambda _: 1, references)


@given(FRAMES, CHUNKS, st.integers(0, 20), st.lists(REFERENCES, min_size=1, max_size=3), REFERENCES)
def test_corrected_from_one_guess_to_the_next_and_at_last_to_the_truth(frames, size, limit, guesses, references):
    """A chunk may be corrected before the one before it is settled, and once more when that turns out otherwise."""
    seen = observe(frames)[:size]
    walk = walk_chunk(seen, distance, lambda _: limit, {})
    for known in [*guesses, references]:
        walk, _ = stitch(walk, seen, distance, lambda _: limit, known)
    assert [step.decision for step in walk.steps] == walk_plainly(seen, distance, lambda _: limit, references)[0]


@given(st.integers(1, 40), st.integers(1, 12))
def test_chunks_that_never_meet_are_compared_again_to_their_end(count, size):
    """Nothing ever happens, so the plain walk keeps the first frame only; every other chunk kept another."""
    seen = observe([(5, "a")] * count)
    decisions, again, _ = walk_in_chunks(seen, size, distance, lambda _: 3, {}, lambda _: {})
    assert [d.verdict for d in decisions] == [Verdict.KEEP] + [Verdict.DROP] * (count - 1)
    assert {d.reference for d in decisions[1:]} <= {"0.png"}
    assert again == max(0, count - size)


@given(st.integers(1, 40), st.integers(1, 12))
def test_the_right_guess_costs_nothing(count, size):
    references = {"a": Reference("old.png", 5)}
    seen = observe([(6, "a")] * count)
    decisions, again, _ = walk_in_chunks(seen, size, distance, lambda _: 3, references, lambda _: references)
    assert again == 0 and {d.verdict for d in decisions} == {Verdict.DROP}


def test_only_until_both_walks_keep_the_same_frame():
    seen = observe([(level, "a") for level in (4, 5, 9, 9, 9, 9)])
    walk = walk_chunk(seen, distance, lambda _: 3, {})
    stitched, again = stitch(walk, seen, distance, lambda _: 3, {"a": Reference("old.png", 5)})
    assert "".join(step.decision.verdict[0] for step in stitched.steps) == "ddkddd"
    assert again == 3  # the third is kept by both
    assert stitched.steps[2].decision.reference == "old.png"


def test_only_the_chains_that_were_misled_are_walked_again():
    seen = observe([(4, "a"), (4, "b"), (5, "a"), (5, "b")])
    references = {"a": Reference("old.png", 4)}
    stitched, again = stitch(walk_chunk(seen, distance, lambda _: 3, {}), seen, distance, lambda _: 3, references)
    assert [step.decision.verdict for step in stitched.steps] == [Verdict.DROP, Verdict.KEEP, *[Verdict.DROP] * 2]
    assert again == 2
