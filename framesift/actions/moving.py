"""Moves one file so that its bytes always have a name, and nothing is overwritten or unlinked unseen.

First the file is secured: it gets its new name as well, as a hard link or, on another file system, as a verified copy.
Then it is released: its old name is taken away by a rename that catches whatever stands there at that moment, and only
what turns out to be the secured file is unlinked. A program that replaces the file in between loses nothing.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count

from framesift.actions.attributes import Attributes
from framesift.actions.files.placing import DISK_FULL, NO_HARD_LINKS, give_name, is_there, write_all
from framesift.actions.plan import FileStat
from framesift.errors import FramesiftError, StorageError

PARTIAL = ".framesift-partial.tmp"
"""A copy that is being written."""

_CANNOT_LINK = NO_HARD_LINKS | {errno.EXDEV}
_OF_ONE_FILE = {errno.EPERM, errno.EACCES, errno.EBUSY, errno.ETXTBSY}
"""How a file is refused alone: immutable, another's in a shared folder, in use. The disk takes all others."""
_CHUNK = 2**20


class LeftOut(FramesiftError):
    """Why a file stays where it is. The run goes on."""


@dataclass(frozen=True, slots=True)
class Move:
    """A file that is to have another name, in a folder that exists."""

    source: str
    target: str
    file: FileStat
    """What the source was when it was checked."""
    sha256: str | None = None
    """What its content must be, where that is known."""
    attributes: Attributes | None = None
    """What a copy is to have; None for those that the source has."""
    twins: tuple[str, ...] = ()
    """Where other names of the same file may have been brought already."""


def secure(move: Move) -> str:
    """Give the file its new name as well; return the SHA-256 of its bytes. Raises LeftOut, StorageError and OSError."""
    try:
        os.link(move.source, move.target, follow_symlinks=False)
    except FileNotFoundError:
        raise LeftOut("is gone since it was checked") from None
    except FileExistsError:
        raise LeftOut(f"a file of this name has come to {os.path.dirname(move.target)}") from None
    except OSError as error:
        with _full_disk(move.target), _left_alone():
            if error.errno not in _CANNOT_LINK:
                raise
            return _link_to_twin(move) or _copy(move)
    try:
        return _check_content(move, read_digest(move.target, move.file))
    except LeftOut:
        withdraw(move)
        raise


def release(move: Move) -> None:
    """Take the old name of a secured file away. Raises LeftOut, with all as it was, where another stands there now."""
    parked = _parking_place(move.source)
    if is_there(parked):
        raise StorageError("was taken away by a run that was stopped: give it its name back", parked)
    try:
        with _left_alone():
            os.rename(move.source, parked)
    except FileNotFoundError:
        raise LeftOut("is gone since it was checked") from None
    if not move.file.is_still(os.lstat(parked)):
        name = _put_back(parked, move.source)
        beside = "" if name == move.source else f"; what stood there for a moment is {name}"
        raise LeftOut(f"changed since it was checked{beside}")
    os.unlink(parked)


def withdraw(move: Move) -> None:
    """Take the new name away again, from a file that was secured and not released."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(move.target)


def recover(move: Move, forward: bool) -> bool:
    """Bring a move that was stopped anywhere to one of its two ends; tell whether the file has been moved.

    Of a file that has both names, the new one stays if `forward`, else the old one.
    """
    for place in (move.target, move.source):  # of the way there, and of one back
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_beside(place, PARTIAL))
    secured = _has_size(move.target, move.file.size)
    parked = _parking_place(move.source)
    if is_there(parked):
        if move.file.is_still(os.lstat(parked)) and secured:
            os.unlink(parked)
            return True
        _put_back(parked, move.source)
    if not is_there(move.source) or (not forward and _has_come_since(move)):
        return secured
    if _is_one_content(move):
        os.unlink(move.source if forward else move.target)
        return forward
    return secured and not (move.file.is_still(os.lstat(move.source)) or _has_content(move.source, move.sha256))


def read_digest(path: str, file: FileStat | None = None) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits.

    Raises LeftOut where it is not a regular file, or not `file` from before the first to after the last byte.
    """
    with _opened(path) as descriptor:
        expected = file or FileStat.of(os.fstat(descriptor))
        digest = hashlib.sha256()
        for chunk in _chunks(descriptor, expected):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def _left_alone() -> Iterator[None]:
    """Leave a file where it is when it is refused alone."""
    try:
        yield
    except OSError as error:
        if error.errno in _OF_ONE_FILE:
            raise LeftOut(f"may not be moved: {error.strerror}") from None
        raise


