"""What a store says of an object, and a window on its bytes."""

import os
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 1 << 18
"""Bytes fetched at once where only the head of a picture, or a block within it, is looked at."""

FetchRange = Callable[[int, int], bytes]
"""Called with the offsets of the first byte and of the one after the last."""


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """The status of an object, with the fields of an `os.stat_result` that have a meaning there."""

    st_size: int
    st_mtime_ns: int
    url: str
    etag: str = ""
    """Names this version of the content; empty where the store has no such thing."""
    st_mode: int = stat.S_IFREG | 0o666

    @property
    def st_ino(self) -> int:
        """A number that another version of the object does not have, as a file put in place of another."""
        return zlib.crc32(self.etag.encode("utf-8"))

    @property
    def st_atime_ns(self) -> int:
        """Objects have one time only."""
        return self.st_mtime_ns


class Missing(Exception):
    """There is no such object."""


class Refused(Exception):
    """One object cannot be read, and the others can; says why."""


class Changed(Exception):
    """An object is not the version that was named."""


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """One name in a folder of a store, asked as an `os.DirEntry` is. Stores have no links."""

    name: str
    path: str
    """Its URL."""
    folder: bool
    status: ObjectStat | None = None
    """As the listing has it; None of a folder, and where the store says no time."""

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is a folder."""
        return self.folder

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is an object."""
        return not self.folder

    def is_symlink(self) -> bool:
        """Return False."""
        return False


Entry = os.DirEntry[str] | ObjectEntry
"""One name in a folder of this machine or of a store."""


class Window:
    """Reads pieces of an object as `os.pread` does, and fetches no byte of the window it is in twice."""

    def __init__(self, fetch: FetchRange) -> None:
        self._fetch = fetch
        self._start = 0
        self._content = fetch(0, WINDOW)
        self._ended = len(self._content) < WINDOW

    def read(self, length: int, offset: int) -> bytes:
        """Return `length` bytes from `offset` on, fewer at the end of the object."""
        start, known = offset - self._start, self._start + len(self._content)
        if start < 0 or (offset + length > known and not self._ended):
            self._content = self._fetch(offset, offset + max(length, WINDOW))
            self._ended = len(self._content) < max(length, WINDOW)
            self._start, start = offset, 0
        return self._content[start : start + length]
