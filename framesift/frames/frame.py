"""What a frame is: a picture of a camera with its time, and a place in a total order of all frames.

A frame whose name has no camera belongs to the camera named after its folder: the folder's path relative to the input
folder (`cam1`, `site_a/cam1`), so that folders of the same name below different parents stay apart, and the
input folder's own name for what lies in it directly. A frame whose name has no time takes EXIF DateTimeOriginal.
"""

import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from framesift.frames.naming import Naming
from framesift.stores import is_url, join, name_of

AFTER_ALL = datetime.max.replace(tzinfo=UTC)
"""The time of frames without one, for order."""
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one camera with its time."""

    path: str
    """Relative to the input folder, with `/`; bytes that are not UTF-8 are escaped as `os.fsdecode` does."""
    camera: str
    time: datetime | None
    """Aware, UTC."""
    offset: float | None = None
    """Seconds from the start of the video that the frame is of; that is the folder of its path. None for a picture."""
    page: int | None = None
    """Number, from 1, of the page of a file that the frame is; that is the folder of its path. None for a picture."""
    source: str | None = None
    """Path of the file that held it, where an earlier picture of that file has the name: the file was refreshed."""

    @property
    def file(self) -> str:
        """The path of the file to read, below the input folder."""
        if self.source is not None:
            return self.source
        return self.path if self.offset is None and self.page is None else self.path.rpartition("/")[0]


def name_frame(root: str, path: str, naming: Naming, own: str, with_exif: bool = True) -> Frame:
    """Return the frame at `path` below `root`, whose own camera is `own`.

    Without `with_exif` the file is not looked into for a time.
    """
    camera, time = naming.read(path)
    camera = camera or path.rpartition("/")[0] or own
    if time is None and with_exif:
        time = _read_exif_time(join(root, path), naming)
    # Interned: a million frames of ten cameras hold ten strings.
    return Frame(path, sys.intern(camera), time)


def own_camera(root: str) -> str:
    """Return the camera of the frames that lie in the input folder directly and name none."""
    return name_of(root) if is_url(root) else os.path.basename(os.path.realpath(root)) or "/"


def _read_exif_time(path: str, naming: Naming) -> datetime | None:
    from framesift.frames.reader import read_capture_time

    clock, offset = read_capture_time(path) or ("", None)
    return naming.read_time(clock + (offset or ""))


def order_key(frame: Frame) -> tuple[str, str, datetime, str, str]:
    """Return what frames are sorted by: camera, time (those without one last), natural name, bytes of the path.

    The camera stands there twice so that `1` and `01`, equal in natural order, do not mix. Names that are equal in
    natural order differ first at a digit, where the order of code points is that of the bytes.
    """
    return _natural_camera(frame.camera), frame.camera, frame.time or AFTER_ALL, natural_key(frame.path), frame.path


@lru_cache(maxsize=1024)
def _natural_camera(camera: str) -> str:
    return natural_key(camera)


def natural_key(text: str) -> str:
    """Return a string that sorts as `text` does when its runs of digits are numbers and its folders are parts.

    Each number stands without leading zeros behind the count of its digits, so that none is too long to compare.
    """
    return _DIGITS.sub(_measure_digits, text).replace("/", "\0")


def _measure_digits(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0")
    return f"0{chr(min(len(digits), sys.maxunicode))}{digits}"
