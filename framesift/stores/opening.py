"""From a URL to what lies there."""

import errno
import logging
import os
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import lru_cache
from importlib.util import find_spec
from threading import get_ident
from typing import TYPE_CHECKING, Any

from framesift.errors import FramesiftError, MissingLibrary, UnreadableFrame, UsageError, pip_install
from framesift.stores.objects import WINDOW, Entry, Missing, ObjectEntry, ObjectStat, Refused, Window
from framesift.stores.silence import ANSWERED, REACHED, Silence
from framesift.stores.urls import is_url, is_writable, join, scheme_of

if TYPE_CHECKING:
    from framesift.stores.store import Store

_HOSTED = {"sftp", "ssh"}
_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
_PACKAGES |= {"sftp": "paramiko", "ssh": "paramiko"}
_S3, _GOOGLE, _AZURE = {"s3", "s3a"}, {"gs", "gcs"}, {"az", "abfs"}
UNCACHED = {"use_listings_cache": False}
"""A million names do not stay in memory."""
_NO_FILE = "No such file or directory"
"""In the words that a missing file of this machine has: decisions do not tell where a frame lay."""


def open_store(url: str) -> "tuple[Store, str]":
    """Return the store of a URL, and the path there. Raises MissingLibrary and StorageError."""
    first, chained, rest = url.partition("::")
    scheme, _, inner = first.partition("://")
    host = inner.partition("/")[0] if scheme in _HOSTED else ""
    is_of_thread = scheme in _HOSTED or scheme_of(rest) in _HOSTED
    store = _open(f"{scheme}://{host}{chained}{rest}", os.getpid(), get_ident() if is_of_thread else 0)
    return store, str(store.files._strip_protocol(first))


@lru_cache(maxsize=64)
def _open(root: str, process: int, thread: int) -> "Store":
    """Open a store once in each process, or in each thread: connections do not survive a fork."""
    schemes = [scheme_of(part) for part in root.split("::") if is_url(part)]
    _require(root, [package for scheme in schemes if (package := _PACKAGES.get(scheme))])
    from fsspec.core import url_to_fs

    from framesift.stores.retrying import persist

    options = {scheme: _options(scheme) for scheme in schemes}
    with explained(root), _archive(root):
        return _wrap(persist(lambda: url_to_fs(root, **options))[0], schemes[0], _silence_of(root, process))


def ask_anew(place: str) -> None:
    """Let a run begin: that the store of a place was silent a moment ago, for another one, does not count."""
    if is_url(place):
        open_store(place)[0].silence.end()


@lru_cache(maxsize=64)
def _silence_of(root: str, process: int) -> Silence:
    """Return what the calls of all threads to a store share."""
    return Silence()


def _options(scheme: str) -> dict[str, Any]:
    if scheme in _S3:
        from framesift.stores.s3 import OPTIONS

        return dict(OPTIONS)
    if scheme in _HOSTED:
        from framesift.stores.sftp import OPTIONS as HOSTED

        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)  # it tells of each attempt, with its stack
        return dict(HOSTED)
    if scheme in _GOOGLE:  # read as gcsfs is imported: it would ask before each request what kind of bucket it is
        os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    if scheme in _AZURE:
        return UNCACHED | {"connection_timeout": REACHED, "read_timeout": ANSWERED}
    return dict(UNCACHED) if is_writable(f"{scheme}://") else {}


def _wrap(files: Any, scheme: str, silence: Silence) -> "Store":
    from framesift.stores.store import Store

    if scheme in _S3:
        from framesift.stores.s3 import S3Store

        return S3Store(files, silence)
    if scheme in _HOSTED:
        from framesift.stores.sftp import SftpStore

        return SftpStore(files, silence)
    if scheme in _GOOGLE:  # it asks again for half a minute itself, and tells of each time
        from aiohttp import ClientTimeout

        logging.getLogger("gcsfs").setLevel(logging.CRITICAL + 1)
        files.requests_timeout = ClientTimeout(total=None, sock_connect=REACHED, sock_read=ANSWERED)
        return Store(files, (), silence)
    if scheme in _AZURE:
        logging.getLogger("azure").setLevel(logging.CRITICAL + 1)
        # its own attempts would multiply with ours
        files.service_client._config.retry_policy.total_retries = 0
    return Store(files, silence=silence)


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
        from framesift.stores.retrying import explain

        raise explain(error, url) from error


def scan_place(root: str, folder: str) -> AbstractContextManager[Iterator[Entry]]:
    """List a folder below `root`, as `os.scandir` does; raises OSError with the number of the reason."""
    place = join(root, folder)
    return closing(_scan(place)) if is_url(place) else os.scandir(place)


def _scan(url: str) -> Generator[ObjectEntry, None, None]:
    from framesift.stores.retrying import explain

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
