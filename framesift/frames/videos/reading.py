"""The frames of a video with their times, decoded one after the other and never all in memory.

OpenCV's own FFmpeg decodes: measured against PyAV it gives the same time stamps and stops at the same damage, and
is there already. It gets a descriptor's name, never the path, and only files that begin as a video does: FFmpeg would
also follow play lists to other files. Frames in between are decoded too, but not converted: a seek is not exact in
every format, and what lies damaged between two samples would not be seen.
"""

import itertools
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader import MAX_PIXELS
from framesift.frames.reader.source import explain_error, open_regular
from framesift.frames.videos.formats import sniff_video

Image = NDArray[np.uint8]
"""(height, width, 3), BGR, turned as the video says."""

_EXACT = {"AVI", "MP4"}
"""Formats whose header counts the frames; others tell a duration that sound or rounding can make longer."""
_SLACK_FRAMES = 2
_SLACK_S, _SLACK_SHARE = 1.0, 0.02
_USUAL_INTERVAL_S = 0.04
_ROUNDING = 1e-6
"""Of a sample: 3 times 0.1 s is a little more than 0.3 s."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the header of a video says."""

    duration_s: float
    width: int
    height: int
    """px, turned as the video says."""
    frame_rate: float
    """Frames a second on average; 0 where it is not known."""
    frames: int
    """Some formats only tell the duration: the number is reckoned from it."""


class Video:
    """An open video. Its frames can be walked once."""

    def __init__(self, path: PathLike, capture: cv2.VideoCapture, kind: str, status: os.stat_result) -> None:
        self.path = path
        self.stat = status
        self.info = _read_info(capture)
        self._capture, self._kind = capture, kind

    def sample(self, every: float) -> Iterator[tuple[float, Image]]:
        """Yield time and picture of the first frame at or after 0, `every`, 2 `every` ... seconds, each frame once.

        Times are those of the frames, in seconds from the first one. Raises UnreadableFrame where the video is
        damaged: after the frames up to there.
        """
        due, last = 0, -math.inf
        for time in self._walk():
            if (position := math.floor(time / every + _ROUNDING)) >= due:
                whole, image = self._capture.retrieve()
                if not whole:
                    break
                yield time, np.asarray(image, np.uint8)
                due = position + 1
            last = time
        self._check_end(last)

    def _walk(self) -> Iterator[float]:
        """Decode frame after frame; yield the time of each. A stamp that does not grow is one that is missing."""
        start, previous = 0.0, -math.inf
        for number in itertools.count():
            if not self._capture.grab():
                return
            stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if number == 0:
                start = stamp
            time = round(stamp - start, 6)
            if not time > previous:
                time = previous + self._interval if number else 0.0
            previous = time
            yield time

    @property
    def _interval(self) -> float:
        return 1 / self.info.frame_rate if self.info.frame_rate else _USUAL_INTERVAL_S

    def _check_end(self, last: float) -> None:
        """Raise UnreadableFrame where the frames end long before the header says.

        TS and MPEG have no such header, and FFmpeg does not believe that of a cut WMV: there nothing can be missed.
        """
        if last == -math.inf:
            raise UnreadableFrame("damaged video: no frame can be decoded", self.path)
        end = last + self._interval
        slack = _SLACK_FRAMES * self._interval
        if self._kind not in _EXACT:
            slack += _SLACK_S + _SLACK_SHARE * self.info.duration_s
        if end < self.info.duration_s - slack:
            reason = f"damaged video: ends after {end:.2f} of {self.info.duration_s:.2f} s"
            raise UnreadableFrame(reason, self.path)


@contextmanager
def open_video(path: PathLike, max_pixels: int = MAX_PIXELS) -> Iterator[Video]:
    """Open the file if it is a video whose frames have at most `max_pixels` pixels.

    Raises UnreadableFrame (it cannot be read or is no such video; says why) and StorageError (the machine is out of
    descriptors or memory).
    """
    try:
        with open_regular(path, max_bytes=None) as (descriptor, status):
            kind = sniff_video(os.pread(descriptor, 1024, 0))
            if kind is None:
                raise UnreadableFrame("not a video", path)
            capture = cv2.VideoCapture(f"/dev/fd/{descriptor}", cv2.CAP_FFMPEG)
            try:
                if not capture.isOpened():
                    raise UnreadableFrame(f"damaged {kind}: its header cannot be read", path)
                video = Video(path, capture, kind, status)
                _check_pixels(video, max_pixels)
                yield video
            finally:
                capture.release()
    except OSError as error:
        raise explain_error(error, path) from error
    except cv2.error as error:
        raise UnreadableFrame(f"damaged video: {' '.join(str(error).split())}", path) from error


def probe_video(path: PathLike) -> VideoInfo:
    """Return what the header says. Raises UnreadableFrame and StorageError as `open_video`."""
    with open_video(path) as video:
        return video.info


def sample_frames(path: PathLike, every: float) -> Iterator[tuple[float, Image]]:
    """Yield time and picture of a frame for each `every` seconds, as `Video.sample`; raises as both."""
    with open_video(path) as video:
        yield from video.sample(every)


def _read_info(capture: cv2.VideoCapture) -> VideoInfo:
    rate, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    rate = rate if 0 < rate < 100_000 else 0.0
    frames = frames if 0 < frames < 1e12 else 0.0
    width, height = (int(capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    return VideoInfo(frames / rate if rate else 0.0, width, height, rate, int(frames))


def _check_pixels(video: Video, max_pixels: int) -> None:
    width, height = video.info.width, video.info.height
    if width <= 0 or height <= 0:
        raise UnreadableFrame(f"bad size ({width}x{height})", video.path)
    if width * height > max_pixels:
        raise UnreadableFrame(f"too many pixels ({width}x{height})", video.path)
