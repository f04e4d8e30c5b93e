"""What there is to say about each camera."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from framesift.errors import PathLike
from framesift.filtering.health import Fault, FaultKind, Faults
from framesift.filtering.selection import WHOLE
from framesift.filtering.summary import find_rare
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.frames.naming import Naming
from framesift.looking.overview.contrast import count_flat, find_levels, use_one_range
from framesift.looking.overview.hours import Hour, average_hours
from framesift.looking.overview.light import classify_light
from framesift.looking.overview.repeats import Repeat, find_repeats
from framesift.looking.overview.sightings import Sighting
from framesift.looking.overview.times import (
    Interval,
    Intervals,
    find_clock_faults,
    find_clock_jumps,
    find_equal_times,
    measure_intervals,
)

TINY = 32
"""A picture whose shorter side has fewer px than this is tiny, however many of them there are."""


@dataclass(frozen=True, slots=True)
class CameraOverview:
    """One camera's frames."""

    camera: str
    sightings: list[Sighting]
    """In the order of time."""
    lights: list[Light | None]
    """One for each sighting."""
    intervals: Intervals | None
    equal_times: list[tuple[datetime, list[Frame]]]
    clock_jumps: list[Interval]
    clock_faults: list[Frame]
    repeats: list[Repeat] = field(default_factory=list)
    naming: Naming = field(default_factory=Naming)
    """Says in which zone times are shown."""

    @property
    def unreadable(self) -> list[Sighting]:
        """Those that are not whole pictures."""
        return [sighting for sighting in self.sightings if sighting.problem]

    @property
    def sizes(self) -> Counter[tuple[int, int]]:
        """The number of frames of each width and height."""
        return Counter(sighting.size for sighting in self.sightings if sighting.size)

    @property
    def odd_sized(self) -> list[Sighting]:
        """Those that are tiny or of a size that the camera rarely has."""
        rare = set(find_rare(self.sizes))
        return [s for s in self.sightings if s.size and (s.size in rare or is_tiny(s))]

    @property
    def changes(self) -> list[Sighting]:
        """Those whose whole picture differs from the frame before."""
        return [s for s in self.sightings if s.extent is not None and s.extent >= WHOLE]

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the camera, in the order in which it began; most of clocks is told beside it."""
        return Faults(fault for sighting in self.sightings for fault in sighting.faults).known

    def _clocks(self) -> Iterator[Fault]:
        """Yield a fault for each frame of a wrong clock that is told beside the others."""
        known = {fault.path for fault in self.faults if fault.kind is FaultKind.CLOCK}
        jumps = {jump.after.path: (jump.after, -jump.seconds) for jump in self.clock_jumps}
        wrong = {frame.path: (frame, None) for frame in self.clock_faults} | jumps
        for path, (frame, amount) in wrong.items():
            if path not in known:
                yield Fault(self.camera, FaultKind.CLOCK, frame.time, None, amount, path)

    @property
    def times(self) -> list[datetime]:
        """The times that are known, in order."""
        return [sighting.frame.time for sighting in self.sightings if sighting.frame.time]

    @property
    def light(self) -> Counter[Light]:
        """The number of frames taken by each light."""
        return Counter(light for light in self.lights if light)

    @property
    def hours(self) -> list[Hour]:
        """The brightness over time."""
        return average_hours(self.sightings, self.lights)

    def as_json(self) -> dict[str, Any]:
        """Return everything for programs. Times are ISO 8601, intervals in seconds, brightness in grey levels."""
        times, intervals = self.times, self.intervals
        levels, flat = find_levels(self.sightings), count_flat(self.sightings)
        return {
            "camera": self.camera,
            "frames": len(self.sightings),
            "readable": len(self.sightings) - len(self.unreadable),
            "unreadable": len(self.unreadable),
            "unreadable_frames": [{"path": s.frame.path, "reason": s.problem} for s in self.unreadable],
            "sizes": {f"{width}x{height}": count for (width, height), count in self.sizes.most_common()},
            "odd_sized": [{"path": s.frame.path, "size": s.size, "tiny": is_tiny(s)} for s in self.odd_sized],
            "whole_picture_changed": [{"path": s.frame.path, "extent": round(s.extent or 0, 3)} for s in self.changes],
            "health": [fault.as_json() for fault in (*self.faults, *self._clocks())],
            "first": times[0].isoformat() if times else None,
            "last": times[-1].isoformat() if times else None,
            "without_time": len(self.sightings) - len(times),
            "mean_interval": round(intervals.mean, 3) if intervals else None,
            "median_interval": round(intervals.median, 3) if intervals else None,
            "usual_interval": [round(intervals.least, 3), round(intervals.most, 3)] if intervals else None,
            "interval_outliers": [_interval_as_json(i) for i in intervals.outliers] if intervals else [],
            "gaps": [_interval_as_json(i) for i in intervals.gaps] if intervals else [],
            "equal_times": [{"time": time.isoformat(), "paths": _paths(twins)} for time, twins in self.equal_times],
            "clock_jumps": [_interval_as_json(jump) for jump in self.clock_jumps],
            "repeats": [{"path": r.frame.path, "same_bytes_as": r.earlier.path} for r in self.repeats],
            "light": {str(light): self.light[light] for light in Light} if self.light else None,
            "brightness": [_hour_as_json(hour) for hour in self.hours],
            **({"clock_faults": _paths(self.clock_faults)} if self.clock_faults else {}),
            **({"levels": [levels.low, levels.high]} if levels else {}),
            **({"flat": flat} if flat else {}),
        }


def describe_cameras(directory: PathLike, sightings: Sequence[Sighting], naming: Naming) -> list[CameraOverview]:
    """Describe each camera by sightings of all frames in their total order. Files of equal length are read again."""
    by_camera: defaultdict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_camera[sighting.frame.camera].append(sighting)
    cameras = {camera: _describe(camera, seen, naming) for camera, seen in by_camera.items()}
    order = {sighting.frame.path: number for number, sighting in enumerate(sightings)}
    for repeat in sorted(find_repeats(directory, sightings), key=lambda repeat: order[repeat.frame.path]):
        cameras[repeat.frame.camera].repeats.append(repeat)
    return list(cameras.values())


def is_tiny(sighting: Sighting) -> bool:
    """Tell whether too little can be seen."""
    return sighting.size is not None and min(sighting.size) < TINY


def _describe(camera: str, seen: list[Sighting], naming: Naming) -> CameraOverview:
    seen = use_one_range(seen)
    frames = [sighting.frame for sighting in seen]
    return CameraOverview(
        camera,
        seen,
        classify_light(seen),
        measure_intervals(frames),
        find_equal_times(frames),
        find_clock_jumps(frames, naming),
        find_clock_faults(frames),
        naming=naming,
    )


def _interval_as_json(interval: Interval) -> dict[str, Any]:
    return {"path": interval.after.path, "after": interval.before.path, "seconds": interval.seconds}


def _hour_as_json(hour: Hour) -> dict[str, Any]:
    return {
        "hour": hour.start.isoformat(),
        "brightness": hour.brightness,
        "frames": hour.frames,
        "light": str(hour.light),
    }


def _paths(frames: list[Frame]) -> list[str]:
    return [frame.path for frame in frames]