@contextlib.contextmanager
def _full_disk(target: str) -> Iterator[None]:
    """Name the folder that a file was to go to, and not the file, when the disk is full there."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise StorageError.of(error, os.path.dirname(target)) from error
        raise


def _parking_place(path: str) -> str:
    """Return where a file stands while it is taken away: a name of its own, as that may be its only one."""
    digest = hashlib.sha256(os.fsencode(os.path.basename(path))).hexdigest()
    return _beside(path, f".framesift-{digest[:16]}.parked.tmp")


def _is_one_content(move: Move) -> bool:
    """Whether both names are of one file, perhaps written to since, or of two with the same bytes."""
    try:
        if os.path.samestat(os.lstat(move.source), os.lstat(move.target)):
            return True
        return read_digest(move.source) == read_digest(move.target)
    except (FileNotFoundError, NotADirectoryError, LeftOut):
        return False


def _has_come_since(move: Move) -> bool:
    """Whether what stands at the source has the bytes of the file that was to be moved, and is another by its time."""
    source = FileStat.of(os.lstat(move.source))
    is_another = not source.may_be(move.file) and source.identity != move.file.identity
    return is_another and _is_one_content(move) and not os.path.samefile(move.source, move.target)


def _has_content(path: str, sha256: str | None) -> bool:
    """Whether a file is known by its bytes: a disk that was away comes back with other numbers."""
    try:
        return sha256 is not None and read_digest(path) == sha256
    except LeftOut:
        return False


def _link_to_twin(move: Move) -> str:
    """Secure a file by another name of it that was copied before; return an empty string where there is none."""
    digest = _check_content(move, read_digest(move.source, move.file)) if move.twins else ""
    for twin in move.twins:
        try:
            os.link(twin, move.target, follow_symlinks=False)
        except FileExistsError:
            raise LeftOut(f"a file of this name has come to {os.path.dirname(move.target)}") from None
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, *_CANNOT_LINK}:
                continue
            raise
        with contextlib.suppress(LeftOut):
            if read_digest(move.target) == digest:
                return digest
        withdraw(move)
    return ""


def _copy(move: Move) -> str:
    """Secure a file on another file system."""
    partial = _beside(move.target, PARTIAL)
    try:
        digest = _check_content(move, _write_copy(move, partial))
        if read_digest(partial) != digest:
            raise StorageError("the disk does not give back what was written to it", move.target)
        give_name(partial, move.target)
    except FileExistsError:
        raise LeftOut(f"a file of this name has come to {os.path.dirname(move.target)}") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
    return digest


def _write_copy(move: Move, partial: str) -> str:
    with _opened(move.source) as descriptor:
        attributes = move.attributes or Attributes.of(descriptor)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        target = os.open(partial, flags, 0o600)
        try:
            digest = hashlib.sha256()
            for chunk in _chunks(descriptor, move.file):
                digest.update(chunk)
                write_all(target, chunk)
            attributes.give(target)
            os.fsync(target)
        finally:
            os.close(target)
    return digest.hexdigest()


def _check_content(move: Move, digest: str) -> str:
    if move.sha256 not in (None, digest):
        raise LeftOut("its content is not what it was")
    return digest


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    try:
        descriptor = _open_unnoticed(path)
    except FileNotFoundError:
        raise LeftOut("is gone") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise LeftOut("is not a regular file") from None
        with _left_alone():
            raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LeftOut("is not a regular file")
        yield descriptor
    finally:
        os.close(descriptor)


def _open_unnoticed(path: str) -> int:
    """Open a file to read it, so that its time of access stays, where that is allowed."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    with contextlib.suppress(PermissionError):
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    return os.open(path, flags)


def _chunks(descriptor: int, file: FileStat) -> Iterator[bytes]:
    if not file.is_still(os.fstat(descriptor)):
        raise LeftOut("changed since it was checked")
    while chunk := os.read(descriptor, _CHUNK):
        yield chunk
    if not file.is_still(os.fstat(descriptor)):
        raise LeftOut("changed while it was read")


def _put_back(parked: str, source: str) -> str:
    """Give a file its name back, or where that has been taken meanwhile one beside it; return the name."""
    names = chain([source], (f"{source}.{number}" for number in count(2)))
    for name in names:
        if not is_there(name):
            with contextlib.suppress(FileExistsError):
                give_name(parked, name)
                break
    with contextlib.suppress(FileNotFoundError):
        os.unlink(parked)
    return name


def _has_size(path: str, size: int) -> bool:
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == size


def _beside(path: str, name: str) -> str:
    return os.path.join(os.path.dirname(path), name)
