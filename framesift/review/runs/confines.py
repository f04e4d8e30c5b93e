"""Where files may be opened: below the folder that is served and that of our own output, and nowhere else."""

import os
from collections.abc import Iterator

from framesift.errors import PathLike, StorageError
from framesift.filtering.manifest import NAME
from framesift.frames.finding import JOURNAL
from framesift.review.refusals import Conflict
from framesift.stores import is_url

OUTSIDE = "its frames lie outside of what is served"


class Confines:
    """The real paths of some folders."""

    def __init__(self, *folders: PathLike) -> None:
        self.folders = tuple(os.path.realpath(os.fsdecode(folder)) for folder in folders)

    def hold(self, path: str) -> bool:
        """Tell whether what `path` leads to, all links followed, is one of the folders or below one; no URL is."""
        if is_url(path):
            return False
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):  # a loop of links, a NUL in the name
            return False
        return any(real == folder or real.startswith(os.path.join(folder, "")) for folder in self.folders)

    def hold_frame(self, folder: str, path: object) -> bool:
        """Tell whether `path` is a plain relative path and leads, from `folder`, nowhere outside.

        It need not exist. The text is judged before the disk is asked, so that a forged one does not even cost a look.
        """
        if not isinstance(path, str) or "\0" in path or {"", ".", ".."} & set(path.split("/")):
            return False
        return self.hold(os.path.join(folder, path))

    def require_tree(self, folder: str) -> None:
        """Raise Conflict where `folder` lies outside or a link among its frames leads there, StorageError.

        A walk over frames opens what it finds, also to learn whether it is a frame at all.
        """
        if not self.hold(folder):
            raise Conflict(OUTSIDE)
        for link in _walk_links(folder):
            if not self.hold(link):
                raise Conflict("a link among its frames leads outside of what is served")


def _walk_links(folder: str) -> Iterator[str]:
    """Yield the links below a folder, except in folders that hold results or backups, which are no input."""
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                below = list(entries)
        except OSError as error:
            if current == folder:
                raise StorageError.of(error, current) from error
            continue  # who walks the frames says so
        if current != folder and {NAME, JOURNAL} & {entry.name for entry in below}:
            continue
        for entry in below:
            if entry.is_symlink():
                yield entry.path
            elif entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                pending.append(entry.path)
