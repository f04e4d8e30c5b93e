"""Which frames are kept: a walk over numbers that has never seen a pixel, a file or a thread."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from framesift.comparators.thresholds import Threshold, format_number
from framesift.filtering.spacing import ANY_SPACING, Spacing, describe_time, measure_gap, moment_of
from framesift.frames.frame import Frame

D = TypeVar("D")
Seen = TypeVar("Seen", bound="Observation[Any]")

WHOLE = 0.55
"""From this extent on the whole picture has changed: the camera was moved, covered or blinded, it has
switched to infra-red, or the transmission was torn."""


class Verdict(StrEnum):
    """What is done with a frame."""

    KEEP = "keep"
    DROP = "drop"
    SKIP = "skip"
    """Not a whole frame: never kept, never a reference, never touched."""


class Order(StrEnum):
    """Why a frame says nothing of how far its camera has come."""

    LATE = "late"
    """It came after later ones had been decided, and was compared with the kept frame before it."""
    FAULT = "clock fault"
    """Its time cannot be right: it was decided in the order of arrival."""


class Weight(NamedTuple):
    """By what a frame was decided within a budget, which asks less of it the more frames the last kept one stands for.

    A score above `threshold`, divided by the number of frames since the last kept one, this one included, is new.
    """

    threshold: Threshold
    frames: int = 1

    @property
    def limit(self) -> Threshold:
        """What the score has to be above."""
        return Threshold(self.threshold.value / max(self.frames, 1), self.threshold.relative)


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its evidence."""

    frame: Frame
    verdict: Verdict
    score: float | None
    """How much the frame differs from its reference; None where there was nothing to compare."""
    reference: str | None
    """Path of the frame that was nearest of those it was compared with: the kept one that stands for it if dropped."""
    reason: str
    """The verdict in words, or why the frame is not whole."""
    size: tuple[int, int] | None
    """Width and height of the frame in px; None where it could not be read."""
    extent: float | None = None
    """Which share of the picture has changed, 0 to 1: of a frame whose whole picture has, or that was left out."""
    order: Order | None = None
    """None for a frame that came in order."""
    again: bool = False
    """Whether it stands in place of an earlier decision: the file was skipped then, and has changed."""
    weight: Weight | None = None
    """None where it was decided by the threshold of the settings alone: without a budget."""
    gap: float | None = None
    """Of the first frame of a stream after it was opened again: seconds since the one before. None for any other."""

    @property
    def left_out(self) -> bool:
        """Whether the frame shows something new, and was dropped because more of the picture has than is wanted."""
        return self.verdict is Verdict.DROP and self.extent is not None

    @property
    def is_another_picture(self) -> bool:
        """Whether the whole picture has changed."""
        return self.extent is not None and self.extent >= WHOLE


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
    """A frame that later ones of its chain are compared with."""

    path: str
    descriptor: D
    kept: bool = True
    """Else it was left out."""
    moment: float | None = None
    """When it was taken, in seconds, as `moment_of` has it."""


class Mark(NamedTuple):
    """Which frame a reference is."""

    path: str
    kept: bool = True


References = tuple[Reference[D], ...]
"""The last kept frames of a chain, the latest at the end, and before them the one left out since, if there is one. They
are all that a chain's future depends on."""
Marks = tuple[Mark, ...]
"""Of references, in their order."""


class _Remembered(Protocol):
    @property
    def kept(self) -> bool: ...


M = TypeVar("M", bound=_Remembered)


def remember(known: tuple[M, ...], new: M, against: int) -> tuple[M, ...]:
    """Return references with a new one, of which the last `against` kept ones stay.

    Of those left out only the last stays, until a frame is kept. So a camera that has been moved for good is compared
    with its new view, and what happens there is kept.
    """
    kept = tuple(each for each in known if each.kept)
    if new.kept:
        return (*kept, new)[-against:]
    return (new, *kept) if kept else ()


