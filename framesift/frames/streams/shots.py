"""The frames of streams that are looked at, and how the stills of the kept ones are named.

`gate/gate_2026_11_29__15_45_12.345Z.png`: a folder for each camera, the camera again, and the time of arrival in UTC,
as `framesift.frames.naming` reads it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framesift.errors import UsageError, show
from framesift.frames.naming import Naming
from framesift.frames.reader import sniff_format
from framesift.frames.streams.faults import Broken

Image = NDArray[np.uint8]
_SUFFIXES = {"JPEG": "jpg", "PNG": "png"}
_SHOT = re.compile(r"([^/]+)/\1_\d{4}_\d\d_\d\d__\d\d_\d\d_\d\d\.\d{3}Z\.(?:jpg|png)", re.ASCII)
_A_TIME = datetime.fromisoformat("2026-11-29T15:45:12.345+00:00")


class Taken(NamedTuple):
    """What there is of one frame: pixels that were decoded, or a picture as it was sent."""

    pixels: Image | None = None
    """(height, width, 3) BGR."""
    content: bytes | None = None


class Capture(NamedTuple):
    """One frame as it came. Taking it costs something, and most are not needed."""

    take: Callable[[], Taken]
    """Raises Broken."""
    seconds: float | None = None
    """When it is to be shown, by the clock of the stream."""
    chosen: bool = False
    """Whether it was asked for, and is to be looked at."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame of a stream that is looked at."""

    camera: str
    time: datetime
    """Of its arrival; later than that of the one before, whatever the clock of the machine does."""
    taken: Taken
    gap: float | None = None
    """Of the first frame of a stream that was opened again: seconds since the last one before. None for others."""

    @property
    def path(self) -> str:
        """Of its still, below RESULTS."""
        content = self.taken.content
        suffix = _SUFFIXES["PNG" if content is None else check_picture(content)]
        return name_shot(self.camera, self.time, suffix)


def check_picture(content: bytes) -> str:
    """Return the format of a picture as it was sent, by how it begins. Raises Broken for what is none."""
    kind = sniff_format(content[:12])
    if kind not in _SUFFIXES:
        raise Broken(f"sends {kind or 'something'} that is not JPEG or PNG")
    return kind


def name_shot(camera: str, time: datetime, suffix: str) -> str:
    """Return the path of a still below the results folder."""
    return f"{camera}/{camera}_{time:%Y_%m_%d__%H_%M_%S}.{time.microsecond // 1000:03}Z.{suffix}"


def is_shot(path: str) -> bool:
    """Tell whether a path is one that the still of a stream can have."""
    return _SHOT.fullmatch(path) is not None


def require_names(cameras: list[str]) -> None:
    """Raise UsageError for a camera that could not be read again from the names of its stills."""
    for camera in cameras:
        path = name_shot(camera, _A_TIME, "png")
        if not is_shot(path) or Naming().read(path) != (camera, _A_TIME):
            name = f"camera {show(camera)}: files of this name would not be read as of one camera"
            raise UsageError(f"{name}: give it another, as NAME=rtsp://HOST/PATH")
