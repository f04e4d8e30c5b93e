"""Where the frames of a run come from: pictures of a folder, films too, or pictures as they arrive (`arrivals`)."""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import merge
from itertools import chain, groupby

from framesift.comparators.masks import require_cameras
from framesift.errors import PathLike, UnreadableFrame, UsageError
from framesift.filtering.clocks import Judgement, Stamp, as_written, judge
from framesift.filtering.describing import View, check_masks, sampling_of
from framesift.filtering.file_state import Standing, ask_status, name_refreshed
from framesift.filtering.option_values import Lateness
from framesift.filtering.pages import is_begun, spread_pages
from framesift.filtering.second_hour import SecondHour
from framesift.filtering.selection import Decision, Order
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.choosing import LeftOut
from framesift.frames.finding import Listing, find_frames
from framesift.frames.frame import AFTER_ALL, Frame, order_key
from framesift.frames.reader import read_size
from framesift.frames.videos import Film, Passage, Still, VideoInfo, name_film, probe_video, walk_stills
from framesift.stores import is_url, join, locate


def open_source(directory: PathLike, settings: Settings) -> "Source":
    """Return the source that the settings ask for: pictures, or with `every` the frames of films after them."""
    return Source(directory, settings) if settings.every is None else Films(directory, settings)


LATE_HINT = "--late decide compares it with the kept frame before it"
AHEAD_OF_OTHERS = "it is ahead of frames that followed: these go on in the order of arrival"


def describe_fault(frame: Frame) -> str:
    """Say what is wrong with the time of a frame."""
    return f"its time, {frame.time:%Y-%m-%d %H:%M}, cannot be right; decided in the order of arrival"


def _read_clock() -> datetime:
    return datetime.now(UTC)


