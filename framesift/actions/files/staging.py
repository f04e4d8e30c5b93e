"""Files on their way: written beside their place under a name of chance, and put there when they are whole.

A name that can be guessed could be a link that somebody has laid there. Whoever writes such a file holds a lock on it:
so the next one tells what a killed program has left from what another is still writing, and removes it.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PREFIX = ".framesift-output-"
STAGED = re.compile(rf"{re.escape(_PREFIX)}[0-9a-f]{{16}}\.tmp")


@contextmanager
def stage_file(target: str) -> Iterator[tuple[BinaryIO, str]]:
    """Give a file to write to, beside the absolute path `target`, and its temporary name, which is gone at the end.

    Raises OSError.
    """
    folder = os.path.dirname(target)
    clear_staged(folder)
    temporary = os.path.join(folder, f"{_PREFIX}{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, _FLAGS, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file, temporary
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def holds_only(folder: str, pattern: str) -> bool:
    """Tell whether all that lies in `folder` has a name that the regular expression matches, or is on its way there.

    So a command that makes several files knows what it has made itself before it was stopped, whose file on its way is
    taken away. Raises OSError.
    """
    clear_staged(folder)
    return all(re.fullmatch(pattern, name) or STAGED.fullmatch(name) for name in os.listdir(folder))


def clear_staged(folder: str) -> None:
    """Remove what programs that were killed have left in `folder`; what cannot be removed stays."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if STAGED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_unless_held(entry.path)


def _remove_unless_held(path: str) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
        finally:
            os.close(descriptor)
