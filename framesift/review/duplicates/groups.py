"""The groups of the last search of each collection: looked at, changed, and turned into what is to be removed."""

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from framesift.actions import Plan
from framesift.duplicates import (
    ChangedFile,
    Group,
    Item,
    Member,
    Scores,
    compare_with_keeper,
    measure_scores,
    plan_groups,
    split_group,
)
from framesift.errors import FramesiftError, UsageError
from framesift.review.duplicates.collections import Collections, decode_image_id
from framesift.review.duplicates.contents import Contents
from framesift.review.duplicates.searches import Request
from framesift.review.duplicates.stored_groups import StoredGroup, group_row
from framesift.review.duplicates.verdicts import Verdicts
from framesift.review.refusals import Conflict, Unknown
from framesift.review.store import Store

MOST_SCORED = 100
"""Members of a group whose scores by every method are measured."""
_KEPT_SCORES = 64
CHOSEN = "chosen by you"


class Groups:
    """Finds and changes groups. Its methods may be called from any thread."""

    def __init__(
        self, store: Store, collections: Collections, verdicts: Verdicts, contents: Contents, index: str | None
    ) -> None:
        self._store, self._collections, self._verdicts, self._index = store, collections, verdicts, index
        self._contents = contents
        self._changing = threading.Lock()
        self._scores: OrderedDict[str, list[Scores]] = OrderedDict()

    def page(self, collection_id: str, offset: int = 0, limit: int = 60) -> tuple[int, list[StoredGroup]]:
        """Return how many groups a collection has, and some of them in the order of the search."""
        [[total]] = self._store.read("SELECT count(*) FROM groups WHERE collection_id = ?", collection_id)
        query = "SELECT * FROM groups WHERE collection_id = ? ORDER BY position, id LIMIT ? OFFSET ?"
        return total, [_decode(row) for row in self._store.read(query, collection_id, limit, offset)]

    def find(self, group_id: str) -> StoredGroup:
        """Return a group. Raises Unknown."""
        told = "there is no such group: perhaps there has been another search"
        return _decode(self._store.require(told, "SELECT * FROM groups WHERE id = ?", group_id))

    def request(self, collection_id: str) -> Request:
        """Return how a collection was searched the last time. Raises Unknown."""
        query = "SELECT request FROM searches WHERE collection_id = ?"
        row = self._store.require("the collection was not searched", query, collection_id)
        return Request(**json.loads(row["request"]))

    def measure(self, group: StoredGroup) -> list[Scores]:
        """Return the scores of the first members by every method; none where a file is not what it was."""
        document = group.encode()
        if document in self._scores:
            return self._scores[document]
        members = group.group.members[:MOST_SCORED]
        items, turns = [member.item for member in members], [member.turn for member in members]
        request = self.request(group.collection_id)
        limit = {} if request.distance is None else {"distance": request.distance}
        try:
            keeper, folder = group.group.keeper, self._folder(group)
            scores = measure_scores(folder, keeper, items, self._index, turns=turns, **limit)
        except FramesiftError:
            return []
        self._scores[document] = scores
        while len(self._scores) > _KEPT_SCORES:
            self._scores.popitem(last=False)
        return scores

    def change(self, group_id: str, keeper: str | None, excluded: Sequence[str] | None) -> StoredGroup:
        """Choose another keeper, or which members stay, by ids of images.

        Raises Unknown, UsageError (not of the group), Conflict (a file has changed since the search), StorageError.
        """
        with self._changing:
            before = group = self.find(group_id)
            items = {item.path: item for item in group.items}
            if keeper is not None:
                group = self._keep_instead(group, _choose(items, [keeper])[0])
            if excluded is not None:
                stays = _choose(items, excluded)
                self._exclude(group, stays)
                group = replace(group, excluded=frozenset(item.path for item in stays))
            group = replace(group, reviewed=True, excluded=group.excluded - {group.group.keeper.path})
            self._replace(before, [group])
            return group

    def split(self, group_id: str, image_ids: Sequence[str]) -> tuple[str, list[StoredGroup]]:
        """Take images out of a group that show something else than the rest, for good.

        Returns the id of the verdict and the groups that are left of the one. Raises as `change`.
        """
        with self._changing:
            group = self.find(group_id)
            some = _choose({item.path: item for item in group.items}, image_ids)
            rest = [item for item in group.items if item not in some]
            if not some or not rest:
                raise UsageError("takes some images of the group, but not all")
            folder = self._folder(group)
            try:
                verdict = self._verdicts.keep_apart(group.collection_id, folder, some, rest)
                groups = self._split(group, folder)
            except FramesiftError as error:
                raise _as_conflict(error) from error
            self._note_split(verdict, group, groups)
            self._replace(group, groups)
            return verdict, groups

    def unite(self, verdict_id: str) -> StoredGroup | None:
        """Take back the verdict of a split, and put the group back as it was before.

        Returns None where something has changed since: the next search may find it again. Raises Unknown.
        """
        with self._changing:
            self._verdicts.take_back(verdict_id)
            row = self._store.find("SELECT document FROM notes WHERE kind = 'split' AND id = ?", verdict_id)
            note: dict[str, Any] = json.loads(row["document"]) if row else {"search": ""}
            if not self._store.find("SELECT 1 FROM searches WHERE id = ?", note["search"]):
                return None
            rows = [self._store.find("SELECT * FROM groups WHERE id = ?", group_id) for group_id in note["after"]]
            if [row and row["document"] for row in rows] != list(note["after"].values()):
                return None
            group = StoredGroup.decode(note["id"], note["collection"], note["document"])
            with self._store.writing() as database:
                _swap(database, group.collection_id, [_decode(row) for row in rows], [group], note["position"])
            return group

    def plan(self, collection_id: str, group_ids: Sequence[str] | None) -> Plan:
        """Return the plan of removing what the groups have too many, of these groups or of all. Raises Unknown.

        It has the digests that the search has left, so that it knows the files after a remount too.
        """
        folder = self._collections.folder(self._collections.find(collection_id))
        rows = self._store.read("SELECT * FROM groups WHERE collection_id = ? ORDER BY position, id", collection_id)
        groups = [_decode(row) for row in rows if group_ids is None or row["id"] in group_ids]
        plan = plan_groups(folder, [replace(group.group, members=group.going) for group in groups])
        items = [item for group in groups for item in group.items]
        known = {item.path: self._contents.recall_item(folder, item) for item in items}
        steps = [replace(s, sha256=known[s.path], keeper_sha256=known[s.keeper]) for s in plan.steps]
        return replace(plan, steps=tuple(steps))

    def forget(self, collection_id: str, paths: Iterable[str] | None) -> None:
        """Take files that are gone out of the groups; with None the whole search, where files have come back."""
        with self._changing:
            if paths is None:
                with self._store.writing() as database:
                    database.execute("DELETE FROM groups WHERE collection_id = ?", (collection_id,))
                    database.execute("DELETE FROM searches WHERE collection_id = ?", (collection_id,))
                return
            gone = frozenset(paths)
            for group in self.page(collection_id, 0, -1)[1]:
                if gone.intersection(item.path for item in group.items):
                    left = group.without(gone)
                    self._replace(group, [left] if left.group.members else [])

    def _folder(self, group: StoredGroup) -> str:
        return self._collections.folder(self._collections.find(group.collection_id))

    def _keep_instead(self, group: StoredGroup, keeper: Item) -> StoredGroup:
        if keeper == group.group.keeper:
            return group
        method = self.request(group.collection_id).make_method()
        others = [item for item in group.items if item != keeper]
        try:
            compared = compare_with_keeper(self._folder(group), keeper, others, method, self._index)
        except FramesiftError as error:
            raise _as_conflict(error) from error
        outside = frozenset(member.item.path for member, within in compared if not within)
        members: tuple[Member, ...] = tuple(member for member, _ in compared)
        return replace(group, group=Group(keeper, members, CHOSEN), outside=outside)

    def _exclude(self, group: StoredGroup, stays: Sequence[Item]) -> None:
        others = [item for item in group.items if item not in stays and item != group.group.keeper]
        try:
            self._verdicts.exclude(self._folder(group), stays, others)
        except FramesiftError as error:
            raise _as_conflict(error) from error

    def _split(self, group: StoredGroup, folder: str) -> list[StoredGroup]:
        request = self.request(group.collection_id)
        formed = split_group(
            folder, group.items, group.group.keeper, request.make_method(), request.make_preference(), self._index,
            self._verdicts.apart(folder),
        )  # fmt: skip
        stored = []
        for new in formed:
            if new.keeper == group.group.keeper:
                kept = replace(StoredGroup.of("", group.collection_id, new, group.excluded), id=group.id)
                stored.append(replace(kept, group=replace(new, reason=group.group.reason), reviewed=True))
            else:
                fresh = StoredGroup.of(group.id, group.collection_id, new, group.excluded)
                stored.append(replace(fresh, reviewed=True))
        return stored

    def _note_split(self, verdict_id: str, group: StoredGroup, after: Sequence[StoredGroup]) -> None:
        """Keep what `unite` needs."""
        query = "SELECT g.position, s.id FROM groups g JOIN searches s USING (collection_id) WHERE g.id = ?"
        row = self._store.find(query, group.id)
        if row is None:
            raise Conflict("there has been another search meanwhile")
        note = {
            "id": group.id,
            "collection": group.collection_id,
            "document": group.encode(),
            "position": row["position"],
            "search": row["id"],
            "after": {each.id: each.encode() for each in after},
        }
        with self._store.writing() as database:
            database.execute("INSERT INTO notes VALUES ('split', ?, ?)", (verdict_id, json.dumps(note)))

    def _replace(self, before: StoredGroup, after: Sequence[StoredGroup]) -> None:
        """Put groups in the place of one. Raises Conflict where another search has been made meanwhile."""
        with self._store.writing() as database:
            row = database.execute("SELECT position FROM groups WHERE id = ?", (before.id,)).fetchone()
            if row is None:
                raise Conflict("there has been another search meanwhile")
            _swap(database, before.collection_id, [before], after, row["position"])


