"""Frames of a video as frames of the main job: each video is a camera of its own, its kept frames become pictures.

The still of a frame has a path below that of its video: `door.mp4/door_000012.500s.png`, the seconds from the first
frame; where the video's name says when it begins, the time itself, in UTC: `c1_2021_03_27__10_36_48.500Z.png`.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import cv2

from framesift.errors import UnreadableFrame
from framesift.frames.finding import is_video
from framesift.frames.frame import Frame
from framesift.frames.naming import Naming, split_suffix
from framesift.frames.videos.reading import Image, open_video

_LONGEST = 200
"""Bytes of the video's name that its stills carry on: with the time they must fit into the 255 that a name can have."""
_STILL = re.compile(r"(?:.*_)?\d[\d_]*\.\d{3}[sZ]\.png", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of a video; or, with a problem and without pixels, the video itself where it goes no further."""

    frame: Frame
    pixels: Image | None
    stat: os.stat_result | None
    """Of the video."""
    problem: str = ""


def walk_stills(directory: str, video: str, every: float, naming: Naming, max_pixels: int) -> Iterator[Still]:
    """Yield the frames of a video, given relative to the folder, one for each `every` seconds, then what is damaged."""
    last = ""
    try:
        with open_video(os.path.join(directory, video), max_pixels) as opened:
            for offset, image in opened.sample(every):
                frame = name_still(video, offset, naming)
                if frame.path != last:  # two frames within a thousandth of a second
                    yield Still(frame, image, opened.stat)
                last = frame.path
    except UnreadableFrame as error:
        yield Still(name_video(video, naming), None, None, error.reason)


def name_video(video: str, naming: Naming) -> Frame:
    """Return the video as the frame that says why it goes no further."""
    return Frame(video, video, naming.read(video)[1])


def name_still(video: str, offset: float, naming: Naming) -> Frame:
    """Return the frame of a video `offset` seconds after its first one."""
    milliseconds = round(offset * 1000)
    camera, start = naming.read(video)
    if start is None:
        stem, _ = split_suffix(video.rpartition("/")[2])
        name = f"{_shorten(stem)}_{milliseconds // 1000:06}.{milliseconds % 1000:03}s.png"
        return Frame(f"{video}/{name}", video, None, milliseconds / 1000)
    time = start + timedelta(milliseconds=milliseconds)
    clock = f"{time:%Y_%m_%d__%H_%M_%S}.{time.microsecond // 1000:03}Z.png"
    prefix = f"{_shorten(camera.replace('/', '_'))}_" if camera else ""
    return Frame(f"{video}/{prefix}{clock}", video, time, milliseconds / 1000)


def is_still(path: str, directory: str) -> bool:
    """Tell whether a path can be that of a still of a video that lies in the folder."""
    video, _, name = path.rpartition("/")
    return bool(is_video(video) and _STILL.fullmatch(name) and os.path.isfile(os.path.join(directory, video)))


def encode_still(pixels: Image) -> bytes:
    """Return the picture as PNG: nothing is lost, and the same pixels give the same bytes."""
    done, content = cv2.imencode(".png", pixels)
    if not done:
        raise ValueError(f"cannot be written as PNG: {pixels.shape}")
    return content.tobytes()


def _shorten(stem: str) -> str:
    encoded = os.fsencode(stem)
    return stem if len(encoded) <= _LONGEST else encoded[:_LONGEST].decode("utf-8", "ignore")
