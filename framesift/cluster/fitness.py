"""Whether a worker can do what the calling program can: it has the same versions, and sees the same files.

A file that a worker cannot read and the calling program can is the worker's fault, and none of the file.
"""

import os
import platform
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any, NamedTuple

from framesift import __version__
from framesift.errors import FramesiftError, StorageError, show

_WITNESSES = 3
"""Entries of a folder that a worker has to see besides the folder itself: one that is mounted nowhere is empty."""
_MOST = 8
"""Files of one task that are asked for again; the first that can be read here decides."""

_unreached: ContextVar[list["Unreached"] | None] = ContextVar("unreached", default=None)


class UnfitWorker(FramesiftError):
    """A worker cannot do what others can; `worker` is its address, `missing` a path that it does not see."""

    def __init__(self, reason: str, worker: str, missing: str = "") -> None:
        super().__init__(reason, worker)
        self.worker, self.missing = worker, missing

    def __reduce__(self) -> tuple[type["UnfitWorker"], tuple[str, str, str]]:
        return UnfitWorker, (self.reason, self.worker, self.missing)


class Unreached(NamedTuple):
    """A file that could not be opened or read, whatever it holds."""

    path: str
    reason: str


class Answer(NamedTuple):
    """What came of a call on a worker: a value, or an error of ours."""

    value: Any
    error: FramesiftError | None
    worker: str
    unreached: tuple[Unreached, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What every worker has to have: versions, and paths that are there."""

    build: tuple[str, ...]
    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, *folders: str) -> "Trial":
        """Return what this process has and sees of folders of this machine."""
        return cls(describe_build(), tuple(path for folder in folders for path in _find_witnesses(folder)))


@cache
def describe_build() -> tuple[str, ...]:
    """Return the versions on which decisions depend."""
    import cv2
    import numpy as np

    try:
        jpeg = version("simplejpeg")
    except PackageNotFoundError:  # part of a program
        jpeg = ""
    python = ".".join(platform.python_version_tuple()[:2])
    own = f"framesift {__version__}", f"OpenCV {cv2.__version__}"
    return (*own, f"simplejpeg {jpeg}", f"numpy {np.__version__}", f"Python {python}")


def _find_witnesses(folder: str) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        yield os.path.abspath(folder)
        yield from (os.path.abspath(entry.path) for entry in islice(entries, _WITNESSES))


def try_worker(trial: Trial, worker: str) -> None:
    """Raise UnfitWorker where this process, a worker of this address, lacks something."""
    for here, there in zip(describe_build(), trial.build, strict=True):
        if here != there:
            raise UnfitWorker(f"has {here}, not {there}: install the same there", worker)
    for path in trial.paths:
        if not os.path.lexists(path):
            raise UnfitWorker(f"does not see {show(path)}: mount the folder there, at the same path", worker, path)


@contextmanager
def noting_unreached() -> Iterator[list[Unreached]]:
    """Give a list to which files are added that cannot be opened or read meanwhile, the first ones."""
    noted: list[Unreached] = []
    token = _unreached.set(noted)
    try:
        yield noted
    finally:
        _unreached.reset(token)


def note_unreached(path: str, reason: str) -> None:
    """Add a file to those that the task of this thread could not read."""
    noted = _unreached.get()
    if noted is not None and len(noted) < _MOST:
        noted.append(Unreached(os.path.abspath(path), reason))


def answer(worker: str, function: Callable[..., Any], *arguments: Any) -> Answer:
    """Call the function, as a worker of this address, and say what came of it. Only errors of ours are caught."""
    with noting_unreached() as unreached:
        try:
            return Answer(function(*arguments), None, worker, tuple(unreached))
        except FramesiftError as error:
            if isinstance(error, StorageError) and error.path is not None:
                note_unreached(os.fsdecode(error.path), error.reason)
            return Answer(None, error, worker, tuple(unreached))


def find_fault(found: Answer) -> UnfitWorker | None:
    """Return what is wrong with the worker that could not read something which can be read here; else None."""
    for path, reason in found.unreached:
        if can_read(path):
            fault = f"cannot read {show(path)} ({reason}), which is there: mount the folder there, at the same path"
            return UnfitWorker(fault, found.worker)
    return None


def can_read(path: str) -> bool:
    """Tell whether a file, or the names in a folder, can be read by this process."""
    try:
        if stat.S_ISDIR(os.stat(path).st_mode):
            os.listdir(path)
            return True
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return False
    try:
        os.read(descriptor, 1)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
