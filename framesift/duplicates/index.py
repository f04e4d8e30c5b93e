"""An index of descriptors, so that a second run only looks at what changed. A cache: losing it costs time alone.

It is an SQLite file in the user's cache folder, or where the user says. A descriptor is found again by the file's path
and all that tells it from another file there: size, time of modification, inode and time of change; and by what it was
computed with. What is removed is decided by the files themselves all the same, see `second_look`.
"""

import io
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from tokenize import TokenError
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from framesift.actions.files.cache_folder import cache_folder
from framesift.duplicates.traits import NONE, Traits
from framesift.errors import PathLike, StorageError, UsageError
from framesift.frames.levels import Levels

BATCH = 256
"""Rows written at once. A run that is killed loses at most so many."""
BATCH_BYTES = 16 * 2**20

_APPLICATION_ID = int.from_bytes(b"fsix", "big")
_SCHEMA = 4
_TIMEOUT = 20.0
"""Seconds to wait for another run that is writing."""
_OUTDATED = ("combined/2", "combined/2 turned")
"""What descriptors were computed with that nothing computes any more; they are most of an index."""
_TABLE = """
CREATE TABLE features (
    path BLOB NOT NULL, method TEXT NOT NULL, file_size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode TEXT NOT NULL, ctime_ns INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    descriptor BLOB NOT NULL, low INTEGER, high INTEGER, traits INTEGER NOT NULL,
    PRIMARY KEY (path, method)
)"""


class State(NamedTuple):
    """What tells a file from another one that has lain, or will lie, at its path."""

    file_size: int
    mtime_ns: int
    inode: int
    ctime_ns: int
    """Changes where a file is renamed or given another time."""

    @classmethod
    def of(cls, status: os.stat_result) -> "State":
        """Take the fields of a status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)

    @property
    def row(self) -> tuple[int, int, str, int]:
        """The columns: SQLite has no whole numbers of 64 bits without a sign, which inodes are."""
        return self.file_size, self.mtime_ns, str(self.inode), self.ctime_ns


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of one file."""

    path: str
    """Absolute."""
    state: State
    size: tuple[int, int]
    """Width and height of the picture in px."""
    descriptor: NDArray[Any]
    levels: Levels | None = None
    """The range in which it was described; None: all levels."""
    traits: Traits = NONE


def default_index() -> str:
    """Return where the index lies when the user names no other place."""
    return os.path.join(cache_folder(), "index.sqlite")


