"""Digests for a plan that is written down: what it names is known again by content, whatever a disk calls it later.

Device and inode numbers are others after a reboot, another port or a remount; FAT and some shares make them up anew.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from framesift.actions.files.placing import storage_errors
from framesift.actions.moving import LeftOut, read_digest
from framesift.actions.plan import FileStat, Plan, Step


def seal_plan(plan: Plan, follow: Callable[[tuple[Step, ...]], Iterable[Step]] = iter) -> Plan:
    """Return the plan with the digests of all its files. `follow` sees each step before it is read.

    What has changed since the scan gets none: applying the plan says so. Raises StorageError.
    """
    keepers: dict[str, str | None] = {}

    def seal(step: Step) -> Step:
        if step.keeper not in keepers:
            keepers[step.keeper] = _digest(plan.root, step.keeper, step.keeper_file)
        sha256 = step.sha256 or _digest(plan.root, step.path, step.file)
        return replace(step, sha256=sha256, keeper_sha256=keepers[step.keeper])

    return replace(plan, steps=tuple(seal(step) for step in follow(plan.steps)))


def _digest(root: str, path: str, file: FileStat) -> str | None:
    full = os.path.join(root, path)
    with storage_errors(full):
        try:
            return read_digest(full, file)
        except LeftOut:
            return None
