"""Puts new files below a folder. What stands under a final name is whole, and nothing is ever overwritten."""

import contextlib
import errno
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from framesift.actions.files.access import adopt_folder, limit, make_folder, permissions
from framesift.errors import StorageError
from framesift.stores import ObjectStat

LEFTOVER = re.compile(r"\.framesift-(?:[0-9a-f]{16}-)?\d+\.tmp")
"""Names of files that are being written. A run that was killed can leave some; the next one removes them."""

NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""How file systems say that a file cannot have a second name."""

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
"""How they say that nothing more fits."""

_NO_MORE_OPEN = {errno.EMFILE, errno.ENFILE}


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to be written: the bytes that were read, with the times and the mode of their source."""

    path: str
    """Below the target folder, with `/`."""
    content: bytes
    stat: os.stat_result | ObjectStat | None = None
    """None for a file without a source: the usual mode, the time of writing."""
    source: str = ""
    """Absolute path of that on this machine, whose readers the copy has at most; empty for one elsewhere."""
    like: str = ""
    """The path below the folder of the sources whose folders are as open as those of this one; empty: the same."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be made in place of a copy."""

    path: str
    """Below the target folder, with `/`."""
    source: str
    """Absolute path of what is linked to."""
    symbolic: bool
    like: str = ""
    """As that of a copy."""


def place_files(folder: str, files: Sequence[Copy | Link], like: str = "") -> None:
    """Put files below `folder`, each under its final name whole or not at all, and durable when this returns.

    A file of the same content that already stands there (a run was killed between placing and recording it) is left
    as it is. New folders are as open as those of the same paths below the folder `like`, if there is one.

    Raises StorageError, with no temporary file left, when the disk refuses or another file is in the way.
    """
    touched = {folder}
    for file in files:
        with storage_errors(os.path.join(folder, file.path)):
            touched |= make_folders(folder, file.path, like, file.like)
    with _staged(folder, [file for file in files if isinstance(file, Copy)]) as staged:
        for file in files:
            target = os.path.join(folder, file.path)
            with storage_errors(target):
                if isinstance(file, Link):
                    _link(file, target)
                else:
                    _publish(staged[file.path], target, file.content)
    for parent in sorted(touched):
        sync_folder(parent)


def is_there(path: str) -> bool:
    """Tell whether something has this name. Raises StorageError where the disk does not say: nothing may be done then.

    `os.path.lexists` would say no.
    """
    with storage_errors(path):
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


def remove_leftovers(folder: str) -> None:
    """Remove what a killed run was writing in `folder`."""
    with storage_errors(folder):
        for name in os.listdir(folder):
            if LEFTOVER.fullmatch(name):
                os.unlink(os.path.join(folder, name))


