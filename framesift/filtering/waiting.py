"""What is remembered of the folders that are watched, and of the files in them that are waited for."""

import os
import posixpath
import re
from dataclasses import dataclass, field

from framesift.frames.choosing import LeftOut
from framesift.frames.frame import Frame

_TEMPORARY = re.compile(
    r"(?:te?mp|part|partial|upload|uploading)(?:[._-].+)?|~.+|.+[._-](?:te?mp|part|filepart|partial|uploading|crdownload)",
    re.IGNORECASE,
)


def is_temporary(path: str) -> bool:
    """Tell whether a name is like those that are changed when the file is whole: tmp_1.jpg, upload.jpg, 1.part.jpg."""
    return _TEMPORARY.fullmatch(posixpath.splitext(posixpath.basename(path))[0]) is not None


@dataclass(slots=True)
class Folder:
    """A folder that has been listed."""

    mtime_ns: int
    since: float
    """When this mtime was first seen."""
    below: list[str] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    films: list[str] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """A frame that is not decided yet."""

    named: Frame
    """As its name alone says."""
    frame: Frame
    """With what its file says."""
    state: tuple[int, int] | None = None
    """Size and mtime_ns."""
    since: float = 0.0
    """When this state was first seen."""
    steady: bool = False
    """Whether two looks have seen it."""
    refused: bool = False
    """Whether it was read in this state, and is not a whole frame."""
    chosen: bool = True
    """Whether it is of the times that are looked at, as far as is known."""


def ask_mtime_ns(folder: str) -> int:
    """Return a folder's time of modification. It is opened for that: NFS answers `stat` from a cache."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)
