"""The whole look at a folder: find the frames, look at each, say what there is of each camera."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from framesift.errors import PathLike
from framesift.filtering.pages import spread_pages
from framesift.filtering.reading_settings import read_settings
from framesift.frames.choosing import Choice
from framesift.frames.finding import Listing, find_frames
from framesift.looking.overview.camera import CameraOverview, describe_cameras
from framesift.looking.overview.sightings import Sighting, look_at_frames
from framesift.stores import locate

Follow = Callable[[Iterable[Sighting], int], Iterable[Sighting]]
"""`follow(sightings, total)`: the sightings, while somebody watches them go by."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What lies below a folder."""

    listing: Listing
    """The frames in total order, and what could not be listed."""
    sightings: list[Sighting]
    """One of each frame, in the same order."""
    cameras: list[CameraOverview]
    choice: Choice
    """Of what was looked at."""


def _watch_none(sightings: Iterable[Sighting], total: int) -> Iterable[Sighting]:
    return sightings


def survey_frames(
    directory: PathLike,
    *,
    headers_only: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    follow: Follow = _watch_none,
    **options: Any,
) -> Overview:
    """Look at every frame below `directory` and say what there is of each camera; nothing is written.

    With `headers_only` no pixel is read: it takes less time and sees less. `options` are those of `filter_frames` that
    say which frames there are and how they are read: `max_pixels`, `name_pattern`, `camera`, `time_format`, `timezone`,
    `exclude`, `include`, `start`, `end`, `hours`.

    Raises UsageError (no such folder, no frame in it) and StorageError (the disk refuses).
    """
    settings = read_settings(**options)
    listing = find_frames(directory, settings.naming, choice=settings.choice)
    listing.frames[:] = spread_pages(locate(directory), listing.frames)
    looks = look_at_frames(
        directory,
        listing.frames,
        headers_only=headers_only,
        max_pixels=settings.max_pixels,
        jobs=jobs,
        executor=executor,
    )
    sightings = list(follow(looks, len(listing.frames)))
    return Overview(listing, sightings, describe_cameras(directory, sightings, settings.naming), settings.choice)
