"""Which frames are kept: a walk over numbers that has never seen a pixel, a file or a thread."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from framesift.frames import Frame
from framesift.thresholds import format_number

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
