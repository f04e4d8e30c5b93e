"""Brings to an end what a run that was stopped anywhere had begun."""

import os
from dataclasses import replace

from framesift.actions.backup.batches import give_attributes, removal_of, return_of
from framesift.actions.files.placing import is_there, remove_leftovers, storage_errors
from framesift.actions.journal import Journal
from framesift.actions.metadata.files import recover_updates
from framesift.actions.moving import LeftOut, Move, read_digest, recover
from framesift.actions.paths import lies_behind_link
from framesift.actions.plan import FileStat
from framesift.errors import UsageError

UNFINISHED = {"moving", "returning", "updating"}


def recover_run(journal: Journal) -> None:
    """Finish or take back every step that was begun.

    Raises UsageError where the root is gone, or a folder has become a link, with nothing touched; and StorageError.
    """
    unfinished = [entry for entry in journal.entries.values() if entry.state in UNFINISHED]
    for folder in {entry.to or journal.root for entry in unfinished}:
        if not os.path.isdir(folder):
            raise UsageError("the folder that files were being moved from or to is gone", folder)
    for entry in unfinished:
        for folder, path in ((journal.backup, entry.stored), (entry.to or journal.root, entry.path)):
            if lies_behind_link(folder, path):
                reason = "was being moved when a run was stopped, and its folder is a link now: nothing was touched"
                raise UsageError(reason, os.path.join(folder, path))
    remove_leftovers(journal.backup)
    _recover_moves(journal)
    _recover_deletions(journal)
    recover_updates(journal)


def _recover_moves(journal: Journal) -> None:
    """Of a file that stands in both places the one below the root stays: people have seen it there.

    What goes with a file that has been moved is moved: the first of several was, when all had their places.
    """
    entries = sorted(journal.entries.values(), key=lambda entry: entry.leader != "")
    begun = {entry.stored for entry in entries if entry.state == "moving"}
    for entry in entries:
        if entry.state == "moving":
            move = removal_of(entry, journal)
            leader = journal.entries.get(entry.leader)
            forward = entry.leader in begun and leader is not None and leader.state == "moved"
            with storage_errors(move.source):
                moved = recover(move, forward)
            if moved:
                journal.record("moved", entry.stored, sha256=read_digest(move.target))
            else:
                journal.record("left", entry.stored, reason="stopped")
        elif entry.state == "returning":
            move = return_of(entry, journal)
            with storage_errors(move.source):
                returned = recover(move, forward=True)
            if returned and _holds(move):
                give_attributes(move)
            journal.record("returned" if returned else "moved", entry.stored)
    journal.sync()


def _recover_deletions(journal: Journal) -> None:
    """What was not deleted yet when a run was stopped can still be given back, or deleted by the next run."""
    for entry in [entry for entry in journal.entries.values() if entry.state == "deleting"]:
        stays = "updated" if entry.file is None else "moved"
        journal.record(stays if is_there(journal.in_backup(entry.stored)) else "deleted", entry.stored)
    journal.sync()


def _holds(move: Move) -> bool:
    """Tell whether what stands where a file was given back is that file: somebody may have written to it since, or have
    put another one with its bytes there, which has another time than the file had here or is to have.
    """
    times = [move.file.mtime_ns, *([move.attributes.mtime_ns] if move.attributes else [])]
    try:
        found = FileStat.of(os.lstat(move.target))
        is_of_its_time = any(found.may_be(replace(move.file, mtime_ns=time)) for time in times)
        return is_of_its_time and read_digest(move.target) == move.sha256
    except (OSError, LeftOut):
        return False
