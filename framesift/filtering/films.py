"""A source of the frames of films, and of pictures beside them."""

import math
import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush, merge
from itertools import chain, groupby

from framesift.errors import PathLike, UnreadableFrame, UsageError
from framesift.filtering.clocks import judge
from framesift.filtering.comparator_choice import comparator_of, rule_of
from framesift.filtering.describing import read_frame, sampling_of, view_frame
from framesift.filtering.file_state import ask_status
from framesift.filtering.option_values import Lateness
from framesift.filtering.sections import is_excluded
from framesift.filtering.selection import Reference, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.frames.frame import AFTER_ALL, Frame, order_key, put_in_order
from framesift.frames.naming import Names
from framesift.frames.videos import (
    Film,
    Passage,
    Still,
    frame_of,
    name_film,
    name_still,
    probe_video,
    walk_stills,
)
from framesift.stores import join


class Films(Source):
    """The pictures of a folder and the frames of its films, `every` so many seconds one; of a camera that has both, by
    their times."""

    def __init__(self, directory: PathLike, settings: Settings) -> None:
        super().__init__(directory, settings)
        self._sampling = sampling_of(settings)
        self._beside: defaultdict[str, list[Frame]] = defaultdict(list)
        """The pictures of cameras of which films are walked."""
        self._offsets: dict[str, float] = {}
        """How far films have been decided."""
        self._changed: set[str] = set()
        """Those of them that have been written to since."""
        self._films: list[Film] = []
        self._overdue: list[Film] = []
        """Those that begin before the last decided frame of their camera."""
        self._marks: dict[str, datetime | None] = {}
        """The time of that frame, of the cameras of films."""
        self._early = set[str]()
        """Films that begin before it, and not because their clock, or that of the frame, is wrong."""
        self._astray = set[str]()
        """Films whose time cannot be right. They are walked after the others, and move no mark."""

    def find(self, sink: Sink) -> None:
        """Leave out the films that earlier runs have walked to their end, as far as their headers tell it."""
        super().find(sink)
        self.find_films(self.listing.videos, sink)
        of_films = {film.camera for film in (*self._films, *self._overdue)}
        for frame in self.pictures:
            if frame.camera in of_films:
                self._beside[frame.camera].append(frame)
        self.pictures = [frame for frame in self.pictures if frame.camera not in of_films]

    def find_films(self, paths: Iterable[str], sink: Sink) -> None:
        """The same of these films alone."""
        self._sink = sink
        films = [name_film(path, self.settings.naming) for path in paths]
        films = [film for film in films if not is_excluded(self.settings.find_sections(film.camera))]
        self._compare_names(films, sink)
        known = set(sink.cameras)
        if any(film.camera != film.path and film.path in known for film in films):
            alone = "was filled when each film was a camera of its own: choose another results folder"
            raise UsageError(alone, sink.folder or self.directory)
        films = [film for film in films if not self._leave_out(sink, film.path)]
        self._judge(films, sink)
        for film in sorted(films, key=lambda film: order_key(film.frame)):
            self._consider(film, sink)

    def take_overdue(self) -> Iterator[Frame | Still]:
        """Yield what is overdue, which is decided now: camera after camera, the frames of films among the pictures."""
        films, self._overdue = self._overdue, []
        if not films:
            yield from super().take_overdue()
            return
        pictures, self.overdue = sorted(self.overdue, key=order_key), []
        yield from self._walk_cameras(pictures, films, self._walk_overdue)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield the pictures and the frames of one film after the other in one round."""
        beside = list(chain.from_iterable(self._beside.values()))
        films = sorted(self._films, key=lambda film: order_key(film.frame))
        yield chain(self.take_pictures(), self._walk_cameras(beside, films, self._walk))

    def _judge(self, films: Iterable[Film], sink: Sink) -> None:
        """Note, by the times in their names, which films may be late and which are of a wrong clock."""
        outvote, now = self.settings.late is Lateness.LEAVE, self._now()
        for camera, of_camera in groupby(put_in_order(film.frame for film in films), key=lambda frame: frame.camera):
            clock = sink.clock(camera)
            self._marks[camera] = clock.mark
            judged = judge(clock, of_camera, self._ask_written, now, outvote=outvote)
            self._early |= {frame.path for frame in judged.late}
            self._astray |= {frame.path for frame in judged.faults}

    def _compare_names(self, films: Sequence[Film], sink: Sink) -> None:
        """Note the films whose names, each read for itself, say another day than all of them do together."""
        names = Names(self.settings.naming, sink.last_frames)
        together = {path: time for path, _, time in names.read_all(film.path for film in films)}
        for film in films:
            if film.start and film.start != together[film.path] and not sink.last_offset(film.path):
                self.listing.contrary.setdefault(film.camera, []).append(film.path)

    def _consider(self, film: Film, sink: Sink) -> None:
        """Add a film to those to be walked, unless it is late, or nothing of it is left."""
        decided, seconds = sink.last_offset(film.path), 0.0
        with suppress(UnreadableFrame):
            info = probe_video(os.path.join(self.directory, film.path))
            seconds = info.duration_s
            if not self._is_chosen(film, seconds):
                return
            step = self._sampling.every or (1 / info.frame_rate if info.frame_rate else 1)
            due = 0.0 if decided is None else (math.floor((decided + 0.0005) / step) + 1) * step
            if decided is not None and not sink.holds(name_still(film, decided, self.settings.naming).path, film.path):
                self._changed.add(film.path)
            elif decided is not None and seconds and seconds - due < step / 1000:
                return
            self.expected += max(math.ceil((seconds - due) / step), 0)
        if self._leaves(film) and decided is None and self._is_late(film, seconds):
            self.late.append(film.frame)
            return
        if decided is not None:
            self._offsets[film.path] = decided
        if film.path in self._astray:
            self.faults.append(film.frame)
            self._fault_paths.add(film.path)
        is_overdue = not self._leaves(film) and self._is_late(film, decided or 0.0)
        (self._overdue if is_overdue else self._films).append(film)

    def _is_late(self, film: Film, seconds: float) -> bool:
        """Tell whether a film comes, so many seconds after its beginning, before the last decided one of its camera."""
        mark = self._marks[film.camera]
        if mark is None or film.start is None or film.path not in self._early:
            return False
        return film.start + timedelta(seconds=seconds) < mark

    def _leaves(self, film: Film) -> bool:
        """Tell whether what is late of a film is left: not of one that was skipped, and has changed."""
        return self.settings.late is Lateness.LEAVE and film.path not in self._repeated

    def _walk_cameras(
        self, pictures: Iterable[Frame], films: Iterable[Film], walk: Callable[[Film], Iterator[Still]]
    ) -> Iterator[Frame | Still]:
        """Yield pictures, and the frames of films as `walk` does, both given in order: those of a camera by time.

        Films of a wrong clock come last.
        """
        cameras: dict[str, tuple[list[Frame], list[Film]]] = {}
        for film in films:
            cameras.setdefault(film.camera, ([], []))[1].append(film)
        for picture in pictures:
            cameras.setdefault(picture.camera, ([], []))[0].append(picture)
        for beside, of_camera in cameras.values():
            spread: Iterable[Frame | Still] = self._spread(beside)
            astray = [film for film in of_camera if film.path in self._astray]
            usual = [film for film in of_camera if film.path not in self._astray]
            yield from merge(spread, weave(usual, walk), key=_time_of)
            yield from chain.from_iterable(map(walk, astray))

    def _walk_overdue(self, film: Film) -> Iterator[Still]:
        """Yield the frames of a film that come before the last decided one of its camera; the rest goes on from it."""
        mark, passage = self._marks[film.camera], Passage()
        for still in self._walk(film, passage):
            if mark and still.frame.time and still.frame.time >= mark:
                self._films.append(film)
                return
            self._offsets[film.path] = still.frame.offset or self._offsets.get(film.path, 0.0)
            yield still
        self.passage.include(passage)

    def _walk(self, film: Film, passage: Passage | None = None) -> Iterator[Still]:
        """Yield the frames of a film that are not decided. It is walked from its beginning: a seek is not exact."""
        decided, end = self._offsets.get(film.path, -math.inf), film.start
        left_out = self.left_out
        before = ask_status(join(self.directory, film.path))
        for still in walk_stills(self.directory, film, self._sampling, self.settings.naming, passage or self.passage):
            if film.path in self._changed and self._is_other(still, decided):
                self.replaced.append(film.path)
                return
            if still.frame.offset is None:  # what is wrong is told of the time up to which it is not
                yield replace(still, frame=replace(still.frame, time=end), stat=still.stat or before)
                continue
            end = still.frame.time
            if not self._is_wanted(still.frame, left_out) or still.frame.offset <= decided:
                continue
            if decided >= 0 and self._leaves(film) and self._is_late(film, still.frame.offset):
                self.late.append(film.frame)
                return
            yield still if still.stat else replace(still, stat=before)

    def _is_other(self, still: Still, decided: float) -> bool:
        """Tell whether a frame of a film shows something new against what stands for the one that was decided."""
        if still.pixels is None or still.frame.offset is None or still.frame.offset > decided:
            return False
        known, camera = self._sink.find_decision(still.frame.path), still.frame.camera
        if known is None or known.verdict is Verdict.SKIP or known.left_out or self._sink.folder is None:
            return False
        path = known.frame.path if known.verdict is Verdict.KEEP else known.reference or ""
        seen = view_frame(still, self.directory, self.settings)
        settings = self.settings.at(seen.frame)
        try:
            picture = read_frame(self._sink.find_kept(path), settings)
        except UnreadableFrame:
            return False
        if seen.descriptor is None or (settings.size is None and picture.size != seen.size):
            return seen.size != picture.size
        reference = Reference(path, comparator_of(settings, camera).describe(picture.pixels))
        return rule_of(settings, camera).decide(seen, (reference,)).verdict is Verdict.KEEP

    def _is_chosen(self, film: Film, seconds: float) -> bool:
        """Tell whether a frame of a film may be of the times that are looked at."""
        start = film.frame.time
        end = None if start is None else start + timedelta(seconds=seconds)
        return self.settings.choice.takes_span(start, end, self.left_out)


def weave(films: Sequence[Film], walk: Callable[[Film], Iterator[Still]]) -> Iterator[Still]:
    """Yield the frames of the films of one camera, given in order, in the order of time.

    A film is opened when the others have come to its beginning: of most cameras one after the other.
    """
    waiting = deque(enumerate(films))
    heads: list[tuple[datetime, int, Still, Iterator[Still]]] = []
    while waiting or heads:
        if waiting and (not heads or (waiting[0][1].start or AFTER_ALL) < heads[0][0]):
            number, film = waiting.popleft()
            walked = walk(film)
        else:
            _, number, still, walked = heappop(heads)
            yield still
        if (head := next(walked, None)) is not None:
            heappush(heads, (_time_of(head), number, head, walked))


def _time_of(item: Frame | Still) -> datetime:
    return frame_of(item).time or AFTER_ALL
