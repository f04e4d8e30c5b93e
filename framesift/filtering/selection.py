"""Which frames are kept: a walk over numbers that has never seen a pixel, a file or a thread."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from framesift.comparators.thresholds import format_number
from framesift.frames.frame import Frame

D = TypeVar("D")
Seen = TypeVar("Seen", bound="Observation[Any]")


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
    """Path of the kept frame that stands for this one or was nearest to it: of those it was compared with."""
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
    """A kept frame that later ones of its chain are compared with."""

    path: str
    descriptor: D


References = tuple[Reference[D], ...]
"""The last kept frames of a chain, the latest at the end. They are all that a chain's future depends on."""
Paths = tuple[str, ...]
"""Those of references, in their order."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[D]):
    """By what the frames of a camera are decided."""

    score: Callable[[D, D], float]
    """Of a reference and a candidate: at least 0, which is the same picture."""
    threshold: Callable[[D], float]
    """Of a candidate: a score above it is new."""
    against: int = 1
    """With so many of the last kept frames of its chain a candidate is compared; at least 1."""

    def decide(self, seen: Observation[D], references: References[D]) -> Decision:
        """Decide a whole frame. The nearest reference stands for the frame: of equally near ones that kept last."""
        assert seen.descriptor is not None
        if not references:
            return Decision(seen.frame, Verdict.KEEP, None, None, "first frame to compare with", seen.size)
        value, nearest = self._find_nearest(seen.descriptor, references)
        limit = self.threshold(seen.descriptor)
        new = value > limit
        reason = f"score {format_number(value)} {'>' if new else '<='} {format_number(limit)}"
        return Decision(seen.frame, Verdict.KEEP if new else Verdict.DROP, value, nearest.path, reason, seen.size)

    def follow(self, references: References[D], seen: Observation[D], decision: Decision) -> References[D]:
        """Return the references after a decision."""
        if decision.verdict is not Verdict.KEEP:
            return references
        assert seen.descriptor is not None
        return (*references, Reference(seen.frame.path, seen.descriptor))[-self.against :]

    def follow_paths(self, paths: Paths, decision: Decision) -> Paths:
        """Return the paths of the references after a decision."""
        if decision.verdict is not Verdict.KEEP:
            return paths
        return (*paths, decision.frame.path)[-self.against :]

    def _find_nearest(self, candidate: D, references: References[D]) -> tuple[float, Reference[D]]:
        """Return the lowest score, and the latest reference that has it."""
        nearest = references[-1]
        lowest = self.score(nearest.descriptor, candidate)
        for reference in references[-2::-1]:
            if lowest <= 0:  # none is nearer
                break
            value = self.score(reference.descriptor, candidate)
            if value < lowest:
                lowest, nearest = value, reference
        return lowest, nearest


def select_frames(
    observations: Iterable[Seen], rule: Rule[D], references: dict[Hashable, References[D]]
) -> Iterator[tuple[Seen, Decision]]:
    """Decide the frames of one camera in the order given; yield each observation with its decision.

    `references` are those of an earlier walk, by chain; they are kept up to date. The first whole frame of a chain is
    kept. A later one is kept when its score against the nearest reference exceeds the threshold, and then becomes one.
    """
    for seen in observations:
        if seen.descriptor is None:
            yield seen, Decision(seen.frame, Verdict.SKIP, None, None, seen.problem, seen.size)
            continue
        known = references.get(seen.chain, ())
        decision = rule.decide(seen, known)
        references[seen.chain] = rule.follow(known, seen, decision)
        yield seen, decision
