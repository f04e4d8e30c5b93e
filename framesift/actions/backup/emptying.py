"""Deletes for good what a backup folder holds: the only place where framesift deletes anything of the user's."""

import os
from collections.abc import Generator, Iterator

from framesift.actions.backup.batches import GROUP, sync_folders
from framesift.actions.backup.outcome import Outcome
from framesift.actions.backup.recovery import UNFINISHED, recover_run
from framesift.actions.backup.tidying import remove_empty_folders
from framesift.actions.files.placing import is_there, storage_errors
from framesift.actions.journal import Entry, Journal
from framesift.actions.moving import LeftOut, read_digest
from framesift.actions.paths import lies_behind_link
from framesift.errors import PathLike, UsageError

DELETABLE = {"moved", "updated", "deleting"}


def empty_backup(backup: PathLike) -> Generator[Outcome, None, None]:
    """Delete the files that were moved to a backup folder and are still what they were, and yield what came of each.

    The journal stays, and so does every file that it does not list or that has changed.

    Raises UsageError (no backup of framesift, one of a stranger that was stopped), ResultsInUse and StorageError.
    """
    with Journal(backup) as journal:
        if not journal.is_own and any(entry.state in UNFINISHED for entry in journal.entries.values()):
            stopped = "was not begun by you on this machine, and was stopped: `framesift undo --to FOLDER` ends it"
            raise UsageError(stopped, journal.backup)
        recover_run(journal)
        entries = [entry for entry in journal.entries.values() if entry.state in DELETABLE]
        for start in range(0, len(entries), GROUP):
            yield from _delete_group(entries[start : start + GROUP], journal)
        remove_empty_folders(journal)


def count_backup(backup: PathLike) -> int:
    """Return how many files `empty_backup` would look at. Raises UsageError for a folder that is no backup."""
    with Journal(backup, writable=False) as journal:
        return sum(entry.state in DELETABLE for entry in journal.entries.values())


def _delete_group(group: list[Entry], journal: Journal) -> Iterator[Outcome]:
    problems: dict[str, str] = {}
    for entry in group:
        with storage_errors(journal.in_backup(entry.stored)):
            try:
                _check(entry, journal)
                journal.record("deleting", entry.stored)
            except LeftOut as reason:
                problems[entry.stored] = str(reason)
    journal.sync()
    going = [entry for entry in group if entry.stored not in problems]
    for entry in going:
        path = journal.in_backup(entry.stored)
        with storage_errors(path):
            try:
                if is_there(path):
                    os.unlink(path)
            except PermissionError as error:
                problems[entry.stored] = f"may not be deleted: {error.strerror}"
    sync_folders(journal.in_backup(entry.stored) for entry in going)
    for entry in going:
        stays = "updated" if entry.file is None else "moved"
        journal.record(stays if entry.stored in problems else "deleted", entry.stored)
    journal.sync()
    yield from (Outcome(journal.in_backup(entry.stored), problems.get(entry.stored, "")) for entry in group)


def _check(entry: Entry, journal: Journal) -> None:
    path = journal.in_backup(entry.stored)
    if lies_behind_link(journal.backup, entry.stored):
        raise LeftOut("its folder is a link; left as it is")
    if entry.state == "deleting" and not is_there(path):
        return  # a run was stopped between deleting and recording it
    if read_digest(path) != entry.sha256:
        raise LeftOut("is not what was moved here; left as it is")
