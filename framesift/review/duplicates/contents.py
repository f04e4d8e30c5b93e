"""Which bytes a file has, by their SHA-256: what people have said of a picture holds under whatever name it lies."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress

from framesift.duplicates import Item
from framesift.errors import StorageError, UnreadableFrame
from framesift.frames.reader.source import Status, read_file
from framesift.review.store import Store


class Contents:
    """Digests of files, remembered for as long as size and time of modification stay. For any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def digest(self, path: str, status: Status) -> str:
        """Return the SHA-256 of a file. Raises UnreadableFrame and StorageError."""
        known = self.recall(path, status)
        return known or self.read(path)[1]

    def recall(self, path: str, status: Status) -> str | None:
        """Return the SHA-256 of a file in this state where it is known."""
        return self._recall(path, status.st_size, status.st_mtime_ns)

    def _recall(self, path: str, file_size: int, mtime_ns: int) -> str | None:
        query = "SELECT sha256 FROM contents WHERE path = ? AND file_size = ? AND mtime_ns = ?"
        row = self._store.find(query, os.fsencode(path), file_size, mtime_ns)
        return None if row is None else str(row["sha256"])

    def learn(self, folder: str, items: Iterable[Item]) -> None:
        """Remember the digests of files that are still what a search has found: they outlive a remount."""
        rows = []
        for item in items:
            path = os.path.join(folder, item.path)
            if self.recall_item(folder, item) is None:
                with suppress(UnreadableFrame, StorageError):
                    content, status = read_file(path)
                    if (status.st_size, status.st_mtime_ns) == (item.file_size, item.mtime_ns):
                        rows.append(_row(path, status, hashlib.sha256(content).hexdigest()))
        with self._store.writing() as database:
            database.executemany("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)", rows)

    def recall_item(self, folder: str, item: Item) -> str | None:
        """Return the SHA-256 of a file as a search has found it, where it is known."""
        return self._recall(os.path.join(folder, item.path), item.file_size, item.mtime_ns)

    def read(self, path: str) -> tuple[bytes, str]:
        """Return a file's bytes and their SHA-256. Raises UnreadableFrame and StorageError."""
        content, status = read_file(path)
        sha256 = hashlib.sha256(content).hexdigest()
        if self.recall(path, status) != sha256:
            with self._store.writing() as database:
                database.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)", _row(path, status, sha256))
        return content, sha256


def _row(path: str, status: Status, sha256: str) -> tuple[bytes, int, int, str]:
    return os.fsencode(path), status.st_size, status.st_mtime_ns, sha256
