"""Where the frames of a run come from: pictures of a folder, films too, or pictures as they arrive (`arrivals`)."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from framesift.comparators.masks import require_cameras
from framesift.errors import PathLike, UnreadableFrame
from framesift.filtering.clocks import Judgement, Stamp, as_written, judge
from framesift.filtering.describing import View, check_masks
from framesift.filtering.file_state import Standing, ask_status, name_refreshed
from framesift.filtering.option_values import Lateness
from framesift.filtering.pages import is_begun, page_of, spread_pages
from framesift.filtering.reading_ahead import read_ahead
from framesift.filtering.second_hour import SecondHour
from framesift.filtering.selection import Decision, Order
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.choosing import EXCLUDED, LeftOut
from framesift.frames.finding import Listing, find_frames
from framesift.frames.frame import Frame, order_key, put_in_order
from framesift.frames.reader import read_size
from framesift.frames.videos import Passage, Still, name_film
from framesift.stores import ObjectStat, ask_anew, is_url, join, locate

LATE_HINT = "--late decide compares it with the kept frame before it"
AHEAD_OF_OTHERS = "it is ahead of frames that followed: these go on in the order of arrival"

CONTRARY = (
    "day and month seem to stand in another order than its other names were read in: --time-format says how they "
    "are written, such as %m-%d-%Y_%H.%M.%S (with other results, where frames are decided)"
)


def describe_fault(frame: Frame) -> str:
    """Say what is wrong with the time of a frame."""
    return f"its time, {frame.time:%Y-%m-%d %H:%M}, cannot be right; decided in the order of arrival"


def _read_clock() -> datetime:
    return datetime.now(UTC)


class Source:
    """The pictures of a folder or URL that no earlier run has decided."""

    goes_on = False
    """Whether the cameras take turns without an end: the run remembers what it kept last of each."""

    def __init__(self, directory: PathLike, settings: Settings, now: Callable[[], datetime] = _read_clock) -> None:
        self.directory = locate(directory)
        self.settings = settings
        self._below = "" if is_url(self.directory) else os.path.join(self.directory, "")
        """What stands before the path of a file that can be asked at little cost."""
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
        self.replaced: list[str] = []
        """Films that are others than those that were decided under their names. They are left."""
        self.excluded: set[str] = set()
        """The cameras of frames that the settings leave out."""
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
        self._redone: set[str] = set()
        """Those that have."""
        self._refreshed: set[str] = set()
        self._listed: dict[str, ObjectStat] = {}
        """What the listing of a store says of those of them that are objects."""
        self._fault_paths: set[str] = set()

    @property
    def left_out(self) -> LeftOut:
        """What was not chosen."""
        return self.listing.left_out

    def find(self, sink: Sink) -> None:
        """Find what is to be decided, given what has been. Raises UsageError and StorageError."""
        ask_anew(self.directory)
        with_films, settings, leave_out = self.settings.every is not None, self.settings, partial(self._leave_out, sink)
        named = settings.naming, sink.folder, with_films, leave_out, settings.choice, sink.last_frames
        self.listing = find_frames(self.directory, *named)
        frames = self.listing.frames
        if settings.sections:
            frames[:] = [frame for frame in frames if self._is_wanted(frame, self.left_out)]
        self._check_masks(sink)
        self.pictures = self._arrange(
            [self._name_anew(each, sink) for each in frames] if self._refreshed else frames, sink
        )
        self._sink = sink
        self.expected = len(self.pictures) + len(self.overdue)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what is to be decided, as often as there is something; whoever takes it decides all before the next."""
        yield self.take_pictures()

    def take_pictures(self, here: bool = True) -> Iterator[Frame]:
        """Yield the pictures to be decided now, of files of several pages each page; none is left then.

        Those that are decided `here` are read ahead.
        """
        pictures, self.pictures = self.pictures, []
        return self._spread(read_ahead(self.directory, pictures) if here else pictures)

    def _spread(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield frames, in place of a file of several pages those of its pages that are not decided."""
        return spread_pages(self.directory, frames, self._is_done)

    def _is_done(self, page: Frame) -> bool:
        """Tell whether a page is decided, unless it was skipped and its file has changed."""
        if not self._sink.is_decided(page.path):
            return False
        if page.file in self._repeated and page.path not in self._redone and self._sink.is_skipped(page.path):
            self._again.discard(page.file)
            self._again.add(page.path)
            return False
        return True

    def accept(self, views: Iterable[View]) -> Iterable[View]:
        """Return what has been read, less what cannot be decided yet."""
        return views

    def settle(self, frame: Frame) -> None:
        """Take note that a frame is decided."""

    def take_overdue(self) -> Iterator[Frame | Still]:
        """Yield the frames that are overdue, which are decided now, in total order."""
        overdue, self.overdue = sorted(self.overdue, key=order_key), []
        yield from self._spread(overdue)

    def describe(self, decision: Decision, late: bool = False) -> Decision:
        """Return a decision with what is known of how its frame came."""
        frame = decision.frame
        is_part = frame.page is not None or frame.offset is not None
        whole = frame.path.rpartition("/")[0] if is_part else frame.path
        order = Order.LATE if late else Order.FAULT if whole in self._fault_paths else None
        self._fault_paths.discard(frame.path)  # not of pages and films, of which others follow
        skipped = frame.path if frame.path in self._again else frame.file
        again = skipped in self._again
        self._again.discard(skipped)
        if again:
            self._redone.add(skipped)
        return replace(decision, order=order, again=again) if order or again else decision

    def notes(self) -> Iterator[str]:
        """Yield what else there is to say of how the frames came."""
        yield from ()

    def _is_wanted(self, frame: Frame, left_out: LeftOut) -> bool:
        """Tell whether a frame is of the cameras, days and hours that are looked at, and note it if not."""
        if not self.settings.choice.takes_time(frame.time, left_out):
            return False
        wanted = self.settings.takes(frame)
        if not wanted:
            left_out.files[EXCLUDED] += 1
            self.excluded.add(frame.camera)
        return wanted

    def _leave_out(self, sink: Sink, path: str, status: ObjectStat | None = None) -> bool:
        """Tell whether a file that has been found is decided, and note why it is not where it was."""
        standing = self._note_standing(path, sink.find_standing(path, status))
        if status is not None and standing is Standing.REFRESHED:
            self._listed[path] = status
        return standing is Standing.DECIDED

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
        status = self._listed.get(frame.path) or ask_status(self._below + frame.path)
        number, mtime_ns = 1, 0 if status is None else status.st_mtime_ns
        while sink.is_decided((renamed := name_refreshed(frame, mtime_ns, number)).path):
            number += 1
        return renamed

    def _arrange(self, frames: Iterable[Frame], sink: Sink) -> list[Frame]:
        """Return frames, in whatever order, as they are to be decided, and note which are late or of a wrong clock.

        A file of which pages have been decided in order comes first: the others are next, and not late.
        """
        arranged: list[Frame] = []
        outvote, now = self.settings.late is Lateness.LEAVE, self._now()
        for camera, of_camera in groupby(put_in_order(frames), key=lambda frame: frame.camera):
            others = list(of_camera)
            if begun := [frame for frame in others if self._is_next(sink, frame)]:
                arranged += begun
                paths = {frame.path for frame in begun}
                others = [frame for frame in others if frame.path not in paths]
            judged = judge(sink.clock(camera), others, self._ask_written, now, self._second_hour.read, outvote)
            arranged += judged.frames
            for frame in judged.late:
                decided = not outvote or frame.path in self._repeated
                (self.overdue if decided else self.late).append(frame)
            self._note_faults(camera, judged)
        return arranged

    def _is_next(self, sink: Sink, frame: Frame) -> bool:
        """Tell whether pages of a file have been decided in order, so that the others are next."""
        if not is_begun(frame, sink.is_decided) or frame.file in self._repeated:
            return False
        first = sink.find_decision(page_of(frame, 1).path)
        return first is None or first.order is None

    def _note_faults(self, camera: str, judged: Judgement) -> None:
        self.faults += judged.faults
        if self._fault_paths:
            self._fault_paths -= {frame.path for frame in judged.frames}
        self._fault_paths |= {frame.path for frame in judged.faults}
        if judged.ahead:
            self.ahead[camera] = judged.ahead[0]

    def _ask_written(self, frame: Frame) -> datetime | None:
        """Return when the file of a frame was written, as far as that can be asked cheaply."""
        status = ask_status(self._below + frame.file) if self._below else None
        return as_written(status and status.st_mtime_ns)

    def _check_masks(self, sink: Sink) -> None:
        """Raise UsageError for a mask that does not fit the cameras or the first frame of one, before anything else."""
        masks = [*self.settings.masks, *(mask for section in self.settings.sections for mask in section.masks)]
        frames = self.listing.frames if masks else []
        films = (name_film(path, self.settings.naming).camera for path in self.listing.videos)
        cameras = dict.fromkeys([*(frame.camera for frame in frames), *films, *sink.cameras])
        require_cameras(masks, list(cameras), self.directory)
        for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
            path = next(of_camera).path
            with suppress(UnreadableFrame):
                size = read_size(join(self.directory, path), self.settings.max_pixels)
                check_masks(self.settings, camera, size, path)