def _swap(
    database: sqlite3.Connection,
    collection_id: str,
    before: Sequence[StoredGroup],
    after: Sequence[StoredGroup],
    position: int,
) -> None:
    """Put groups in the place of others, and count anew what the collection has."""
    database.executemany("DELETE FROM groups WHERE id = ?", [(group.id,) for group in before])
    database.executemany("INSERT INTO groups VALUES (?, ?, ?, ?)", [group_row(group, position) for group in after])
    database.execute(
        "UPDATE searches SET groups = groups + ?, surplus = surplus + ?, bytes = bytes + ? WHERE collection_id = ?",
        (
            len(after) - len(before),
            sum(group.surplus for group in after) - sum(group.surplus for group in before),
            sum(group.bytes for group in after) - sum(group.bytes for group in before),
            collection_id,
        ),
    )


def _choose(items: dict[str, Item], image_ids: Sequence[str]) -> list[Item]:
    """Return the items of a group that ids name. Raises UsageError for others."""
    chosen = {}
    for image_id in image_ids:
        try:
            name = decode_image_id(image_id)
        except Unknown:
            name = ""
        if name not in items:
            raise UsageError("names an image that is not in the group")
        chosen[name] = items[name]
    return list(chosen.values())


def _as_conflict(error: FramesiftError) -> FramesiftError:
    if isinstance(error, ChangedFile):
        return Conflict("a file of the group has changed since the search: search again")
    return error


def _decode(row: Any) -> StoredGroup:
    return StoredGroup.decode(row["id"], row["collection_id"], row["document"])
