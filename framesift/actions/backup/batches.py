"""Carries out moves in groups, so that the disk syncs once for many."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from framesift.actions.files.placing import storage_errors, sync_folder
from framesift.actions.journal import Entry, Journal
from framesift.actions.moving import LeftOut, Move, release, secure, withdraw
from framesift.actions.plan import FileStat
from framesift.errors import show

GROUP = 64
"""So many files are moved between two syncs of the journal."""


def carry_out(
    moves: dict[str, Move],
    confirm: Callable[[str], None] = lambda stored: None,
    leaders: Mapping[str, str] | None = None,
) -> tuple[dict[str, str], dict[str, str]]:
    """Make the moves, given by name; return the SHA-256 of each that was made, and why the others were left out.

    Moves that have one of `leaders` are made together with its own, or none of them is: the leader's is the first.
    Both names of a move are durable before the old one goes. `confirm` is called right before that and may raise
    LeftOut. Raises StorageError, where a later `recover` can bring all of them to an end.
    """
    bundles: dict[str, list[str]] = {name: [] for name in moves}
    for name in moves:
        bundles[(leaders or {}).get(name, name)].append(name)
    batch = _Batch(moves, confirm)
    for leader, names in bundles.items():
        batch.secure(sorted(names, key=leader.__ne__))
    sync_folders(moves[name].target for name in batch.digests)
    for leader, names in bundles.items():
        if not batch.left.keys() & set(names):
            batch.release(sorted(names, key=leader.__ne__))
    sync_folders(path for move in moves.values() for path in (move.source, move.target))
    return batch.digests, batch.left


class _Batch:
    """Moves that are under way."""

    def __init__(self, moves: dict[str, Move], confirm: Callable[[str], None]) -> None:
        self.digests: dict[str, str] = {}
        self.left: dict[str, str] = {}
        self._moves, self._confirm = moves, confirm

    def secure(self, names: Sequence[str]) -> None:
        """Give all of a bundle their new names as well, or none."""
        for name in names:
            with storage_errors(self._moves[name].source):
                try:
                    self.digests[name] = secure(self._moves[name])
                except LeftOut as reason:
                    self._leave(names, name, reason)
                    return

    def release(self, names: Sequence[str]) -> None:
        """Take the old names of all of a bundle away, or of none."""
        for number, name in enumerate(names):
            with storage_errors(self._moves[name].source):
                try:
                    self._confirm(name)
                    release(self._moves[name])
                except LeftOut as reason:
                    put_back = self._put_back(names[:number])
                    self._leave([*put_back, *names[number:]], name, reason)
                    return

    def _leave(self, names: Sequence[str], cause: str, reason: LeftOut) -> None:
        for name in names:
            self.left[name] = str(reason) if name == cause else goes_only_with(cause, str(reason))
            if self.digests.pop(name, None):
                with storage_errors(self._moves[name].target):
                    withdraw(self._moves[name])

    def _put_back(self, names: Sequence[str]) -> list[str]:
        """Give files that were just released their old names again; return those whose names nobody has taken."""
        put_back = []
        for name in names:
            move = self._moves[name]
            with storage_errors(move.target), suppress(LeftOut):
                secure(Move(move.target, move.source, FileStat.of(os.lstat(move.target)), self.digests[name]))
                put_back.append(name)
        sync_folders(self._moves[name].source for name in put_back)
        return put_back


def goes_only_with(path: str, reason: str) -> str:
    """Say why a file stays, by what the one at `path` stays for."""
    return f"goes only with {show(path)}: {reason}"


def removal_of(entry: Entry, journal: Journal, sha256: str | None = None) -> Move:
    """Return the move of an entry into the backup."""
    assert entry.file is not None
    twins = tuple(journal.in_backup(twin.stored) for twin in journal.twins_of(entry))
    return Move(journal.in_root(entry.path), journal.in_backup(entry.stored), entry.file, sha256, twins=twins)


def return_of(entry: Entry, journal: Journal) -> Move:
    """Return the move of an entry out of the backup."""
    assert entry.held is not None
    place = entry.to or journal.root
    twins = [twin.path for twin in journal.twins_of(entry) if (twin.to or journal.root) == place]
    target, *others = (os.path.join(place, path) for path in (entry.path, *twins))
    attributes = entry.attributes
    if attributes is not None and not journal.is_own:
        attributes = attributes.without_rights()
    return Move(journal.in_backup(entry.stored), target, entry.held, entry.sha256, attributes, tuple(others))


def give_attributes(move: Move) -> None:
    """Give a file that was moved what it is to have: one that was linked has what the disk it comes from has kept."""
    if move.attributes is not None:
        with storage_errors(move.target), suppress(FileNotFoundError, PermissionError):
            move.attributes.give_again(move.target)


def sync_folders(paths: Iterable[str]) -> None:
    """Make the names of files durable, where their folders still are."""
    for folder in sorted({os.path.dirname(path) for path in paths}):
        if os.path.isdir(folder):
            sync_folder(folder)
