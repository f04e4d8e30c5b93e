"""Reads what was placed or moved again, and names what is not as it was recorded."""

import os
from collections.abc import Iterator

from framesift.actions.backup.checks import find_damage
from framesift.actions.backup.outcome import Outcome
from framesift.actions.files.placing import is_there
from framesift.actions.journal import Journal
from framesift.actions.moving import LeftOut, read_digest
from framesift.actions.paths import lies_behind_link
from framesift.errors import PathLike, StorageError

_STOPPED = "was being moved when a run was stopped: `framesift undo` or the same removal again brings it to an end"


def verify_backup(backup: PathLike) -> Iterator[Outcome]:
    """Compare each file that a backup must hold with the SHA-256 of its journal. Raises StorageError."""
    with Journal(os.path.abspath(os.fsdecode(backup)), writable=False) as journal:
        for entry in journal.entries.values():
            problem = ""
            if entry.state == "deleting" and not is_there(journal.in_backup(entry.stored)):
                continue  # gone for good: a run was stopped before that was recorded
            if lies_behind_link(journal.backup, entry.stored):
                problem = "its folder is a link"
            elif entry.state in ("moved", "updated", "deleting"):
                problem = _differs(journal.in_backup(entry.stored), entry.sha256)
            else:
                problem = _STOPPED
            yield Outcome(journal.in_backup(entry.stored), problem)


def list_backup(backup: PathLike) -> set[str]:
    """Return the paths, below the root, of what a backup holds and its place does not.

    Raises UsageError (no backup) and StorageError.
    """
    with Journal(os.path.abspath(os.fsdecode(backup)), writable=False) as journal:
        return {
            entry.path
            for entry in journal.entries.values()
            if entry.file is not None
            and is_there(journal.in_backup(entry.stored))
            and not is_there(journal.in_root(entry.path))
        }


def verify_copy(kept: str, source: str) -> Outcome:
    """Say how a kept frame differs from its source, or where that has gone, why it is no whole picture."""
    return Outcome(kept, _compare(kept, source))


def _compare(kept: str, source: str) -> str:
    try:
        if not is_there(kept):
            return "is gone"
    except StorageError as error:
        return f"cannot be looked at: {error.reason}"
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
