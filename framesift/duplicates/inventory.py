"""The images below a folder and their descriptors: each file is read once, and only when the index does not know it."""

import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import tee
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from framesift.cluster.mapping import map_frames
from framesift.comparators.comparator import Comparator
from framesift.duplicates.appearance import find_appearance, is_small, read_small
from framesift.duplicates.groups import Item
from framesift.duplicates.index import Features, Index, State
from framesift.duplicates.methods import Method
from framesift.duplicates.traits import NONE, Traits, find_traits
from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError
from framesift.frames.choosing import USUAL, Choice, LeftOut
from framesift.frames.finding import Listing, scan_folder, walk_frames
from framesift.frames.frame import natural_key
from framesift.frames.levels import Levels
from framesift.frames.reader import average_pixels
from framesift.frames.suffixes import is_raw

_RAW = "raw data of cameras"
T = TypeVar("T")

IN_MEMORY = 2**30
"""Bytes of descriptors. More of them are kept in a file without a name."""


@dataclass(frozen=True, slots=True)
class File:
    """A path below the folder and the status of what lies there."""

    path: str
    stat: os.stat_result


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be used; it is never a keeper and never a member."""

    path: str
    """Relative to the searched folder."""
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One whole image."""

    item: Item
    descriptor: NDArray[Any]
    is_new: bool
    """Not known to the index."""


@dataclass(slots=True)
class Inventory:
    """The whole images of a folder with their descriptors."""

    items: list[Item] = field(default_factory=list)
    descriptors: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    """(number of items, ...)"""
    skipped: list[Skipped] = field(default_factory=list)


class NothingFound(UsageError):
    """A folder holds nothing to search."""


class Watch:
    """Sees how far the work has come. This one looks away; the command line draws a bar."""

    def follow(self, items: Iterable[T], stage: str, total: int | None = None) -> Iterable[T]:
        """Return `items` as they are. `stage` is `finding`, `describing`, `watching` or `comparing`."""
        return items


def _look_away(_: Inventory) -> None:
    pass


def find_files(
    directory: str, backup: PathLike | None, watch: Watch, recursive: bool = True, choice: Choice = USUAL
) -> tuple[list[File], list[File], list[Skipped], LeftOut]:
    """Return the images and the videos below a folder in natural order, the folders that could not be listed with the
    files that could not be looked at, and what is not of the `choice`.

    Without `recursive` only what lies in the folder itself. Symbolic links are among them, and all paths to one file.
    Raises UsageError (no such folder, neither in it).
    """
    listing = Listing()
    walk = (
        walk_frames(directory, backup, listing, choice)
        if recursive
        else scan_folder(directory, "", backup, listing, [], choice)
    )
    paths, raw = _sort_raw(watch.follow(walk, "finding"))
    if raw:
        listing.left_out.files[_RAW] = raw
    unread = dict[str, str]()
    images, videos = (list(_check_files(directory, found, unread)) for found in (paths, listing.videos))
    if not images and not videos:
        rest = listing.left_out.describe(hidden=True)
        raise NothingFound(f"holds no image and no video{f' ({rest})' if rest else ''}", directory)
    skipped = [Skipped(path, reason) for path, reason in sorted([*listing.unlisted, *unread.items()])]
    return images, videos, skipped, listing.left_out


def _sort_raw(found: Iterable[str]) -> tuple[list[str], int]:
    """Return the paths without those of raw files, and how many these are: they hold more than their previews show."""
    paths = list(found)
    images = [path for path in paths if not is_raw(path)]
    return images, len(paths) - len(images)


def _check_files(directory: str, paths: list[str], unread: dict[str, str]) -> Iterator[File]:
    """Yield the files that are there; note the reason of each that cannot be looked at."""
    for path in sorted(paths, key=lambda path: (natural_key(path), path)):
        try:
            status = os.lstat(os.path.join(directory, path))
        except FileNotFoundError:  # gone since it was listed
            continue
        except OSError as error:
            unread[path] = f"cannot be looked at: {error.strerror}"
            continue
        yield File(path, status)


