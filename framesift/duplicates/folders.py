"""Several folders searched as one: their files with paths below the folder that holds them all, and all their names."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from framesift.duplicates.groups import Apart, Item
from framesift.duplicates.inventory import File, NothingFound, Skipped, Watch, find_files
from framesift.duplicates.preference import is_below
from framesift.errors import PathLike, UsageError
from framesift.frames.choosing import USUAL, Choice, LeftOut
from framesift.frames.companions import Companion, find_companions

_MASKS = "labels that are pictures"
"""What files are left out for by `set_aside`."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is searched."""

    root: str
    """Absolute."""
    folders: tuple[str, ...] = ("",)
    """Below the root, in the order in which they were named; an empty one is the root itself."""

    @classmethod
    def of(cls, directories: PathLike | Iterable[PathLike]) -> "Place":
        """Return the place of a folder or of several, each once."""
        if isinstance(directories, str | bytes | os.PathLike):
            return cls(os.path.abspath(os.fsdecode(directories)))
        paths = [os.fsdecode(directory) for directory in directories]
        if len(paths) == 1:
            return cls.of(paths[0])
        if not paths:
            raise UsageError("there is no folder to search")
        real = list(dict.fromkeys(map(os.path.realpath, paths)))
        root = os.path.commonpath(real)
        return cls(root, tuple("" if path == root else os.path.relpath(path, root) for path in real))

    def join(self, path: str) -> str:
        """Return a path below the root as an absolute one."""
        return os.path.join(self.root, path) if path else self.root

    def locate(self, path: PathLike, option: str) -> str:
        """Return a folder that is searched, or holds what is, as a path below the root; an empty one for all of it.

        What is no folder from here on may be one from a searched folder on. Raises UsageError for others.
        """
        given, root = os.fsdecode(path), os.path.realpath(self.root)
        tried = [given, *(os.path.join(root, folder, given) for folder in self.folders)]
        found = next((os.path.realpath(each) for each in tried if given and os.path.isdir(each)), None)
        if found is None:
            raise UsageError(f"{option}: there is no such folder", path)
        shared = os.path.commonpath([found, root])
        if shared == found:
            return ""
        if shared != root:
            raise UsageError(f"{option}: is not searched, so nothing is kept or goes there", path)
        below = os.path.relpath(found, root)
        if below.startswith("../") or not any(
            is_below(f"{below}/", f) or is_below(f"{f}/", below) for f in self.folders
        ):
            raise UsageError(f"{option}: is not searched, so nothing is kept or goes there", path)
        return below


@dataclass(slots=True)
class Found:
    """The files of a place."""

    images: list[File] = field(default_factory=list)
    videos: list[File] = field(default_factory=list)
    unlisted: list[Skipped] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """Other paths of a file (hard links), by the first one, which stands for it."""
    shared: set[str] = field(default_factory=set)
    """Files that have names elsewhere too."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """Symbolic links that lead to a file."""
    left_out: LeftOut = field(default_factory=LeftOut)
    """What was not chosen."""


def gather_files(
    place: Place, backup: PathLike | None, watch: Watch, recursive: bool = True, choice: Choice = USUAL
) -> Found:
    """Return the images and videos of all folders in their order, each file once.

    Raises UsageError (no such folder, none in any of them).
    """
    gathered, empty = Found(), list[NothingFound]()
    by_identity: dict[tuple[int, int], str] = {}
    links: list[str] = []
    for folder in place.folders:
        try:
            images, videos, unlisted, left_out = find_files(place.join(folder), backup, watch, recursive, choice)
        except NothingFound as error:
            empty.append(error)
            continue
        gathered.left_out.update(left_out)
        gathered.unlisted += [replace(each, path=os.path.join(folder, each.path)) for each in unlisted]
        for files, kind in ((images, gathered.images), (videos, gathered.videos)):
            named = [replace(file, path=os.path.join(folder, file.path)) for file in files]
            links += [file.path for file in named if stat.S_ISLNK(file.stat.st_mode)]
            kind += _sort_names([file for file in named if not stat.S_ISLNK(file.stat.st_mode)], by_identity, gathered)
    if not gathered.images and not gathered.videos:
        raise empty[0] if empty else NothingFound("holds no image and no video", place.root)
    _note_shared(gathered)
    _follow(links, place, gathered)
    return gathered


def set_aside(found: Found, root: str) -> dict[str, tuple[Companion, ...]]:
    """Take away what belongs to another file, such as a mask or the film of a Live Photo; return what belongs to what.

    Masks are often the same, and each says something of its own picture.
    """
    companions = find_companions(root, (file.path for file in (*found.images, *found.videos)))
    attached = {each.path for belonging in companions.values() for each in belonging}
    found.videos = [film for film in found.videos if film.path not in attached]
    images = [image for image in found.images if image.path not in attached]
    if masks := len(found.images) - len(images):
        found.left_out.files[_MASKS] = masks
    found.images = images
    return companions


def _sort_names(files: Sequence[File], by_identity: dict[tuple[int, int], str], gathered: Found) -> Iterator[File]:
    """Yield the files that are new, and note the others as names of them."""
    for file in files:
        first = by_identity.setdefault((file.stat.st_dev, file.stat.st_ino), file.path)
        if first == file.path:
            if file.path not in gathered.names:  # a folder within a folder that was named before it
                gathered.names[file.path] = []
                yield file
        elif file.stat.st_nlink > 1 and file.path not in gathered.names[first]:  # else a folder is mounted twice
            gathered.names[first].append(file.path)


def _note_shared(gathered: Found) -> None:
    for file in (*gathered.images, *gathered.videos):
        if file.stat.st_nlink > 1 + len(gathered.names[file.path]):
            gathered.shared.add(file.path)
    gathered.names = {path: names for path, names in gathered.names.items() if names}


def _follow(links: Iterable[str], place: Place, gathered: Found) -> None:
    root = os.path.realpath(place.root)
    firsts = {file.path: file.path for file in (*gathered.images, *gathered.videos)}
    firsts |= {name: path for path, names in gathered.names.items() for name in names}
    for link in dict.fromkeys(links):
        target = os.path.relpath(os.path.realpath(os.path.join(root, link)), root)
        if target in firsts:
            gathered.links.setdefault(firsts[target], []).append(link)


def protect(folders: Sequence[str], names: dict[str, list[str]], apart: Apart) -> Apart:
    """Return what keeps files of these folders out of groups of others, so that they stay; beside `apart`."""
    if not folders:
        return apart

    def is_protected(item: Item) -> bool:
        paths = (item.path, *names.get(item.path, ()))
        return any(is_below(path, folder) for path in paths for folder in folders)

    return lambda keeper, item: is_protected(item) or apart(keeper, item)
