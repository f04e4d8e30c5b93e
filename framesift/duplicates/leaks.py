"""What two folders have in common that should have nothing in common, such as those of training and of testing."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import count_cores, map_ordered
from framesift.comparators.orientation import AS_IT_IS
from framesift.duplicates.folders import Found, Place, gather_files, set_aside
from framesift.duplicates.groups import Item
from framesift.duplicates.index import Index
from framesift.duplicates.inventory import File, Inventory, Skipped, Watch, take_inventory
from framesift.duplicates.methods import Method, by_resemblance
from framesift.duplicates.neighbours import Neighbours
from framesift.duplicates.preference import is_below
from framesift.duplicates.second_look import SecondLook
from framesift.errors import PathLike, UsageError
from framesift.frames.choosing import Choice, as_patterns
from framesift.frames.frame import natural_key


@dataclass(frozen=True, slots=True)
class Leak:
    """An image of the second folder and the one of the first that shows the same."""

    path: str
    """Below the second folder."""
    original: str
    """Below the first one: of several the most similar."""
    similarity: float
    """Above 0; 1 is the same picture."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """What was found in two folders."""

    first: str
    second: str
    """Absolute paths, links resolved."""
    leaks: list[Leak] = field(default_factory=list)
    """By the paths in the second folder, in natural order; each stands there once."""
    images: tuple[int, int] = (0, 0)
    """How many there are in each folder."""
    skipped: list[Skipped] = field(default_factory=list)
    """Absolute paths of images that could not be read and of folders that could not be listed."""


def find_leaks(
    first: PathLike,
    second: PathLike,
    method: Method | None = None,
    *,
    jobs: int | None = None,
    index: PathLike | None = None,
    exclude: str | Iterable[str] = (),
    include: str | Iterable[str] = (),
    watch: Watch | None = None,
) -> Leaks:
    """Find the images below `second` that show what one below `first` shows: copies, also saved again, resized, cropped
    by up to a tenth or in other light, either way round. Nothing is changed.

    Descriptors propose (`by_resemblance()` unless `method` says otherwise), a second look at both files decides. Films
    are not looked at. Descriptors are computed by `jobs` threads and kept in the file `index` (None: in the user's
    cache folder). Raises UsageError (no such folder, one within the other, no image) and StorageError.
    """
    method, watch, jobs = method or by_resemblance(), watch or Watch(), jobs or count_cores()
    place = _place_both(first, second)
    found = gather_files(place, None, watch, True, Choice(as_patterns(exclude), as_patterns(include)))
    set_aside(found, place.root)
    with Index(index) as opened:
        inventory = take_inventory(place.root, found.images, method, opened, watch, jobs)
    sides = [[n for n, each in enumerate(inventory.items) if is_below(each.path, side)] for side in place.folders]
    linked = list(_find_linked(place, found))
    first_side, second_side = sides
    with SecondLook(place.root, method.look, jobs) as look:
        found_copies = find_copies(inventory, method, second_side, first_side, look, jobs, watch)
        copied = [
            Leak(inventory.items[number].path, inventory.items[near].path, similarity)
            for number, (near, similarity) in found_copies.items()
        ]
    skipped = [Skipped(place.join(each.path), each.reason) for each in (*inventory.skipped, *found.unlisted)]
    images = len(sides[0]), len(sides[1]) + len(linked)
    named = sorted((_name_below(place, leak) for leak in (*linked, *copied)), key=lambda leak: natural_key(leak.path))
    return Leaks(place.join(place.folders[0]), place.join(place.folders[1]), named, images, skipped)


class Searched:
    """Some files of a folder with their descriptors, asked in turn which of them show the same."""

    def __init__(self, inventory: Inventory, order: Sequence[int], method: Method, look: SecondLook, jobs: int) -> None:
        self.skipped = inventory.skipped
        """Those that could not be read: nothing can be asked where there are any."""
        self._inventory, self._order, self._how = inventory, order, (look, jobs)
        self._method, self._place = method, {number: place for place, number in enumerate(order)}

    def find(self, asked: Sequence[int], among: Sequence[int]) -> dict[int, int]:
        """Return for each file that is asked about, if one `among` shows the same, that one: by the numbers of the
        files in the order in which they were given."""
        own, others = ([self._order[number] for number in numbers] for numbers in (asked, among))
        found = find_copies(self._inventory, self._method, own, others, *self._how)
        return {self._place[number]: self._place[near] for number, (near, _) in found.items()}

    def is_dark(self, number: int, level: float) -> bool:
        """Tell whether the mean of a picture is below a grey level."""
        return bool(self._inventory.descriptors[self._order[number]]["grey"].mean() < level)


@contextmanager
def search_files(
    folder: PathLike, paths: Sequence[str], jobs: int, index: PathLike | None = None, watch: Watch | None = None
) -> Iterator[Searched]:
    """Describe the files at `paths` below a folder, to be asked which of them show the same.

    Raises UsageError where one is not there, and StorageError.
    """
    root, method = os.path.abspath(os.fsdecode(folder)), by_resemblance()
    try:
        files = [File(path, os.stat(os.path.join(root, path))) for path in paths]
    except OSError as error:
        raise UsageError(error.strerror or str(error), error.filename) from None
    with Index(index) as opened:
        inventory = take_inventory(root, files, method, opened, watch or Watch(), jobs)
    known = {item.path: number for number, item in enumerate(inventory.items)}
    order = [known[path] for path in paths if path in known]
    with SecondLook(root, method.look, jobs) as look:
        yield Searched(inventory, order, method, look, jobs)


def find_copies(
    inventory: Inventory,
    method: Method,
    asked: Sequence[int],
    among: Sequence[int],
    look: SecondLook,
    jobs: int,
    watch: Watch | None = None,
) -> dict[int, tuple[int, float]]:
    """Return for each item that is `asked` about, if one `among` shows the same, that one and the similarity.

    Of several it is the most similar. Items are named by their numbers. Raises StorageError.
    """
    if not asked or not among:
        return {}
    order = np.array([*asked, *among], np.intp)
    neighbours = method.search(inventory.descriptors, order)
    search = partial(_find_copy, inventory.items, order, neighbours, np.arange(len(order)) >= len(asked), look)
    with ThreadPoolExecutor(jobs, thread_name_prefix="framesift-leaks") as pool:
        places = (watch or Watch()).follow(range(len(asked)), "comparing", len(asked))
        copies = list(map_ordered(pool, search, places, window=2 * jobs))
    return {number: copy for number, copy in zip(asked, copies, strict=True) if copy is not None}


def _find_copy(
    items: Sequence[Item],
    order: NDArray[np.intp],
    neighbours: Neighbours,
    free: NDArray[np.bool_],
    look: SecondLook,
    place: int,
) -> tuple[int, float] | None:
    item = items[int(order[place])]
    for near in sorted(neighbours.find(place, free), key=lambda near: (-near.similarity, near.position)):
        number = int(order[near.position])
        if items[number].shares_levels(item) and _is_same(look, items[number], item):
            return number, near.similarity
    return None


def _is_same(look: SecondLook, one: Item, other: Item) -> bool:
    """Tell whether one of both shows all that the other shows: either may be the cropped or the brighter one."""
    return any(
        digest is not None
        for keeper, member in ((one, other), (other, one))
        for digest in look.confirm(keeper, [(member, AS_IT_IS)])
    )


def _place_both(first: PathLike, second: PathLike) -> Place:
    for folder in (first, second):
        if not os.path.isdir(folder):
            raise UsageError("no such folder", folder)
    real = [os.path.realpath(os.fsdecode(folder)) for folder in (first, second)]
    if os.path.commonpath(real) in real:
        raise UsageError("one of the folders is the other, or lies in it: name two that lie beside each other", second)
    return Place.of([first, second])


def _find_linked(place: Place, found: Found) -> Iterator[Leak]:
    """Yield the files that are below both folders, as hard links or as symbolic links that lead to the other one."""
    first, second = place.folders
    for path in (*found.names, *(path for path in found.links if path not in found.names)):
        known = [path, *found.names.get(path, ()), *found.links.get(path, ())]
        originals = [each for each in known if is_below(each, first)]
        yield from (Leak(each, originals[0], 1.0) for each in known if originals and is_below(each, second))


def _name_below(place: Place, leak: Leak) -> Leak:
    """Return a leak with its paths below the folders that they are in."""
    first, second = place.folders
    return replace(leak, path=os.path.relpath(leak.path, second), original=os.path.relpath(leak.original, first))
