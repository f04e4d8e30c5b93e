"""What people have said of pictures, by their content: that some are no duplicates of others, and that one stays."""

import os
import secrets
from collections.abc import Iterable
from typing import Any

from framesift.duplicates import Apart, Item, never_apart
from framesift.errors import UnreadableFrame, UsageError
from framesift.review.duplicates.contents import Contents
from framesift.review.jobs import now
from framesift.review.refusals import Unknown
from framesift.review.store import Store


class Verdicts:
    """Remembers verdicts. Its methods may be called from any thread."""

    def __init__(self, store: Store, contents: Contents) -> None:
        self._store, self._contents = store, contents

    def keep_apart(self, collection_id: str, folder: str, some: Iterable[Item], rest: Iterable[Item]) -> str:
        """Remember that `some` show something else than `rest`; return the id of the verdict.

        Raises UsageError where two have the same bytes: then nobody can tell later which of them is meant.
        UnreadableFrame and StorageError.
        """
        verdict_id = secrets.token_hex(8)
        ours, theirs = ([(self._digest(folder, item), item.file_size) for item in items] for items in (some, rest))
        pairs = {tuple(sorted((one, other))) for one in ours for other in theirs}
        if any(one == other for one, other in pairs):
            raise UsageError("has the very same bytes as one of the rest: exclude it instead")
        with self._store.writing() as database:
            database.execute("INSERT INTO verdicts VALUES (?, ?, ?)", (verdict_id, collection_id, now()))
            rows = [(verdict_id, *one, *other) for one, other in pairs]
            database.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?, ?)", rows)
        return verdict_id

    def take_back(self, verdict_id: str) -> None:
        """Forget a verdict: the next search may find the pictures again. Raises Unknown."""
        with self._store.writing() as database:
            if not database.execute("DELETE FROM verdicts WHERE id = ?", (verdict_id,)).rowcount:
                raise Unknown("there is no such verdict")
            database.execute("DELETE FROM pairs WHERE verdict_id = ?", (verdict_id,))

    def apart(self, folder: str) -> Apart:
        """Return what keeps files of a folder apart: as the verdicts are now, whatever the files are called."""
        rows = self._store.read("SELECT one, one_size, other, other_size FROM pairs")
        if not rows:
            return never_apart
        pairs = {(row["one"], row["other"]) for row in rows}
        sizes = {tuple(sorted((row["one_size"], row["other_size"]))) for row in rows}

        def is_apart(one: Item, other: Item) -> bool:
            if tuple(sorted((one.file_size, other.file_size))) not in sizes:  # most files need not be read for this
                return False
            try:
                digests = self._digest(folder, one), self._digest(folder, other)
            except UnreadableFrame:
                return False
            return digests in pairs or digests[::-1] in pairs

        return is_apart

    def exclude(self, folder: str, excluded: Iterable[Item], included: Iterable[Item]) -> None:
        """Remember which contents stay, and forget of others that they do. Raises UnreadableFrame and StorageError."""
        added = [(self._digest(folder, item), item.file_size) for item in excluded]
        gone = [(self._digest(folder, item),) for item in included if self._is_excluded_size(item)]
        with self._store.writing() as database:
            database.executemany("DELETE FROM exclusions WHERE sha256 = ?", gone)
            database.executemany("INSERT OR REPLACE INTO exclusions VALUES (?, ?)", added)

    def find_excluded(self, folder: str, items: Iterable[Item]) -> set[str]:
        """Return the paths of those items whose content stays."""
        rows = self._store.read("SELECT sha256, file_size FROM exclusions")
        digests, sizes = {row["sha256"] for row in rows}, {row["file_size"] for row in rows}
        suspects = [item for item in items if item.file_size in sizes]
        return {item.path for item in suspects if self._find_digest(folder, item) in digests}

    def _is_excluded_size(self, item: Item) -> Any:
        return self._store.find("SELECT 1 FROM exclusions WHERE file_size = ?", item.file_size)

    def _find_digest(self, folder: str, item: Item) -> str:
        try:
            return self._digest(folder, item)
        except UnreadableFrame:
            return ""

    def _digest(self, folder: str, item: Item) -> str:
        path = os.path.join(folder, item.path)
        try:
            return self._contents.digest(path, os.lstat(path))
        except OSError as error:
            raise UnreadableFrame(error.strerror or str(error), item.path) from error
