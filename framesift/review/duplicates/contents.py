"""Which bytes a file has, by their SHA-256: what people have said of a picture holds under whatever name it lies."""

import hashlib
import os

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
        query = "SELECT sha256 FROM contents WHERE path = ? AND file_size = ? AND mtime_ns = ?"
        row = self._store.find(query, os.fsencode(path), status.st_size, status.st_mtime_ns)
        return None if row is None else str(row["sha256"])

    def read(self, path: str) -> tuple[bytes, str]:
        """Return a file's bytes and their SHA-256. Raises UnreadableFrame and StorageError."""
        content, status = read_file(path)
        sha256 = hashlib.sha256(content).hexdigest()
        if self.recall(path, status) != sha256:
            row = (os.fsencode(path), status.st_size, status.st_mtime_ns, sha256)
            with self._store.writing() as database:
                database.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)", row)
        return content, sha256
