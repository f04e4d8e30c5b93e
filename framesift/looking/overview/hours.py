"""How bright a camera's frames are over time, by the hour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from framesift.frames.light import Light
from framesift.looking.overview.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Hour:
    """The frames that a camera took within an hour."""

    start: datetime
    brightness: float
    """Mean grey level, 0 to 255."""
    frames: int
    light: Light
    """Of most of them."""


def average_hours(sightings: Sequence[Sighting], lights: Sequence[Light | None]) -> list[Hour]:
    """Return the brightness over time, of frames in the order of time, for each hour that has frames."""
    hours: dict[datetime, list[tuple[float, Light]]] = {}
    for sighting, light in zip(sightings, lights, strict=True):
        time = sighting.frame.time
        if time is not None and light is not None and sighting.brightness is not None:
            start = time - timedelta(minutes=time.minute, seconds=time.second, microseconds=time.microsecond)
            hours.setdefault(start, []).append((sighting.brightness, light))
    return [_average(start, seen) for start, seen in hours.items()]


def _average(start: datetime, seen: list[tuple[float, Light]]) -> Hour:
    mean = sum(brightness for brightness, _ in seen) / len(seen)
    return Hour(start, round(mean, 1), len(seen), Counter(light for _, light in seen).most_common(1)[0][0])