class Source:
    """The pictures of a folder or URL that no earlier run has decided."""

    def __init__(self, directory: PathLike, settings: Settings, now: Callable[[], datetime] = _read_clock) -> None:
        self.directory = locate(directory)
        self.settings = settings
        self.listing = Listing()
        """The frames below the folder that no earlier run has decided, and what could not be listed."""
        self.pictures: list[Frame] = []
        """Those to be decided now."""
        self.overdue: list[Frame] = []
        """Those to be decided now, each by the kept frame before it: later ones of their camera have been decided."""
        self.late: list[Frame] = []
        """Others that came after later ones of their camera had been decided. They are left."""
        self.faults: list[Frame] = []
        """Those whose time cannot be right: they are decided in the order of arrival."""
        self.ahead: dict[str, Stamp] = {}
        """Of cameras whose decided frames turn out to be ahead of all that followed: the first of them."""
        self.passage = Passage()
        """What was passed over in the films that were walked."""
        self.expected = 0
        """About how many frames there are to be decided."""
        self._sink = Sink()
        self._now = now
        self._second_hour = SecondHour(self.directory, settings.naming)
        self._repeated: set[str] = set()
        self._again: set[str] = set()
        """Those of them that have not been decided again."""
        self._refreshed: set[str] = set()
        self._fault_paths: set[str] = set()

    @property
    def left_out(self) -> LeftOut:
        """What was not chosen."""
        return self.listing.left_out

    def find(self, sink: Sink) -> None:
        """Find what is to be decided, given what has been. Raises UsageError and StorageError."""
        with_films, settings, leave_out = self.settings.every is not None, self.settings, partial(self._leave_out, sink)
        named = settings.naming, sink.folder, with_films, leave_out, settings.choice, sink.last_frames
        self.listing = find_frames(self.directory, *named)
        self._check_masks(sink)
        self.pictures = self._arrange((self._name_anew(frame, sink) for frame in self.listing.frames), sink)
        self._sink = sink
        self.expected = len(self.pictures) + len(self.overdue)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what is to be decided, as often as there is something; whoever takes it decides all before the next."""
        yield self.take_pictures()

    def take_pictures(self) -> Iterator[Frame]:
        """Yield the pictures to be decided now, of files of several pages each page; none is left then."""
        pictures, self.pictures = self.pictures, []
        return self._spread(pictures)

    def _spread(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield frames, in place of a file of several pages those of its pages that are not decided."""
        return spread_pages(self.directory, frames, self._sink)

    def accept(self, views: Iterable[View]) -> Iterable[View]:
        """Return what has been read, less what cannot be decided yet."""
        return views

    def settle(self, frame: Frame) -> None:
        """Take note that a frame is decided."""

    def take_overdue(self) -> list[Frame]:
        """Return the frames that are overdue, which are decided now, in total order."""
        overdue, self.overdue = sorted(self.overdue, key=order_key), []
        return list(self._spread(overdue))

    def may_repeat(self, frame: Frame) -> bool:
        """Tell whether a frame may be decided although it is decided: it was skipped, and its file has changed."""
        return frame.path in self._repeated

    def describe(self, decision: Decision, late: bool = False) -> Decision:
        """Return a decision with what is known of how its frame came."""
        frame = decision.frame
        order = Order.LATE if late else Order.FAULT if frame.path in self._fault_paths else None
        self._fault_paths.discard(frame.path)
        skipped = frame.path if frame.offset is None else frame.path.rpartition("/")[0]
        again = skipped in self._again
        self._again.discard(skipped)
        return replace(decision, order=order, again=again) if order or again else decision

    def _leave_out(self, sink: Sink, path: str) -> bool:
        """Tell whether a file that has been found is decided, and note why it is not where it was."""
        return self._note_standing(path, sink.find_standing(path)) is Standing.DECIDED

    def _note_standing(self, path: str, standing: Standing) -> Standing:
        if standing is Standing.AGAIN:
            self._again.add(path)
            self._repeated.add(path)
        elif standing is Standing.REFRESHED:
            self._refreshed.add(path)
        return standing

    def _name_anew(self, frame: Frame, sink: Sink) -> Frame:
        """Return the frame that a file holds now: of a refreshed one another than that which has its name."""
        if frame.path not in self._refreshed:
            return frame
        status = ask_status(join(self.directory, frame.path))
        number, mtime_ns = 1, 0 if status is None else status.st_mtime_ns
        while sink.is_decided((renamed := name_refreshed(frame, mtime_ns, number)).path):
            number += 1
        return renamed

    def _arrange(self, frames: Iterable[Frame], sink: Sink) -> list[Frame]:
        """Return frames, in whatever order, as they are to be decided, and note which are late or of a wrong clock.

        A file of which pages have been decided comes first: the others are next, and not late.
        """
        arranged: list[Frame] = []
        outvote, now = self.settings.late is Lateness.LEAVE, self._now()
        for camera, of_camera in groupby(sorted(frames, key=order_key), key=lambda frame: frame.camera):
            begun, others = _part(of_camera, lambda frame: is_begun(frame, sink))
            arranged += begun
            judged = judge(sink.clock(camera), others, self._ask_written, now, self._second_hour.read, outvote)
            arranged += judged.frames
            for frame in judged.late:
                decided = not outvote or frame.path in self._repeated
                (self.overdue if decided else self.late).append(frame)
            self._note_faults(camera, judged)
        return arranged

    def _note_faults(self, camera: str, judged: Judgement) -> None:
        self.faults += judged.faults
        self._fault_paths -= {frame.path for frame in judged.frames}
        self._fault_paths |= {frame.path for frame in judged.faults}
        if judged.ahead:
            self.ahead[camera] = judged.ahead[0]

    def _ask_written(self, frame: Frame) -> datetime | None:
        """Return when the file of a frame was written, as far as that can be asked cheaply."""
        status = None if is_url(self.directory) else ask_status(join(self.directory, frame.file))
        return as_written(status and status.st_mtime_ns)

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
            if decided is not None and info.duration_s and left < step / 1000:
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
            is_taken = still.problem or choice.takes_time(still.frame.time, left_out)
            if is_taken and (still.frame.offset is None or still.frame.offset > decided):
                yield still if still.stat else replace(still, stat=before)

    def _is_chosen(self, film: Film, seconds: float) -> bool:
        """Tell whether a frame of a film may be of the times that are looked at."""
        start = film.frame.time
        end = None if start is None else start + timedelta(seconds=seconds)
        return self.settings.choice.takes_span(start, end, self.left_out)


def _part(frames: Iterable[Frame], is_first: Callable[[Frame], bool]) -> tuple[list[Frame], list[Frame]]:
    parts: tuple[list[Frame], list[Frame]] = ([], [])
    for frame in frames:
        parts[not is_first(frame)].append(frame)
    return parts


def _time_of(item: Frame | Still) -> datetime:
    frame = item.frame if isinstance(item, Still) else item
    return frame.time or AFTER_ALL
