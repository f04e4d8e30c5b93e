"""The jobs that move files: each can be stopped anywhere, and begun again goes on where it was."""

import json
import os
from contextlib import closing
from dataclasses import replace
from typing import Any

from framesift.actions import Outcome, Plan, Step, apply_plan, decode_plan, empty_backup, encode_plan, list_backup, undo
from framesift.duplicates import is_exact
from framesift.errors import FramesiftError, UsageError, show
from framesift.review.duplicates.collections import Collections
from framesift.review.duplicates.groups import Groups
from framesift.review.duplicates.removals import (
    EMPTIED,
    FAILED,
    MOVED,
    PARTLY,
    PLANNED,
    UNDONE,
    Removals,
    describe_removal,
)
from framesift.review.duplicates.searches import Request, Searches
from framesift.review.jobs import Progress
from framesift.review.refusals import Unknown
from framesift.review.store import Store

EXACT = "pixel for pixel the same"
"""The reason of a step that may be deleted for good."""


class RemovalJobs:
    """Carries removals and undos out. Used by the thread of the jobs."""

    def __init__(
        self,
        store: Store,
        collections: Collections,
        searches: Searches,
        groups: Groups,
        removals: Removals,
        output: str,
    ) -> None:
        self._store, self._collections, self._searches = store, collections, searches
        self._groups, self._removals, self._output = groups, removals, output

    def remove(self, spec: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """Move what a removal takes to the backup.

        Where no backup is wanted, only what its keeper has pixel for pixel, and delete it there.
        """
        removal = self._removals.find(spec["removal"])
        for part in self._parts(removal.id):
            if part["state"] == PLANNED:
                self._attempt(part, self._move if removal.create_backup else self._move_exact, progress)
        if not removal.create_backup:
            for part in self._parts(removal.id):
                if part["state"] == MOVED and part["removed"]:
                    self._attempt(part, self._empty, progress)
        return describe_removal(self._removals.find(removal.id))

    def undo(self, spec: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """Give back what a removal took."""
        for part in self._parts(spec["removal"]):
            if part["state"] in (MOVED, PARTLY) and part["removed"]:
                self._attempt(part, self._return, progress)
        removal = self._removals.find(spec["removal"])
        taken = [part for part in removal.collections if part.removed]
        left = [entry for part in taken if part.state != UNDONE for entry in part.left]
        restored = sum(part.removed - (0 if part.state == UNDONE else len(part.left)) for part in taken)
        return {"id": removal.id, "restored": max(restored, 0), "left": left, "state": removal.state}

    def _parts(self, removal_id: str) -> list[Any]:
        query = "SELECT p.*, r.create_backup FROM parts p JOIN removals r ON r.id = p.removal_id WHERE p.removal_id = ?"
        return self._store.read(f"{query} ORDER BY p.position", removal_id)

    def _attempt(self, part: Any, act: Any, progress: Progress) -> None:
        """Act on one part; what stands against it is noted there, and the others are done all the same."""
        try:
            act(part, progress)
        except FramesiftError as error:
            left = [*json.loads(part["left_files"]), {"name": part["name"], "reason": error.reason}]
            removed = self._count_moved(part)
            state = part["state"] if part["state"] != PLANNED else MOVED if removed else FAILED
            self._update(part, state=state, removed=removed or part["removed"], left_files=json.dumps(left))

    def _move(self, part: Any, progress: Progress) -> None:
        self._carry_out(part, self._plan(part, progress), [], progress)

    def _move_exact(self, part: Any, progress: Progress) -> None:
        """Move what can be deleted for good; the plan without the rest is stored before anything is touched."""
        steps, left = list[Step](), json.loads(part["left_files"])
        plan = self._plan(part, progress)
        for step in progress.follow(plan.steps, "comparing", len(plan.steps)):
            exact, reason = _check_exact(plan.root, step)
            if exact is None:
                left.append({"name": show(os.path.basename(step.path)), "reason": reason})
            else:
                steps.append(exact)
        plan = replace(plan, steps=tuple(steps))
        self._update(part, plan=encode_plan(plan), left_files=json.dumps(left))
        self._carry_out(part, plan, left, progress)

    def _carry_out(self, part: Any, plan: Plan, stays: list[dict[str, str]], progress: Progress) -> None:
        outcomes = list[Outcome]()
        if plan.steps:
            with closing(apply_plan(plan, self._backup(part), spare_companions=not part["create_backup"])) as moving:
                outcomes += progress.follow(moving, "moving", len(plan.steps))
        left = [*stays, *(_describe(outcome) for outcome in outcomes if outcome.problem)]
        named = {outcome.path for outcome in outcomes if outcome.problem}
        gone = [step for step in plan.steps if os.path.join(plan.root, step.path) not in named]
        self._groups.forget(part["collection_id"], [step.path for step in gone])
        self._refresh(part["collection_id"])
        size = sum(step.file.size for step in gone)
        found = len(plan.steps) + len(stays)
        self._update(
            part, state=MOVED, found=found, removed=len(gone), bytes=size, left_files=json.dumps(left)
        )  # fmt: skip

    def _plan(self, part: Any, progress: Progress) -> Plan:
        """Return the plan, made at the first time if the collection was to be searched, and stored before acting."""
        if part["plan"] is not None:
            plan = decode_plan(part["plan"])
            _refuse_outside(self._collections.root, plan.root)
            return plan
        collection = self._collections.find(part["collection_id"])
        self._searches.search_one(collection, Request(), progress)
        plan = self._groups.plan(collection.id, None)
        self._update(part, plan=encode_plan(plan), found=len(plan.steps))
        return plan

    def _empty(self, part: Any, progress: Progress) -> None:
        with closing(empty_backup(self._backup(part))) as emptying:
            left = [_describe(each) for each in progress.follow(emptying, "emptying", part["removed"]) if each.problem]
        self._update(part, state=EMPTIED, left_files=json.dumps([*json.loads(part["left_files"]), *left]))

    def _return(self, part: Any, progress: Progress) -> None:
        with closing(undo(self._backup(part), self._find_place(part))) as returning:
            followed = progress.follow(returning, "giving back", part["removed"])
            left = [_describe(outcome) for outcome in followed if outcome.problem and not outcome.companion]
        self._groups.forget(part["collection_id"], None)
        self._refresh(part["collection_id"])
        self._update(part, state=PARTLY if left else UNDONE, left_files=json.dumps(left))

    def _find_place(self, part: Any) -> str | None:
        """Return the folder that a removal took from, if that lies in what is served; else its backup must know."""
        root, place = self._collections.root, decode_plan(part["plan"]).root
        return place if os.path.isdir(place) and os.path.commonpath([root, place]) == root else None

    def _count_moved(self, part: Any) -> int:
        """Return how many files of a plan that could not be carried out whole lie in the backup."""
        row = self._store.find(
            "SELECT plan FROM parts WHERE removal_id = ? AND position = ?", part["removal_id"], part["position"]
        )
        if row is None or row["plan"] is None:
            return 0
        try:
            moved = list_backup(self._backup(part))
        except FramesiftError:  # nothing was begun, or what is there cannot be told
            return 0
        return sum(step.path in moved for step in decode_plan(row["plan"]).steps)

    def _backup(self, part: Any) -> str:
        backup = os.path.join(self._output, os.fsdecode(part["backup"]))
        _refuse_outside(self._output, backup)
        return backup

    def _refresh(self, collection_id: str) -> None:
        try:
            self._collections.refresh(self._collections.find(collection_id))
        except Unknown:  # not listed any more
            return

    def _update(self, part: Any, **values: Any) -> None:
        with self._store.writing() as database:
            assignments = ", ".join(f"{name} = ?" for name in values)
            database.execute(
                f"UPDATE parts SET {assignments} WHERE removal_id = ? AND position = ?",
                (*values.values(), part["removal_id"], part["position"]),
            )


def _refuse_outside(folder: str, path: str) -> None:
    """Raise UsageError for what lies outside of what is served, or behind a link there: nobody has served it."""
    real = os.path.realpath(path)
    if os.path.commonpath([folder, real]) != folder:
        raise UsageError("lies outside of what is served", path)


def _check_exact(root: str, step: Step) -> tuple[Step | None, str]:
    """Return the step of a file that may be deleted for good, bound to its content; else None, and why it stays."""
    if step.reason == EXACT:  # of a run that was stopped: it may have been moved already
        return step, ""
    try:
        exact, sha256 = is_exact(os.path.join(root, step.path), os.path.join(root, step.keeper))
    except (FramesiftError, OSError) as error:
        return None, error.reason if isinstance(error, FramesiftError) else error.strerror or str(error)
    if not exact:
        return None, f"is not pixel for pixel {show(step.keeper)}, which is kept: without a backup it stays"
    return replace(step, sha256=sha256, similarity=1.0, reason=EXACT), ""


def _describe(outcome: Outcome) -> dict[str, str]:
    return {"name": show(os.path.basename(outcome.path)), "reason": outcome.problem}
