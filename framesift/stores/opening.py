"""From a URL to what lies there."""

import errno
import os
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import lru_cache
from importlib.util import find_spec

from framesift.errors import FramesiftError, MissingLibrary, UnreadableFrame, UsageError, pip_install
from framesift.stores.objects import WINDOW, Entry, ObjectEntry, ObjectStat, Window
from framesift.stores.retrying import explain
from framesift.stores.store import Missing, Refused, Store
from framesift.stores.urls import is_url, is_writable, join, scheme_of

_HOSTED = {"sftp", "ssh"}
_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
_PACKAGES |= {"sftp": "paramiko", "ssh": "paramiko"}
_S3 = {"s3", "s3a"}
UNCACHED = {"use_listings_cache": False}
"""A million names do not stay in memory."""
_NO_FILE = "No such file or directory"
"""In the words that a missing file of this machine has: decisions do not tell where a frame lay."""


def open_store(url: str) -> tuple[Store, str]:
    """Return the store of a URL, and the path there. Raises MissingLibrary and StorageError."""
    first, chained, rest = url.partition("::")
    scheme, _, inner = first.partition("://")
    host = inner.partition("/")[0] if scheme in _HOSTED else ""
    store = _open(f"{scheme}://{host}{chained}{rest}", os.getpid())
    return store, str(store.files._strip_protocol(first))


@lru_cache(maxsize=16)
def _open(root: str, process: int) -> Store:
    """Open a store once in each process: connections do not survive a fork."""
    schemes = [scheme_of(part) for part in root.split("::") if is_url(part)]
    _require(root, [package for scheme in schemes if (package := _PACKAGES.get(scheme))])
    from fsspec.core import url_to_fs

    options = {scheme: dict(UNCACHED) for scheme in schemes if is_writable(f"{scheme}://")}
    with explained(root), _archive(root):
        if _S3.isdisjoint(schemes):
            return Store(url_to_fs(root, **options)[0])
        from framesift.stores.s3 import OPTIONS, S3Store

        files, _ = url_to_fs(root, **options | {scheme: dict(OPTIONS) for scheme in _S3.intersection(schemes)})
        return S3Store(files) if schemes[0] in _S3 else Store(files)


@contextmanager
def _archive(url: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UsageError("no such archive", url) from None


def _require(url: str, packages: list[str]) -> None:
    missing = [name for name in ("fsspec", *packages) if find_spec(name) is None]
    if missing:
        command = pip_install("remote", *([] if set(missing) <= {"fsspec", "s3fs"} else missing))
        raise MissingLibrary(f"{scheme_of(url)}:// needs {' and '.join(missing)}: {command}", url)


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn whatever a store raises within into one of our errors at `url`."""
    try:
        yield
    except (FramesiftError, Missing, Refused):
        raise
    except Exception as error:  # libraries of six kinds of stores, each with a tree of its own
        raise explain(error, url) from error


def scan_place(root: str, folder: str) -> AbstractContextManager[Iterator[Entry]]:
    """List a folder below `root`, as `os.scandir` does; raises OSError with the number of the reason."""
    place = join(root, folder)
    return closing(_scan(place)) if is_url(place) else os.scandir(place)


def _scan(url: str) -> Generator[ObjectEntry, None, None]:
    store, path = open_store(url)
    try:
        for name, folder, size, mtime_ns in store.scan(path):
            place = join(url, name)
            status = ObjectStat(size, mtime_ns, place) if size is not None and mtime_ns else None
            yield ObjectEntry(name, place, folder, status)
    except FileNotFoundError as error:
        if isinstance(known := explain(error, url), UsageError):
            raise known from None  # no such bucket
        raise FileNotFoundError(errno.ENOENT, "no such folder") from None
    except PermissionError as error:
        raise PermissionError(errno.EACCES, explain(error, url).reason) from error.__cause__
    except Exception as error:
        raise explain(error, url) from error


def read_start(path: str, length: int) -> bytes:
    """Return the first bytes of an object; none where there is no object."""
    store, place = open_store(path)
    with explained(path):
        try:
            fetch, _ = store.ranges(place, path, length)
            return fetch(0, length)
        except (Missing, Refused):
            return b""


def fetch_object(url: str, most: int) -> tuple[bytes, ObjectStat]:
    """Return the bytes of an object and its status; no bytes where it has more than `most`.

    Raises UnreadableFrame (there is no such object, or just this one cannot be read) and StorageError.
    """
    store, path = open_store(url)
    with explained(url), _about(url):
        return store.read(path, url, most)


def open_window(url: str) -> tuple[Window, ObjectStat]:
    """Return a window on an object, and its status. Raises as `fetch_object`, and so does reading through it."""
    store, path = open_store(url)
    with explained(url), _about(url):
        fetch, status = store.ranges(path, url, WINDOW)

    def fetch_explained(start: int, end: int) -> bytes:
        with explained(url), _about(url):
            return fetch(start, end)

    return Window(fetch_explained), status


def is_folder(place: str) -> bool:
    """Tell whether a folder is there; of one in a store, whether anything lies below its URL."""
    if not is_url(place):
        return os.path.isdir(place)
    store, path = open_store(place)
    with explained(place):
        return store.is_folder(path)


@contextmanager
def _about(url: str) -> Iterator[None]:
    try:
        yield
    except Missing:
        raise UnreadableFrame(_NO_FILE, url) from None
    except Refused as error:
        raise UnreadableFrame(str(error), url) from None
