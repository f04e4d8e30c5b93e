"""What a run comes to: per camera how many frames were kept, dropped and skipped, from when to when, in which sizes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from framesift.errors import counted, show
from framesift.filtering.exposure import USUAL, Exposure
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.filtering.spacing import describe_time
from framesift.frames.levels import Levels
from framesift.frames.names.doubts import Tally, find_doubts
from framesift.frames.naming import Naming

RARE = 0.05
"""A size is rare when at most this share of a camera's frames has it."""
NAMED = 3
"""So many frames of a rare size are named, and so many cameras."""
TOLD = 0.05
"""It is told when so large a share of a camera's frames could not be seen well."""
MANY, MANY_FRAMES = 0.85, 20
"""Nearly all frames of a camera are kept, of so many at least."""
FEW, FEW_FRAMES = 0.02, 50
"""Nearly none is, besides the first."""
_USUAL = Naming()
TOO_FLAT = "span at most 45 grey levels, too few for framediff to see any change: --method tolerance sees more"


@dataclass(slots=True)
class CameraSummary:
    """The tally of one camera. Its memory does not depend on the number of frames."""

    camera: str
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    examples: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    whole: int = 0
    """Frames whose whole picture has changed, kept or left out."""
    left_out: int = 0
    """Frames that were dropped because too much of the picture has changed."""
    faults: int = 0
    """Frames whose clock was wrong: they were decided in the order of arrival."""
    gaps: int = 0
    """So often a stream was opened again after it had given frames."""
    away: float = 0.0
    """So many seconds it gave none before that, in all."""
    levels: Levels | None = None
    """In which range its 16-bit frames were read; None where it has none."""
    looked: int = 0
    """So many whole frames this run has looked at."""
    flat: int = 0
    """In so many of them no change could be seen, for they span too few grey levels."""
    beyond: int = 0
    """So many of them lie mostly beyond the range of the camera."""
    names: Tally = field(init=False)
    """How the names of the frames of this run were read, but for those of films."""

    def __post_init__(self) -> None:
        self.names = Tally(self.camera)

    def add(self, decision: Decision, exposure: Exposure = USUAL) -> None:
        """Count one decision, and how its frame was seen."""
        self.verdicts[decision.verdict] += 1
        self.verdicts[Verdict.SKIP] -= decision.again
        self.faults += decision.order is Order.FAULT
        if decision.gap is not None:
            self.gaps, self.away = self.gaps + 1, self.away + decision.gap
        self.whole += decision.is_another_picture
        self.left_out += decision.left_out
        self.looked += decision.verdict is not Verdict.SKIP
        self.levels = self.levels or exposure.levels
        self.flat += exposure.flat and not exposure.beyond and not decision.score
        self.beyond += exposure.beyond
        time = decision.frame.time
        if decision.frame.offset is None and decision.frame.page is None and decision.verdict is not Verdict.SKIP:
            self.names.add(decision.frame.path, time)
        if time is not None and decision.order is not Order.FAULT:
            self.first = time if self.first is None else min(self.first, time)
            self.last = time if self.last is None else max(self.last, time)
        if decision.size is not None:
            self.sizes[decision.size] += 1
            names = self.examples.setdefault(decision.size, [])
            if len(names) < NAMED:
                names.append(decision.frame.path)

    @property
    def frames(self) -> int:
        """The number of frames decided."""
        return self.verdicts.total()

    @property
    def keeps_nearly_all(self) -> bool:
        """Whether there is a threshold that hardly drops a frame."""
        return self.looked >= MANY_FRAMES and self.verdicts[Verdict.KEEP] >= MANY * self.frames

    @property
    def keeps_hardly_any(self) -> bool:
        """Whether there is one that hardly keeps a frame."""
        return self.looked >= FEW_FRAMES and self.verdicts[Verdict.KEEP] - 1 <= FEW * self.frames

    def rare_sizes(self) -> list[tuple[int, int]]:
        """Return the sizes that few frames have, the rarest first."""
        return find_rare(self.sizes)

    def line(self, naming: Naming = _USUAL) -> str:
        """Return the camera's line for a person, with times as the clocks of the zone of `naming` show them."""
        text = f"{show(self.camera)}: {_counted(self.verdicts, self.frames)}"
        if self.first is not None and self.last is not None:
            text += f", {naming.show(self.first)} to {naming.show(self.last)}{naming.zone_name}"
        return "; ".join([text, *self.notes()])

    def notes(self) -> Iterator[str]:
        """Yield what there is to say of the camera besides counts and times."""
        yield from filter(None, [_describe_whole(self.whole, self.left_out)])
        if self.faults:
            yield f"clock fault: {counted(self.faults, 'frame')}"
        if self.gaps:
            yield f"{counted(self.gaps, 'gap')}, {describe_time(max(round(self.away), 1))} in all"
        for size in self.rare_sizes():
            names = ", ".join(show(path) for path in self.examples[size])
            more = self.sizes[size] - len(self.examples[size])
            yield f"rare size {size[0]}x{size[1]}: {names}" + (f" and {more} more" if more else "")
        if self.levels:
            yield f"of its 16 bits {describe_levels(self.levels)}"

    def hints(self) -> Iterator[str]:
        """Yield a line for each reason why changes may not have been seen in this run."""
        least = max(1, TOLD * self.looked)
        if self.flat >= least:
            yield f"{show(self.camera)}: {self.flat} of {counted(self.looked, 'frame')} {TOO_FLAT}"
        if self.levels and self.beyond >= least:
            yield (
                f"{show(self.camera)}: {self.beyond} of {counted(self.looked, 'frame')} lie mostly beyond the levels "
                f"{self.levels}, which suit its first: filter them into results of their own"
            )

    def as_json(self) -> dict[str, Any]:
        """Return the camera's tally for programs."""
        return {
            "camera": self.camera,
            **_as_json(self.verdicts, self.frames, self.whole, self.left_out),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "sizes": {f"{width}x{height}": count for (width, height), count in self.sizes.most_common()},
            "rare_sizes": {f"{w}x{h}": self.examples[w, h] for w, h in self.rare_sizes()},
            **({"levels": [self.levels.low, self.levels.high], "beyond": self.beyond} if self.levels else {}),
            **({"flat": self.flat} if self.flat else {}),
            **({"clock_faults": self.faults} if self.faults else {}),
            **({"gaps": self.gaps, "gap_seconds": round(self.away, 3)} if self.gaps else {}),
        }


