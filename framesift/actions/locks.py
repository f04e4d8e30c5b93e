"""Files and folders that one program has alone at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from framesift.errors import ResultsInUse, UsageError


def lock(descriptor: int, path: str) -> None:
    """Take the lock of a file or folder. Raises ResultsInUse where another run has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ResultsInUse("another run is using this folder", path) from None


@contextmanager
def locked_folder(folder: str) -> Iterator[None]:
    """Hold a folder alone: two runs with two plans might each remove what the other keeps.

    Where the file system cannot lock folders this does nothing. Raises UsageError, where there is no such folder, and
    ResultsInUse.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"cannot be opened: {error.strerror}", folder) from None
    try:
        with suppress(OSError):
            lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)
