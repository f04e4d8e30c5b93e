"""Which pictures a film of a camera has, and for how long each stands."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from framesift.errors import UsageError, show
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict
from framesift.frames.frame import order_key
from framesift.looking.films.pace import Pace

Size = tuple[int, int]
LONGEST = 1920
"""px of the longer side of a film: few machines play larger ones smoothly."""


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """One camera's film before it is made."""

    camera: str
    shots: list[tuple[Decision, int]]
    """Kept frames in the order of time, each with the ms that it is shown."""
    size: Size
    """Width and height in px, both even: of the most frames, at most `LONGEST`."""


@dataclass(slots=True)
class _Seen:
    """What there is of one camera."""

    kept: list[tuple[int, Decision]] = field(default_factory=list)
    """Each with its number among the camera's frames."""
    sizes: Counter[Size] = field(default_factory=Counter)
    number: int = 0
    last: datetime | None = None
    timed: bool = True

    def add(self, decision: Decision) -> None:
        time = decision.frame.time
        self.number += 1
        self.timed = self.timed and time is not None
        if time is not None:
            self.last = time if self.last is None else max(self.last, time)
        if decision.verdict is Verdict.KEEP:
            self.kept.append((self.number, decision))
            self.sizes[decision.size or (640, 480)] += 1

    def plan(self, camera: str, pace: Pace) -> FilmPlan:
        kept = sorted(self.kept, key=lambda each: order_key(each[1].frame))
        if self.timed and self.last is not None:
            places = [decision.frame.time.timestamp() for _, decision in kept if decision.frame.time]
            end = self.last.timestamp()
        else:
            places, end = [float(number) for number, _ in kept], float(self.number + 1)
        spans = [max(after - before, 0.0) for before, after in zip(places, [*places[1:], end], strict=True)]
        shown = pace.share_out(spans)
        shots = [(decision, ms) for (_, decision), ms in zip(kept, shown, strict=True)]
        return FilmPlan(camera, shots, fit_size(self.sizes.most_common(1)[0][0]))


def plan_films(record: Record, pace: Pace, camera: str | None = None) -> list[FilmPlan]:
    """Read the manifest, and return what the film of each camera has, or of one `camera` alone.

    Memory grows with the frames that were kept. Raises UsageError (no such camera, none was kept, too short a film),
    StorageError.
    """
    cameras: dict[str, _Seen] = {}
    for decision in record.decisions():
        if decision.verdict is not Verdict.SKIP:
            cameras.setdefault(decision.frame.camera, _Seen()).add(decision)
    if camera is not None and camera not in cameras:
        some = ", ".join(map(show, list(cameras)[:5])) + (", ..." if len(cameras) > 5 else "")
        raise UsageError(f"has no frame of a camera {show(camera)}; its cameras are {some or 'none'}", record.folder)
    chosen = {name: seen for name, seen in cameras.items() if seen.kept and camera in (None, name)}
    if not chosen:
        raise UsageError("no frame was kept, so there is no film", record.folder)
    return [seen.plan(name, pace) for name, seen in chosen.items()]


def fit_size(size: Size) -> Size:
    """Return the width and height of a film of pictures of this size: encoders want them even."""
    scale = min(1.0, LONGEST / max(size))
    width, height = (max(2, round(side * scale)) for side in size)
    return width + width % 2, height + height % 2
