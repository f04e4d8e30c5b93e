"""Folders that nothing is read outside of, for whoever shows files to others: a server, and what works for it.

To judge a name before it is opened is not enough: between the two a folder can become a link that leads elsewhere. So
what has been opened is asked where it lies.
"""

import os
import sys
from contextvars import ContextVar

from framesift.errors import PathLike, UnreadableFrame

FENCE: ContextVar[tuple[str, ...] | None] = ContextVar("fence", default=None)
"""Real paths of the folders; None where everything may be read."""


def check_opened(descriptor: int, path: PathLike) -> None:
    """Raise UnreadableFrame where the open file `descriptor`, found as `path`, lies outside of the fence."""
    folders = FENCE.get()
    if folders is not None and not any(_find(descriptor).startswith(os.path.join(folder, "")) for folder in folders):
        raise UnreadableFrame("lies outside of what is served", path)


def check_address(path: PathLike) -> None:
    """Raise UnreadableFrame for the URL `path` where there is a fence: no store lies within."""
    if FENCE.get() is not None:
        raise UnreadableFrame("lies outside of what is served", path)


def _find(descriptor: int) -> str:
    """Return the real path of an open file."""
    if sys.platform == "darwin":
        import fcntl

        return os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return os.readlink(f"/proc/self/fd/{descriptor}")
