"""The state of a review in one SQLite file: what people have said stands in it, so it is never begun anew.

Reading never waits for writing (WAL): who reads has a connection of its own, and all write by one, in turns.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from framesift.actions import storage_errors
from framesift.errors import PathLike, StorageError, UsageError
from framesift.review.refusals import Unknown

NAME = "review.sqlite"
SCHEMA = 1

_APPLICATION_ID = int.from_bytes(b"fsrv", "big")
_CACHE_KB = 512
"""Of each connection: there are as many as ever read at the same time."""
_TIMEOUT = 20.0
_TABLES = """
CREATE TABLE collections (
    id TEXT PRIMARY KEY, path BLOB NOT NULL UNIQUE, name TEXT NOT NULL, folded TEXT NOT NULL, sort TEXT NOT NULL,
    person_id TEXT, images INTEGER NOT NULL, bytes INTEGER NOT NULL, cover TEXT, scan TEXT NOT NULL
);
CREATE INDEX collections_in_order ON collections (sort, name);
CREATE INDEX collections_of_persons ON collections (person_id) WHERE person_id IS NOT NULL;
CREATE TABLE searches (
    collection_id TEXT PRIMARY KEY, id TEXT NOT NULL, job_id TEXT NOT NULL, request TEXT NOT NULL,
    images INTEGER NOT NULL, skipped INTEGER NOT NULL, groups INTEGER NOT NULL, surplus INTEGER NOT NULL,
    bytes INTEGER NOT NULL, created TEXT NOT NULL
);
CREATE TABLE groups (
    id TEXT PRIMARY KEY, collection_id TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE INDEX groups_of_collections ON groups (collection_id, position);
CREATE TABLE contents (
    path BLOB PRIMARY KEY, file_size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE verdicts (id TEXT PRIMARY KEY, collection_id TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE pairs (
    verdict_id TEXT NOT NULL, one TEXT NOT NULL, one_size INTEGER NOT NULL, other TEXT NOT NULL,
    other_size INTEGER NOT NULL, PRIMARY KEY (verdict_id, one, other)
) WITHOUT ROWID;
CREATE TABLE exclusions (sha256 TEXT PRIMARY KEY, file_size INTEGER NOT NULL);
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, spec TEXT NOT NULL,
    collections TEXT NOT NULL, state TEXT NOT NULL, starts INTEGER NOT NULL DEFAULT 0, created TEXT NOT NULL,
    finished TEXT, result TEXT, problem TEXT
);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE removals (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL, undo_job_id TEXT,
    create_backup INTEGER NOT NULL, created TEXT NOT NULL
);
CREATE TABLE parts (
    removal_id TEXT NOT NULL, position INTEGER NOT NULL, collection_id TEXT NOT NULL, name TEXT NOT NULL,
    person_id TEXT, backup BLOB NOT NULL, plan BLOB, found INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, left_files TEXT NOT NULL DEFAULT '[]',
    problem TEXT, state TEXT NOT NULL, PRIMARY KEY (removal_id, position)
) WITHOUT ROWID;
CREATE TABLE notes (kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


class Store:
    """The state file in the folder `output`. Its methods may be called from any thread.

    Raises UsageError for a file that is damaged or not ours, which is left as it is; StorageError for what the disk
    refuses, there and in every method.
    """

    def __init__(self, output: PathLike) -> None:
        self.path = os.path.join(os.path.abspath(os.fsdecode(output)), NAME)
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        """Connections that nobody reads by; taking one and giving it back needs no lock."""
        is_new = self._check_file()
        with self._explained():
            self._writer = self._connect()
            if is_new:
                self._begin()
            self._check_schema()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for connection in (self._writer, *self._idle):
                connection.close()

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._explained():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                return connection.execute(query, values).fetchall()
            finally:
                self._idle.append(connection)

    def find(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, if there is one."""
        return next(iter(self.read(query, *values)), None)

    def require(self, told: str, query: str, *values: Any) -> sqlite3.Row:
        """Return the first row of a query. Raises Unknown, saying `told`, where there is none."""
        row = self.find(query, *values)
        if row is None:
            raise Unknown(told)
        return row

    def page(self, table: str, offset: int, limit: int) -> tuple[int, list[sqlite3.Row]]:
        """Return how many rows a table that numbers them has, and some of them, the newest first."""
        [[total]] = self.read(f"SELECT count(*) FROM {table}")
        return total, self.read(f"SELECT * FROM {table} ORDER BY number DESC LIMIT ? OFFSET ?", limit, offset)

    def is_empty(self) -> bool:
        """Tell whether nothing has been begun here yet, or only the file itself."""
        return not any(self.read(f"SELECT 1 FROM {table} LIMIT 1") for table in ("notes", "jobs", "removals"))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection that writes: what the block does becomes durable as a whole, or not at all."""
        with self._lock, self._explained():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_TIMEOUT, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        return connection

    def _begin(self) -> None:
        self._writer.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT")

    def _check_file(self) -> bool:
        """Tell whether the file has to be begun. An id without tables is what a start that was stopped has left."""
        with storage_errors(self.path):
            if os.path.lexists(self.path) and not os.path.isfile(self.path):
                raise UsageError("is not a file", self.path)
            try:
                with open(self.path, "rb") as file:
                    head = file.read(100)
            except FileNotFoundError:
                return True
        if head and (head[:15] != b"SQLite format 3" or head[68:72] != _APPLICATION_ID.to_bytes(4, "big")):
            raise UsageError("is not the state of a review of framesift: choose another --output", self.path)
        return not head

    def _check_schema(self) -> None:
        if not self._writer.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone():
            self._begin()
        [version] = self._writer.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA:
            raise UsageError("was written by another version of framesift", self.path)
        self._writer.execute("PRAGMA journal_mode = WAL")
        [verdict] = self._writer.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError("malformed")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(str(error), self.path) from error
        except sqlite3.DatabaseError as error:
            told = f"is damaged ({error}): what people have answered stands in it, so it is not begun anew"
            raise UsageError(told, self.path) from error
