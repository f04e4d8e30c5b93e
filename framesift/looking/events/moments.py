"""The kept frames of each camera, in order, and where each stands in time."""

from dataclasses import dataclass, field
from statistics import median

from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict
from framesift.frames.frame import order_key
from framesift.looking.events.gap import USUAL
from framesift.looking.spread import Spread

_INTERVALS = 2000
"""From so many, from all over the run, the usual one is found."""


@dataclass(slots=True)
class CameraMoments:
    """What there is of one camera. Memory grows with the frames that were kept."""

    most: int | None = None
    """Of more kept frames than these, only one more is remembered."""
    kept: list[tuple[int, Decision]] = field(default_factory=list)
    """Each with its number among the camera's frames."""
    intervals: Spread[float] = field(default_factory=lambda: Spread(_INTERVALS))
    """In s, between one frame and the next."""
    timed: bool = True
    """Whether each frame has a time: else they are counted."""
    _number: int = 0
    _before: float | None = None

    def add(self, decision: Decision) -> None:
        """Take the next frame in."""
        self._number += 1
        time = decision.frame.time
        if time is None:
            self.timed = False
        else:
            if self._before is not None and time.timestamp() > self._before:
                self.intervals.add(time.timestamp() - self._before)
            self._before = time.timestamp()
        if decision.verdict is Verdict.KEEP and (self.most is None or len(self.kept) <= self.most):
            self.kept.append((self._number, decision))

    def usual_gap(self) -> float:
        """Return the gap in s, or in frames where they have no times."""
        usual = self.intervals.items(_INTERVALS)
        return USUAL * median(usual) if self.timed and usual else float(USUAL)

    def place(self, number: int, decision: Decision) -> float:
        """Return where a frame stands, in s or in frames."""
        time = decision.frame.time
        return time.timestamp() if self.timed and time is not None else float(number)

    def in_order(self) -> list[tuple[float, Decision]]:
        """Return the kept frames with their places, also those that came late in order."""
        kept = [(self.place(*each), each[1]) for each in self.kept]
        return sorted(kept, key=lambda each: (each[0], order_key(each[1].frame)))


def read_moments(record: Record) -> dict[str, CameraMoments]:
    """Read a manifest once, and return what there is of each camera. Raises StorageError."""
    found: dict[str, CameraMoments] = {}
    for decision in record.decisions():
        if decision.verdict is not Verdict.SKIP:
            found.setdefault(decision.frame.camera, CameraMoments()).add(decision)
    return found
