"""A source of the frames of films, and of pictures beside them."""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, groupby

from framesift.errors import PathLike, UnreadableFrame, UsageError
from framesift.filtering.comparator_choice import comparator_of, rule_of
from framesift.filtering.describing import read_frame, sampling_of, view_frame
from framesift.filtering.file_state import ask_status
from framesift.filtering.option_values import Lateness
from framesift.filtering.selection import Reference, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.frames.frame import AFTER_ALL, Frame, order_key
from framesift.frames.videos import Film, Still, VideoInfo, name_film, name_still, probe_video, walk_stills
from framesift.stores import join


def open_source(directory: PathLike, settings: Settings) -> "Source":
    """Return the source that the settings ask for: pictures, or with `every` the frames of films after them."""
    return Source(directory, settings) if settings.every is None else Films(directory, settings)


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
        self._changed: set[str] = set()
        """Those of them that have been written to since."""
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
            if not self._leave_out(sink, film.path):
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
        with suppress(UnreadableFrame):
            info = probe_video(os.path.join(self.directory, film.path))
            if not self._is_chosen(film, info.duration_s):
                return
            if decided is None and self._is_late(film, info, sink):
                self.late.append(film.frame)
                return
            step = self._sampling.every or (1 / info.frame_rate if info.frame_rate else 1)
            due = 0.0 if decided is None else (math.floor((decided + 0.0005) / step) + 1) * step
            left = info.duration_s - due
            if decided is not None and not sink.holds(name_still(film, decided, self.settings.naming).path, film.path):
                self._changed.add(film.path)
            elif decided is not None and info.duration_s and left < step / 1000:
                return
            self.expected += max(math.ceil(left / step), 0)
        if decided is not None:
            self._offsets[film.path] = decided
        self._films.append(film)

    def _is_late(self, film: Film, info: VideoInfo, sink: Sink) -> bool:
        """Tell whether a film ends before the last decided frame of its camera; asked for, such a one is walked too."""
        mark, start = sink.clock(film.camera).mark, film.frame.time
        if self.settings.late is Lateness.DECIDE or mark is None or start is None:
            return False
        return start + timedelta(seconds=info.duration_s) < mark

    def _walk_cameras(self) -> Iterator[Frame | Still]:
        for camera, films in groupby(self._films, key=lambda film: film.camera):
            pictures: Iterable[Frame | Still] = self._spread(self._beside.get(camera, []))
            yield from merge(pictures, chain.from_iterable(map(self._walk, films)), key=_time_of)

    def _walk(self, film: Film) -> Iterator[Still]:
        """Yield the frames of a film that are not decided. It is walked from its beginning: a seek is not exact."""
        decided = self._offsets.get(film.path, -math.inf)
        choice, left_out = self.settings.choice, self.left_out
        before = ask_status(join(self.directory, film.path))
        for still in walk_stills(self.directory, film, self._sampling, self.settings.naming, self.passage):
            if film.path in self._changed and self._is_other(still, decided):
                self.replaced.append(film.path)
                return
            is_taken = still.problem or choice.takes_time(still.frame.time, left_out)
            if is_taken and (still.frame.offset is None or still.frame.offset > decided):
                yield still if still.stat else replace(still, stat=before)

    def _is_other(self, still: Still, decided: float) -> bool:
        """Tell whether a frame of a film shows something new against what stands for the one that was decided."""
        if still.pixels is None or still.frame.offset is None or still.frame.offset > decided:
            return False
        known, camera = self._sink.find_decision(still.frame.path), still.frame.camera
        if known is None or known.verdict is Verdict.SKIP or known.left_out or self._sink.folder is None:
            return False
        path = known.frame.path if known.verdict is Verdict.KEEP else known.reference or ""
        try:
            picture = read_frame(join(self._sink.folder, path), self.settings)
        except UnreadableFrame:
            return False
        seen = view_frame(still, self.directory, self.settings)
        if seen.descriptor is None or (self.settings.size is None and picture.size != seen.size):
            return seen.size != picture.size
        reference = Reference(path, comparator_of(self.settings, camera).describe(picture.pixels))
        return rule_of(self.settings, camera).decide(seen, (reference,)).verdict is Verdict.KEEP

    def _is_chosen(self, film: Film, seconds: float) -> bool:
        """Tell whether a frame of a film may be of the times that are looked at."""
        start = film.frame.time
        end = None if start is None else start + timedelta(seconds=seconds)
        return self.settings.choice.takes_span(start, end, self.left_out)


def _time_of(item: Frame | Still) -> datetime:
    frame = item.frame if isinstance(item, Still) else item
    return frame.time or AFTER_ALL
