"""A store as the main job needs it, on any file system of fsspec. Paths are those of fsspec, without the scheme."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from zipfile import BadZipFile

from framesift.stores.objects import Changed, FetchRange, Missing, ObjectStat, Refused
from framesift.stores.retrying import CutShort, persist
from framesift.stores.silence import Silence

_TIMES = ("LastModified", "mtime", "last_modified", "updated", "modified", "created", "date_time")


T = TypeVar("T")


class Head(NamedTuple):
    """What the listing of a folder says of one name in it."""

    name: str
    is_folder: bool
    size: int | None = None
    """Bytes; None where nothing is said."""
    mtime_ns: int = 0
    """Nanoseconds since 1970; 0 where nothing is said."""


class Store:
    """Reads and writes objects. Everything that fails in passing is tried again; what then still fails is raised.

    Used by many threads at once, and by one process.
    """

    def __init__(self, files: Any, pauses: tuple[float, ...] | None = None, silence: Silence | None = None) -> None:
        self.files = files
        """The file system of fsspec."""
        self.silence = silence or Silence()
        self._pauses = pauses

    def renew(self) -> None:
        """Make ready for a further attempt."""

    def scan(self, folder: str) -> Iterator[Head]:
        """Yield what lies in a folder, in no order. Raises FileNotFoundError where there is none."""
        prefix = folder.strip("/") + "/" if folder.strip("/") else ""
        for entry in self._persist(lambda: self.files.ls(folder, detail=True)):
            name = str(entry["name"]).strip("/").removeprefix(prefix)
            if name and name != prefix.rstrip("/"):
                is_folder = entry["type"] == "directory"
                yield Head(name, True) if is_folder else Head(name, False, entry.get("size"), read_mtime_ns(entry))

    def is_folder(self, path: str) -> bool:
        """Tell whether anything lies below a path."""
        return bool(self._persist(lambda: self.files.isdir(path)))

    def read(self, path: str, url: str, most: int) -> tuple[bytes, ObjectStat]:
        """Return an object's bytes and status. One that is larger than `most` bytes is not read: the bytes are none.

        Raises Missing, and Refused.
        """
        found: tuple[bytes, ObjectStat] = self._persist_reading(lambda: self._read_once(path, url, most))
        return found

    def ranges(self, path: str, url: str, first: int) -> tuple[FetchRange, ObjectStat]:
        """Return what reads pieces of one version of an object, and its status. Raises Missing and Refused.

        So many `first` bytes will be asked for first.
        """
        status = self._persist_reading(lambda: self._ask(path, url))

        def fetch(start: int, end: int) -> bytes:
            end = min(end, status.st_size)
            return self._persist_reading(lambda: self._cat(path, start, end)) if start < end else b""

        return fetch, status

    def create(self, path: str, content: bytes) -> bool:
        """Put an object where there is none; False where there is one."""
        try:
            self._persist(lambda: self._create_once(path, content))
        except FileExistsError:
            return False
        return True

    def put(self, path: str, content: bytes) -> None:
        """Put an object, in place of any of that name."""
        self._persist(lambda: self.files.pipe_file(path, content))

    def replace(self, path: str, content: bytes, etag: str) -> str:
        """Put an object in place of its version `etag`; return the new version's. Raises Changed."""
        if self.etag(path) != etag:
            raise Changed
        self._persist(lambda: self.files.pipe_file(path, content))
        return self.etag(path)

    def upload(self, path: str, file: str, etag: str) -> None:
        """Put a file of this machine, of any size, in place of the version `etag` of an object. Raises Changed."""
        if self.etag(path) != etag:
            raise Changed
        self._persist(lambda: self.files.put_file(file, path))

    def copy(self, source: ObjectStat, path: str, target: str) -> bool:
        """Let the store copy a version of the object at `path` to `target`; False where it does not do that."""
        return False

    def delete(self, paths: Iterable[str]) -> None:
        """Delete objects; those that are gone already do not matter."""
        for path in paths:
            try:
                self._persist(lambda path=path: self.files.rm_file(path))  # type: ignore[misc]
            except FileNotFoundError:
                continue

    def etag(self, path: str) -> str:
        """Return the version of an object; empty where there is none."""
        try:
            return self._ask(path, "").etag
        except FileNotFoundError:
            return ""

    def _persist(self, call: Callable[[], T]) -> T:
        return persist(call, self.renew, self._pauses, self.silence)

    def _persist_reading(self, call: Any) -> Any:
        try:
            return self._persist(call)
        except (FileNotFoundError, IsADirectoryError):
            raise Missing from None

    def _read_once(self, path: str, url: str, most: int) -> tuple[bytes, ObjectStat]:
        status = self._ask(path, url)
        if not 0 < status.st_size <= most:
            return b"", status
        return self._cat(path, 0, status.st_size), status

    def _cat(self, path: str, start: int, end: int) -> bytes:
        try:
            content = bytes(self.files.cat_file(path, start=start, end=end))
        except (BadZipFile, zlib.error) as error:  # of one member: an archive itself is opened before
            raise Refused(_describe_member(error)) from None
        if len(content) != end - start:
            raise CutShort(f"{len(content)} of {end - start} bytes came")
        return content

    def _ask(self, path: str, url: str) -> ObjectStat:
        info = self.files.info(path)
        if info["type"] == "directory":
            raise IsADirectoryError(path)
        mtime = read_mtime_ns(info)
        named = info.get("ETag") or info.get("etag") or info.get("CRC") or ""
        return ObjectStat(int(info["size"]), mtime, url, str(named) or f"{mtime}-{info['size']}")

    def _create_once(self, path: str, content: bytes) -> None:
        if self.files.exists(path):  # what a store without conditional writes can do at best
            raise FileExistsError(path)
        try:
            self.files.pipe_file(path, content, mode="create")
        except FileNotFoundError as error:
            raise FileNotFoundError("the bucket does not exist") from error


def _describe_member(error: Exception) -> str:
    if "CRC-32" in str(error):
        return "damaged in the archive: its CRC-32 is wrong"
    return "damaged in the archive"


def read_mtime_ns(info: dict[str, Any]) -> int:
    """Return when an object was written, in ns since 1970, out of what any file system of fsspec says; 0 if nothing."""
    try:
        return next((ns for key in _TIMES if (ns := _to_ns(info.get(key))) is not None), 0)
    except (ValueError, OverflowError, TypeError):  # such as the month 0 of archives that have no times
        return 0


def _to_ns(value: Any) -> int | None:
    match value:
        case datetime() as time:
            return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 10**9)
        case int() | float() as seconds:
            return int(seconds * 10**9)
        case str() as text:
            return int(datetime.fromisoformat(text).timestamp() * 10**9)
        case (int(), *_) as parts:
            return int(datetime(*parts, tzinfo=UTC).timestamp() * 10**9)  # type: ignore[misc]
    return None
