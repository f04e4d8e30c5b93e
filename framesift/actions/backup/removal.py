"""Carries out a plan: every file is checked, moved to the backup and recorded. Nothing is deleted."""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice

from framesift.actions.backup.batches import GROUP, carry_out, removal_of
from framesift.actions.backup.checks import Checker
from framesift.actions.backup.naming import find_free_name
from framesift.actions.backup.outcome import Outcome
from framesift.actions.backup.recovery import recover_run
from framesift.actions.files.placing import make_folders, storage_errors, sync_folder
from framesift.actions.journal import Journal, file_details, locked_folder
from framesift.actions.metadata.files import update_folders
from framesift.actions.moving import LeftOut, Move
from framesift.actions.plan import FileStat, Plan, Step
from framesift.errors import PathLike, UsageError, show


def apply_plan(plan: Plan, backup: PathLike, dry_run: bool = False) -> Generator[Outcome, None, None]:
    """Move the files of `plan` to the same paths below `backup`, and yield what came of each step, in order.

    Where such a path is taken there, the file gets a name beside it, which the journal knows.

    A step whose file or keeper is not what the scan found is left out. Metadata files that cannot be updated come last.
    A run that was stopped is first brought to an end, and what it has moved counts as done. With `dry_run` all is
    checked and nothing written.

    Raises UsageError (no such root, a backup folder that cannot be one), ResultsInUse and StorageError.
    """
    for folder in (plan.root, *plan.places):
        _refuse_nesting(folder, os.path.realpath(os.fsdecode(backup)))
    with _locked(plan), Journal(backup, plan.root, writable=not dry_run) as journal:
        if not dry_run:
            recover_run(journal)
        checker = Checker(plan, journal)
        steps = iter(plan.steps)
        while group := list(islice(steps, GROUP)):
            yield from _apply_group(group, checker, journal, dry_run)
        if not dry_run:
            yield from (Outcome(journal.in_root(path), problem) for path, problem in update_folders(journal))


def check_backup(root: PathLike, backup: PathLike, folders: Iterable[PathLike] = ()) -> None:
    """Raise UsageError where `backup` cannot take files of the folder `root`: to be known before a long search.

    Nor of any of `folders`, those below the root that are to be searched.
    """
    real = os.path.realpath(os.fsdecode(root))
    for folder in (real, *map(os.path.realpath, map(os.fsdecode, folders))):
        _refuse_nesting(folder, os.path.realpath(os.fsdecode(backup)))
    with Journal(backup, real, writable=False):
        pass


def _apply_group(group: Sequence[Step], checker: Checker, journal: Journal, dry_run: bool) -> Iterator[Outcome]:
    problems: dict[str, str] = {}
    wanted: list[tuple[Step, FileStat]] = []
    for step in group:
        try:
            if not checker.is_done(step):
                wanted.append((step, checker.check(step)))
        except LeftOut as reason:
            problems[step.path] = str(reason)
    if not dry_run:
        problems |= _move(wanted, checker, journal)
    yield from (Outcome(journal.in_root(step.path), problems.get(step.path, "")) for step in group)


def _move(wanted: Sequence[tuple[Step, FileStat]], checker: Checker, journal: Journal) -> dict[str, str]:
    """Move files to the backup with a line in the journal before and after; return why some were left out."""
    moves: dict[str, Move] = {}
    steps: dict[str, Step] = {}
    for step, file in wanted:
        stored = find_free_name(step.path, journal)
        _record_intent(step, file, stored, journal)
        moves[stored], steps[stored] = removal_of(journal.entries[stored], journal, step.sha256), step
    journal.sync()
    _make_folders(journal, moves)
    digests, left = carry_out(moves, lambda stored: checker.check_keeper(steps[stored]))
    for stored in moves:
        if stored in digests:
            journal.record("moved", stored, sha256=digests[stored])
        else:
            journal.record("left", stored, reason=left[stored])
    journal.sync()
    return {steps[stored].path: reason for stored, reason in left.items()}


def _record_intent(step: Step, file: FileStat, stored: str, journal: Journal) -> None:
    journal.record(
        "moving",
        stored,
        path=step.path,
        file=file_details(file),
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


@contextmanager
def _locked(plan: Plan) -> Iterator[None]:
    with ExitStack() as stack:
        for folder in plan.places:
            stack.enter_context(locked_folder(folder))
        yield


def _refuse_nesting(root: str, backup: str) -> None:
    if os.path.commonpath([root, backup]) == backup:
        raise UsageError(f"the backup folder cannot be or hold {show(root)}", backup)
