"""A camera walked in chunks, each begun before the one before it has ended, from a guess of what that will keep last.

A wrong guess is corrected by walking the chunk again, only until both walks would go on from the same references. Like
`selection` this knows numbers only.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from framesift.filtering.selection import D, Decision, Mark, Marks, References, Rule, Seen, Verdict

S = TypeVar("S", bound="Step")


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of a chunk that has been walked."""

    decision: Decision
    chain: Hashable


@dataclass(frozen=True, slots=True)
class Walk(Generic[S, D]):
    """A chunk of one camera, walked from references that need not be the true ones.

    A chain depends on its own references alone. So as soon as a walk from the true ones comes to those that this walk
    had after the same frame, both are the same from there on: every step of that chain after it can be taken over.
    """

    steps: list[S]
    begun: Mapping[Hashable, Marks]
    """Of the references that each chain was walked from; a chain without them kept its first frame."""
    ends: Mapping[Hashable, References[D]]
    """The references after the last step of each chain of which the chunk has a frame."""

    def misled(self, references: Mapping[Hashable, References[D]]) -> set[Hashable]:
        """Return the chains of the chunk that were walked from other frames than `references` have."""
        return {chain for chain in self.ends if self.begun.get(chain, ()) != marks_of(references.get(chain, ()))}

    def corrected(self, correction: "Correction[S, D]") -> "Walk[S, D]":
        """Return the walk from the references of a correction of this one."""
        steps = [correction.steps.get(number, step) for number, step in enumerate(self.steps)]
        return Walk(steps, {**self.begun, **correction.begun}, {**self.ends, **correction.ends})


@dataclass(frozen=True, slots=True)
class Correction(Generic[S, D]):
    """What of a chunk was walked again."""

    steps: Mapping[int, S]
    """By their numbers in the chunk."""
    begun: Mapping[Hashable, Marks]
    """Of every chain that was walked again."""
    ends: Mapping[Hashable, References[D]]
    """Of the chains whose two walks never met."""


def marks_of(references: References[D]) -> Marks:
    """Return which frames references are."""
    return tuple(Mark(reference.path, reference.kept) for reference in references)


def begin_walk(references: Mapping[Hashable, References[D]]) -> dict[Hashable, Marks]:
    """Return which frames the references of every chain are."""
    return {chain: marks_of(each) for chain, each in references.items()}


def occurring(steps: Sequence[Step]) -> set[Hashable]:
    """Return the chains that have a whole frame."""
    return {step.chain for step in steps if step.decision.verdict is not Verdict.SKIP}


def walk_again(
    steps: Sequence[Step],
    begun: Mapping[Hashable, Marks],
    look: Callable[[int], Seen],
    rule: Rule[D],
    references: dict[Hashable, References[D]],
    misled: set[Hashable],
) -> Iterator[tuple[int, Seen, Decision]]:
    """Decide again what a walk decided from the wrong references; yield number, observation and decision of each frame.

    `steps` are those of the first walk, which had `begun` from the references that these are; `look` says what is seen
    of the frame of a number. A chain in `misled` is walked from its `references` until they are those that the first
    walk had there, and is then taken out of `misled`: its steps after that, and its last references, are those of the
    first walk. Of the chains that never meet, `references` has the last ones.
    """
    before = dict(begun)
    for number, step in enumerate(steps):
        if not misled:
            return
        chain, first = step.chain, step.decision
        if first.verdict is Verdict.SKIP or chain not in misled:
            continue
        seen = look(number)
        known = references.get(chain, ())
        decision = rule.decide(seen, known)
        references[chain] = rule.follow(known, seen, decision)
        before[chain] = rule.follow_marks(before.get(chain, ()), first)
        if before[chain] == marks_of(references[chain]):
            misled.discard(chain)
        yield number, seen, decision
