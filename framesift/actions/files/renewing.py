"""A folder of files that a command has made, and makes again: what somebody else has written there stays.

A log in it says which files are ours, by their digests; a line stands there before the file does. So whoever was killed
in between goes on, and what a person has changed since is known and left alone.
"""

import fcntl
import hashlib
import json
import os
from collections import defaultdict
from types import TracebackType

from framesift.actions.files.access import make_all_folders
from framesift.actions.files.placing import make_folders, storage_errors, sync_folder, write_all
from framesift.actions.files.staging import STAGED, stage_file
from framesift.errors import PathLike, ResultsInUse, UsageError, show

_FIRST = {"framesift": "files of this folder", "schema": 1}
_STRAY = {".DS_Store", "Thumbs.db", "desktop.ini"}
_MOST_BYTES = 2**30


class RenewedFolder:
    """A new folder, or one that this has filled before. To be used in a `with` block, which ends with `finish`.

    Raises UsageError for a folder with other files in it, or one of ours that was changed since; ResultsInUse;
    StorageError.
    """

    def __init__(self, folder: PathLike, log: str, like: PathLike) -> None:
        """`log` is the name of the log; the folder is as open as the folder `like`."""
        self.folder = os.path.abspath(os.fsdecode(folder))
        self._log, self._like = os.path.join(self.folder, log), os.fsdecode(like)
        self._known: defaultdict[str, set[str]] = defaultdict(set)
        self._written: dict[str, str] = {}
        self._descriptor: int | None = None

    def __enter__(self) -> "RenewedFolder":
        with storage_errors(self.folder):
            if os.path.lexists(self.folder) and not os.path.isdir(self.folder):
                raise UsageError("is a file: name a folder", self.folder)
            make_all_folders(self.folder, self._like)
            is_new = not os.path.lexists(self._log)
            if is_new and (others := [n for n in os.listdir(self.folder) if n not in _STRAY and not STAGED.match(n)]):
                reason = f"holds {show(min(others))}, which this command has not written: name a new folder"
                raise UsageError(reason, self.folder)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            self._descriptor = os.open(self._log, flags, 0o666)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ResultsInUse("another command is writing to this folder", self.folder) from None
            self._read_log()
        self._check_known()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def put(self, path: str, content: bytes) -> None:
        """Write a file, in place of one of ours."""
        target = os.path.join(self.folder, _check(path))
        digest = hashlib.sha256(content).hexdigest()
        if path in self._written:
            raise UsageError("two files would have this name", target)
        with storage_errors(target):
            if os.path.lexists(target) and _digest(target) not in self._known[path]:
                raise UsageError("is not of framesift, or was changed since; nothing was overwritten", target)
            self._written[path] = digest
            if os.path.lexists(target) and digest == _digest(target):
                return
            self._note(path, digest)
            make_folders(self.folder, path)
            with stage_file(target) as (file, temporary):
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.replace(temporary, target)

    def finish(self) -> None:
        """Take away what was written before and is not written any more."""
        for path in self._known.keys() - self._written.keys():
            target = os.path.join(self.folder, path)
            with storage_errors(target):
                if os.path.lexists(target) and _digest(target) in self._known[path]:
                    os.unlink(target)
        with storage_errors(self._log), stage_file(self._log) as (file, temporary):
            lines = [_FIRST, *({"path": path, "sha256": digest} for path, digest in sorted(self._written.items()))]
            file.write(b"".join(map(_encode, lines)))
            file.flush()
            os.fsync(file.fileno())
            os.replace(temporary, self._log)
        sync_folder(self.folder)

    def _note(self, path: str, digest: str) -> None:
        assert self._descriptor is not None
        self._known[path].add(digest)
        write_all(self._descriptor, _encode({"path": path, "sha256": digest}))
        os.fsync(self._descriptor)

    def _read_log(self) -> None:
        assert self._descriptor is not None
        content = os.pread(self._descriptor, min(os.fstat(self._descriptor).st_size, _MOST_BYTES), 0)
        first, *lines = content.split(b"\n") if content else [b""]
        if content and not _encode(_FIRST).startswith(first + b"\n" * (len(lines) > 0)):
            raise UsageError("is not of framesift: name a new folder", self._log)
        if not lines:
            os.ftruncate(self._descriptor, 0)
            write_all(self._descriptor, _encode(_FIRST))
            return
        os.ftruncate(self._descriptor, content.rindex(b"\n") + 1)  # a line that a crash has torn
        for line in lines[:-1]:
            try:
                entry = json.loads(line)
                self._known[_check(entry["path"])].add(str(entry["sha256"]))
            except (ValueError, KeyError, TypeError, AttributeError, UsageError):
                raise UsageError("is damaged: name a new folder", self._log) from None

    def _check_known(self) -> None:
        """Refuse before anything is written, not half way."""
        for path, digests in self._known.items():
            target = os.path.join(self.folder, path)
            with storage_errors(target):
                if os.path.lexists(target) and _digest(target) not in digests:
                    raise UsageError("was changed since it was written: name a new folder", target)


def _check(path: str) -> str:
    """Return a relative path. Raises UsageError for one that leads out of the folder."""
    if not path or path.startswith("/") or "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
        raise UsageError("would be written outside of the folder", path)
    return path


def _digest(path: str) -> str:
    """Return the SHA-256 of a regular file; empty for anything else."""
    if os.path.islink(path) or not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encode(entry: object) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"
