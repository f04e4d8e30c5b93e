"""A source that goes on: frames are decided as they arrive, as one run over all of them would decide.

It looks at a folder again and again, and tells which frames are new, complete and next in the order of their camera.

By looking, and not by what the kernel tells of: that says nothing of frames that another machine writes to a network
share, which is how most arrive. A folder is listed again only when its time of modification has changed; where a file
system does not keep that, once a minute. What is remembered is of the folders and of the frames not decided yet.
"""

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator

from framesift.errors import FramesiftError, PathLike, StorageError, show
from framesift.filtering.clocks import Judgement
from framesift.filtering.describing import View
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import AHEAD_OF_OTHERS, CONTRARY, LATE_HINT, Source, describe_fault
from framesift.filtering.waiting import File, Folder, ask_mtime_ns, is_temporary
from framesift.frames.choosing import LeftOut
from framesift.frames.finding import Listing, scan_folder
from framesift.frames.frame import Frame, add_exif_time, name_frames, order_key, own_camera
from framesift.frames.naming import Names
from framesift.frames.videos import Still

IDLE = 0.25
"""Seconds from one look to the next where nothing is waited for."""
SETTLING = 0.15
"""Seconds between the two looks at which a file has to be the same."""
PATIENCE = 10.0
"""So many seconds after its last change a file that is not a whole frame is no longer waited for. For as long a folder
that has changed is listed at each look: its time of modification may be too coarse to tell of the next change."""
ROUND = 60.0
"""Seconds from one listing of all folders to the next."""

WATCHED = 256
"""So many files that were decided last are looked at each time, in case they change."""
LONGEST = 1.0
"""Seconds that a decision stays in memory."""

Tell = Callable[[str, str], None]
"""Called with an absolute path and what is to be said of it in one line."""


