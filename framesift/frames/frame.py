"""What a frame is: a picture of a camera with its time, and a place in a total order of all frames.

A camera is named after the folders that are not of a day, an hour or an event, relative to the input folder, and what
stands beside the time in the name (`cam1`, `site_a/cam1`), so that equal names below different folders stay apart. What
lies in the input folder directly and names none is of the camera that is called as that folder is. A frame whose name
has no time takes that of EXIF.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from framesift.frames.light import Light
from framesift.frames.naming import Names, Naming
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
    light: Light | None = field(default=None, compare=False)
    """What it was taken by, once that has been looked at: only where settings differ by light."""

    @property
    def file(self) -> str:
        """The path of the file that it is in, below the input folder."""
        if self.source is not None:
            return self.source
        return self.path if self.offset is None and self.page is None else self.path.rpartition("/")[0]


def name_frames(paths: Iterable[str], names: Names, strict: bool = False) -> Iterator[Frame]:
    """Yield the frames at `paths`, in no order, by their names alone. Raises as `Names.read_all`."""
    for path, camera, time in names.read_all(paths, strict):
        # Interned: a million frames of ten cameras hold ten strings.
        yield Frame(path, sys.intern(camera), time)


def add_exif_time(frame: Frame, root: str, naming: Naming) -> Frame:
    """Return a frame of the folder `root` whose name has no time with the one that its file has, if that has one."""
    time = None if frame.time else _read_exif_time(join(root, frame.path), naming)
    return replace(frame, time=time) if time else frame


def own_camera(root: str) -> str:
    """Return the camera of the frames that lie in the input folder directly and name none."""
    return name_of(root) if is_url(root) else os.path.basename(os.path.realpath(root)) or "/"


def _read_exif_time(path: str, naming: Naming) -> datetime | None:
    from framesift.frames.reader import read_capture_time

    clock, offset = read_capture_time(path) or ("", None)
    return naming.read_time(clock + (offset or ""))


def order_key(frame: Frame) -> tuple[str, str, datetime, str, str]:
    """Return what frames are sorted by: camera, time (those without one last), natural name, bytes of the path.

    The name is that without its suffix, so that copies such as `X (1).jpg` and `X-2.jpg` come after `X.jpg`.

    The camera stands there twice so that `1` and `01`, equal in natural order, do not mix. Names that are equal in
    natural order differ first at a digit, where the order of code points is that of the bytes.
    """
    name = natural_key(_cut_suffix(frame.path))
    return *_camera_and_time(frame), name, frame.path


def put_in_order(frames: Iterable[Frame]) -> list[Frame]:
    """Return frames in total order, as `order_key` says. Names are compared only where times are equal: few."""
    found = sorted(frames, key=_camera_and_time)
    start = 0
    for end, (before, after) in enumerate(pairwise(found), start=1):
        if before.time != after.time or before.camera != after.camera:
            _order_names(found, start, end)
            start = end
    _order_names(found, start, len(found))
    return found


def _camera_and_time(frame: Frame) -> tuple[str, str, datetime]:
    return _natural_camera(frame.camera), frame.camera, frame.time or AFTER_ALL


def _order_names(frames: list[Frame], start: int, end: int) -> None:
    if end - start > 1:
        frames[start:end] = sorted(frames[start:end], key=order_key)


def _cut_suffix(path: str) -> str:
    stem, dot, suffix = path.rpartition(".")
    return stem if dot and suffix.isalnum() and not suffix[0].isdigit() and stem[-1:] not in ("", "/") else path


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
