"""A group as it is kept: what the search has found, and what people have changed of it."""

import hashlib
import json
from collections.abc import Collection as Paths
from dataclasses import dataclass, replace
from typing import Any

from framesift.comparators.orientation import Turn
from framesift.duplicates import Group, Item, Member, Traits
from framesift.frames.levels import Levels


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A keeper and its near-duplicates; of these, those that stay all the same."""

    id: str
    collection_id: str
    group: Group
    excluded: frozenset[str] = frozenset()
    """Paths of members that people want to stay."""
    outside: frozenset[str] = frozenset()
    """Paths of members that are too unlike a keeper that people have chosen; they stay too."""
    reviewed: bool = False

    @classmethod
    def of(cls, search_id: str, collection_id: str, group: Group, excluded: Paths[str]) -> "StoredGroup":
        """Return the group that a search has found, with the members `excluded` of it."""
        digest = hashlib.sha256(f"{search_id} ".encode() + group.keeper.path.encode("utf-8", "surrogatepass"))
        stays = frozenset(member.item.path for member in group.members if member.item.path in excluded)
        return cls(digest.hexdigest()[:16], collection_id, group, stays)

    @classmethod
    def decode(cls, group_id: str, collection_id: str, document: str) -> "StoredGroup":
        """Return what `encode` has written."""
        values = json.loads(document)
        members = tuple(_member(*fields) for fields in values["members"])
        group = Group(_item(values["keeper"]), members, values["reason"])
        excluded, outside = (frozenset(values[name]) for name in ("excluded", "outside"))
        return cls(group_id, collection_id, group, excluded, outside, values["reviewed"])

    def encode(self) -> str:
        """Return all but the ids as JSON."""
        values = {
            "keeper": _fields(self.group.keeper),
            "members": [
                (_fields(each.item), each.similarity, each.sha256, each.turn.degrees, each.turn.mirrored)
                for each in self.group.members
            ],
            "reason": self.group.reason,
            "excluded": sorted(self.excluded),
            "outside": sorted(self.outside),
            "reviewed": self.reviewed,
        }
        return json.dumps(values)

    @property
    def items(self) -> tuple[Item, ...]:
        """The keeper and all members."""
        return (self.group.keeper, *(member.item for member in self.group.members))

    @property
    def going(self) -> tuple[Member, ...]:
        """The members that a removal takes."""
        stays = self.excluded | self.outside
        return tuple(member for member in self.group.members if member.item.path not in stays)

    @property
    def surplus(self) -> int:
        """How many files a removal takes."""
        return len(self.going)

    @property
    def bytes(self) -> int:
        """How much a removal takes."""
        return sum(member.item.file_size for member in self.going)

    def without(self, paths: Paths[str]) -> "StoredGroup":
        """Return the group without some members."""
        members = tuple(member for member in self.group.members if member.item.path not in paths)
        return replace(self, group=replace(self.group, members=members))


def group_row(group: StoredGroup, position: int) -> tuple[Any, ...]:
    """Return the row of a group in the store."""
    return group.id, group.collection_id, position, group.encode()


def _fields(item: Item) -> tuple[Any, ...]:
    levels = None if item.levels is None else (item.levels.low, item.levels.high)
    return (
        item.path, *item.size, item.file_size, item.mtime_ns, item.device, item.inode, item.ctime_ns, levels,
        int(item.traits), item.seconds,
    )  # fmt: skip


def _member(
    fields: list[Any], similarity: float, sha256: str | None = None, degrees: int = 0, mirrored: bool = False
) -> Member:
    """Return a member; an earlier version did not know of its bytes, nor of how it lies."""
    return Member(_item(fields), similarity, sha256, Turn(degrees, mirrored))


def _item(fields: list[Any]) -> Item:
    path, width, height, file_size, mtime_ns, device, inode, ctime_ns, *more = fields
    levels = Levels.of(more[0]) if more and more[0] else None  # an earlier version knew of none
    traits, seconds = (Traits(more[1]), float(more[2])) if len(more) > 1 else (Traits(0), 0.0)
    return Item(path, (width, height), file_size, mtime_ns, device, inode, ctime_ns, levels, traits, seconds)
