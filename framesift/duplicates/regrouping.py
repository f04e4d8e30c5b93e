"""A group looked at again: round another keeper, split in two, and by every method at once."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import count_cores
from framesift.comparators.combined import Combined
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.orientation import AS_IT_IS, TURNS, Turn
from framesift.comparators.verified_hash import VerifiedHash
from framesift.duplicates.groups import Apart, Group, Item, Member
from framesift.duplicates.index import Index
from framesift.duplicates.inventory import File, Inventory, Watch, take_inventory
from framesift.duplicates.methods import HASH_DISTANCE, Method, allow_turns, by_combined, by_framediff, by_hash
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
    directory: str,
    keeper: Item,
    others: Sequence[Item],
    index: PathLike | None,
    distance: int = HASH_DISTANCE,
    turns: Sequence[Turn] | None = None,
) -> list[Scores]:
    """Return what each method says of the others, compared with the keeper as it lies beside each of them when it is
    turned by `turns`; None: all as they are. Raises as `compare_with_keeper`.
    """
    methods = by_combined(), by_hash(distance), by_framediff()
    verified, differencing = methods[1].comparator, methods[2].comparator
    assert isinstance(verified, VerifiedHash) and isinstance(differencing, FrameDifferencing)
    turns = [AS_IT_IS] * len(others) if turns is None else turns
    scores = []
    pairs = (_describe_pairs(directory, keeper, others, turns, method, index) for method in methods)
    for combined, hashed, small in zip(*pairs, strict=True):
        parts = Combined().measure(*combined)
        scores.append(
            Scores(
                similarity=1 - Combined().score(*combined),
                hash_similarity=1 - parts.hash,
                ssim=1 - parts.ssim,
                colours=1 - parts.colours,
                distance=int(np.bitwise_count(hashed[0]["hash"] ^ hashed[1]["hash"]).sum()),
                is_confirmed=verified.score(*hashed) < 1,
                score=differencing.score(*small),
            )
        )
    return scores


def _describe_pairs(
    directory: str,
    keeper: Item,
    others: Sequence[Item],
    turns: Sequence[Turn],
    method: Method,
    index: PathLike | None,
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return the descriptors of the keeper as it lies beside each of the others, and of that."""
    if all(turn == AS_IT_IS for turn in turns):
        own, *found = _look_again(directory, [keeper, *others], method, index).descriptors
        return [(own, each) for each in found]
    own, *found = _look_again(directory, [keeper, *others], allow_turns(method), index).descriptors
    return [(own[TURNS.index(turn)], each[0]) for turn, each in zip(turns, found, strict=True)]


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