def take_inventory(
    directory: str,
    files: list[File],
    method: Method,
    index: Index,
    watch: Watch,
    jobs: int,
    executor: Executor | None = None,
    glance: Callable[[Inventory], None] = _look_away,
) -> Inventory:
    """Describe the files, `jobs` at a time or on a cluster, and remember in the index what it did not know.

    `glance` is called after each whole image with what there is: as many descriptors as items, then room. Raises
    StorageError.
    """
    inventory = Inventory()
    results = _look_at_files(directory, files, method, index, jobs, executor)
    with closing(results):
        for seen in watch.follow(results, "describing", len(files)):
            if isinstance(seen, Skipped):
                inventory.skipped.append(seen)
                continue
            if not inventory.items:
                inventory.descriptors = _allocate(len(files), seen.descriptor, index)
            inventory.descriptors[len(inventory.items)] = seen.descriptor
            inventory.items.append(seen.item)
            if seen.is_new:
                index.add(_features(directory, seen), method.key)
            glance(inventory)
    index.flush()
    inventory.descriptors = inventory.descriptors[: len(inventory.items)]
    return inventory


def _look_at_files(
    directory: str, files: list[File], method: Method, index: Index, jobs: int, executor: Executor | None
) -> Generator[Seen | Skipped, None, None]:
    """Yield what is known of a file, or what reading and describing it shows."""
    look = partial(_look, directory=directory, comparator=method.comparator, side=method.side)
    example = cache(lambda: method.comparator.describe(np.zeros((64, 64, 3), np.uint8)))
    recalled, others = tee((file, _recall(directory, file, method, index, example)) for file in files)
    unknown = (file for file, known in others if known is None)
    with closing(map_frames(executor, look, unknown, jobs, lambda file, reason: Skipped(file.path, reason))) as looks:
        for file, known in recalled:
            if known is None:
                yield next(looks)
            else:
                item = make_item(file.path, known.size, file.stat, known.levels, known.traits)
                yield Seen(item, known.descriptor, is_new=False)


def _recall(
    directory: str, file: File, method: Method, index: Index, example: Callable[[], NDArray[Any]]
) -> Features | None:
    """Return what the index knows, if it is of the kind that the method makes: the index may be anybody's."""
    known = index.find(os.path.join(directory, file.path), State.of(file.stat), method.key)
    if known is not None and is_like(known.descriptor, example()):
        return known
    return None


def is_like(descriptor: NDArray[Any], example: NDArray[Any]) -> bool:
    """Tell whether a descriptor has the type and shape of another one."""
    return descriptor.dtype == example.dtype and descriptor.shape == example.shape


def _look(file: File, directory: str, comparator: Comparator, side: int) -> Seen | Skipped:
    """Read and describe a file."""
    try:
        picture = read_small(os.path.join(directory, file.path), side)
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the images is gone", directory) from error
        return Skipped(file.path, error.reason)
    assert isinstance(picture.stat, os.stat_result)  # of this machine: no folder in a store comes here
    try:
        appearance = find_appearance(picture.content, picture.pixels, picture.levels)
    except UnreadableFrame as error:
        return Skipped(file.path, error.reason)
    # Over white, as most programs lay what is transparent where a format cannot have it.
    left, ground = 0 if is_small(picture) else side, appearance.grounds[-1]
    small = average_pixels(ground, left)
    traits = find_traits(picture.content, small if ground is picture.pixels else average_pixels(picture.pixels, left))
    traits |= Traits.TRANSPARENT if appearance.is_transparent else NONE
    item = make_item(file.path, picture.size, picture.stat, appearance.levels, traits)
    return Seen(item, comparator.describe(small), is_new=True)


def make_item(
    path: str,
    size: tuple[int, int],
    status: os.stat_result,
    levels: Levels | None = None,
    traits: Traits = NONE,
    seconds: float = 0.0,
) -> Item:
    """Return the item of a file in the state that a status shows."""
    identity = status.st_dev, status.st_ino, status.st_ctime_ns
    return Item(path, size, status.st_size, status.st_mtime_ns, *identity, levels, traits, seconds)


def _features(directory: str, seen: Seen) -> Features:
    item = seen.item
    path = os.path.join(directory, item.path)
    state = State(item.file_size, item.mtime_ns, item.inode, item.ctime_ns)
    return Features(path, state, item.size, seen.descriptor, item.levels, item.traits)


def _allocate(count: int, descriptor: NDArray[Any], index: Index) -> NDArray[Any]:
    """Make room for `count` descriptors: in memory, or beside the index where they are too many for that."""
    shape = (count, *descriptor.shape)
    if count * descriptor.nbytes <= IN_MEMORY:
        return np.empty(shape, descriptor.dtype)
    try:
        with tempfile.TemporaryFile(dir=os.path.dirname(index.path)) as file:  # the mapping outlives it
            return np.memmap(file, descriptor.dtype, "w+", shape=shape)
    except OSError as error:
        raise StorageError.of(error, os.path.dirname(index.path)) from error
