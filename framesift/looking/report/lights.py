"""What light the frames of a camera were taken by: looked at in some of them, from all over the run."""

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from functools import partial

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
"""So many frames of the whole page are looked at, at an eighth of their size."""
LEAST = 50
"""So many of each camera, of however many cameras."""
_WINDOW = 8


def look_at_light(record: Record, frames: Sequence[Frame], workers: Executor) -> list[Light | None]:
    """Tell what light frames of one camera were taken by; None of what cannot be read on this machine."""
    sightings = list(map_ordered(workers, partial(_look, record), frames, _WINDOW))
    return classify_light(use_one_range(sightings))


def _look(record: Record, frame: Frame) -> Sighting:
    """Look at a frame where it lies, or where it was kept: those of films are nowhere else."""
    kept = replace(frame, path=name_kept(frame, record.settings))
    for folder, there in ((record.source, frame), (record.folder, kept)):
        with suppress(StorageError):  # the folder is gone
            if not is_url(folder):
                sighting = look_at_frame(there, folder, record.settings.max_pixels)
                if not sighting.problem:
                    return replace(sighting, frame=frame, small=None)
    return Sighting(frame, None, "cannot be read", 0)