def sync_folder(folder: str) -> None:
    """Make the names in `folder` durable."""
    with storage_errors(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot sync folders
                raise
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _staged(folder: str, copies: Sequence[Copy]) -> Iterator[dict[str, str]]:
    """Give {path: temporary file with its content, synced}; the temporary names are removed at the end."""
    staged: dict[str, str] = {}
    descriptors: list[int] = []
    try:
        batch = os.urandom(8).hex()
        for number, copy in enumerate(copies):
            temporary = os.path.join(folder, f".framesift-{batch}-{number}.tmp")
            with storage_errors(os.path.join(folder, copy.path)):
                _stage(temporary, copy, folder, descriptors)
            staged[copy.path] = temporary
        _sync_and_close(descriptors, folder)
        yield staged
        with storage_errors(folder):
            for path in list(staged):
                with contextlib.suppress(FileNotFoundError):  # renamed, where the file system has no hard links
                    os.unlink(staged[path])
                del staged[path]
    finally:
        for descriptor in descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        for temporary in staged.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _stage(temporary: str, copy: Copy, folder: str, descriptors: list[int]) -> None:
    """Write a file and keep it open; where no more can be open, sync and close first those that are."""
    place = os.path.dirname(os.path.join(folder, copy.path))
    try:
        descriptors.append(_write(temporary, copy, place))
    except OSError as error:
        if error.errno not in _NO_MORE_OPEN or not descriptors:
            raise
        _sync_and_close(descriptors, folder)
        descriptors.append(_write(temporary, copy, place))


def _write(temporary: str, copy: Copy, folder: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, copy.stat.st_mode & 0o777 if copy.stat else 0o666)
    try:
        if copy.source and isinstance(copy.stat, os.stat_result):
            _close(descriptor, copy.source, copy.stat, folder)
        write_all(descriptor, copy.content)
        if copy.stat:
            os.utime(descriptor, ns=(copy.stat.st_atime_ns, copy.stat.st_mtime_ns))
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
            os.unlink(temporary)
        raise
    return descriptor


def _close(descriptor: int, source: str, status: os.stat_result, folder: str) -> None:
    """Take the copy, which is to stand in `folder`, from whom the source is closed to."""
    made = os.fstat(descriptor)
    bits = permissions(source, status)
    allowed = limit(bits, status.st_gid, os.path.dirname(os.path.realpath(source)), folder, made.st_gid)
    if made.st_mode & 0o777 & ~allowed:
        os.chmod(descriptor, made.st_mode & allowed)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content`, however many calls it takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_and_close(descriptors: list[int], folder: str) -> None:
    """Sync only when all is written, so that the disk can work on all files at once."""
    with storage_errors(folder):
        for descriptor in descriptors:
            os.fsync(descriptor)
        while descriptors:
            os.close(descriptors.pop())


def _publish(temporary: str, target: str, content: bytes) -> None:
    """Give a staged file its final name, or leave the same content that stands there."""
    try:
        give_name(temporary, target)
    except FileExistsError:
        if not _has_content(target, content):
            raise


def give_name(temporary: str, target: str) -> None:
    """Give a file its final name. `link` fails where the name is taken; `rename` would overwrite.

    The temporary name stays, except where the file system has no hard links.
    """
    try:
        os.link(temporary, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS or os.path.lexists(target):
            raise
        os.rename(temporary, target)


def _link(file: Link, target: str) -> None:
    try:
        if file.symbolic:
            os.symlink(file.source, target)
        else:
            os.link(os.path.realpath(file.source), target)
    except FileExistsError:
        if not is_link_to(target, file.source):
            raise


def is_link_to(target: str, source: str) -> bool:
    """Tell whether `target` is a hard or symbolic link to `source`."""
    try:
        return os.path.samefile(target, source)
    except OSError:
        return False


def _has_content(target: str, content: bytes) -> bool:
    if os.path.islink(target) or not os.path.isfile(target) or os.path.getsize(target) != len(content):
        return False
    with open(target, "rb") as file:
        return file.read() == content


def make_folders(
    folder: str, path: str, like: str = "", like_path: str = "", owners: Sequence[Sequence[int]] = ()
) -> set[str]:
    """Make the folders of `path` below `folder`; return those whose names must be synced.

    They are as open as those of `like_path`, or else of `path`, below the folder `like`, if there is one, and belong to
    `owners`, a user and a group each, as far as may be. A link or file that stands where a folder should be is refused:
    nothing is written outside `folder`.
    """
    touched = set()
    parent, original = folder, like
    parts = path.split("/")[:-1]
    for part, its, owner in zip_longest(parts, (like_path or path).split("/")[:-1], owners):
        if part is None:
            break
        touched.add(parent)
        parent = os.path.join(parent, part)
        if like and its and os.path.isdir(os.path.join(original, its)):
            original = os.path.join(original, its)
        try:
            make_folder(parent, original)
        except FileExistsError:
            if os.path.islink(parent) or not os.path.isdir(parent):
                raise
        if owner is not None:
            adopt_folder(parent, *owner)
    return touched | {parent}


@contextlib.contextmanager
def storage_errors(path: str) -> Iterator[None]:
    """Turn an OSError within into a StorageError at `path`, of a full disk at the folder: no file is to blame."""
    try:
        yield
    except FileExistsError as error:
        raise StorageError("another file of this name is in the way; nothing was overwritten", path) from error
    except OSError as error:
        if error.errno in DISK_FULL and not os.path.isdir(path):
            path = os.path.dirname(path)
        raise StorageError.of(error, path) from error
