"""Frames of a video as frames of the main job: kept ones become pictures.

Films whose names say a camera are one chain of that camera, in the order of time; any other is a camera of its own.

The still of a frame has a path below that of its video: `door.mp4/door_000012.500s.png`, the seconds from the first
frame; where the video's name says when it begins, the time itself, in UTC: `c1_2021_03_27__10_36_48.500Z.png`.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from framesift import compile_on_use
from framesift.frames.frame import Frame
from framesift.frames.naming import Naming
from framesift.frames.reader import MAX_PIXELS
from framesift.frames.reader.source import Status
from framesift.frames.suffixes import is_video, split_suffix

if TYPE_CHECKING:
    from framesift.frames.videos.reading import Video

Image = NDArray[np.uint8]
"""(height, width, 3) BGR."""

_LONGEST = 200
"""Bytes of the video's name that its stills carry on: with the time they must fit into the 255 that a name can have."""
_STILL = compile_on_use(r"(?:.*_)?\d[\d_]*\.\d{3}[sZ]\.png", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Film:
    """A video as a part of what a camera has taken."""

    path: str
    """Relative to the input folder."""
    camera: str
    """That of the name, where it says one: films of one camera are one chain. Otherwise the path."""
    start: datetime | None
    """Aware, UTC; None where the name does not say it."""

    @property
    def frame(self) -> Frame:
        """The film itself as a frame: it sorts as the film does, and says why the film goes no further."""
        return Frame(self.path, self.camera, self.start)


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of a video; or, with a problem and without pixels, the video itself where it goes no further."""

    frame: Frame
    pixels: Image | None
    stat: Status | None
    """Of the video."""
    problem: str = ""
    content: bytes | None = None
    """Of a frame that a stream sent as a picture of its own, in place of pixels."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames of a film are looked at."""

    every: float
    """Seconds from one to the next; 0 for all."""
    key_frames: bool = False
    """Whether only key frames are decoded."""
    max_pixels: int = MAX_PIXELS


@dataclass(slots=True)
class Passage:
    """What was passed over on the way through films."""

    frames: int = 0
    passed_over: int = 0
    """Of these frames, between the samples."""
    torn: int = 0
    """Films that end in the middle of a picture."""

    def add(self, video: "Video", samples: int) -> None:
        """Count a film of which so many frames were looked at."""
        frames = max(video.walked, video.info.frames if video.key_frames else 0) - video.torn
        self.frames += frames
        self.passed_over += max(frames - samples, 0)
        self.torn += video.torn > 0

    def include(self, other: "Passage") -> None:
        """Count what was passed over elsewhere too."""
        self.frames += other.frames
        self.passed_over += other.passed_over
        self.torn += other.torn


def frame_of(item: Frame | Still) -> Frame:
    """Return what a picture, or a frame of a video, is among all frames."""
    return item.frame if isinstance(item, Still) else item


def name_film(video: str, naming: Naming) -> Film:
    """Return the video, given relative to the input folder, with what its name says."""
    camera, start = naming.read(video)
    return Film(video, camera or video, start)


def name_still(film: Film, offset: float, naming: Naming) -> Frame:
    """Return the frame of a film `offset` seconds after its first one."""
    milliseconds = round(offset * 1000)
    if film.start is None:
        stem, _ = split_suffix(film.path.rpartition("/")[2])
        name = f"{_shorten(stem)}_{milliseconds // 1000:06}.{milliseconds % 1000:03}s.png"
        return Frame(f"{film.path}/{name}", film.camera, None, milliseconds / 1000)
    time = film.start + timedelta(milliseconds=milliseconds)
    clock = f"{time:%Y_%m_%d__%H_%M_%S}.{time.microsecond // 1000:03}Z.png"
    camera = (naming.read(film.path)[0] or "").rpartition("/")[2]
    prefix = f"{_shorten(camera)}_" if camera else ""
    return Frame(f"{film.path}/{prefix}{clock}", film.camera, time, milliseconds / 1000)


def is_still(path: str, directory: str) -> bool:
    """Tell whether a path can be that of a still of a video that lies in the folder."""
    video, _, name = path.rpartition("/")
    return bool(is_video(video) and _STILL.fullmatch(name) and os.path.isfile(os.path.join(directory, video)))


def _shorten(stem: str) -> str:
    encoded = os.fsencode(stem)
    return stem if len(encoded) <= _LONGEST else encoded[:_LONGEST].decode("utf-8", "ignore")
