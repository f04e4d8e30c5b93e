"""A retention rule: which kept frames of long ago leave the results folder.

What is decided stays decided, so the manifest keeps its lines. Of each camera those frames stay that later ones are
compared with: a run goes on as if nothing had been taken away.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from framesift.actions import FileStat, Plan, Step, plan_removal
from framesift.errors import PathLike, UsageError
from framesift.filtering.earlier_runs import Past
from framesift.filtering.kept_names import name_kept
from framesift.filtering.manifest import Record, open_record
from framesift.filtering.option_values import Placement
from framesift.filtering.selection import Decision, Order, Verdict


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to be taken away."""

    plan: Plan
    size: int
    """Bytes."""
    stays: int
    """Kept frames that are as old, and stay because later ones are compared with them."""


def plan_pruning(results: PathLike, age: timedelta, now: datetime | None = None) -> Pruning:
    """Plan the removal of the kept frames that are older than `age`: by their own time, or where they have none, or one
    that cannot be right, by that of their file. The keeper of each is the last kept frame of its camera.

    Raises UsageError (no results folder, or one of links) and StorageError.
    """
    record = open_record(results)
    if record.settings.link is Placement.SYMBOLIC:
        raise UsageError("has links, which take no room: prune the folder of the frames", results)
    kept = {each.frame.path: each for each in record.decisions() if each.verdict is Verdict.KEEP}
    needed = _find_needed(record)
    before = (now or datetime.now(UTC)) - age
    steps, stays = [], 0
    for decision in kept.values():
        status = _ask(record, decision)
        if status is None or _time_of(decision, status) >= before:
            continue
        of_camera = needed.get(decision.frame.camera, {})
        if decision.frame.path in of_camera or not of_camera:
            stays += 1
            continue
        keeper = kept.get(next(reversed(of_camera)))
        if keeper is not None and (its := _ask(record, keeper)) is not None:
            name, last = name_kept(decision.frame, record.settings), name_kept(keeper.frame, record.settings)
            steps.append(Step(name, FileStat.of(status), last, FileStat.of(its), f"older than {_describe(age)}"))
    return Pruning(plan_removal(record.folder, steps), sum(step.file.size for step in steps), stays)


def _find_needed(record: Record) -> dict[str, dict[str, None]]:
    """Return, of each camera, the kept frames that later ones are compared with, the last of a chain at the end."""
    past = Past(record.path, record.settings.chains_of)
    try:
        past.read()
    finally:
        past.close()
    chains = past.references.items()
    return {
        camera: {mark.path: None for marks in of_camera.values() for mark in marks if mark.kept}
        for camera, of_camera in chains
    }


def _ask(record: Record, decision: Decision) -> os.stat_result | None:
    with suppress(OSError):
        return os.lstat(os.path.join(record.folder, name_kept(decision.frame, record.settings)))
    return None


def _time_of(decision: Decision, status: os.stat_result) -> datetime:
    time = decision.frame.time
    return datetime.fromtimestamp(status.st_mtime, UTC) if time is None or decision.order is Order.FAULT else time


def _describe(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours / 24:g} d" if hours % 24 == 0 else f"{hours:g} h"
