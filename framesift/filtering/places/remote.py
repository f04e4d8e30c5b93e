"""A results folder in a store. Stores have no append, so the manifest grows by parts until a run ends.

`manifest.jsonl` holds the first bytes of the manifest, `manifest.jsonl.parts/N` those from offset N on: a part for each
group of decisions, small ones made one from time to time, and all of it one file when the run ends, or when the next
begins. Each step is one put, or leaves the same bytes behind twice, so that a run that is killed between any two
requests has lost nothing. A line is put three times in all, however long the manifest is.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from framesift.actions import Copy, Link, storage_errors
from framesift.cluster.parallel import map_in_threads
from framesift.errors import ResultsInUse, StorageError, UsageError
from framesift.filtering import manifest
from framesift.filtering.places.local import TOLERATED, is_equal
from framesift.filtering.places.place import Place
from framesift.filtering.places.remote_lease import Lease
from framesift.frames.reader.source import MAX_FILE_BYTES
from framesift.stores import (
    Changed,
    Missing,
    ObjectStat,
    ask_anew,
    explained,
    is_file_name,
    is_same_place,
    is_url,
    join,
    open_store,
    scan_place,
    strip_secrets,
)

PARTS = f"{manifest.NAME}.parts"
LEASE = f"{manifest.NAME}.lock"
MOST_PARTS = 256
"""So many small parts are made one: some thousand lines."""
_PIECE = 8 * 2**20
_AT_ONCE = 8
"""Kept frames put, or parts read, at the same time."""
_IN_THE_WAY = "another file of this name is in the way; nothing was overwritten"
_ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")


class RemotePlace(Place):
    """A folder of an object store."""

    def __init__(self, folder: str, source: str, dry_run: bool) -> None:
        super().__init__(folder, source, dry_run)
        ask_anew(folder)
        self._store, self._root = open_store(folder)
        self._spool = tempfile.TemporaryDirectory(prefix="framesift-")
        self.manifest = os.path.join(self._spool.name, manifest.NAME)
        self._lease = Lease(self._store, self._at(LEASE), folder)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="framesift-put")
        self._length = 0
        self._etag = ""
        """Of `manifest.jsonl`; empty where there is none."""
        self._parts: list[int] = []
        self._small: list[int] = []
        """The first of them begins what is made one next."""
        self._begun = False

    def open(self) -> bool:
        if is_same_place(self.folder, self.source):
            raise UsageError("the results folder cannot be the folder of the frames", self.folder)
        with explained(self.folder):
            if not self._store.etag(self._at(manifest.NAME)):
                return False
        if not self._dry_run:
            self._lease.take()
        self._etag, self._parts, self._length = fetch_manifest(self.folder, self.manifest)
        return True

    def files(self) -> Iterator[str]:
        pending = [""]
        while pending:
            folder = pending.pop()
            with explained(self.folder), suppress(FileNotFoundError), scan_place(self.folder, folder) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir() and is_file_name(entry.name):
                        pending += [path] if path != PARTS else []
                    elif path not in (manifest.NAME, LEASE) and entry.name not in TOLERATED:
                        yield _ESCAPED.sub(lambda match: chr(0xDC00 + int(match[1], 16)), path)

    def is_ours(self, kept: str, path: str) -> bool:
        return is_equal(join(self.folder, _name(kept)), join(self.source, path))

    def begin(self, header: bytes) -> int:
        if not self._lease.held:
            self._lease.take()
        if not self._etag:
            self._create_manifest(header)
        if self._parts:  # of a run that was killed
            self._join_parts()
        self._begun = True
        return self._length

    def write(self, files: Sequence[Copy | Link], lines: bytes) -> None:
        self._lease.check()
        for _ in self._pool.map(self._put, files):
            pass
        with explained(self.folder):
            path = self._at_part(self._length)
            if not self._store.create(path, lines) and self._store.read(path, self.folder, _PIECE)[0] != lines:
                raise ResultsInUse("another run has written to this results folder", self.folder)
            with storage_errors(self.manifest), open(self.manifest, "ab") as file:
                file.write(lines)
            self._parts.append(self._length)
            self._small.append(self._length)
            self._length += len(lines)
            if len(self._small) >= MOST_PARTS:
                self._merge_parts()

    def complete(self) -> None:
        if self._begun and self._parts:
            self._lease.check()
            self._join_parts()

    def _join_parts(self) -> None:
        with explained(self.folder):
            try:
                self._store.upload(self._at(manifest.NAME), self.manifest, self._etag)
            except Changed:
                raise ResultsInUse("another run has written to this results folder", self.folder) from None
            self._etag = self._store.etag(self._at(manifest.NAME))
            self._store.delete(map(self._at_part, self._parts))
            self._parts, self._small = [], []

    def close(self) -> None:
        self._pool.shutdown()
        try:
            self._lease.release()
        finally:
            self._spool.cleanup()

    def describe_source(self) -> str:
        return strip_secrets(self.source) if is_url(self.source) else os.path.realpath(self.source)

    def _create_manifest(self, header: bytes) -> None:
        path = self._at(manifest.NAME)
        with explained(self.folder):
            if not self._store.create(path, header) and self._store.read(path, self.folder, _PIECE)[0] != header:
                raise ResultsInUse("another run has just begun to use this results folder", self.folder)
            self._etag, self._length = self._store.etag(path), len(header)
        with storage_errors(self.manifest), open(self.manifest, "wb") as file:
            file.write(header)

    def _merge_parts(self) -> None:
        """Put one part in place of many small ones: first it, under the name of the first, then the others go."""
        start = self._small[0]
        with storage_errors(self.manifest), open(self.manifest, "rb") as file:
            file.seek(start)
            self._store.put(self._at_part(start), file.read())
        self._store.delete(map(self._at_part, self._small[1:]))
        self._parts = [part for part in self._parts if part <= start]
        self._small = []

    def _put(self, file: Copy | Link) -> None:
        assert isinstance(file, Copy)
        target, url = self._at(_name(file.path)), join(self.folder, file.path)
        with explained(url):
            with suppress(FileExistsError):
                if self._copy(file, target) or self._store.create(target, file.content):
                    return
            if self._store.read(target, url, MAX_FILE_BYTES)[0] != file.content:
                raise StorageError(_IN_THE_WAY, url)

    def _copy(self, file: Copy, target: str) -> bool:
        """Let the store copy the version that was decided, if it is there and has not been replaced since."""
        if not isinstance(file.stat, ObjectStat):
            return False
        store, path = open_store(file.stat.url)
        try:
            return store is self._store and store.copy(file.stat, path, target)
        except Changed:
            return False

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _at_part(self, start: int) -> str:
        return self._at(f"{PARTS}/{start:020}")


def fetch_manifest(folder: str, target: str) -> tuple[str, list[int], int]:
    """Write the manifest of a folder in a store, as far as it is put, to a file of this machine.

    Returns the version of `manifest.jsonl`, the offsets of its parts, and the length. Raises UsageError where there is
    none, and StorageError.
    """
    store, root = open_store(folder)
    url, path = join(folder, manifest.NAME), f"{root}/{manifest.NAME}"
    with explained(url), storage_errors(target), open(target, "wb") as file:
        try:
            fetch, status = store.ranges(path, url, _PIECE)
        except Missing:
            raise UsageError(f"holds no {manifest.NAME}: name a folder that framesift has filled", folder) from None
        for start in range(0, status.st_size, _PIECE):
            file.write(fetch(start, min(start + _PIECE, status.st_size)))
        parts = _find_parts(folder)
        for start, content in zip(parts, map_in_threads(partial(_read_part, folder), parts, _AT_ONCE), strict=True):
            if start > file.tell():
                raise StorageError(f"a part of it is missing, at {file.tell()}: choose another results folder", url)
            file.write(content[file.tell() - start :])
        return status.etag, parts, file.tell()


def _find_parts(folder: str) -> list[int]:
    with explained(folder), suppress(FileNotFoundError), scan_place(folder, PARTS) as entries:
        return sorted(int(entry.name) for entry in entries if entry.name.isdigit())
    return []


def _read_part(folder: str, start: int) -> bytes:
    url = join(folder, f"{PARTS}/{start:020}")
    store, path = open_store(url)
    with explained(url):
        try:
            return store.read(path, url, MAX_FILE_BYTES)[0]
        except Missing:  # made one with those before it since it was listed: by a run that is writing now
            return b""


def _name(path: str) -> str:
    """Return the name in a store: bytes that are not UTF-8 stand there as `\\xff`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
