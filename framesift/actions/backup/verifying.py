"""Reads everything in a backup or results folder again, and names what is not as it was recorded."""

import os
from collections.abc import Iterator

from framesift.actions.backup.checks import find_damage
from framesift.actions.backup.outcome import Outcome
from framesift.actions.journal import Journal
from framesift.actions.moving import LeftOut, read_digest
from framesift.errors import PathLike, StorageError, UsageError
from framesift.filtering import manifest
from framesift.filtering.selection import Verdict
from framesift.frames.finding import JOURNAL

_STOPPED = "was being moved when a run was stopped: `framesift undo` or the same removal again brings it to an end"


def verify(folder: PathLike) -> Iterator[Outcome]:
    """Check each file that a backup or results folder must hold, and yield what was found; nothing is written.

    In a backup every file must have the SHA-256 of the journal; in a results folder every kept frame must equal its
    source, or where that has gone be a whole picture.

    Raises UsageError (neither kind of folder) and StorageError, also for a record that is itself damaged.
    """
    path = os.path.abspath(os.fsdecode(folder))
    if os.path.lexists(os.path.join(path, JOURNAL)):
        yield from _verify_backup(path)
    elif os.path.lexists(os.path.join(path, manifest.NAME)):
        yield from _verify_results(path)
    else:
        raise UsageError("is neither a backup nor a results folder of framesift", path)


def _verify_backup(backup: str) -> Iterator[Outcome]:
    with Journal(backup, writable=False) as journal:
        for entry in journal.entries.values():
            problem = ""
            if entry.state in ("moved", "updated"):
                problem = _differs(journal.in_backup(entry.stored), entry.sha256)
            elif entry.state != "deleting":
                problem = _STOPPED
            yield Outcome(journal.in_backup(entry.stored), problem)


def _verify_results(results: str) -> Iterator[Outcome]:
    path = os.path.join(results, manifest.NAME)
    settings = manifest.read_settings(path)
    if settings is None:
        return
    source = os.path.normpath(os.path.join(os.path.realpath(results), str(settings.get("source", ""))))
    for decision in manifest.read_decisions(path):
        if decision.verdict is Verdict.KEEP:
            kept = os.path.join(results, decision.frame.path)
            yield Outcome(kept, _compare(kept, os.path.join(source, decision.frame.path)))


def _compare(kept: str, source: str) -> str:
    """Say how a kept frame differs from its source, or why it is no whole picture; empty where all is well."""
    if not os.path.lexists(kept):
        return "is gone"
    kept, source = os.path.realpath(kept), os.path.realpath(source)  # a kept frame may be a link to its source
    if not os.path.isfile(source):
        return find_damage(kept)
    try:
        return _differs(kept, read_digest(source), "differs from its source")
    except (LeftOut, OSError) as error:
        return f"its source cannot be read: {error}"


def _differs(path: str, sha256: str, reason: str = "is not what was moved here") -> str:
    try:
        return "" if read_digest(path) == sha256 else reason
    except LeftOut as problem:
        return str(problem)
    except OSError as error:
        return StorageError.of(error, path).reason
