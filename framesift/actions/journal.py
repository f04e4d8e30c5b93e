"""The record of a backup folder: a line before and after each step, append-only, readable after any crash.

Each line carries a checksum of itself, so that a single damaged byte in it is found. States of a file in the backup:

    moving   -> moved   -> returning -> (returned: no longer in the backup, or moved again: it stays)
                        -> deleting  -> (deleted: gone for good, or moved again: a run was stopped before)
    updating -> updated                 the former version of a metadata file, and then as above
"""

import os
import stat
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

from framesift import __version__
from framesift.actions.attributes import Attributes, decode_attributes
from framesift.actions.files.access import close_folder, make_all_folders
from framesift.actions.files.placing import is_there, storage_errors, sync_folder, write_all
from framesift.actions.journal_lines import TooLong, check_entry, decode_line, encode_line, is_header, read_lines
from framesift.actions.locks import lock
from framesift.actions.marks import is_mark, make_mark
from framesift.actions.plan import FileStat
from framesift.errors import PathLike, StorageError, UsageError, show
from framesift.frames.finding import JOURNAL as NAME

SCHEMA = 1
TOLERATED = {".DS_Store", "Thumbs.db", "desktop.ini"}
_START = b'{"framesift": "'


@dataclass(slots=True)
class Entry:
    """A file of the backup."""

    stored: str
    """Below the backup folder, with `/`."""
    path: str
    """Where it came from, below the root."""
    state: str
    """The event of the journal that it met last."""
    file: FileStat | None = None
    """As it was planned; None for the former version of a metadata file."""
    held: FileStat | None = None
    """As it was found in the backup when it was about to be given back."""
    to: str = ""
    """The folder that it is being given back to, absolute; empty for the root."""
    leader: str = ""
    """The first of the files that it goes and comes with, as `stored`; empty for that one, and for most."""
    companion: bool = False
    """Whether it belongs to a picture, and no plan names it."""
    sha256: str = ""
    after: str = ""
    """SHA-256 of what a metadata file was replaced with."""
    attributes: Attributes | None = None
    """As they were when the file was about to be moved; None for what an earlier version has moved."""
    folders: list[list[int]] = field(default_factory=list)
    """Owner and group of each folder on its path, where one is not of whom the run was."""
    names: list[str] = field(default_factory=list)
    """The names that were taken out of a metadata file."""
    listed: bool = False
    """Whether the metadata file of its folder knows that it was moved."""