@dataclass(slots=True)
class Volume:
    """What this run alone has decided."""

    frames: int = 0
    kept: int = 0
    bytes: int = 0
    """Of the files that were looked at, as far as they are known; a film has no share in it."""
    kept_bytes: int = 0

    def add(self, decision: Decision, size: int) -> None:
        """Count one decision on a frame whose file has so many bytes."""
        kept = decision.verdict is Verdict.KEEP
        self.frames, self.kept = self.frames + 1, self.kept + kept
        if decision.frame.offset is None and decision.frame.page is None:
            self.bytes, self.kept_bytes = self.bytes + size, self.kept_bytes + size * kept


class Summary:
    """The tallies of all cameras, in the order in which they were met."""

    def __init__(self) -> None:
        self.cameras: dict[str, CameraSummary] = {}

    def add(self, decision: Decision, exposure: Exposure = USUAL) -> None:
        """Count one decision, and how its frame was seen."""
        camera = decision.frame.camera
        if camera not in self.cameras:
            self.cameras[camera] = CameraSummary(camera)
        self.cameras[camera].add(decision, exposure)

    @property
    def verdicts(self) -> Counter[Verdict]:
        """The number of frames of each verdict."""
        return sum((camera.verdicts for camera in self.cameras.values()), Counter[Verdict]())

    @property
    def whole(self) -> int:
        """The number of frames whose whole picture has changed."""
        return sum(camera.whole for camera in self.cameras.values())

    @property
    def left_out(self) -> int:
        """The number of frames that were dropped because too much of the picture has changed."""
        return sum(camera.left_out for camera in self.cameras.values())

    def lines(self, naming: Naming = _USUAL) -> list[str]:
        """Return a line for each camera, with what could not be seen of it behind, then the totals.

        Times are those that the clocks of the zone of `naming` show.
        """
        verdicts = self.verdicts
        total = [f"total: {_counted(verdicts, verdicts.total())}", _describe_whole(self.whole, self.left_out)]
        cameras = (line for camera in self.cameras.values() for line in (camera.line(naming), *camera.hints()))
        return [*cameras, "; ".join(filter(None, total))]

    def doubts(self) -> list[str]:
        """Return a line for each thing that looks wrong in how the names of the frames of this run were read."""
        return list(find_doubts(camera.names for camera in self.cameras.values()))

    def as_json(self) -> dict[str, Any]:
        """Return all tallies for programs."""
        verdicts = self.verdicts
        cameras = [camera.as_json() for camera in self.cameras.values()]
        doubts = {"doubts": found} if (found := self.doubts()) else {}
        return {**_as_json(verdicts, verdicts.total(), self.whole, self.left_out), "cameras": cameras, **doubts}


def name_cameras(cameras: list[CameraSummary]) -> str:
    """Name the first of some cameras, with how many of their frames are kept."""
    named = (f"{show(each.camera)} ({each.verdicts[Verdict.KEEP]} of {each.frames})" for each in cameras[:NAMED])
    rest = f" and {counted(len(cameras) - NAMED, 'more camera')}" if len(cameras) > NAMED else ""
    return ", ".join(named) + rest


def describe_levels(levels: Levels) -> str:
    """Return in words which levels of 16 bits are seen."""
    return f"levels {levels} are black to white"


def find_rare(sizes: Counter[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sizes, of those of one camera with the number of frames of each, that are rare; the rarest first."""
    limit = min(RARE * sizes.total(), max(sizes.values(), default=0) - 1)
    return sorted((size for size, count in sizes.items() if count <= limit), key=lambda size: (sizes[size], size))


def _counted(verdicts: Counter[Verdict], frames: int) -> str:
    kept = verdicts[Verdict.KEEP]
    share = f" ({100 * kept / frames:.0f} %)" if frames else ""
    rest = f"{verdicts[Verdict.DROP]} dropped, {verdicts[Verdict.SKIP]} skipped"
    return f"{counted(frames, 'frame')}, {kept} kept{share}, {rest}"


def _describe_whole(whole: int, left_out: int) -> str:
    """Say how often the whole picture has changed, and what was left out for it; nothing where that is nothing."""
    parts = [f"whole picture changed {counted(whole, 'time')}"] if whole else []
    parts += [f"{counted(left_out, 'frame')} left out"] if left_out else []
    return ", ".join(parts)


def _as_json(verdicts: Counter[Verdict], frames: int, whole: int, left_out: int) -> dict[str, int]:
    return {
        "frames": frames,
        "kept": verdicts[Verdict.KEEP],
        "dropped": verdicts[Verdict.DROP],
        "skipped": verdicts[Verdict.SKIP],
        "whole_picture_changed": whole,
        "left_out": left_out,
    }
