"""Which frames are kept: a walk over numbers that has never seen a pixel, a file or a thread.

A camera can be walked in chunks, each begun before the one before it has ended, from a guess of what that will keep
last: a wrong guess is corrected by walking the chunk again, only until both walks keep the same frame.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from framesift.comparators.thresholds import format_number
from framesift.frames.frame import Frame

D = TypeVar("D")
Seen = TypeVar("Seen", bound="Observation[Any]")
S = TypeVar("S", bound="Step")


class Verdict(StrEnum):
    """What is done with a frame."""

    KEEP = "keep"
    DROP = "drop"
    SKIP = "skip"
    """Not a whole frame: never kept, never a reference, never touched."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its evidence."""

    frame: Frame
    verdict: Verdict
    score: float | None
    """How much the frame differs from its reference; None where there was nothing to compare."""
    reference: str | None
    """Path of the last kept frame that the frame was compared with."""
    reason: str
    """The verdict in words, or why the frame is not whole."""
    size: tuple[int, int] | None
    """Width and height of the frame in px; None where it could not be read."""


@dataclass(frozen=True, slots=True)
class Observation(Generic[D]):
    """One frame, ready to be decided."""

    frame: Frame
    size: tuple[int, int] | None
    descriptor: D | None
    """What the frame is compared by; None where it is not a whole frame."""
    chain: Hashable = None
    """Frames are compared only within their chain: one for each size that a camera delivers."""
    problem: str = ""
    """Why the frame is not whole."""


@dataclass(frozen=True, slots=True)
class Reference(Generic[D]):
    """The last kept frame of a chain."""

    path: str
    descriptor: D


def select_frames(
    observations: Iterable[Seen],
    score: Callable[[D, D], float],
    threshold: Callable[[D], float],
    references: dict[Hashable, Reference[D]],
) -> Iterator[tuple[Seen, Decision]]:
    """Decide the frames of one camera in the order given; yield each observation with its decision.

    `references` are the last kept frames of an earlier walk, by chain; it is kept up to date. The first whole frame of
    a chain is kept. A later one is kept when its score exceeds the threshold, and then becomes the reference.
    """
    for seen in observations:
        if seen.descriptor is None:
            yield seen, Decision(seen.frame, Verdict.SKIP, None, None, seen.problem, seen.size)
            continue
        decision = _decide(seen, score, threshold, references.get(seen.chain))
        if decision.verdict is Verdict.KEEP:
            references[seen.chain] = Reference(seen.frame.path, seen.descriptor)
        yield seen, decision


def _decide(
    seen: Observation[D],
    score: Callable[[D, D], float],
    threshold: Callable[[D], float],
    reference: Reference[D] | None,
) -> Decision:
    assert seen.descriptor is not None
    if reference is None:
        return Decision(seen.frame, Verdict.KEEP, None, None, "first frame to compare with", seen.size)
    value, limit = score(reference.descriptor, seen.descriptor), threshold(seen.descriptor)
    new = value > limit
    reason = f"score {format_number(value)} {'>' if new else '<='} {format_number(limit)}"
    return Decision(seen.frame, Verdict.KEEP if new else Verdict.DROP, value, reference.path, reason, seen.size)


@dataclass(frozen=True, slots=True)
class Step:
    """One frame of a chunk that has been walked."""

    decision: Decision
    chain: Hashable


@dataclass(frozen=True, slots=True)
class Walk(Generic[S, D]):
    """A chunk of one camera, walked from references that need not be the true ones.

    A chain depends on its own past alone. So as soon as a walk from the true reference of a chain keeps a frame that
    this walk kept too, both are the same from there on: every step of that chain after it can be taken over.
    """

    steps: list[S]
    begun: Mapping[Hashable, str]
    """Path of the reference that each chain was walked from; a chain without one kept its first frame."""
    ends: Mapping[Hashable, Reference[D]]
    """The last kept frame of each chain of which the chunk has a frame."""

    def misled(self, references: Mapping[Hashable, Reference[D]]) -> set[Hashable]:
        """Return the chains of the chunk that were walked from another frame than `references` have."""
        return {chain for chain in self.ends if self.begun.get(chain) != path_of(references.get(chain))}

    def corrected(self, correction: "Correction[S, D]") -> "Walk[S, D]":
        """Return the walk from the references of a correction of this one."""
        steps = [correction.steps.get(number, step) for number, step in enumerate(self.steps)]
        begun = {chain: path for chain, path in self.begun.items() if chain not in correction.begun}
        begun |= {chain: path for chain, path in correction.begun.items() if path is not None}
        return Walk(steps, begun, {**self.ends, **correction.ends})


@dataclass(frozen=True, slots=True)
class Correction(Generic[S, D]):
    """What of a chunk was walked again."""

    steps: Mapping[int, S]
    """By their numbers in the chunk."""
    begun: Mapping[Hashable, str | None]
    """Of every chain that was walked again; None where it has no reference."""
    ends: Mapping[Hashable, Reference[D]]
    """Of the chains whose two walks never met."""


def path_of(reference: Reference[D] | None) -> str | None:
    """Return the path of a reference, if there is one."""
    return None if reference is None else reference.path


def walk_again(
    steps: Iterable[tuple[Hashable, Verdict]],
    look: Callable[[int], Seen],
    score: Callable[[D, D], float],
    threshold: Callable[[D], float],
    references: dict[Hashable, Reference[D]],
    misled: set[Hashable],
) -> Iterator[tuple[int, Seen, Decision]]:
    """Decide again what a walk decided from the wrong references; yield number, observation and decision of each frame.

    `steps` are chain and verdict of the first walk, `look` says what is seen of the frame of a number. A chain in
    `misled` is walked from its reference in `references` until it meets the first walk, and is then taken out of
    `misled`: its steps after that, and its last kept frame, are those of the first walk. Of the chains that never meet,
    `references` has the last kept frame.
    """
    for number, (chain, verdict) in enumerate(steps):
        if not misled:
            return
        if verdict is Verdict.SKIP or chain not in misled:
            continue
        seen = look(number)
        decision = _decide(seen, score, threshold, references.get(chain))
        if decision.verdict is Verdict.KEEP:
            assert seen.descriptor is not None
            references[chain] = Reference(seen.frame.path, seen.descriptor)
            if verdict is Verdict.KEEP:
                misled.discard(chain)
        yield number, seen, decision
