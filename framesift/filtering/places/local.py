"""A results folder of this machine: a lock that the kernel keeps, a manifest that is appended to and synced."""

import fcntl
import os
from collections.abc import Iterator, Sequence

from framesift.actions import Copy, Link, place_files, storage_errors, sync_folder, write_all
from framesift.actions.files.access import make_all_folders
from framesift.actions.files.outputs import is_output
from framesift.actions.files.placing import LEFTOVER, is_link_to, is_there, remove_leftovers
from framesift.actions.files.staging import STAGED
from framesift.errors import FramesiftError, ResultsInUse, StorageError, UsageError
from framesift.filtering import manifest, pruned
from framesift.filtering.health import record
from framesift.filtering.manifest_file import whole_length
from framesift.filtering.places.place import Place
from framesift.frames.reader.source import read_file
from framesift.stores import is_url, join, strip_secrets

TOLERATED = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What operating systems put into any folder by themselves."""


class LocalPlace(Place):
    """A folder of this machine."""

    def __init__(self, folder: str, source: str, dry_run: bool) -> None:
        super().__init__(folder, source, dry_run)
        self.manifest = os.path.join(folder, manifest.NAME)
        self._descriptor: int | None = None

    def open(self) -> bool:
        if os.path.lexists(self.folder) and not os.path.isdir(self.folder):
            raise UsageError("the results folder is a file", self.folder)
        if is_link_to(self.folder, self.source):
            raise UsageError("the results folder cannot be the folder of the frames", self.folder)
        if not is_there(self.manifest):
            return False
        if not self._dry_run:
            with storage_errors(self.manifest):
                flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                self._descriptor = self._lock(os.open(self.manifest, flags))
        return True

    def files(self) -> Iterator[str]:
        pending = [""] if os.path.isdir(self.folder) else []
        with storage_errors(self.folder):
            while pending:
                folder = pending.pop()
                with os.scandir(os.path.join(self.folder, folder)) as entries:
                    for entry in entries:
                        path = f"{folder}/{entry.name}" if folder else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(path)
                        elif not self._is_known(path):
                            yield path

    def is_ours(self, kept: str, path: str) -> bool:
        target = os.path.join(self.folder, kept)
        return is_output(target) or (bool(self.source) and is_copy(target, join(self.source, path)))

    def begin(self, header: bytes) -> int:
        if not os.path.isdir(self.folder):
            with storage_errors(self.folder):
                make_all_folders(self.folder, self.source)
            sync_folder(os.path.dirname(self.folder))
        if self._descriptor is None:
            self._descriptor = self._create()
        remove_leftovers(self.folder)
        with storage_errors(self.manifest):
            length = whole_length(self.manifest)  # what a crash left half-written is cut off
            os.ftruncate(self._descriptor, length)
            if length == 0:
                write_all(self._descriptor, header)
            os.fsync(self._descriptor)
            length = os.fstat(self._descriptor).st_size
        sync_folder(self.folder)
        return length

    def write(self, files: Sequence[Copy | Link], lines: bytes) -> None:
        assert self._descriptor is not None
        if files:
            place_files(self.folder, files, "" if is_url(self.source) else self.source)
        with storage_errors(self.manifest):
            write_all(self._descriptor, lines)
            os.fsync(self._descriptor)

    def complete(self) -> None:
        """Do nothing: it is one file all the time."""

    def close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with storage_errors(self.manifest):
                os.close(descriptor)

    def describe_source(self) -> str:
        """Return the way to the frames from here, so that both can be moved together; a URL as it is."""
        if not self.source:  # of streams nothing is left but what is kept
            return os.curdir
        if is_url(self.source):
            return strip_secrets(self.source)
        return os.path.relpath(os.path.realpath(self.source), os.path.realpath(self.folder))

    def _is_known(self, path: str) -> bool:
        is_record = path in (manifest.NAME, pruned.NAME, record.NAME)
        is_known = is_record or os.path.basename(path) in TOLERATED
        return is_known or bool(LEFTOVER.fullmatch(path) or STAGED.fullmatch(path))

    def _create(self) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            return self._lock(os.open(self.manifest, flags, 0o666))
        except FileExistsError:
            raise ResultsInUse("another run has just begun to use this results folder", self.folder) from None
        except OSError as error:
            raise StorageError.of(error, self.manifest) from error

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


def is_copy(target: str, source: str) -> bool:
    """Tell whether `target` is a copy of or a link to `source`: placed by a run that was killed before recording it."""
    if is_url(source):
        return not os.path.islink(target) and is_equal(target, source)
    if is_link_to(target, source):
        return True
    try:
        if os.path.islink(target) or os.path.getsize(target) != os.path.getsize(source):
            return False
        with open(target, "rb") as file, open(source, "rb") as original:
            return file.read() == original.read()
    except OSError:
        return False


def is_equal(target: str, source: str) -> bool:
    """Tell whether two files or objects have the same bytes. Raises StorageError where a store does not answer."""
    try:
        return read_file(target)[0] == read_file(source)[0]
    except StorageError:
        raise
    except FramesiftError:
        return False
