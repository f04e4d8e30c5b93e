"""A group looked at again: round another keeper, split in two, and by every method at once."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from framesift.cluster.parallel import count_cores
from framesift.comparators.combined import Combined
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.verified_hash import VerifiedHash
from framesift.duplicates.groups import Apart, Group, Item, Member
from framesift.duplicates.index import Index
from framesift.duplicates.inventory import File, Inventory, Watch, take_inventory
from framesift.duplicates.methods import HASH_DISTANCE, Method, by_combined, by_framediff, by_hash
from framesift.duplicates.preference import Preference
from framesift.duplicates.search import confirm_near, form_groups
from framesift.duplicates.second_look import SecondLook
from framesift.errors import PathLike, UsageError


class ChangedFile(UsageError):
    """A file is not what the search found."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What each method says of a file and its keeper."""

    similarity: float
    """Combined, 0 to 1; the three next are its parts."""
    hash_similarity: float
    ssim: float
    colours: float
    distance: int
    """Bits of 64 in which the cosine hashes differ."""
    is_confirmed: bool
    """Whether colours and levels agree with the cosine hash."""
    score: float
    """px of 320x240 that changed."""


def compare_with_keeper(
    directory: str, keeper: Item, others: Sequence[Item], method: Method, index: PathLike | None
) -> list[tuple[Member, bool]]:
    """Return the others as members of a group of this keeper, and whether each is within the threshold.

    Raises ChangedFile where a file is not what it was, UnreadableFrame and StorageError.
    """
    inventory = _look_again(directory, [keeper, *others], method, index)
    count = len(inventory.items)
    neighbours = method.search(inventory.descriptors, np.arange(count))
    near = list(neighbours.find(0, np.ones(count, np.bool_)))
    with SecondLook(directory, method.look, count_cores(), method.turned) as look:
        seen = confirm_near(look, inventory.items[0], near, inventory.items)
    unlike = (Member(item, neighbours.measure(0, position)) for position, item in enumerate(others, start=1))
    return [
        (replace(seen.get(position, member), item=item), position in seen and keeper.shares_levels(item))
        for position, (item, member) in enumerate(zip(others, unlike, strict=True), start=1)
    ]


def split_group(
    directory: str,
    items: Sequence[Item],
    keeper: Item,
    method: Method,
    preference: Preference,
    index: PathLike | None,
    apart: Apart,
) -> list[Group]:
    """Form the groups of these files anew, such that `apart` holds; `keeper` is the first to be preferred.

    Raises as `compare_with_keeper`.
    """
    inventory = _look_again(directory, items, method, index)
    first = _KeeperFirst(preference.names, preference.folders, keeper)
    with SecondLook(directory, method.look, count_cores(), method.turned) as look:
        return list(form_groups(inventory, method, first, Watch(), apart, look, transparent_first=False))


def measure_scores(
    directory: str, keeper: Item, others: Sequence[Item], index: PathLike | None, distance: int = HASH_DISTANCE
) -> list[Scores]:
    """Return what each method says of the others, compared with the keeper. Raises as `compare_with_keeper`."""
    methods = by_combined(), by_hash(distance), by_framediff()
    combined, hashed, small = (_look_again(directory, [keeper, *others], m, index).descriptors for m in methods)
    verified, differencing = methods[1].comparator, methods[2].comparator
    assert isinstance(verified, VerifiedHash) and isinstance(differencing, FrameDifferencing)
    scores = []
    for place in range(1, len(others) + 1):
        parts = Combined().measure(combined[0], combined[place])
        distance = int(np.bitwise_count(hashed[0]["hash"] ^ hashed[place]["hash"]).sum())
        scores.append(
            Scores(
                similarity=1 - Combined().score(combined[0], combined[place]),
                hash_similarity=1 - parts.hash,
                ssim=1 - parts.ssim,
                colours=1 - parts.colours,
                distance=distance,
                is_confirmed=verified.score(hashed[0], hashed[place]) < 1,
                score=differencing.score(small[0], small[place]),
            )
        )
    return scores


@dataclass(frozen=True, slots=True)
class _KeeperFirst(Preference):
    """One file before all others."""

    first: Item | None = None

    def sort(self, items: Sequence[Item]) -> list[int]:
        order = Preference.sort(self, items)
        return sorted(order, key=lambda position: items[position] != self.first)


def _look_again(directory: str, items: Sequence[Item], method: Method, index: PathLike | None) -> Inventory:
    """Describe files in the order given, if they are what they were."""
    files = []
    for item in items:
        try:
            files.append(File(item.path, os.lstat(os.path.join(directory, item.path))))
        except OSError:
            raise ChangedFile("is gone since the search", item.path) from None
    with Index(index) as opened:
        inventory = take_inventory(directory, files, method, opened, Watch(), count_cores())
    if inventory.skipped:
        raise ChangedFile(inventory.skipped[0].reason, inventory.skipped[0].path)
    for item, found in zip(items, inventory.items, strict=True):
        # A remount changes the numbers of a file; what removes looks at its content once more.
        if replace(found, device=item.device, inode=item.inode, ctime_ns=item.ctime_ns) != item:
            raise ChangedFile("has changed since the search", item.path)
    return inventory
