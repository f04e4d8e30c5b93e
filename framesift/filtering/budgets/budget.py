"""How many frames may be kept of what, and what of it is spent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from fractions import Fraction
from typing import Any, NamedTuple

from framesift.comparators.thresholds import Threshold
from framesift.errors import show
from framesift.filtering.selection import Decision, Verdict, Weight, mark_of
from framesift.frames.frame import Frame

NO_THRESHOLD = Threshold(Fraction(0), relative=True)


class Part(NamedTuple):
    """What a budget is for: all frames, those of a camera, or those that it took on a day."""

    camera: str | None = None
    day: str | None = None
    """`2021-03-27`; None also for frames without a time."""

    def __str__(self) -> str:
        names = [] if self.camera is None else [f"camera {show(self.camera)}"]
        return ", ".join([*names, *([] if self.day is None else [self.day])]) or "all cameras"


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `number` kept frames of each part."""

    number: int
    by_camera: bool = False
    by_day: bool = False
    zone: tzinfo = UTC
    """Where days begin at midnight."""

    @classmethod
    def read(cls, text: str, zone: tzinfo = UTC) -> "Budget":
        """Return what a text says that `parse_budget` has read."""
        number, *each = text.split("/")
        return cls(int(number), "camera" in each, "day" in each, zone)

    def part_of(self, frame: Frame) -> Part:
        """Return the part that a frame counts for."""
        day = frame.time.astimezone(self.zone).date().isoformat() if self.by_day and frame.time else None
        return Part(frame.camera if self.by_camera else None, day)


@dataclass(frozen=True, slots=True)
class Allotment:
    """What has become of the budget of one part."""

    part: Part
    allowed: int
    kept: int
    threshold: Threshold
    """The lowest that keeps no more than is allowed: see `Weight`."""
    reached: bool
    """Else all that shows something new was kept, and these are fewer frames than are allowed."""

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        names = {"camera": self.part.camera, "day": self.part.day}
        return {
            **{name: value for name, value in names.items() if value is not None},
            "allowed": self.allowed,
            "kept": self.kept,
            "threshold": str(self.threshold),
            "reached": self.reached,
        }


class Ledger:
    """What of a budget is spent, by earlier runs into the same results too, and how far each camera has come."""

    def __init__(self, budget: Budget, decisions: Iterable[Decision] = ()) -> None:
        self.budget = budget
        self._spent: dict[Part, tuple[int, Threshold]] = {}
        self._frames: Counter[str] = Counter()
        """Decided so far, of each camera."""
        self._places: dict[tuple[str, str], int] = {}
        """Of cameras and frames that later ones are compared with: how many were decided up to them."""
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        """Count a decision."""
        frame, weight = decision.frame, decision.weight
        self._frames[frame.camera] += 1
        if mark_of(decision):
            self._places[frame.camera, frame.path] = self._frames[frame.camera]
        if weight is not None:
            part = self.budget.part_of(frame)
            kept = self.count(part) + (decision.verdict is Verdict.KEEP)
            self._spent[part] = kept, max(self.threshold(part), weight.threshold, key=lambda each: each.value)

    def count(self, part: Part) -> int:
        """Return how many frames have been kept of a part."""
        return self._spent.get(part, (0, NO_THRESHOLD))[0]

    def left(self, part: Part) -> int:
        """Return how many more may be."""
        return max(self.budget.number - self.count(part), 0)

    def threshold(self, part: Part) -> Threshold:
        """Return by what a part has been decided: what follows is decided by it, or by a higher one."""
        return self._spent.get(part, (0, NO_THRESHOLD))[1]

    def place(self, camera: str, path: str) -> int:
        """Return how many frames before the next one of a camera a frame was decided, as a number below 0."""
        return self._places[camera, path] - self._frames[camera] - 1

    def weigh(self, frame: Frame) -> Weight:
        """Return by what a frame is decided that comes late: by what its part was."""
        return Weight(self.threshold(self.budget.part_of(frame)))

    def allot(self, part: Part) -> Allotment:
        """Return what has become of a part."""
        kept, threshold = self.count(part), self.threshold(part)
        return Allotment(part, self.budget.number, kept, threshold, kept >= self.budget.number or threshold.value > 0)