class Journal:
    """The journal of a backup folder, locked. A context manager; entering reads it or begins it.

    With a `root` the folder may be new or empty; without one it must be a backup already. With `writable` False nothing
    is written or locked. Raises UsageError (no backup, of another root), ResultsInUse and StorageError.
    """

    def __init__(self, backup: PathLike, root: str | None = None, writable: bool = True) -> None:
        self.backup = os.path.abspath(os.fsdecode(backup))
        self.root = self.known_root = root or ""
        """Where the files are from. The known one stands in the journal; the other may be where that has gone to."""
        self.is_own = True
        """Whether this user has begun it, here. What the journal of another says may have been written to do harm."""
        self.entries: dict[str, Entry] = {}
        """By `stored`, in the order in which they came."""
        self.touched: set[tuple[int, int]] = set()
        """Identities of files whose ctime moving has changed."""
        self.folders: set[str] = set()
        """Those below the backup folder that files stand or stood in."""
        self._twins = defaultdict[tuple[int, ...], list[Entry]](list)
        """Of files with several names. Some of them may have gone since."""
        self._came = defaultdict[str, list[Entry]](list)
        """By `path`. Some of them may have gone since."""
        self._path = os.path.join(self.backup, NAME)
        self._writable = writable
        self._descriptor: int | None = None
        self._waiting: list[bytes] = []

    def __enter__(self) -> "Journal":
        try:
            if is_there(self._path):
                self._continue()
            else:
                self._begin()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if not isinstance(error, StorageError):
                self.sync()
        finally:
            self._close()

    def record(self, event: str, stored: str, **details: Any) -> None:
        """Note an event. It is on disk when `sync` returns."""
        entry = {"event": event, "stored": stored, **details}
        self._waiting.append(encode_line(entry))
        self._replay(entry)

    def sync(self) -> None:
        """Write the noted events and make them durable. Raises StorageError."""
        if self._waiting and self._descriptor is not None:
            lines, self._waiting = b"".join(self._waiting), []
            with storage_errors(self._path):
                write_all(self._descriptor, lines)
                os.fsync(self._descriptor)

    def in_backup(self, path: str) -> str:
        """Return the absolute path of what is stored as `path`."""
        return os.path.join(self.backup, path)

    def twins_of(self, entry: Entry) -> list[Entry]:
        """Return what the journal knows of other names of the same file, also of those that have gone back since."""
        twins = [] if entry.file is None else self._twins.get(_name_file(entry.file), [])
        return [twin for twin in twins if twin is not entry]

    def in_root(self, path: str) -> str:
        """Return the absolute path of `path` below the root."""
        return os.path.join(self.root, path)

    def _begin(self) -> None:
        if not self.root:
            raise UsageError("is no backup folder of framesift", self.backup)
        if is_there(self.backup):
            self._refuse_foreign_files()
        if self._writable:
            with storage_errors(self.backup):
                make_all_folders(self.backup, self.root)
                close_folder(self.backup, self.root)
            with storage_errors(self._path):
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                self._lock(os.open(self._path, flags, 0o600))
            self._write_header()

    def _refuse_foreign_files(self) -> None:
        if not os.path.isdir(self.backup):
            raise UsageError("the backup folder is a file", self.backup)
        with storage_errors(self.backup):
            foreign = set(os.listdir(self.backup)) - TOLERATED
        if foreign:
            held = f"holds {show(min(foreign))}, which is not of framesift: choose an empty or new backup folder"
            raise UsageError(held, self.backup)

    def _continue(self) -> None:
        with storage_errors(self._path):
            flags = (os.O_RDWR | os.O_APPEND) if self._writable else os.O_RDONLY
            descriptor = os.open(self._path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            self._lock(descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError("is no journal of framesift: not a regular file", self._path)
            whole, rest = self._read(descriptor)
        if not whole and not (self.root and _START.startswith(rest[: len(_START)])):
            raise UsageError("is no backup folder of framesift", self.backup)
        if self._writable and rest:
            with storage_errors(self._path):
                os.ftruncate(descriptor, whole)
        if self._writable and not whole:
            self._write_header()

    def _read(self, descriptor: int) -> tuple[int, bytes]:
        """Take over all whole lines; return how many bytes they have, and what stands behind them."""
        length = number = 0
        try:
            for number, line in enumerate(read_lines(descriptor), start=1):
                if not line.endswith(b"\n"):
                    return length, line
                if number == 1:
                    self._read_header(line[:-1])
                else:
                    self._read_line(line[:-1], number)
                length += len(line)
        except TooLong:
            if number == 0:
                raise UsageError("is no journal of framesift: its first line has no end", self._path) from None
            raise StorageError(f"line {number + 1} is damaged: nothing was touched", self._path) from None
        return length, b""

    def _write_header(self) -> None:
        header = {"framesift": __version__, "schema": SCHEMA, "root": self.root, "mark": make_mark(self.root)}
        self._waiting.append(encode_line(header))
        self.sync()
        sync_folder(self.backup)
        sync_folder(os.path.dirname(self.backup))

    def _read_header(self, line: bytes) -> None:
        header = decode_line(line)
        if header is None or not is_header(header):
            raise UsageError("is no journal of framesift, or its first line is damaged", self._path)
        if header.get("schema") != SCHEMA:
            raise UsageError(
                f"was written by framesift {show(str(header['framesift']))}: this version cannot go on", self._path
            )
        if self.root and self.root != header["root"]:
            raise UsageError(f"holds files of {show(header['root'])}: choose another backup folder", self.backup)
        self.root = self.known_root = header["root"]
        self.is_own = is_mark(header.get("mark", ""), self.root)

    def _read_line(self, line: bytes, number: int) -> None:
        reason = ""
        try:
            if (entry := decode_line(line)) is not None:
                check_entry(entry)
                self._replay(entry)
                return
        except (KeyError, TypeError):
            pass
        except ValueError as error:
            reason = f" ({error})"
        raise StorageError(f"line {number} is damaged{reason}: nothing was touched", self._path)

    def _replay(self, line: dict[str, Any]) -> None:
        """Take over what a line says, whether it was just noted or is read again."""
        event, stored = line["event"], line["stored"]
        if event in ("moving", "updating"):
            file = FileStat(**line["file"]) if line.get("file") else None
            entry = Entry(stored, line["path"], event, file, leader=line.get("with", ""))
            entry.companion = event == "moving" and "keeper" not in line
            entry.sha256, entry.after = line.get("sha256", ""), line.get("after", "")
            entry.names, entry.folders = line.get("names", []), line.get("folders", [])
            if line.get("attributes"):
                entry.attributes = decode_attributes(line["attributes"])
                if file is not None and entry.attributes.names > 1:
                    self._twins[_name_file(file)].append(entry)
            self.entries[stored] = entry
            self.folders.add(os.path.dirname(stored))
            self._came[entry.path].append(entry)
            self._touch(file)
        elif event in ("returned", "deleted", "left"):
            del self.entries[stored]
        else:
            self._advance(self.entries[stored], event, line)

    def _advance(self, entry: Entry, event: str, line: dict[str, Any]) -> None:
        kinds = ("updated", "deleting") if entry.file is None else ("moved", "returning", "deleting")
        if event not in kinds:
            raise ValueError("is not what can come next")
        entry.state = event
        entry.sha256 = line.get("sha256", entry.sha256)
        if event == "returning":
            entry.held, entry.to = FileStat(**line["held"]), line.get("to", "")
            self._touch(entry.held)
        elif event == "updated":
            folder = os.path.dirname(entry.path)
            for name in entry.names:
                for moved in self._came[os.path.join(folder, name)]:
                    moved.listed = True

    def _touch(self, file: FileStat | None) -> None:
        if file is not None:
            self.touched.add(file.identity)

    def _lock(self, descriptor: int) -> None:
        self._descriptor = descriptor
        if self._writable:
            lock(descriptor, self.backup)

    def _close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with storage_errors(self._path):
                os.close(descriptor)


def _name_file(file: FileStat) -> tuple[int, ...]:
    """Return what all names of a file share, as long as it is not written to."""
    return *file.identity, file.size, file.mtime_ns


def file_details(file: FileStat) -> dict[str, int]:
    """Return the fields of `file` for a line of the journal."""
    return asdict(file)
