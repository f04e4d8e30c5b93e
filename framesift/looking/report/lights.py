"""What light the frames of a camera were taken by: looked at in some of them, from all over the run."""

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from framesift.cluster.parallel import map_ordered
from framesift.errors import StorageError
from framesift.filtering.kept_names import name_kept
from framesift.filtering.manifest import Record
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.looking.overview.contrast import use_one_range
from framesift.looking.overview.light import classify_light
from framesift.looking.overview.sightings import Sighting, look_at_frame
from framesift.stores import is_url

LOOKS = 1000
"""Of so many frames of the whole page the light is told, at most."""
LEAST = 50
"""So many of each camera, of however many cameras."""
_NEAR = 2 * 3600
"""s: between two frames of one light that are no farther apart it is that of all. The page believes a look so long."""
_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Lit:
    """A frame whose light is to be told."""

    row: int
    frame: Frame
    is_kept: bool


def tell_lights(record: Record, asked: Sequence[Lit], workers: Executor) -> list[Light | None]:
    """Tell what light frames of one camera were taken by; None where that cannot be known on this machine.

    Not all are looked at, at an eighth of their size: the kept ones are, and between two that are `_NEAR` each other
    others only where the light has changed. Without times all are.
    """
    sightings: dict[int, Sighting] = {}
    lights: list[Light | None] = []
    in_time = sorted(range(len(asked)), key=lambda n: _seconds(asked[n].frame) or 0)
    wanted = [n for n in in_time if asked[n].is_kept or n in (in_time[0], in_time[-1])]
    while wanted:
        found = map_ordered(workers, partial(_look, record), [asked[n].frame for n in wanted], _WINDOW)
        sightings |= zip(wanted, found, strict=True)
        lights = classify_light(use_one_range(_spread(sightings, in_time)))
        known = [place for place, n in enumerate(in_time) if n in sightings]
        ends = {place: (lights[in_time[place]], _seconds(asked[in_time[place]].frame)) for place in known}
        gaps = [(a, b) for a, b in pairwise(known) if b - a > 1 and not _agree(ends[a], ends[b])]
        wanted = [in_time[(a + b) // 2] for a, b in gaps]
    return lights


def _spread(sightings: dict[int, Sighting], in_time: list[int]) -> list[Sighting]:
    """Return a sighting for each frame: of one that was not looked at that of the one before.

    How many frames are dark and bright decides what is night for a camera.
    """
    spread, before = dict(sightings), sightings[in_time[0]]
    for n in in_time:
        before = spread.setdefault(n, before)
    return [spread[n] for n in range(len(in_time))]


def _agree(before: tuple[Light | None, float | None], after: tuple[Light | None, float | None]) -> bool:
    """Tell whether the frames between two, of these lights at these times in s, were taken by their light."""
    (light, start), (other, end) = before, after
    return light is not None and light == other and start is not None and end is not None and end - start <= _NEAR


def _seconds(frame: Frame) -> float | None:
    return None if frame.time is None else frame.time.timestamp()


def _look(record: Record, frame: Frame) -> Sighting:
    """Look at a frame where it lies, or where it was kept: those of films are nowhere else."""
    kept = replace(frame, path=name_kept(frame, record.settings))
    for folder, there in ((record.source, frame), (record.folder, kept)):
        with suppress(StorageError):  # the folder is gone
            if not is_url(folder):
                sighting = look_at_frame(there, folder, record.settings.max_pixels, light_only=True)
                if not sighting.problem:
                    return replace(sighting, frame=frame)
    return Sighting(frame, None, "cannot be read", 0)
