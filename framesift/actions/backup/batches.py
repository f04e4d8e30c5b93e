"""Carries out moves in groups, so that the disk syncs once for many."""

import os
from collections.abc import Callable, Iterable

from framesift.actions.files.placing import storage_errors, sync_folder
from framesift.actions.journal import Entry, Journal
from framesift.actions.moving import LeftOut, Move, release, secure, withdraw

GROUP = 64
"""So many files are moved between two syncs of the journal."""


def carry_out(
    moves: dict[str, Move], confirm: Callable[[str], None] = lambda stored: None
) -> tuple[dict[str, str], dict[str, str]]:
    """Make the moves, given by name; return the SHA-256 of each that was made, and why the others were left out.

    Both names of a move are durable before the old one goes. `confirm` is called right before that and may raise
    LeftOut. Raises StorageError, where a later `recover` can bring all of them to an end.
    """
    digests: dict[str, str] = {}
    left: dict[str, str] = {}
    for name, move in moves.items():
        with storage_errors(move.source):
            try:
                digests[name] = secure(move)
            except LeftOut as reason:
                left[name] = str(reason)
    sync_folders(moves[name].target for name in digests)
    for name in list(digests):
        with storage_errors(moves[name].source):
            try:
                confirm(name)
                release(moves[name])
            except LeftOut as reason:
                withdraw(moves[name])
                del digests[name]
                left[name] = str(reason)
    sync_folders(path for move in moves.values() for path in (move.source, move.target))
    return digests, left


def removal_of(entry: Entry, journal: Journal, sha256: str | None = None) -> Move:
    """Return the move of an entry into the backup."""
    assert entry.file is not None
    return Move(journal.in_root(entry.path), journal.in_backup(entry.stored), entry.file, sha256)


def return_of(entry: Entry, journal: Journal) -> Move:
    """Return the move of an entry out of the backup."""
    assert entry.held is not None
    target = os.path.join(entry.to or journal.root, entry.path)
    return Move(journal.in_backup(entry.stored), target, entry.held, entry.sha256)


def sync_folders(paths: Iterable[str]) -> None:
    """Make the names of files durable, where their folders still are."""
    for folder in sorted({os.path.dirname(path) for path in paths}):
        if os.path.isdir(folder):
            sync_folder(folder)
