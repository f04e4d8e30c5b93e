"""The bytes of one file, read once through a descriptor. OpenCV never sees a path."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from framesift.errors import FramesiftError, PathLike, StorageError, UnreadableFrame
from framesift.frames.reader.fence import check_address, check_opened
from framesift.stores import ObjectStat, fetch_object, is_url, open_window

Status = os.stat_result | ObjectStat

ReadAt = Callable[[int, int], bytes]
"""Called with a length and an offset, as `os.pread` is."""

MAX_FILE_BYTES = 1 << 30
"""A larger file is no frame. 100 million pixels of 8-bit BGR are 300 MB."""

_OF_THE_MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors that every further file would meet as well: skipping frames because of them would lose frames."""

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Without O_NONBLOCK, opening a FIFO that nobody writes to hangs for ever."""

_UNNOTICED = getattr(os, "O_NOATIME", 0)
"""The time of access stays as it is: to be looked at by us is not to be used."""


class NotWhole(UnreadableFrame):
    """The file was read, and is not a whole picture."""

    stat: Status | None = None
    """Of the file as it was read."""

    @classmethod
    def of(cls, error: UnreadableFrame, path: PathLike, stat: Status) -> "NotWhole":
        """Return what is wrong with the file at `path` that was read in this state."""
        found = cls(error.reason, path)
        found.stat = stat
        return found


class Unreached(UnreadableFrame):
    """The file cannot be opened or read: nothing is known of what it holds."""


class _ChangedWhileRead(Exception):
    """The file's size or time was not the same before and after."""


def read_file(path: PathLike) -> tuple[bytes, Status]:
    """Return the bytes of a file, or of the object at a URL, and the status of the descriptor they came from.

    Everything is tried a second time after an error or a change: a network share hiccups, and a camera that was
    just writing has often finished by then.

    Raises:
        UnreadableFrame: the file cannot be read, is not a regular file, is empty, or keeps changing.
        StorageError: the machine is out of descriptors or memory, or the store does not answer.
    """
    if is_url(path):
        check_address(path)
        try:
            content, status = fetch_object(os.fsdecode(path), MAX_FILE_BYTES)
        except UnreadableFrame as error:
            raise Unreached(error.reason, path) from None
        try:
            check_size(status.st_size, path)
        except UnreadableFrame as error:
            raise NotWhole.of(error, path, status) from None
        return content, status
    try:
        return _read_once(path)
    except (OSError, _ChangedWhileRead):
        pass
    try:
        return _read_once(path)
    except _ChangedWhileRead:
        raise UnreadableFrame("changed while it was read", path) from None
    except OSError as error:
        raise explain_error(error, path) from error


def read_from(content: bytes) -> ReadAt:
    """Return what reads pieces of bytes that are in memory."""
    return lambda length, offset: content[offset : offset + length]


@contextmanager
def open_regular(path: PathLike, max_bytes: int | None = MAX_FILE_BYTES) -> Iterator[tuple[int, os.stat_result]]:
    """Open a regular file that is not empty and not above `max_bytes`; yields its descriptor and status.

    Raises OSError, or UnreadableFrame for anything that is not such a file.
    """
    descriptor = _open(path)
    try:
        check_opened(descriptor, path)
        status = os.fstat(descriptor)
        _check_kind(status, path, max_bytes)
        yield descriptor, status
    finally:
        os.close(descriptor)


@contextmanager
def open_pieces(path: PathLike, max_bytes: int | None = MAX_FILE_BYTES) -> Iterator[tuple[ReadAt, int]]:
    """Open a file or an object of which only pieces are read; yields what reads them, and the size in bytes.

    Raises as `open_regular`.
    """
    if is_url(path):
        check_address(path)
        window, found = open_window(os.fsdecode(path))
        check_size(found.st_size, path, max_bytes)
        yield window.read, found.st_size
        return
    with open_regular(path, max_bytes) as (descriptor, status):
        yield partial(os.pread, descriptor), status.st_size


def _read_once(path: PathLike) -> tuple[bytes, os.stat_result]:
    with open_regular(path) as (descriptor, before):
        content = _read(descriptor, before.st_size)
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        raise _ChangedWhileRead
    return content, after


def _open(path: PathLike) -> int:
    try:
        with suppress(PermissionError):  # of another owner's file, where that is not allowed
            return os.open(path, _FLAGS | _UNNOTICED)
        return os.open(path, _FLAGS)
    except ValueError:
        raise UnreadableFrame("a name that no file can have", path) from None


def _check_kind(status: os.stat_result, path: PathLike, max_bytes: int | None) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFrame("not a regular file", path)
    check_size(status.st_size, path, max_bytes)


def check_size(size: int, path: PathLike, max_bytes: int | None = MAX_FILE_BYTES) -> None:
    """Raise UnreadableFrame for a file that is empty or too large."""
    if size == 0:
        raise UnreadableFrame("empty file", path)
    if max_bytes is not None and size > max_bytes:
        raise UnreadableFrame(f"too large ({size} bytes)", path)


def _read(descriptor: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def explain_error(error: OSError, path: PathLike) -> FramesiftError:
    """Return what to raise for an OSError met while reading: StorageError where every other file would meet it too."""
    if error.errno in _OF_THE_MACHINE:
        return StorageError.of(error, path)
    if error.errno == errno.ENXIO:  # what Linux answers when a socket is opened
        return UnreadableFrame("not a regular file", path)
    from framesift.cluster import note_unreached  # for whoever reads on a cluster, and only now

    reason = error.strerror or str(error)
    note_unreached(os.fsdecode(path), reason)
    return Unreached(reason, path)
