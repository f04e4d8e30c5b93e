"""The results folder of a run: who may write to it, what stands in it already, and how decisions reach it."""

import fcntl
import os
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from framesift import manifest
from framesift.actions import (
    LEFTOVER,
    Copy,
    Link,
    is_link_to,
    place_files,
    remove_leftovers,
    storage_errors,
    sync_folder,
    write_all,
)
from framesift.errors import PathLike, ResultsInUse, StorageError, UsageError
from framesift.frames import Frame, order_key
from framesift.outputs import is_output
from framesift.past import Past
from framesift.selection import Decision, Verdict
from framesift.settings import Placement, Settings
from framesift.summary import Summary
from framesift.videos import is_still

GROUP_DECISIONS = 64
GROUP_BYTES = 16 * 2**20
"""Decisions are written in groups, so that the disk syncs once for many. A power cut or kill costs at most the last
two groups: the next run decides these frames again, with the same result."""

TOLERATED = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What operating systems put into any folder by themselves."""


class Results:
    """What an earlier run left in the folder, and the writing of this one. A context manager.

    Entering changes nothing on disk: it reads the manifest, takes its lock and refuses a folder that another run is
    using (ResultsInUse), that was begun with other settings, or that holds files that are not ours (UsageError).
    `begin` makes the folder ready. `add` records a decision; leaving writes what is still waiting.
    With `dry_run` nothing is written and no lock is taken.
    """

    def __init__(self, folder: PathLike, source: PathLike, settings: Settings, dry_run: bool = False) -> None:
        self.folder = os.path.abspath(os.fsdecode(folder))
        self.source = os.path.abspath(os.fsdecode(source))
        self._settings = settings
        self._dry_run = dry_run
        self._manifest = os.path.join(self.folder, manifest.NAME)
        self._descriptor: int | None = None
        self._past = Past(self._manifest, one_chain=settings.size is not None)
        self._length = 0
        self._lines: list[bytes] = []
        self._files: list[Copy | Link] = []
        self._waiting = 0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="framesift-writer")
        self._writing: Future[None] | None = None

    @property
    def summary(self) -> Summary:
        """The decisions of earlier runs; the caller adds those of this one."""
        return self._past.summary

    def __enter__(self) -> "Results":
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not isinstance(error, StorageError):
                self.flush()
        finally:
            self._close()

    def begin(self) -> None:
        """Make the folder with its manifest, or cut what a crash left half-written. Raises StorageError."""
        if self._dry_run:
            return
        if not os.path.isdir(self.folder):
            with storage_errors(self.folder):
                os.makedirs(self.folder, exist_ok=True)
            sync_folder(os.path.dirname(self.folder))
        if self._descriptor is None:
            self._descriptor = self._create()
        remove_leftovers(self.folder)
        with storage_errors(self._manifest):
            length = manifest.whole_length(self._manifest)
            os.ftruncate(self._descriptor, length)
            if length == 0:
                write_all(self._descriptor, manifest.encode_header(self._record()))
            os.fsync(self._descriptor)
            self._length = os.fstat(self._descriptor).st_size
        sync_folder(self.folder)

    @property
    def cameras(self) -> list[str]:
        """The cameras of which earlier runs have decided frames."""
        return list(self._past.last)

    def is_decided(self, path: str) -> bool:
        """Tell whether a frame is decided: by an earlier run, or by this one and written."""
        return self._past.find(path) is not None

    def is_late(self, frame: Frame) -> bool:
        """Tell whether a frame that is not decided comes before the last decided one of its camera."""
        last = self._past.last.get(frame.camera)
        return last is not None and order_key(frame) < order_key(last)

    def last_offset(self, camera: str) -> float | None:
        """Return how far a video has been decided."""
        last = self._past.last.get(camera)
        return None if last is None else last.offset

    def references(self, camera: str) -> dict[Hashable, str]:
        """Return the last kept frame of each chain of a camera."""
        return dict(self._past.references.get(camera, {}))

    def add(self, decision: Decision, content: bytes | None = None, stat: os.stat_result | None = None) -> None:
        """Record a decision and place the frame if it is kept. Raises StorageError, also for an earlier decision."""
        if self._dry_run:
            return
        path = decision.frame.path
        if decision.verdict is Verdict.KEEP:
            if self._settings.placement is not Placement.COPY and decision.frame.offset is None:
                symbolic = self._settings.placement is Placement.SYMBOLIC
                self._files.append(Link(path, os.path.join(self.source, path), symbolic))
            elif content is not None and stat is not None:
                self._files.append(Copy(path, content, stat))
                self._waiting += len(content)
        # After its file: a signal may end the run between any two steps, and a line without its file would be a lie.
        line = manifest.encode_decision(decision)
        self._lines.append(line)
        self._past.add(decision, self._length)
        self._length += len(line)
        if len(self._lines) >= GROUP_DECISIONS or self._waiting >= GROUP_BYTES:
            self._flush()

    def flush(self) -> None:
        """Return when everything added is on the disk. Raises StorageError."""
        self._flush()
        self._wait()

    def _flush(self) -> None:
        """Hand the waiting group to the writer, once that has finished the group before."""
        self._wait()
        if self._lines:
            files, lines = self._files, self._lines
            self._files, self._lines, self._waiting = [], [], 0  # first: no signal makes this group go twice
            self._writing = self._writer.submit(self._write, files, lines)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _write(self, files: list[Copy | Link], lines: list[bytes]) -> None:
        """Files first, then their lines: what the manifest says is kept stands in the folder."""
        assert self._descriptor is not None
        if files:
            place_files(self.folder, files)
        with storage_errors(self._manifest):
            write_all(self._descriptor, b"".join(lines))
            os.fsync(self._descriptor)

    def _open(self) -> None:
        if os.path.lexists(self.folder) and not os.path.isdir(self.folder):
            raise UsageError("the results folder is a file", self.folder)
        if is_link_to(self.folder, self.source):
            raise UsageError("the results folder cannot be the folder of the frames", self.folder)
        if os.path.lexists(self._manifest):
            self._continue()
        self._refuse_foreign_files()

    def _continue(self) -> None:
        """Read what an earlier run has decided."""
        if not self._dry_run:
            with storage_errors(self._manifest):
                flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                self._descriptor = self._lock(os.open(self._manifest, flags))
        settings = manifest.read_settings(self._manifest)
        if settings is None:
            return
        wanted = self._record()
        for name in wanted:
            if settings.get(name) != wanted[name]:
                found = f"{name.replace('_', ' ')} {settings.get(name)}, not {wanted[name]}"
                raise UsageError(f"was filled with {found}: choose another results folder", self.folder)
        self._past.read()

    def _record(self) -> dict[str, object]:
        """Return the settings and where the frames lie as seen from here, so that both can be moved together."""
        source = os.path.relpath(os.path.realpath(self.source), os.path.realpath(self.folder))
        return {"source": source, **self._settings.record()}

    def _create(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            return self._lock(os.open(self._manifest, flags, 0o666))
        except FileExistsError:
            raise ResultsInUse("another run has just begun to use this results folder", self.folder) from None
        except OSError as error:
            raise StorageError.of(error, self._manifest) from error

    def _lock(self, descriptor: int) -> int:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise ResultsInUse("another run is using this results folder", self.folder) from None
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _refuse_foreign_files(self) -> None:
        """Raise UsageError for any file that no run put here, before a frame is read."""
        if not os.path.isdir(self.folder):
            return
        pending = [""]
        with storage_errors(self.folder):
            while pending:
                folder = pending.pop()
                with os.scandir(os.path.join(self.folder, folder)) as entries:
                    for entry in entries:
                        path = f"{folder}/{entry.name}" if folder else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(path)
                        elif not self._is_ours(path):
                            hint = "is not of framesift: choose an empty or new results folder"
                            raise UsageError(hint, os.path.join(self.folder, path))

    def _is_ours(self, path: str) -> bool:
        if path == manifest.NAME or LEFTOVER.fullmatch(path) or self._past.find(path) is Verdict.KEEP:
            return True
        if os.path.basename(path) in TOLERATED or is_output(os.path.join(self.folder, path)):
            return True
        if self._settings.every is not None and is_still(path, self.source):
            return True  # placed, perhaps, by a run that was killed before recording it; it is never overwritten
        return is_copy(os.path.join(self.folder, path), os.path.join(self.source, path))

    def _close(self) -> None:
        self._writer.shutdown()
        self._past.close()
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with storage_errors(self._manifest):
                os.close(descriptor)


def is_copy(target: str, source: str) -> bool:
    """Tell whether `target` is a copy of or a link to `source`: placed by a run that was killed before recording it."""
    if is_link_to(target, source):
        return True
    try:
        if os.path.islink(target) or os.path.getsize(target) != os.path.getsize(source):
            return False
        with open(target, "rb") as file, open(source, "rb") as original:
            return file.read() == original.read()
    except OSError:
        return False
