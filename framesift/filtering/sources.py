"""Where the frames of a run come from: pictures of a folder, films too, or pictures as they arrive (`arrivals`)."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, groupby

from framesift.comparators.masks import require_cameras
from framesift.errors import PathLike, UnreadableFrame, UsageError
from framesift.filtering.describing import View, check_masks, sampling_of
from framesift.filtering.pages import is_begun, spread_pages
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.choosing import LeftOut
from framesift.frames.finding import Listing, find_frames
from framesift.frames.frame import AFTER_ALL, Frame, order_key
from framesift.frames.reader import read_size
from framesift.frames.videos import Film, Passage, Still, name_film, probe_video, walk_stills
from framesift.stores import join, locate


def open_source(directory: PathLike, settings: Settings) -> "Source":
    """Return the source that the settings ask for: pictures, or with `every` the frames of films after them."""
    return Source(directory, settings) if settings.every is None else Films(directory, settings)


class Source:
    """The pictures of a folder or URL that no earlier run has decided."""

    def __init__(self, directory: PathLike, settings: Settings) -> None:
        self.directory = locate(directory)
        self.settings = settings
        self.listing = Listing()
        """The frames below the folder that no earlier run has decided, and what could not be listed."""
        self.pictures: list[Frame] = []
        """Those to be decided now."""
        self.late: list[Frame] = []
        """Frames that came after later ones of their camera had been decided. They are left for a run from scratch."""
        self.passage = Passage()
        """What was passed over in the films that were walked."""
        self.expected = 0
        """About how many frames there are to be decided."""
        self._sink = Sink()

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
            is_late = sink.is_late(frame) and not is_begun(frame, sink)
            (self.late if is_late else self.pictures).append(frame)
        self._sink = sink
        self.expected = len(self.pictures)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what is to be decided, as often as there is something; whoever takes it decides all before the next."""
        yield self.take_pictures()

    def take_pictures(self) -> Iterator[Frame]:
        """Yield the pictures to be decided now, of files of several pages each page; none is left then."""
        pictures, self.pictures = self.pictures, []
        return spread_pages(self.directory, pictures, self._sink)

    def accept(self, views: Iterable[View]) -> Iterable[View]:
        """Return what has been read, less what cannot be decided yet."""
        return views

    def settle(self, frame: Frame) -> None:
        """Take note that a frame is decided."""

    def _check_masks(self, sink: Sink) -> None:
        """Raise UsageError for a mask that does not fit the cameras or the first frame of one, before anything else."""
        masks, frames = self.settings.masks, self.listing.frames if self.settings.masks else []
        films = (name_film(path, self.settings.naming).camera for path in self.listing.videos)
        cameras = dict.fromkeys([*(frame.camera for frame in frames), *films, *sink.cameras])
        require_cameras(masks, list(cameras), self.directory)
        for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
            path = next(of_camera).path
            with suppress(UnreadableFrame):
                size = read_size(join(self.directory, path), self.settings.max_pixels)
                check_masks(self.settings, camera, size, path)


class Films(Source):
    """The pictures of a folder and the frames of its films, `every` so many seconds one; of a camera that has both, by
    their times."""

    def __init__(self, directory: PathLike, settings: Settings) -> None:
        super().__init__(directory, settings)
        self._sampling = sampling_of(settings)
        self._beside: dict[str, list[Frame]] = {}
        """The pictures of cameras of which films are walked."""
        self._offsets: dict[str, float] = {}
        """How far films have been decided."""
        self._films: list[Film] = []

    def find(self, sink: Sink) -> None:
        """Leave out the films that earlier runs have walked to their end, as far as their headers tell it."""
        super().find(sink)
        films = [name_film(path, self.settings.naming) for path in self.listing.videos]
        known = set(sink.cameras)
        for film in sorted(films, key=lambda film: order_key(film.frame)):
            if film.camera != film.path and film.path in known:
                alone = "was filled when each film was a camera of its own: choose another results folder"
                raise UsageError(alone, sink.folder or self.directory)
            if not sink.is_decided(film.path):
                self._consider(film, sink)
        of_films = {film.camera for film in self._films}
        for frame in self.pictures:
            if frame.camera in of_films:
                self._beside.setdefault(frame.camera, []).append(frame)
        self.pictures = [frame for frame in self.pictures if frame.camera not in of_films]

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield the pictures and the frames of one film after the other in one round."""
        yield chain(self.take_pictures(), self._walk_cameras())

    def _consider(self, film: Film, sink: Sink) -> None:
        """Add a film to those to be walked, unless it is late, or nothing of it is left."""
        decided = sink.last_offset(film.path)
        if decided is None and sink.is_late(film.frame):
            self.late.append(film.frame)
            return
        with suppress(UnreadableFrame):
            info = probe_video(os.path.join(self.directory, film.path))
            if not self._is_chosen(film, info.duration_s):
                return
            step = self._sampling.every or (1 / info.frame_rate if info.frame_rate else 1)
            due = 0.0 if decided is None else (math.floor((decided + 0.0005) / step) + 1) * step
            left = info.duration_s - due
            if decided is not None and info.duration_s and left < step / 1000:
                return
            self.expected += max(math.ceil(left / step), 0)
        if decided is not None:
            self._offsets[film.path] = decided
        self._films.append(film)

    def _walk_cameras(self) -> Iterator[Frame | Still]:
        for camera, films in groupby(self._films, key=lambda film: film.camera):
            pictures: Iterable[Frame | Still] = spread_pages(self.directory, self._beside.get(camera, []), self._sink)
            yield from merge(pictures, chain.from_iterable(map(self._walk, films)), key=_time_of)

    def _walk(self, film: Film) -> Iterator[Still]:
        """Yield the frames of a film that are not decided. It is walked from its beginning: a seek is not exact."""
        decided = self._offsets.get(film.path, -math.inf)
        choice, left_out = self.settings.choice, self.left_out
        for still in walk_stills(self.directory, film, self._sampling, self.settings.naming, self.passage):
            is_taken = still.problem or choice.takes_time(still.frame.time, left_out)
            if is_taken and (still.frame.offset is None or still.frame.offset > decided):
                yield still

    def _is_chosen(self, film: Film, seconds: float) -> bool:
        """Tell whether a frame of a film may be of the times that are looked at."""
        start = film.frame.time
        end = None if start is None else start + timedelta(seconds=seconds)
        return self.settings.choice.takes_span(start, end, self.left_out)


def _time_of(item: Frame | Still) -> datetime:
    frame = item.frame if isinstance(item, Still) else item
    return frame.time or AFTER_ALL
