"""Carries out a plan: every file is checked, moved to the backup and recorded. Nothing is deleted."""

import os
from collections.abc import Generator, Iterator, Sequence
from itertools import islice

from framesift.actions.backup.batches import GROUP, carry_out, removal_of
from framesift.actions.backup.checks import Checker
from framesift.actions.backup.outcome import Outcome
from framesift.actions.backup.recovery import recover_run
from framesift.actions.files.placing import make_folders, storage_errors, sync_folder
from framesift.actions.journal import Journal, file_details, locked_folder
from framesift.actions.metadata.files import update_folders
from framesift.actions.moving import LeftOut, Move
from framesift.actions.plan import Plan, Step
from framesift.errors import PathLike, UsageError, show


def apply_plan(plan: Plan, backup: PathLike, dry_run: bool = False) -> Generator[Outcome, None, None]:
    """Move the files of `plan` to the same paths below `backup`, and yield what came of each step, in order.

    A step whose file or keeper is not what the scan found is left out. Metadata files that cannot be updated come last.
    A run that was stopped is first brought to an end, and what it has moved counts as done. With `dry_run` all is
    checked and nothing written.

    Raises UsageError (no such root, a backup folder that cannot be one), ResultsInUse and StorageError.
    """
    _refuse_nesting(plan.root, os.path.realpath(os.fsdecode(backup)))
    with locked_folder(plan.root), Journal(backup, plan.root, writable=not dry_run) as journal:
        if not dry_run:
            recover_run(journal)
        checker = Checker(plan, journal)
        steps = iter(plan.steps)
        while group := list(islice(steps, GROUP)):
            yield from _apply_group(group, checker, journal, dry_run)
        if not dry_run:
            yield from (Outcome(journal.in_root(path), problem) for path, problem in update_folders(journal))


def check_backup(root: PathLike, backup: PathLike) -> None:
    """Raise UsageError where `backup` cannot take files of the folder `root`: to be known before a long search."""
    real = os.path.realpath(os.fsdecode(root))
    _refuse_nesting(real, os.path.realpath(os.fsdecode(backup)))
    with Journal(backup, real, writable=False):
        pass


def _apply_group(group: Sequence[Step], checker: Checker, journal: Journal, dry_run: bool) -> Iterator[Outcome]:
    problems: dict[str, str] = {}
    wanted: dict[str, Step] = {}
    for step in group:
        try:
            if not _is_done(step, journal):
                checker.check(step)
                wanted[step.path] = step
        except LeftOut as reason:
            problems[step.path] = str(reason)
    if not dry_run:
        problems |= _move(wanted, checker, journal)
    yield from (Outcome(journal.in_root(step.path), problems.get(step.path, "")) for step in group)


def _move(wanted: dict[str, Step], checker: Checker, journal: Journal) -> dict[str, str]:
    """Move files to the backup with a line in the journal before and after; return why some were left out."""
    moves: dict[str, Move] = {}
    for step in wanted.values():
        _record_intent(step, journal)
        moves[step.path] = removal_of(journal.entries[step.path], journal, step.sha256)
    journal.sync()
    _make_folders(journal, moves)
    digests, left = carry_out(moves, lambda path: checker.check_keeper(wanted[path]))
    for path in moves:
        if path in digests:
            journal.record("moved", path, sha256=digests[path])
        else:
            journal.record("left", path, reason=left[path])
    journal.sync()
    return left


def _record_intent(step: Step, journal: Journal) -> None:
    journal.record(
        "moving",
        step.path,
        path=step.path,
        file=file_details(step.file),
        keeper=step.keeper,
        similarity=step.similarity,
        reason=step.reason,
    )


def _make_folders(journal: Journal, moves: dict[str, Move]) -> None:
    touched: set[str] = set()
    for path in moves:
        with storage_errors(journal.in_backup(path)):
            touched |= make_folders(journal.backup, path)
    for folder in sorted(touched):
        sync_folder(folder)


def _is_done(step: Step, journal: Journal) -> bool:
    """Whether an earlier run of the same plan has moved this file."""
    entry = journal.entries.get(step.path)
    return entry is not None and entry.state == "moved" and entry.file == step.file


def _refuse_nesting(root: str, backup: str) -> None:
    if os.path.commonpath([root, backup]) == backup:
        raise UsageError(f"the backup folder cannot be or hold {show(root)}", backup)
