"""Where the frames of a run come from: pictures of a folder, films too, or pictures as they arrive (`arrivals`)."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import chain, groupby

from framesift.comparators.masks import require_cameras
from framesift.errors import PathLike, UnreadableFrame
from framesift.filtering.describing import View, check_masks
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.choosing import LeftOut
from framesift.frames.finding import Listing, find_frames
from framesift.frames.frame import Frame
from framesift.frames.reader import read_size
from framesift.frames.videos import Still, name_video, probe_video, walk_stills
from framesift.stores import join, locate


def open_source(directory: PathLike, settings: Settings) -> "Source":
    """Return the source that the settings ask for: pictures, or with `every` the frames of films after them."""
    return Source(directory, settings) if settings.every is None else Films(directory, settings, settings.every)


class Source:
    """The pictures of a folder or URL that no earlier run has decided."""

    def __init__(self, directory: PathLike, settings: Settings) -> None:
        self.directory = locate(directory)
        self.settings = settings
        self.listing = Listing()
        """The frames below the folder that no earlier run has decided, and what could not be listed."""
        self.pictures: list[Frame] = []
        """Those to be decided now."""
        self.films: list[str] = []
        """The films to be walked now, from their beginning."""
        self.late: list[Frame] = []
        """Frames that came after later ones of their camera had been decided. They are left for a run from scratch."""
        self.expected = 0
        """About how many frames there are to be decided."""

    @property
    def left_out(self) -> LeftOut:
        """What was not chosen."""
        return self.listing.left_out

    def find(self, sink: Sink) -> None:
        """Find what is to be decided, given what has been. Raises UsageError and StorageError."""
        with_films = self.settings.every is not None
        self.listing = find_frames(
            self.directory, self.settings.naming, sink.folder, with_films, sink.is_decided, self.settings.choice
        )
        self._check_masks(sink)
        for frame in self.listing.frames:
            (self.late if sink.is_late(frame) else self.pictures).append(frame)
        self.expected = len(self.pictures)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what is to be decided, as often as there is something; whoever takes it decides all before the next."""
        yield self.pictures

    def accept(self, views: Iterable[View]) -> Iterable[View]:
        """Return what has been read, less what cannot be decided yet."""
        return views

    def settle(self, frame: Frame) -> None:
        """Take note that a frame is decided."""

    def _check_masks(self, sink: Sink) -> None:
        """Raise UsageError for a mask that does not fit the cameras or the first frame of one, before anything else."""
        masks, frames = self.settings.masks, self.listing.frames if self.settings.masks else []
        cameras = dict.fromkeys([*(frame.camera for frame in frames), *self.listing.videos, *sink.cameras])
        require_cameras(masks, list(cameras), self.directory)
        for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
            path = next(of_camera).path
            with suppress(UnreadableFrame):
                size = read_size(join(self.directory, path), self.settings.max_pixels)
                check_masks(self.settings, camera, size, path)


class Films(Source):
    """The pictures of a folder, and after them the frames of its films, one for each `every` seconds."""

    def __init__(self, directory: PathLike, settings: Settings, every: float) -> None:
        super().__init__(directory, settings)
        self._every = every

    def find(self, sink: Sink) -> None:
        """Leave out the films that earlier runs have walked to their end, as far as their headers tell it."""
        super().find(sink)
        for film in self.listing.videos:
            if sink.is_decided(name_video(film, self.settings.naming).path):
                continue
            decided = sink.last_offset(film)
            due = 0.0 if decided is None else (math.floor((decided + 0.0005) / self._every) + 1) * self._every
            with suppress(UnreadableFrame):
                length = probe_video(os.path.join(self.directory, film)).duration_s
                if not self._is_chosen(film, length):
                    continue
                left = length - due
                if decided is not None and left <= 0:
                    continue
                self.expected += math.ceil(left / self._every)
            self.films.append(film)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield the pictures and the frames of one film after the other in one round."""
        yield chain(self.pictures, self._walk_films())

    def _walk_films(self) -> Iterator[Still]:
        """Yield also the frames that are decided: that costs less than to seek."""
        for film in self.films:
            stills = walk_stills(self.directory, film, self._every, self.settings.naming, self.settings.max_pixels)
            choice, left_out = self.settings.choice, self.left_out
            yield from (still for still in stills if still.problem or choice.takes_time(still.frame.time, left_out))

    def _is_chosen(self, film: str, seconds: float) -> bool:
        """Tell whether a frame of a film may be of the times that are looked at."""
        start = name_video(film, self.settings.naming).time
        end = None if start is None else start + timedelta(seconds=seconds)
        return self.settings.choice.takes_span(start, end, self.left_out)
