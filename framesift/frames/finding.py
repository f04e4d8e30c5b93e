"""Finds the frames below a folder, and what else lies there: videos, results of earlier runs, folders to pass over."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from framesift.cluster.parallel import map_in_threads
from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError, show
from framesift.frames.choosing import APPLE_MAGIC, USUAL, Choice, LeftOut
from framesift.frames.frame import Frame, add_exif_time, name_frames, natural_key, own_camera, put_in_order
from framesift.frames.naming import Known, Names, Naming
from framesift.frames.suffixes import PICTURES, PREVIEWED, TEXTS, is_video, split_suffix
from framesift.stores import Entry, ObjectStat, is_file_name, is_same_place, is_url, join, read_start, scan_place

LINKS = "behind links"
"""What folders are left out for that a link leads to: it may lead round in a ring, or to what is there already."""
_BESIDE_RAW = ("jpg", "jpeg", "heic", "hif", "tif", "tiff", "png")
"""Raw data beside such a picture of its name is that picture, and no frame."""
JOURNAL = "journal.jsonl"
"""What makes a folder a backup of removed files."""
SETTINGS_FILE = "framesift.toml"
"""What says, in the folder of the frames, how they are decided."""
_RECORDS = ("manifest.jsonl", JOURNAL)
_RECORD_START = b'{"framesift"'
_UNLISTABLE = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP}
_NAMED = 20
"""So many suffixes of files that are passed over are named."""
_ASKED_AT_ONCE = 16
"""Objects whose EXIF time is read at the same time."""
_USUAL = Naming()
_Found = tuple[str, ObjectStat | None]
"""The relative path of a frame, and of an object what the listing of its store says."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies below a folder."""

    frames: list[Frame] = field(default_factory=list)
    """In total order."""
    videos: list[str] = field(default_factory=list)
    """Relative paths of the videos, in natural order."""
    unlisted: list[tuple[str, str]] = field(default_factory=list)
    """Relative path and reason of folders that could not be listed."""
    passed_over: list[str] = field(default_factory=list)
    """Relative paths of folders left out because they hold the results or the backup of an earlier run."""
    left_out: LeftOut = field(default_factory=LeftOut)
    """What does not belong to the frames, and what was not chosen."""
    contrary: dict[str, list[str]] = field(default_factory=dict)
    """Frames, by their cameras, whose day and month seem to stand in another order than the others are read in."""
    others: Counter[str] = field(default_factory=Counter)
    """How many files are neither a frame nor a video, by their suffix, without texts that describe frames."""

    def describe_others(self) -> str:
        """Return in words which files were passed over; nothing where there are none."""
        found = sorted(self.others.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{count} .{show(suffix)}" for suffix, count in found[:_NAMED])
        more = sum(count for _, count in found[_NAMED:])
        return f"passed over: {named}{f' and {more} of other kinds' if more else ''}" if found else ""


def find_frames(
    directory: PathLike,
    naming: Naming = _USUAL,
    results: PathLike | None = None,
    videos: bool = False,
    is_decided: Callable[[str, ObjectStat | None], bool] | None = None,
    choice: Choice = USUAL,
    known: Iterable[Known] = (),
) -> Listing:
    """Return the frames below `directory`, a folder or URL, in total order, those of the `choice`. Links are not
    entered.

    The folder `results`, wherever it lies and whether or not it exists, is not input, nor is any folder below
    `directory` with a manifest or the journal of a backup in it.

    With `videos`, a folder that holds videos only is a folder of frames too. Frames whose path `is_decided` are left
    out at once: of a million of them nothing is kept. It is asked with what the listing of a store says of an object.
    Names are read as those of the frames `known`, decided before.

    Raises UsageError (no such folder, no frame in it, a pattern or format that matches none or whose time is none) and
    StorageError (listing fails).
    """
    root = os.fsdecode(directory)
    if is_same_place(root, results):
        raise UsageError("is the input folder and the results folder at once", directory)
    listing = Listing()
    asked = naming.pattern or naming.time_format
    paths, found, matched = [], 0, asked is None
    for path, status in _walk(root, results, listing, choice):
        found += 1
        matched = matched or naming.matches(path)
        if is_decided is None or not is_decided(path, status):
            paths.append(path)
    if not found and not (videos and listing.videos):
        raise UsageError(f"holds no frame{_describe_rest(listing)}", directory)
    if found and not matched:
        option = "--name-pattern" if naming.pattern else "--time-format"
        raise UsageError(f"{option} {asked!r} matches none of {found} frames", directory)
    names = Names(naming, known, own_camera(root))
    frames = _name_frames(root, paths, names)
    if choice.period:
        frames = (frame for frame in frames if choice.takes_time(frame.time, listing.left_out))
    listing.frames.extend(put_in_order(frames))
    listing.contrary.update(names.contrary)
    if not listing.frames and len(paths) == found and not (videos and listing.videos):
        raise UsageError(f"holds no frame of these times{_describe_rest(listing)}", directory)
    listing.videos.sort(key=lambda path: (natural_key(path), path))
    listing.unlisted.sort()
    listing.passed_over.sort()
    return listing


def walk_frames(root: str, results: PathLike | None, listing: Listing, choice: Choice = USUAL) -> Iterator[str]:
    """Yield the relative paths of the frames below `root`, in no order, and note in `listing` what is left out.

    Links to folders, the folder `results`, those with the results of an earlier run and what is not of the `choice`
    are not entered.
    Raises UsageError (`root` cannot be listed) and StorageError (listing fails).
    """
    return (path for path, _ in _walk(root, results, listing, choice))


def _walk(root: str, results: PathLike | None, listing: Listing, choice: Choice) -> Iterator[_Found]:
    """Yield as `walk_frames`. A stack and not a recursion: a tree may be deeper than Python's limit."""
    pending = [""]
    while pending:
        yield from _scan(root, pending.pop(), results, listing, pending, choice)


def scan_folder(
    root: str,
    folder: str,
    results: PathLike | None,
    listing: Listing,
    below: list[str],
    choice: Choice = USUAL,
) -> Iterator[str]:
    """Yield the frames of one folder below `root`, and append to `below` the folders in it that are to be entered.

    Otherwise as `walk_frames`.
    """
    return (path for path, _ in _scan(root, folder, results, listing, below, choice))


def _scan(
    root: str, folder: str, results: PathLike | None, listing: Listing, below: list[str], choice: Choice
) -> Iterator[_Found]:
    try:
        with scan_place(root, folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if not is_file_name(entry.name):
                    listing.unlisted.append((path, "a name that no file here can have"))
                elif not entry.is_dir(follow_symlinks=False):
                    if _is_frame(entry):
                        if _is_taken(entry, path, listing, choice):
                            yield path, None if isinstance(entry, os.DirEntry) else entry.status
                    elif _is_film(entry):
                        if _is_taken(entry, path, listing, choice):
                            listing.videos.append(path)
                    else:
                        _note_other(entry, listing)
                elif _is_input(entry, path, results, listing, choice):
                    below.append(path)
    except OSError as error:
        _note_unlisted(error, root, folder, listing)


def _note_other(entry: Entry, listing: Listing) -> None:
    suffix = split_suffix(entry.name)[1]
    if entry.name == SETTINGS_FILE or entry.name.startswith("."):
        return
    if _is_link_to_folder(entry):
        listing.left_out.folders[LINKS] += 1
    elif suffix and suffix not in TEXTS:
        listing.others[suffix] += 1


def _note_unlisted(error: OSError, root: str, folder: str, listing: Listing) -> None:
    reason = error.strerror or str(error)
    if folder and error.errno in _UNLISTABLE:
        listing.unlisted.append((folder, reason))
    elif error.errno in _UNLISTABLE:
        raise UsageError(f"cannot be listed: {reason}", root) from None
    elif not folder and error.errno in (errno.ENOENT, errno.ENOTDIR):
        raise UsageError("no such folder" if error.errno == errno.ENOENT else "is not a folder", root) from None
    else:
        raise StorageError.of(error, join(root, folder)) from None


def _is_taken(entry: Entry, path: str, listing: Listing, choice: Choice) -> bool:
    if entry.name.startswith("._") and _starts_as(entry.path, APPLE_MAGIC):
        return choice.takes_apple_double(path, listing.left_out) and choice.takes(path, listing.left_out)
    return choice.takes(path, listing.left_out)


def _is_input(entry: Entry, path: str, results: PathLike | None, listing: Listing, choice: Choice) -> bool:
    if is_same_place(entry.path, results) or not choice.enters(path, listing.left_out):
        return False
    if any(_starts_as(join(entry.path, name), (_RECORD_START,)) for name in _RECORDS):
        listing.passed_over.append(path)
        return False
    return True


def _starts_as(path: str, starts: tuple[bytes, ...]) -> bool:
    """Tell whether a file begins in one of these ways, which are equally long."""
    length = len(starts[0])
    if is_url(path):
        return read_start(path, length) in starts
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.read(descriptor, length) in starts
    except OSError:
        return False  # a folder or a FIFO of that name
    finally:
        os.close(descriptor)


def _is_frame(entry: Entry) -> bool:
    _, suffix = split_suffix(entry.name)
    if not suffix:
        return _holds_picture(entry)
    if suffix in PREVIEWED:
        return not is_url(entry.path) and not _has_picture_beside(entry.path)
    return suffix in PICTURES and not _is_link_to_folder(entry)


def _is_film(entry: Entry) -> bool:
    return is_video(entry.name) and not _is_link_to_folder(entry)


def _has_picture_beside(path: str) -> bool:
    stem = path.rpartition(".")[0]
    return any(os.path.exists(f"{stem}.{suffix}") for each in _BESIDE_RAW for suffix in (each, each.upper()))


def _is_link_to_folder(entry: Entry) -> bool:
    return entry.is_symlink() and os.path.isdir(entry.path)


def _holds_picture(entry: Entry) -> bool:
    # The reader brings OpenCV, which whoever only orders frames need not wait for.
    from framesift.frames.reader import sniff_format
    from framesift.frames.reader.source import open_pieces

    try:
        if not entry.is_file():
            return False
        with open_pieces(entry.path) as (read, _):
            return sniff_format(read(12, 0)) is not None
    except UnreadableFrame:
        return False
    except OSError:
        return True  # perhaps a frame: the reader says why it cannot be read


def _name_frames(root: str, paths: list[str], names: Names) -> Iterator[Frame]:
    """Yield the frames, in no order: of a store those first that need not be looked into, then the others at once."""
    look = partial(add_exif_time, root=root, naming=names.naming)
    frames = name_frames(paths, names, strict=True)
    if not is_url(root):
        yield from (frame if frame.time else look(frame) for frame in frames)
        return
    timeless = []
    for frame in frames:
        if frame.time is None:
            timeless.append(frame)
        else:
            yield frame
    yield from map_in_threads(look, timeless, _ASKED_AT_ONCE)


def _describe_rest(listing: Listing) -> str:
    rest = []
    if listing.videos:
        rest.append(f"videos: {len(listing.videos)}; --every 1s samples them")
    if listing.others:
        rest.append(listing.describe_others())
    if listing.unlisted:
        rest.append(f"folders that cannot be listed: {len(listing.unlisted)}")
    if listing.passed_over:
        rest.append(f"folders with results of an earlier run: {len(listing.passed_over)}")
    if left_out := listing.left_out.describe(hidden=True):
        rest.append(left_out)
    return f" ({', '.join(rest)})" if rest else ""
