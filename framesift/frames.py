"""Finds the frames below a folder and puts them into a total order, whatever order the file system lists them in.

A frame whose name has no camera belongs to the camera named after its folder: the folder's path relative to the input
folder (`cam1`, `site_a/cam1`), so that folders of the same name below different parents stay apart, and the
input folder's own name for what lies in it directly. A frame whose name has no time takes EXIF DateTimeOriginal.
"""

import errno
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError
from framesift.naming import Naming, split_suffix

__all__ = ["Frame", "Listing", "Naming", "find_frames", "order_key"]

_READ = {"jpg", "jpeg", "jpe", "jfif", "png", "bmp", "dib", "webp", "tif", "tiff", "gif"}
_NOT_READ = {"jp2", "avif", "heic", "heif", "tga"}
"""Pictures that the reader refuses. They are listed, so that they are reported and not passed over in silence."""
_SUFFIXES = _READ | _NOT_READ

_MANIFEST = "manifest.jsonl"
_MANIFEST_START = b'{"framesift"'
_UNLISTABLE = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP}
_AFTER_ALL = datetime.max.replace(tzinfo=UTC)
_USUAL = Naming()
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one camera with its time."""

    path: str
    """Relative to the input folder, with `/`; bytes that are not UTF-8 are escaped as `os.fsdecode` does."""
    camera: str
    time: datetime | None
    """Aware, UTC."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies below a folder."""

    frames: list[Frame] = field(default_factory=list)
    """In total order."""
    unlisted: list[tuple[str, str]] = field(default_factory=list)
    """Relative path and reason of folders that could not be listed."""
    passed_over: list[str] = field(default_factory=list)
    """Relative paths of folders left out because they hold the results of an earlier run."""


def find_frames(directory: PathLike, naming: Naming = _USUAL, results: PathLike | None = None) -> Listing:
    """Return the frames below `directory` in their total order. Links to folders and hidden folders are not entered.

    The folder `results`, wherever it lies and whether or not it exists, is not input, nor is any folder below
    `directory` with a manifest in it.

    Raises UsageError (no such folder, no frame in it, a pattern that matches none) and StorageError (listing fails).
    """
    root = os.fsdecode(directory)
    if _is_same_folder(root, results):
        raise UsageError("is the input folder and the results folder at once", directory)
    listing = Listing()
    paths = list(_walk(root, results, listing))
    if not paths:
        raise UsageError(f"holds no frame{_describe_rest(listing)}", directory)
    if naming.pattern is not None and not any(map(naming.matches, paths)):
        raise UsageError(f"--name-pattern {naming.pattern!r} matches none of {len(paths)} frames", directory)
    listing.frames.extend(_name_frames(root, paths, naming))
    listing.frames.sort(key=order_key)
    listing.unlisted.sort()
    listing.passed_over.sort()
    return listing


def order_key(frame: Frame) -> tuple[str, str, datetime, str, str]:
    """Return what frames are sorted by: camera, time (those without one last), natural name, bytes of the path.

    The camera stands there twice so that `1` and `01`, equal in natural order, do not mix. Names that are equal in
    natural order differ first at a digit, where the order of code points is that of the bytes.
    """
    return _natural_camera(frame.camera), frame.camera, frame.time or _AFTER_ALL, _natural(frame.path), frame.path


@lru_cache(maxsize=1024)
def _natural_camera(camera: str) -> str:
    return _natural(camera)


def _natural(text: str) -> str:
    """Return a string that sorts as `text` does when its runs of digits are numbers and its folders are parts.

    Each number stands without leading zeros behind the count of its digits, so that none is too long to compare.
    """
    return _DIGITS.sub(_measure_digits, text).replace("/", "\0")


def _measure_digits(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0")
    return f"0{chr(min(len(digits), sys.maxunicode))}{digits}"


def _walk(root: str, results: PathLike | None, listing: Listing) -> Iterator[str]:
    """Yield the relative paths of the frames and note in `listing` the folders left out.

    A stack and not a recursion: a tree may be deeper than Python's limit.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(os.path.join(root, folder) if folder else root) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if not entry.is_dir(follow_symlinks=False):
                        if _is_frame(entry):
                            yield path
                    elif _is_input(entry, path, results, listing):
                        pending.append(path)
        except OSError as error:
            _note_unlisted(error, root, folder, listing)


def _note_unlisted(error: OSError, root: str, folder: str, listing: Listing) -> None:
    reason = error.strerror or str(error)
    if folder and error.errno in _UNLISTABLE:
        listing.unlisted.append((folder, reason))
    elif error.errno in _UNLISTABLE:
        raise UsageError(f"cannot be listed: {reason}", root) from None
    elif not folder and error.errno in (errno.ENOENT, errno.ENOTDIR):
        raise UsageError("no such folder" if error.errno == errno.ENOENT else "is not a folder", root) from None
    else:
        raise StorageError.of(error, os.path.join(root, folder)) from None


def _is_input(entry: os.DirEntry[str], path: str, results: PathLike | None, listing: Listing) -> bool:
    if entry.name.startswith(".") or _is_same_folder(entry.path, results):
        return False
    if _holds_manifest(entry.path):
        listing.passed_over.append(path)
        return False
    return True


def _is_same_folder(folder: str, results: PathLike | None) -> bool:
    try:
        return results is not None and os.path.samefile(folder, results)
    except OSError:
        return False  # no results folder yet; what is wrong with either is said by who lists or writes it


def _holds_manifest(folder: str) -> bool:
    try:
        descriptor = os.open(
            os.path.join(folder, _MANIFEST), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        )
    except OSError:
        return False
    try:
        return os.read(descriptor, len(_MANIFEST_START)) == _MANIFEST_START
    except OSError:
        return False  # a folder or a FIFO of that name
    finally:
        os.close(descriptor)


def _is_frame(entry: os.DirEntry[str]) -> bool:
    _, suffix = split_suffix(entry.name)
    if not suffix:
        return _holds_picture(entry)
    return suffix in _SUFFIXES and not (entry.is_symlink() and os.path.isdir(entry.path))


def _holds_picture(entry: os.DirEntry[str]) -> bool:
    # The reader brings OpenCV, which whoever only orders frames need not wait for.
    from framesift.reader import sniff_format
    from framesift.reader.source import open_regular

    try:
        if not entry.is_file():
            return False
        with open_regular(entry.path) as (descriptor, _):
            return sniff_format(os.read(descriptor, 12)) is not None
    except UnreadableFrame:
        return False
    except OSError:
        return True  # perhaps a frame: the reader says why it cannot be read


def _name_frames(root: str, paths: list[str], naming: Naming) -> Iterator[Frame]:
    own_camera = os.path.basename(os.path.realpath(root)) or "/"
    for path in paths:
        camera, time = naming.read(path)
        camera = camera or path.rpartition("/")[0] or own_camera
        # Interned: a million frames of ten cameras hold ten strings.
        yield Frame(path, sys.intern(camera), time or _read_exif_time(os.path.join(root, path), naming))


def _read_exif_time(path: str, naming: Naming) -> datetime | None:
    from framesift.reader import read_capture_time

    clock, offset = read_capture_time(path) or ("", None)
    return naming.read_time(clock + (offset or ""))


def _describe_rest(listing: Listing) -> str:
    rest = []
    if listing.unlisted:
        rest.append(f"folders that cannot be listed: {len(listing.unlisted)}")
    if listing.passed_over:
        rest.append(f"folders with results of an earlier run: {len(listing.passed_over)}")
    return f" ({', '.join(rest)})" if rest else ""