class Arrivals(Source):
    """The pictures of a folder that are not decided yet, now and as they arrive, without an end.

    A frame is decided when it is whole and those before it are; one that is not whole when it has not changed for
    `PATIENCE` seconds. `tell` is called for a frame that came too late, and for a folder that is gone or there again:
    it is waited for.
    """

    def __init__(
        self,
        directory: PathLike,
        settings: Settings,
        tell: Tell,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(directory, settings)
        self.pause = SETTLING
        """Seconds to wait before the next look; with very many files more, so that looking takes half of the time."""
        self._names = Names(settings.naming)
        self._sink = Sink()
        self._tell, self._wait, self._clock = tell, pause, clock
        self._folders: dict[str, Folder] = {}
        self._files: dict[str, File] = {}
        self._arrived: dict[str, LeftOut] = {}
        """Files that are to be named, and where it is noted if they are not looked at."""
        self._pages: dict[str, int] = {}
        """How many frames of a file that was offered are not decided: it may have several pages."""
        self._left: dict[str, File] = {}
        """Those that came late."""
        self._watched: dict[str, tuple[int, int] | None] = {}
        """The files decided last, and the state of each then: a camera may go on writing to one."""
        self._elsewhen: dict[str, Frame] = {}
        """Frames that are not of the times that are looked at, as their files say and not their names."""
        self._lost: set[str] = set()
        self._held: set[str] = set()
        self._round_at = -ROUND

    @property
    def left_out(self) -> LeftOut:
        """What was not chosen, of what lies there now."""
        left_out = LeftOut()
        for folder in self._folders.values():
            left_out.update(folder.left_out)
        for frame in self._elsewhen.values():
            self._is_wanted(frame, left_out)
        return left_out

    def find(self, sink: Sink) -> None:
        """Refuse a folder that cannot be listed now: later it may come and go. What is in it comes in `rounds`."""
        self._sink = sink
        self._names = Names(self.settings.naming, sink.last_frames, own_camera(self.directory))
        next(scan_folder(self.directory, "", sink.folder, Listing(), []), None)

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what can be decided, look after look."""
        while True:
            yield self.offer(self._spread(self._settle_order(self.look())))
            self._wait(self.pause)

    def look(self) -> list[Frame]:
        """Return the frames that can be decided now, in total order.

        A frame is not given before two looks have found it the same, nor while one that comes before it is waited for.
        So none overtakes another that came into the folder before it, whatever a listing misses of what arrives
        meanwhile.
        """
        now = self._clock()
        self._list_folders(now)
        self._look_again()
        self._name_arrived()
        for path, file in list(self._files.items()):
            self._examine(path, file, now)
        ready, waiting = [], set()
        for frame in sorted((file.frame for file in self._files.values() if file.chosen), key=order_key):
            if frame.camera not in waiting and self._is_ready(self._files[frame.file], now):
                ready.append(frame)
            else:
                waiting.add(frame.camera)
        self.pause = max(SETTLING if waiting else IDLE, self._clock() - now)
        return ready

    def offer(self, ready: Iterable[Frame]) -> Iterator[Frame]:
        """Yield frames to be read, but none of a camera of which `accept` holds one back meanwhile."""
        self._held.clear()
        return (frame for frame in ready if frame.camera not in self._held)

    def accept(self, views: Iterable[View]) -> Iterator[View]:
        """Yield what has been read, less the frames that may still be being written and those that come after them.

        Ends when the folder of the frames is gone: the next look says so.
        """
        try:
            for view in views:
                camera = view.frame.camera
                if camera not in self._held and self._is_final(view):
                    yield view
                else:
                    self._held.add(camera)
        except StorageError as error:
            if error.path != self.directory:
                raise

    def settle(self, frame: Frame) -> None:
        """Leave a frame out from now on: it is decided."""
        self._pages[frame.file] = self._pages.get(frame.file, 1) - 1
        if not self._pages[frame.file]:
            del self._pages[frame.file]
            self._watched.pop(frame.file, None)
            self._watched[frame.file] = self._files.pop(frame.file).state
            if len(self._watched) > WATCHED:
                del self._watched[next(iter(self._watched))]

    def _spread(self, ready: Iterable[Frame]) -> Iterator[Frame]:
        """Yield frames, in place of a file of several pages those of its pages that are not decided."""
        for frame in ready:
            frames = list(super()._spread([frame]))
            self._pages[frame.file] = len(frames)
            if not frames:
                del self._files[frame.file]
            yield from frames

    def _settle_order(self, ready: list[Frame]) -> list[Frame]:
        """Return what is to be decided one after the other; leave out, and tell of, what comes late."""
        cameras = {frame.camera for frame in ready}
        left = [file.frame for file in self._left.values() if file.frame.camera in cameras]
        self.late, self.overdue = [], []
        arranged = self._arrange([*ready, *left], self._sink)
        for frame in self.late:
            if frame.file in self._files:
                self._left[frame.file] = self._files.pop(frame.file)
                what = f"came after a later frame of camera {show(frame.camera)} had been decided: left; {LATE_HINT}"
                self._tell(os.path.join(self.directory, frame.file), what)
        for frame in (*arranged, *self.overdue):
            if frame.file in self._left:
                self._files[frame.file] = self._left.pop(frame.file)
        self.late = [file.frame for file in self._left.values()]
        return arranged

    def _note_faults(self, camera: str, judged: Judgement) -> None:
        for frame in judged.faults:
            if frame.path not in self._fault_paths:
                self._tell(os.path.join(self.directory, frame.file), f"clock fault: {describe_fault(frame)}")
        if judged.ahead and self.ahead.get(camera) != judged.ahead[0]:
            self._tell(os.path.join(self.directory, judged.ahead[0].path), f"clock fault: {AHEAD_OF_OTHERS}")
        super()._note_faults(camera, judged)

    def _look_again(self) -> None:
        """Take in again what has been decided last and has changed since, before a folder tells of it."""
        for path, state in list(self._watched.items()):
            if self._state(path) not in (state, None):
                del self._watched[path]
                self._take_in(path, LeftOut())

    def _take_in(self, path: str, left_out: LeftOut) -> None:
        """Wait for a file, unless it holds what is decided."""
        if path in self._files or path in self._left or path in self._elsewhen or self._leave_out(self._sink, path):
            return
        self._arrived[path] = left_out

    def _name_arrived(self) -> None:
        """Name what has come, all at once; leave out what is by its name of another time than is looked at."""
        arrived, self._arrived = self._arrived, {}
        for frame in name_frames(arrived, self._names):
            if frame.time is None or self._is_wanted(frame, arrived[frame.path]):
                self._files[frame.path] = File(frame, frame)
        for camera, paths in self._names.contrary.items():
            if camera not in self.listing.contrary:
                self._tell(os.path.join(self.directory, paths[0]), f"camera {show(camera)}: {CONTRARY}")
                self.listing.contrary[camera] = paths
        self._names.contrary.clear()

    def _is_ready(self, file: File, now: float) -> bool:
        """A name that is a temporary one perhaps is waited for as long as what is not whole: it may be renamed."""
        is_doubtful = file.refused or is_temporary(file.frame.file)
        return file.steady and (not is_doubtful or now - file.since >= PATIENCE)

    def _is_final(self, view: View) -> bool:
        """Tell whether a frame is whole, or will not become so. What has changed since the last look is neither."""
        file = self._files[view.frame.file]
        if self._state(view.frame.file) != file.state:
            return False
        file.refused = view.size is None
        return not file.refused or self._clock() - file.since >= PATIENCE

    def _list_folders(self, now: float) -> None:
        whole_round = now - self._round_at >= ROUND
        if whole_round:
            self._round_at = now
            left = self._left.items()
            self._left = {path: file for path, file in left if os.path.lexists(os.path.join(self.directory, path))}
            self._elsewhen = {path: frame for path, frame in self._elsewhen.items() if self._state(path)}
        known, self._folders = self._folders, {}
        pending = [""]
        while pending:
            path = pending.pop()
            try:
                folder = self._list_folder(path, known.get(path), now, whole_round)
            except (FramesiftError, OSError) as error:
                self._lose(path, error)
                continue
            self._folders[path] = folder
            pending += folder.below
            if path in self._lost:
                self._lost.remove(path)
                self._tell(os.path.join(self.directory, path).rstrip("/"), "is there again")

    def _list_folder(self, path: str, known: Folder | None, now: float, whole_round: bool) -> Folder:
        """Return the folder as it is now, listed again unless nothing can have changed."""
        mtime_ns = ask_mtime_ns(os.path.join(self.directory, path))
        unchanged = known is not None and known.mtime_ns == mtime_ns
        if known and unchanged and not whole_round and now - known.since >= PATIENCE:
            return known
        folder = Folder(mtime_ns, known.since if known and unchanged else now)
        listing = Listing(left_out=folder.left_out)
        choice = self.settings.choice
        for name in scan_folder(self.directory, path, self._sink.folder, listing, folder.below, choice):
            self._take_in(name, folder.left_out)
        folder.films = listing.videos
        for _, reason in listing.unlisted:
            raise StorageError(reason)
        return folder

    def _lose(self, path: str, error: FramesiftError | OSError) -> None:
        """Say once that a folder cannot be listed; nothing of one below that has been removed: that is usual."""
        gone = isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.ENOTDIR)
        if path in self._lost or (path and gone):
            return
        self._lost.add(path)
        reason = error.reason if isinstance(error, FramesiftError) else error.strerror or str(error)
        self._tell(os.path.join(self.directory, path).rstrip("/"), f"cannot be listed ({reason}): waiting for it")

    def _examine(self, path: str, file: File, now: float) -> None:
        state = self._state(path)
        if state is None:
            del self._files[path]
        elif state != file.state:
            file.state, file.since, file.steady, file.refused = state, now, False, False
        elif not file.steady:
            file.steady = True
            frame = add_exif_time(file.named, self.directory, self.settings.naming)
            file.chosen = self._is_wanted(frame, LeftOut())
            file.frame = self._name_anew(frame, self._sink)
        elif not file.chosen and now - file.since >= PATIENCE:
            self._elsewhen[path] = self._files.pop(path).frame

    def _state(self, path: str) -> tuple[int, int] | None:
        """Return what changes when a file is written to; None where it is gone."""
        try:
            stat = os.stat(os.path.join(self.directory, path))
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns
