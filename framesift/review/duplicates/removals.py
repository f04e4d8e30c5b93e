"""Removals: what they took from which collections, where it lies, and whether it was given back."""

import json
import os
import re
import secrets
import sqlite3
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from framesift.actions import decode_plan, describe_crossing, encode_plan, storage_errors
from framesift.errors import show
from framesift.review.duplicates.collections import Collection, Collections, decode_image_id
from framesift.review.duplicates.groups import Groups
from framesift.review.jobs import Job, Jobs, now
from framesift.review.refusals import Conflict, Unknown
from framesift.review.store import Store

BACKUPS = "duplicates_backup"
PLANNED, MOVED, EMPTIED, UNDONE, PARTLY, FAILED = "planned", "removed", "emptied", "undone", "partly", "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """What a removal did to one collection."""

    collection_id: str
    name: str
    person_id: str | None
    found: int
    removed: int
    bytes: int
    left: tuple[dict[str, str], ...]
    """Name and reason of each file that was left where it was."""
    backup: str
    """Printable: where the files lie."""
    state: str
    """planned, removed, emptied, undone, partly (some could not be given back), or failed."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One removal."""

    id: str
    job: str
    undo_job: str | None
    collections: tuple[Part, ...]
    create_backup: bool
    created: str

    @property
    def removed(self) -> int:
        """Files that were moved to the backup."""
        return sum(part.removed for part in self.collections)

    @property
    def bytes(self) -> int:
        """What they take."""
        return sum(part.bytes for part in self.collections)

    @property
    def state(self) -> str:
        """planned, removed, undone, emptied, or partly: not the same for all that was removed."""
        states = {part.state for part in self.collections if part.removed or part.state == PLANNED}
        if PLANNED in states:
            return PLANNED
        return states.pop() if len(states) == 1 else PARTLY if states else MOVED


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that a removal took, or was to take."""

    name: str
    keeper: str
    """The file that stays in its place."""
    bytes: int
    in_backup: bool
    """Whether it lies in the backup now."""


class Removals:
    """Plans removals and undoes them, by jobs. Its methods may be called from any thread."""

    def __init__(self, store: Store, collections: Collections, groups: Groups, jobs: Jobs, output: str) -> None:
        self._store, self._collections, self._groups, self._jobs = store, collections, groups, jobs
        self._output = output

    def remove(
        self,
        collections: Sequence[Collection],
        group_ids: Sequence[str] | None = None,
        create_backup: bool = True,
        search_again: bool = False,
    ) -> Job:
        """Queue the removal of what the groups of these collections have too many, as the groups are now.

        What was never searched, or all with `search_again`, is searched within the job. Raises Unknown; Conflict where
        a removal or an undo of one of them is under way.
        """
        removal_id = _name_removal()
        parts = [
            (self._place(collection, removal_id), collection, self._plan(collection, group_ids, search_again))
            for collection in collections
        ]
        if group_ids is not None:
            self._check_groups(collections, group_ids)
        with self._store.writing() as database:
            self._refuse_busy(database, [collection.id for collection in collections])
            job_id = self._jobs.queue(database, "removal", {"removal": removal_id}, [c.id for c in collections])
            database.execute(
                "INSERT INTO removals (id, job_id, create_backup, created) VALUES (?, ?, ?, ?)",
                (removal_id, job_id, create_backup, now()),
            )
            database.executemany(
                "INSERT INTO parts (removal_id, position, collection_id, name, person_id, backup, plan, state) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (removal_id, position, each.id, each.name, each.person_id, os.fsencode(place), plan, PLANNED)
                    for position, (place, each, plan) in enumerate(parts)
                ],
            )
        self._jobs.wake()
        return self._jobs.find(job_id)

    def describe_crossing(self, collections: Sequence[Collection], group_ids: Sequence[str] | None = None) -> str:
        """Say in one line what of a removal does not come back, the backup being on another disk; empty if all does.

        Raises Unknown and StorageError.
        """
        searched = [collection for collection in collections if collection.searched is not None]
        if group_ids is not None:
            self._check_groups(collections, group_ids)
        with storage_errors(self._output):
            plans = [self._groups.plan(collection.id, group_ids) for collection in searched]
            return describe_crossing(plans, os.path.join(self._output, BACKUPS))

    def undo(self, removal_id: str) -> Job:
        """Queue giving back what a removal took. Raises Unknown; Conflict where there is nothing to give back."""
        removal = self.find(removal_id)
        if not any(part.state in (MOVED, PARTLY) and part.removed for part in removal.collections):
            reasons = {PLANNED: "the removal is not done yet", UNDONE: "the removal has been undone already"}
            reasons[EMPTIED] = "the removal was made without a backup: its files are gone"
            raise Conflict(reasons.get(removal.state, "the removal has removed nothing"))
        collection_ids = [part.collection_id for part in removal.collections]
        with self._store.writing() as database:
            self._refuse_busy(database, collection_ids)
            job_id = self._jobs.queue(database, "undo", {"removal": removal_id}, collection_ids)
            database.execute("UPDATE removals SET undo_job_id = ? WHERE id = ?", (job_id, removal_id))
        self._jobs.wake()
        return self._jobs.find(job_id)

    def find(self, removal_id: str) -> Removal:
        """Return a removal. Raises Unknown."""
        query = "SELECT * FROM removals WHERE id = ?"
        return self._as_removal(self._store.require("there is no such removal", query, removal_id))

    def page(self, offset: int = 0, limit: int = 60) -> tuple[int, list[Removal]]:
        """Return how many removals there are, and some of them, the newest first."""
        total, rows = self._store.page("removals", offset, limit)
        return total, [self._as_removal(row) for row in rows]

    def list_taken(self, removal_id: str, collection_id: str, offset: int, limit: int) -> tuple[int, list[Taken]]:
        """Return how many files a removal took, or was to take, of a collection, and some of them. Raises Unknown."""
        part = self._part(removal_id, collection_id)
        steps = () if part["plan"] is None else decode_plan(part["plan"]).steps
        chosen = steps[offset : offset + limit]
        return len(steps), [Taken(s.path, s.keeper, s.file.size, _is_file(self._stored(part, s.path))) for s in chosen]

    def find_taken(self, removal_id: str, collection_id: str, image_id: str) -> str:
        """Return where a file that a removal took lies now: in the backup, or where it was. Raises Unknown."""
        part, name = self._part(removal_id, collection_id), decode_image_id(image_id)
        plan = None if part["plan"] is None else decode_plan(part["plan"])
        if plan is not None and any(step.path == name for step in plan.steps):
            for path in (self._stored(part, name), os.path.join(plan.root, name)):
                if _is_file(path):
                    return path
        raise Unknown("there is no such image")

    def _part(self, removal_id: str, collection_id: str) -> Any:
        query = "SELECT backup, plan FROM parts WHERE removal_id = ? AND collection_id = ?"
        return self._store.require("there is no such removal", query, removal_id, collection_id)

    def _stored(self, part: Any, name: str) -> str:
        return os.path.join(self._output, os.fsdecode(part["backup"]), name)

    def _plan(self, collection: Collection, group_ids: Sequence[str] | None, search_again: bool) -> bytes | None:
        if search_again or collection.searched is None:
            return None
        return encode_plan(self._groups.plan(collection.id, group_ids))

    def _check_groups(self, collections: Sequence[Collection], group_ids: Sequence[str]) -> None:
        known = {collection.id for collection in collections}
        for group_id in group_ids:
            if self._groups.find(group_id).collection_id not in known:
                raise Unknown("a group is of another collection")

    def _refuse_busy(self, database: sqlite3.Connection, collection_ids: Sequence[str]) -> None:
        query = (
            "SELECT DISTINCT p.collection_id FROM parts p JOIN removals r ON r.id = p.removal_id "
            "JOIN jobs j ON j.id IN (r.job_id, r.undo_job_id) WHERE j.state IN ('queued', 'running')"
        )
        if {row[0] for row in database.execute(query)}.intersection(collection_ids):
            raise Conflict("a removal or an undo of one of these collections is under way")

    def _place(self, collection: Collection, removal_id: str) -> str:
        """Return the backup folder below the output: a person's own, also where two folders are of one person."""
        folder = collection.path.rpartition("/")[2] or os.path.basename(self._collections.root)
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", folder.lstrip("."))[:80] or "root"
        if collection.person_id is None or len(self._collections.find_person(collection.person_id)) > 1:
            name = f"{name}-{collection.id[:8]}"
        return os.path.join(BACKUPS, name, removal_id)

    def _as_removal(self, row: sqlite3.Row) -> Removal:
        parts = self._store.read("SELECT * FROM parts WHERE removal_id = ? ORDER BY position", row["id"])
        return Removal(
            row["id"], row["job_id"], row["undo_job_id"], tuple(map(self._as_part, parts)),
            bool(row["create_backup"]), row["created"],
        )  # fmt: skip

    def _as_part(self, row: sqlite3.Row) -> Part:
        return Part(
            row["collection_id"], row["name"], row["person_id"], row["found"], row["removed"], row["bytes"],
            tuple(json.loads(row["left_files"])), show(os.path.join(self._output, os.fsdecode(row["backup"]))),
            row["state"],
        )  # fmt: skip


def describe_removal(removal: Removal) -> dict[str, Any]:
    """Return a removal as JSON has it."""
    return {
        "id": removal.id,
        "job": removal.job,
        "undo_job": removal.undo_job,
        "collections": [asdict(part) for part in removal.collections],
        "removed": removal.removed,
        "bytes": removal.bytes,
        "create_backup": removal.create_backup,
        "created": removal.created,
        "state": removal.state,
    }


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _name_removal() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
