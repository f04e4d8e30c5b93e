"""What tells the content of a file from what was there before: a path is not its content."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import NamedTuple

from framesift import compile_on_use
from framesift.filtering.checksum import crc32
from framesift.frames.frame import Frame
from framesift.frames.reader.pages import split_page
from framesift.frames.reader.source import Status
from framesift.frames.suffixes import is_video, split_suffix

_REFRESHED = compile_on_use(
    r"(.*)_\d{4}_\d\d_\d\d__\d\d_\d\d_\d\d\.\d{6}Z(?:_\d+)?(\.[0-9A-Za-z]+)?", re.ASCII | re.DOTALL
)


class FileState(NamedTuple):
    """A file when it was decided."""

    size: int
    """Bytes."""
    mtime_ns: int
    digest: int | None = None
    """CRC-32 of its bytes; None where they were not read, or not as a whole."""

    @classmethod
    def of(cls, status: Status, content: bytes | None = None) -> "FileState":
        """Return the state of a file with this status and these bytes."""
        return cls(status.st_size, status.st_mtime_ns, None if content is None else crc32(content))


class Standing(Enum):
    """What is known of a file that has been found."""

    NEW = auto()
    DECIDED = auto()
    """It holds what was decided."""
    AGAIN = auto()
    """It was skipped, and is not what it was."""
    REFRESHED = auto()
    """What was decided is not what it holds now."""


def ask_status(path: str) -> os.stat_result | None:
    """Return the status of a file of this machine; None where it is gone, or cannot be asked."""
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def name_refreshed(frame: Frame, mtime_ns: int, number: int = 1) -> Frame:
    """Return the frame that a refreshed file holds now: without a time, for its name tells that of an earlier one.

    It is named after the time of its file; `number` tells apart those of one time.
    """
    folder, slash, name = frame.file.rpartition("/")
    stem, suffix = split_suffix(name)
    suffix = name[len(stem) :] if suffix else ""
    seconds, rest = divmod(mtime_ns, 10**9)
    time = datetime.fromtimestamp(min(max(seconds, 0), 253402300799), UTC)
    clock = f"{time:%Y_%m_%d__%H_%M_%S}.{rest // 1000:06}Z" + (f"_{number}" if number > 1 else "")
    return replace(frame, path=f"{folder}{slash}{stem}_{clock}{suffix}", time=None, source=frame.file)


def name_before(path: str) -> str | None:
    """Return the path of the file whose refreshed frame has this path; None where it cannot be one."""
    match = _REFRESHED.fullmatch(path)
    return match and match[1] + (match[2] or "")


def file_of(path: str) -> str:
    """Return the file that a decided frame is of: a page or a frame of a film lies below it."""
    if page := split_page(path):
        return page[0]
    folder = path.rpartition("/")[0]
    return folder if is_video(folder) else path
