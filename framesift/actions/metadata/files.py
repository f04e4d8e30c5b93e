"""Keeps the `metadata.json` of folders that lose files in step, and gives the former version back.

A file is replaced as a whole under a lock that other writers can take too (flock on the file), from what is read under
that lock, so that of two writers neither loses what the other wrote. The former version goes to the backup first.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime

from framesift.actions.files.placing import (
    Copy,
    is_there,
    place_files,
    remove_leftovers,
    storage_errors,
    sync_folder,
    write_all,
)
from framesift.actions.journal import Entry, Journal
from framesift.actions.metadata.records import UnreadableMetadata, without_files
from framesift.actions.moving import PARTIAL, LeftOut
from framesift.actions.paths import METADATA, lies_behind_link
from framesift.actions.plan import FileStat

MAX_BYTES = 16 * 2**20
"""More would take a minute, and more than a gigabyte of memory."""


def update_metadata(
    path: str,
    names: set[str],
    time: str,
    before: Callable[[bytes, os.stat_result, bytes], None] = lambda former, status, content: None,
    companions: Set[str] = frozenset(),
) -> None:
    """Take the files `names`, removed at `time` with their `companions`, out of the metadata file at `path`.

    `before` is called with the former content, its status and the new content, before the file is replaced. Raises
    UnreadableMetadata for a file that is left as it is, and OSError.
    """
    with _locked(path) as (former, status):
        content = without_files(former, names, time, companions)
        before(former, status, content)
        _replace(path, content, status)


def update_folders(journal: Journal) -> Iterator[tuple[str, str]]:
    """Tell the metadata files of all folders that lost files; yield the path and reason of those left as they are."""
    time = now()
    for folder, (names, companions) in sorted(_unlisted(journal).items()):
        path = os.path.join(folder, METADATA)
        try:
            if lies_behind_link(journal.root, path):
                raise UnreadableMetadata("its folder is a link, or lies behind one")
            with storage_errors(journal.in_root(path)):
                keeping = _Keeping(journal, path, sorted(names | companions))
                update_metadata(journal.in_root(path), names, time, keeping.keep, companions)
            journal.record("updated", next(reversed(journal.entries)))
            journal.sync()
        except UnreadableMetadata as reason:
            recover_updates(journal)
            yield path, f"was not updated: {reason}"


def give_back(entry: Entry, journal: Journal, place: str) -> None:
    """Put the former version of a metadata file in its place again, below the folder `place`.

    Raises LeftOut where the file changed since.
    """
    path, stored = os.path.join(place, entry.path), journal.in_backup(entry.stored)
    if lies_behind_link(place, entry.path) or lies_behind_link(journal.backup, entry.stored):
        raise LeftOut(f"its folder is a link, or lies behind one; what it was before is {stored}")
    with storage_errors(path):
        try:
            if place != journal.known_root and not is_there(path):
                _place_former(entry, stored, place, journal)
            with _locked(path) as (current, status):
                if _digest(current) != entry.sha256:
                    if _digest(current) != entry.after:
                        raise LeftOut(f"changed since; what it was before is {stored}")
                    with _locked(stored) as (former, former_status):
                        if _digest(former) != entry.sha256:
                            raise LeftOut(f"its former version {stored} is not what it was")
                        _replace(path, former, status, former_status)
        except UnreadableMetadata as reason:
            raise LeftOut(f"{reason}; what it was before is {stored}") from None
    with storage_errors(stored), contextlib.suppress(FileNotFoundError):
        os.unlink(stored)


def _place_former(entry: Entry, stored: str, place: str, journal: Journal) -> None:
    """Put the former version where no version is."""
    with _locked(stored) as (former, status):
        if _digest(former) == entry.sha256:
            remove_leftovers(place)
            place_files(place, [Copy(entry.path, former, status, stored)], journal.backup)


def recover_updates(journal: Journal) -> None:
    """Bring to an end the update of a metadata file that was stopped."""
    for entry in [entry for entry in journal.entries.values() if entry.state == "updating"]:
        path, stored = journal.in_root(entry.path), journal.in_backup(entry.stored)
        with storage_errors(path):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(os.path.dirname(path), PARTIAL))
            if _digest_of(path) == entry.after:
                journal.record("updated", entry.stored)
                continue
            if _digest_of(stored) == entry.sha256:
                os.unlink(stored)
            journal.record("left", entry.stored, reason="stopped")
    journal.sync()


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Keeping:
    """Keeps the former version of one metadata file in the backup."""

    def __init__(self, journal: Journal, path: str, names: list[str]) -> None:
        self._journal = journal
        self._path = path
        self._names = names

    def keep(self, former: bytes, status: os.stat_result, content: bytes) -> None:
        stored, number = self._path, 1
        while is_there(self._journal.in_backup(stored)):
            number += 1
            stored = f"{self._path}.{number}"
        digests = {"sha256": _digest(former), "after": _digest(content)}
        self._journal.record("updating", stored, path=self._path, names=self._names, **digests)
        self._journal.sync()
        kept = Copy(stored, former, status, self._journal.in_root(self._path))
        place_files(self._journal.backup, [kept], self._journal.root)


def _unlisted(journal: Journal) -> dict[str, tuple[set[str], set[str]]]:
    """Return {folder: names} of moved files and of their companions that a metadata file beside them may still list."""
    unlisted: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for entry in journal.entries.values():
        if entry.state == "moved" and not entry.listed and not is_there(journal.in_root(entry.path)):
            folder, name = os.path.split(entry.path)
            unlisted[folder][entry.companion].add(name)
    return {
        folder: names for folder, names in unlisted.items() if is_there(journal.in_root(os.path.join(folder, METADATA)))
    }


@contextlib.contextmanager
def _locked(path: str) -> Iterator[tuple[bytes, os.stat_result]]:
    """Lock the file that stands at `path` when the lock is had; give its content and status."""
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            status = os.fstat(descriptor)
            if not _is_at(path, status):  # replaced while the lock was waited for
                continue
            yield _read(descriptor, status), status
            return
        finally:
            os.close(descriptor)


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UnreadableMetadata("is gone") from None
    except PermissionError:
        raise UnreadableMetadata("cannot be read: Permission denied") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise UnreadableMetadata("is not a regular file") from None
        raise


def _read(descriptor: int, status: os.stat_result) -> bytes:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableMetadata("is not a regular file")
    if status.st_size > MAX_BYTES:
        raise UnreadableMetadata(f"is too large ({status.st_size} bytes)")
    parts = []
    while part := os.read(descriptor, 2**20):
        parts.append(part)
    return b"".join(parts)


def _replace(path: str, content: bytes, current: os.stat_result, times: os.stat_result | None = None) -> None:
    """Replace the file that had the status `current`. Mode and owner stay; the times may be those of another.

    Raises UnreadableMetadata where a program that takes no lock has written to it meanwhile.
    """
    folder = os.path.dirname(path)
    partial = os.path.join(folder, PARTIAL)
    with contextlib.suppress(FileNotFoundError):  # of a run that was stopped
        os.unlink(partial)
    try:
        _write(partial, content, current, times)
        if not FileStat.of(current).is_still(os.lstat(path)):
            raise UnreadableMetadata("was written to meanwhile")
        os.rename(partial, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        if isinstance(error, PermissionError):
            raise UnreadableMetadata(f"may not be replaced: {error.strerror}") from None
        raise
    sync_folder(folder)


def _write(partial: str, content: bytes, current: os.stat_result, times: os.stat_result | None) -> None:
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, content)
        with contextlib.suppress(PermissionError):  # only root gives files away
            os.chown(descriptor, current.st_uid, current.st_gid)
        os.chmod(descriptor, stat.S_IMODE(current.st_mode))
        if times is not None:
            os.utime(descriptor, ns=(times.st_atime_ns, times.st_mtime_ns))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_at(path: str, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), status)
    except FileNotFoundError:
        return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest_of(path: str) -> str:
    try:
        with _locked(path) as (content, _):
            return _digest(content)
    except UnreadableMetadata:
        return ""