class Index:
    """An index file. A context manager; used by one thread. Several runs may use one file at the same time.

    A damaged file of ours is begun anew; a file that is anything else is never touched (UsageError). Every method
    raises StorageError where the disk refuses or another run holds the file for too long.
    """

    def __init__(self, path: PathLike | None = None) -> None:
        self.path = default_index() if path is None else os.path.abspath(os.fsdecode(path))
        self._waiting: list[Features] = []
        self._method = ""

    def __enter__(self) -> "Index":
        with _explained(self.path):
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            self._refuse_foreign()
            try:
                self._open()
            except sqlite3.OperationalError:  # locked, read-only, full: not a reason to begin anew
                raise
            except sqlite3.DatabaseError:
                self._begin_anew()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        with closing(self._database):
            if not isinstance(error, StorageError):
                self.flush()

    def find(self, path: str, state: State, method: str) -> Features | None:
        """Return what is known of a file in this state; None where nothing is, or of another file that was there.

        Nor is a row known that no run of ours has written: the file may be damaged, or somebody else's.
        """
        query = (
            "SELECT width, height, descriptor, low, high, traits FROM features "
            "WHERE path=? AND method=? AND file_size=? AND mtime_ns=? AND inode=? AND ctime_ns=?"
        )
        with _explained(self.path):
            row = self._database.execute(query, (os.fsencode(path), method, *state.row)).fetchone()
        if row is None:
            return None
        try:
            return _read_row(path, state, row)
        except (ValueError, TypeError, OverflowError, SyntaxError, TokenError, MemoryError, RecursionError):
            return None

    def add(self, features: Features, method: str) -> None:
        """Remember a file in place of what was known of an earlier state of it. Written in batches."""
        if method != self._method:
            self.flush()
            self._method = method
        self._waiting.append(features)
        if len(self._waiting) >= BATCH or len(self._waiting) * features.descriptor.nbytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        waiting, self._waiting = self._waiting, []
        rows = [self._row(features) for features in waiting]
        if rows:
            with _explained(self.path), self._database:
                places = ", ".join("?" * len(rows[0]))
                self._database.executemany(f"INSERT OR REPLACE INTO features VALUES ({places})", rows)

    def _row(self, f: Features) -> tuple[Any, ...]:
        found = os.fsencode(f.path), self._method, *f.state.row
        return (*found, *f.size, _encode(f.descriptor), *_ends(f), int(f.traits))

    def forget_missing(self, folder: str) -> None:
        """Drop the files below an absolute folder that no longer exist, and of the others what no method asks for."""
        start = os.fsencode(os.path.join(folder, ""))
        end = start[:-1] + bytes([start[-1] + 1])
        query = "SELECT DISTINCT path FROM features WHERE path >= ? AND path < ?"
        outdated = "DELETE FROM features WHERE path >= ? AND path < ? AND method = ?"
        with _explained(self.path), self._database:
            self._database.executemany(outdated, [(start, end, method) for method in _OUTDATED])
            gone = [row for row in self._database.execute(query, (start, end)) if not os.path.lexists(row[0])]
            self._database.executemany("DELETE FROM features WHERE path = ?", gone)

    def _open(self) -> None:
        with suppress(FileExistsError):  # for its owner alone: a descriptor is a small picture
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        self._database = sqlite3.connect(self.path, timeout=_TIMEOUT)
        try:
            if self._database.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
                # Before WAL, so that it stands in the file itself at once: the next run asks the file whose it is.
                self._database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")  # two runs may be making the same new file
                if not self._has_table():
                    self._database.execute(_TABLE)
                    self._database.execute(f"PRAGMA user_version = {_SCHEMA}")
            if self._database.execute("PRAGMA user_version").fetchone()[0] != _SCHEMA:
                raise sqlite3.DatabaseError("written by another version")
            self._database.execute("SELECT path FROM features LIMIT 1").fetchone()
        except BaseException:
            self._database.close()
            raise

    def _has_table(self) -> bool:
        return bool(self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'features'").fetchone())

    def _refuse_foreign(self) -> None:
        """Raise UsageError for a file that no run of ours has made. An empty one may become an index."""
        if os.path.lexists(self.path) and not os.path.isfile(self.path):
            raise UsageError("is not a file", self.path)
        with suppress(FileNotFoundError), open(self.path, "rb") as file:
            head = file.read(100)
            ours = head[:15] == b"SQLite format 3" and head[68:72] == _APPLICATION_ID.to_bytes(4, "big")
            if head and not ours and self.path != default_index():
                raise UsageError("is not an index of framesift: choose another file", self.path)

    def _begin_anew(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(self.path + suffix)
        self._open()


def _encode(descriptor: NDArray[Any]) -> bytes:
    """Return an array in NumPy's file format, which carries its dtype and shape."""
    file = io.BytesIO()
    np.lib.format.write_array(file, descriptor, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _read_row(path: str, state: State, row: Sequence[Any]) -> Features:
    """Return what a row says. Raises whatever Python and NumPy do for values of another type or size."""
    width, height, descriptor, low, high, traits = row
    if not all(type(side) is int and 0 < side < 2**31 for side in (width, height)):
        raise ValueError
    if not all(type(end) is int for end in (low, high) if (low, high) != (None, None)):
        raise ValueError
    levels = None if low is None else Levels(low, high)
    return Features(path, state, (width, height), _decode(descriptor), levels, Traits(traits))


def _decode(content: bytes) -> NDArray[Any]:
    start = 10 + int.from_bytes(content[8:10], "little")
    shape, dtype = _read_header(content[:start])
    return np.frombuffer(content, dtype, offset=start).reshape(shape)


def _ends(features: Features) -> tuple[int | None, int | None]:
    levels = features.levels
    return (None, None) if levels is None else (levels.low, levels.high)


@lru_cache(maxsize=16)
def _read_header(header: bytes) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """All descriptors of one method have the same; to read it takes longer than to copy one."""
    file = io.BytesIO(header)
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return shape, dtype


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        locked = "locked" in str(error)
        raise StorageError("another run is writing to this index" if locked else str(error), path) from error
    except sqlite3.DatabaseError as error:
        raise StorageError(f"the index is damaged ({error}): remove it and run again", path) from error
    except OSError as error:
        reason = StorageError.of(error, path).reason
        raise StorageError(f"{reason}: --index FILE keeps the descriptors elsewhere", path) from error
