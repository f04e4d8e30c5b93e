"""Carries out a plan: every file is checked, moved to the backup and recorded. Nothing is deleted."""

import os
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

from framesift.actions.attributes import Attributes
from framesift.actions.backup.batches import GROUP, carry_out, goes_only_with, removal_of
from framesift.actions.backup.bundles import Bundler, Going
from framesift.actions.backup.checks import Checker
from framesift.actions.backup.naming import find_free_names
from framesift.actions.backup.outcome import Outcome
from framesift.actions.backup.recovery import recover_run
from framesift.actions.files.access import read_owners
from framesift.actions.files.placing import make_folders, storage_errors, sync_folder
from framesift.actions.journal import Journal, file_details
from framesift.actions.locks import locked_folder
from framesift.actions.metadata.files import update_folders
from framesift.actions.moving import LeftOut, Move
from framesift.actions.plan import Plan, Step
from framesift.errors import PathLike, UsageError, show


def apply_plan(
    plan: Plan, backup: PathLike, dry_run: bool = False, *, spare_companions: bool = False
) -> Generator[Outcome, None, None]:
    """Move the files of `plan` to the same paths below `backup`, and yield what came of each step, in order.

    Where such a path is taken there, the file gets a name beside it, which the journal knows.
    What belongs to a file (`frames.companions`) goes with it and is told of after it, as a companion; where one of them
    cannot go, all stay. With `spare_companions` a file stays to which something belongs.

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
        bundler = Bundler(plan, checker, spare_companions)
        steps = iter(bundler.order())
        while group := list(islice(steps, GROUP)):
            yield from _apply_group(group, bundler, checker, journal, dry_run)
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


def _apply_group(
    group: Sequence[tuple[Step, list[Step]]], bundler: Bundler, checker: Checker, journal: Journal, dry_run: bool
) -> Iterator[Outcome]:
    """Each step comes with those that go when it goes."""
    problems: dict[str, str] = {}
    going: dict[str, Going] = {}
    for step, followers in group:
        try:
            if not checker.is_done(step):
                bundler.gather(step, checker.check(step), going)
        except LeftOut as reason:
            problems[step.path] = str(reason)
            problems |= {each.path: goes_only_with(step.path, str(reason)) for each in followers}
    if not dry_run:
        problems |= _move(going, checker, journal)
    bundler.settle(path for path in going if path not in problems)
    companions = _find_companions(going, problems)
    for step, followers in group:
        for each in (step, *followers):
            if each is not step and each.path not in going:
                problems.setdefault(each.path, f"belongs to a picture that stays beside {show(step.path)}")
            yield Outcome(journal.in_root(each.path), problems.get(each.path, ""))
        yield from (Outcome(journal.in_root(path), companion=True) for path in companions.pop(step.path, ()))


def _find_companions(going: dict[str, Going], problems: dict[str, str]) -> dict[str, list[str]]:
    """Return the files that went without a step of their own, by the path of what they went with."""
    companions = defaultdict[str, list[str]](list)
    for each in going.values():
        if each.step is None and each.path not in problems:
            companions[each.leader].append(each.path)
    return companions


def _move(going: dict[str, Going], checker: Checker, journal: Journal) -> dict[str, str]:
    """Move files to the backup with a line in the journal before and after; return why some were left out."""
    moves: dict[str, Move] = {}
    names: dict[str, str] = {}
    bundles = defaultdict[str, list[Going]](list)
    for each in going.values():
        bundles[each.leader].append(each)
    for bundle in bundles.values():
        names |= find_free_names([each.path for each in bundle], journal)
        for each in bundle:
            stored = names[each.path]
            _record_intent(each, stored, names[each.leader], journal)
            moves[stored] = removal_of(journal.entries[stored], journal, each.step.sha256 if each.step else None)
    journal.sync()
    _make_folders(journal, moves)
    paths = {stored: path for path, stored in names.items()}

    def confirm(stored: str) -> None:
        if step := going[paths[stored]].step:
            checker.check_keeper(step)

    digests, left = carry_out(moves, confirm, {names[path]: names[each.leader] for path, each in going.items()})
    for stored in moves:
        if stored in digests:
            journal.record("moved", stored, sha256=digests[stored])
        else:
            journal.record("left", stored, reason=left[stored])
    journal.sync()
    return {paths[stored]: reason for stored, reason in left.items()}


def _record_intent(going: Going, stored: str, leader: str, journal: Journal) -> None:
    step = going.step
    details = {"keeper": step.keeper, "similarity": step.similarity, "reason": step.reason} if step else {}
    more: dict[str, Any] = {"with": leader} if leader != stored else {}
    with storage_errors(journal.in_root(going.path)):
        more |= {"attributes": Attributes.of(journal.in_root(going.path)).encode()}
        owners = read_owners(journal.root, going.path)
    if any(owner != [os.geteuid(), os.getegid()] for owner in owners):
        more |= {"folders": owners}
    journal.record("moving", stored, path=going.path, file=file_details(going.file), **details, **more)


def _make_folders(journal: Journal, moves: dict[str, Move]) -> None:
    touched: set[str] = set()
    for path in moves:
        with storage_errors(journal.in_backup(path)):
            touched |= make_folders(journal.backup, path, journal.root, journal.entries[path].path)
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