@dataclass(frozen=True, slots=True)
class Rule(Generic[D]):
    """By what the frames of a camera are decided."""

    score: Callable[[D, D], float]
    """Of a reference and a candidate: at least 0, which is the same picture."""
    threshold: Callable[[D], float]
    """Of a candidate: a score above it is new."""
    against: int = 1
    """With so many of the last kept frames of its chain a candidate is compared; at least 1."""
    extent: Callable[[D, D], float] | None = None
    """Of a reference and a candidate: the share of the picture that has changed, 0 to 1; one that says nothing, as it
    is below `WHOLE` and not above `most`, may be 0."""
    most: float | None = None
    """A new frame of which a greater share has changed is left out; None: none is."""
    spacing: Spacing = ANY_SPACING
    """How far from the last kept frame of its chain the next one may be."""

    def decide(self, seen: Observation[D], references: References[D]) -> Decision:
        """Decide a whole frame by the nearest reference: of equally near ones that kept last."""
        assert seen.descriptor is not None
        if not references:
            return Decision(seen.frame, Verdict.KEEP, None, None, "first frame to compare with", seen.size)
        value, nearest = self.find_nearest(seen.descriptor, references)
        limit = self.limit(seen.descriptor, references)
        gap = measure_gap(references[-1].moment, moment_of(seen.frame))
        if value <= limit:
            reason, is_due = f"score {format_number(value)} <= {format_number(limit)}", self.spacing.is_due(gap)
            if is_due and nearest.kept:  # or it looks as what was left out
                reason += f", kept all the same: {_describe_gap(gap)}"
                return Decision(seen.frame, Verdict.KEEP, value, nearest.path, reason, seen.size)
            return Decision(seen.frame, Verdict.DROP, value, nearest.path, reason, seen.size)
        extent = 0.0 if self.extent is None else self.extent(nearest.descriptor, seen.descriptor)
        verdict, words = self._judge(extent)
        telling = extent if words else None
        if verdict is Verdict.KEEP and self.spacing.is_near(gap):
            verdict, words, telling = Verdict.DROP, f", left out all the same: {_describe_gap(gap)}", None
        reason = f"score {format_number(value)} > {format_number(limit)}{words}"
        return Decision(seen.frame, verdict, value, nearest.path, reason, seen.size, telling)

    def limit(self, candidate: D, references: References[D]) -> float:
        """Return what the score of a candidate has to be above."""
        return self.threshold(candidate)

    def follow(self, references: References[D], seen: Observation[D], decision: Decision) -> References[D]:
        """Return the references after a decision."""
        mark = mark_of(decision)
        if mark is None:
            return references
        assert seen.descriptor is not None
        new = Reference(mark.path, seen.descriptor, mark.kept, moment_of(seen.frame))
        return remember(references, new, self.against)

    def follow_marks(self, marks: Marks, decision: Decision) -> Marks:
        """Return the marks of the references after a decision."""
        mark = mark_of(decision)
        return marks if mark is None else remember(marks, mark, self.against)

    def _judge(self, extent: float) -> tuple[Verdict, str]:
        """Return what becomes of a new frame, and what its reason says of the share that has changed, if anything."""
        if self.most is not None and extent > self.most:
            return Verdict.DROP, f": {describe_extent(extent)}, left out above {_percent(self.most)}"
        return Verdict.KEEP, f": {describe_extent(extent)}" if extent >= WHOLE else ""

    def find_nearest(self, candidate: D, references: References[D]) -> tuple[float, Reference[D]]:
        """Return the lowest score, and the latest reference that has it; one left out only where no kept one has."""
        nearest = references[-1]
        lowest = self.score(nearest.descriptor, candidate)
        for reference in references[-2::-1]:
            if lowest <= 0:  # none is nearer
                break
            value = self.score(reference.descriptor, candidate)
            if value < lowest:
                lowest, nearest = value, reference
        return lowest, nearest


def mark_of(decision: Decision) -> Mark | None:
    """Return what a decided frame is to later ones; None where they are not compared with it, as with a late one."""
    if decision.order is Order.LATE:
        return None
    kept = decision.verdict is Verdict.KEEP
    return Mark(decision.frame.path, kept) if kept or decision.left_out else None


def describe_extent(extent: float) -> str:
    """Say which share of a picture has changed."""
    return f"the whole picture has changed ({_percent(extent)})" if extent >= WHOLE else f"{_percent(extent)} changed"


def _describe_gap(gap: float | None) -> str:
    return f"{describe_time(gap or 0.0)} after the last kept frame"


def _percent(share: float) -> str:
    return f"{format_number(float(f'{100 * share:.3g}'))}%"


def select_frames(
    observations: Iterable[Seen], rule: Rule[D], references: dict[Hashable, References[D]]
) -> Iterator[tuple[Seen, Decision]]:
    """Decide the frames of one camera in the order given; yield each observation with its decision.

    `references` are those of an earlier walk, by chain; they are kept up to date. The first whole frame of a chain is
    kept. A later one is kept when its score against the nearest reference exceeds the threshold, unless it is left out,
    and becomes a reference in either case.
    """
    for seen in observations:
        if seen.descriptor is None:
            yield seen, Decision(seen.frame, Verdict.SKIP, None, None, seen.problem, seen.size)
            continue
        known = references.get(seen.chain, ())
        decision = rule.decide(seen, known)
        references[seen.chain] = rule.follow(known, seen, decision)
        yield seen, decision
