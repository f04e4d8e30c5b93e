"""The frames of a video with their times, decoded one after the other and never all in memory.

OpenCV's own FFmpeg decodes: it gives the time stamps of PyAV and stops at the same damage, as measured. It gets a
descriptor's name, never the path, and only files that begin as a video does. Frames in between are decoded, not
converted: seeks are not always exact, and damage between two samples would not be seen. Key frames alone, on request.
"""

import itertools
import math
import os
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, StorageError, UnreadableFrame, counted, explain_lack
from framesift.frames.reader import MAX_PIXELS
from framesift.frames.reader.source import explain_error, open_regular
from framesift.frames.videos.capture import open_capture
from framesift.frames.videos.endings import counts_pictures, ends_early, lacks_end
from framesift.frames.videos.formats import RAW, is_named_mjpeg, sniff_video
from framesift.frames.videos.gaps import Gaps
from framesift.frames.videos.info import VideoInfo, check_pixels, read_info
from framesift.frames.videos.motion_jpeg import CODECS, JpegFrames
from framesift.frames.videos.seeking import CannotSeek, can_seek, count_steps, open_seeker
from framesift.frames.videos.sound import has_sound
from framesift.frames.videos.tails import find_torn
from framesift.frames.videos.units import read_frame_rate

Image = NDArray[np.uint8]
"""(height, width, 3), BGR, turned as the video says."""

_SLACK_KEYS = 2
"""Times the longest time between key frames: so long before the end the last one may be."""
_USUAL_INTERVAL_S = 0.04
_HEAD = 8192
"""Bytes that tell the format, and of a raw stream the frame rate."""
_KEY = ord("I")
"""What OpenCV calls a picture that needs no other one."""
_WITH_PAUSES = {"DAV"}
"""Recorders that write only while something moves."""
_LONGEST_S = 10 * 366 * 86400
"""Beyond it a stamp is damage: dates end, and numbers too."""
_NOT_DECODED = {"av01": "AV1"}


class _Shown(NamedTuple):
    """A decoded frame: its number, from 1, when it is, s from the first one, and its pixels."""

    number: int
    time: float
    image: Image


class Video:
    """An open video. Its frames can be walked once."""

    def __init__(self, path: PathLike, descriptor: int, kind: str, status: os.stat_result, key_frames: bool) -> None:
        self.path = path
        self.stat = status
        self.walked = 0
        """So many frames have been decoded; of a walk over key frames only so many were."""
        self.torn = 0
        """So many of them were not whole at the end of the file, and are no frames."""
        self._descriptor, self._kind, self.key_frames = descriptor, kind, key_frames
        self._jpegs: JpegFrames | None = None
        self._damaged: list[tuple[int, float]] = []
        """The frames that are no whole pictures, as in `_Shown`."""
        self._rate = read_frame_rate(os.pread(descriptor, _HEAD, 0), kind)
        self._capture = self._open(key_frames and kind not in RAW)
        self.info = read_info(self._capture)

    def sample(self, every: float) -> Iterator[tuple[float, Image]]:
        """Yield time and picture of the first frame at or after 0, `every`, 2 `every` ... seconds, each frame once.

        All frames for 0. Times are those of the frames, in seconds from the first one. Raises UnreadableFrame where the
        video is damaged: after the frames up to there. What is torn at the end of a stream is left out.
        """
        torn = find_torn(self._descriptor, self._kind, self.stat.st_size, self._codec, self.key_frames)
        reach = max(torn, default=-1) + 1
        if self._codec in CODECS:
            self._jpegs = JpegFrames(self._open(key_frames=False))
        gaps, is_empty = Gaps(every), True
        held: deque[_Shown] = deque()
        """Those that may be torn, as long as the last one is not known."""
        for shown in self._choose(every, gaps, seeks=not torn):
            held.append(shown)
            while held and self.walked - held[0].number >= reach:
                is_empty = False
                yield held.popleft()[1:]
        self.torn = min(len(torn), self.walked)
        rest = [(time, image) for number, time, image in held if self.walked - number not in torn]
        yield from rest
        if self.walked and is_empty and not rest:
            raise UnreadableFrame("damaged video: no frame is whole", self.path)
        self._check_end(gaps)
        self._check_middle(gaps, [time for number, time in self._damaged if self.walked - number not in torn])

    def _choose(self, every: float, gaps: Gaps, seeks: bool) -> Iterator[_Shown]:
        """Walk all frames, and yield the first whole one at or after each multiple of `every` seconds."""
        due = 0
        if seeks and not self._jpegs and self.key_frames and can_seek(self._kind, every, self.info.duration_s):
            with suppress(CannotSeek):
                for shown in self._seek(every, gaps):
                    yield shown
                    due = count_steps(shown.time, every) + 1
                if due:
                    return
            self.walked = 0
            self._reopen()
        for time in self._walk_keys() if self.key_frames else self._walk():
            self.walked += 1
            gaps.add(time)
            position = count_steps(time, every) if every else due
            if position < due:
                continue
            is_there, image = self._capture.retrieve()
            if not is_there:
                return
            if self._jpegs and self._jpegs.is_damaged(self._stamp(self._capture), MAX_PIXELS):
                self._damaged.append((self.walked, time))
                continue
            yield _Shown(self.walked, time, np.asarray(image, np.uint8))
            due = position + 1

    def _seek(self, every: float, gaps: Gaps) -> Iterator[_Shown]:
        """Yield the same of key frames without decoding those between; none where that is not worth while.

        Raises CannotSeek, perhaps after the first ones.
        """
        with open_seeker(self._descriptor, self._kind, self.stat.st_size, self._read_start()) as seeker:
            if seeker.check(every, self._try_keys(gaps), lambda: self._capture.release()):
                for time, image in seeker.choose(every):
                    self.walked += 1
                    yield _Shown(self.walked, time, image)
                gaps.last = seeker.last

    def _try_keys(self, gaps: Gaps) -> Iterator[tuple[float, Image]]:
        for time in self._walk_keys():
            gaps.add(time)
            yield time, np.asarray(self._capture.retrieve()[1], np.uint8)

    def close(self) -> None:
        """Release what decodes."""
        self._capture.release()
        if self._jpegs:
            self._jpegs.close()

    def _open(self, key_frames: bool) -> cv2.VideoCapture:
        capture = open_capture(self._descriptor, self._kind, key_frames, self._rate)
        if not capture.isOpened():
            raise UnreadableFrame(f"damaged {self._kind}: its header cannot be read", self.path)
        return capture

    def _reopen(self, key_frames: bool = True) -> None:
        """Begin again."""
        self._capture.release()
        self._capture = self._open(key_frames and self._kind not in RAW)

    def _walk(self) -> Iterator[float]:
        """Decode frame after frame; yield the time of each. A stamp that does not grow is one that is missing."""
        start, previous = 0.0, -math.inf
        for number in itertools.count():
            if not self._capture.grab():
                return
            stamp = self._stamp(self._capture)
            if number == 0:
                start = stamp
            time = round(stamp - start, 6)
            if not time > previous:
                time = previous + self._interval if number else 0.0
            if time > _LONGEST_S:
                raise UnreadableFrame("damaged video: a time stamp of more than ten years", self.path)
            previous = time
            yield time

    def _walk_keys(self) -> Iterator[float]:
        """Decode key frames; yield the time of each, as `_walk` would.

        Where their stamps do not grow, or there are none, only what lies between can tell the times: it is decoded.
        """
        previous = -math.inf
        if self._kind not in RAW:
            start = self._read_start()
            while self._capture.grab():
                if self._is_key:
                    time = round(self._stamp(self._capture) - start, 6)
                    if time < 0 or not time > previous:
                        break
                    previous = time
                    yield time
            else:
                return
            self._reopen(key_frames=False)
        yield from (time for time in self._walk() if self._is_key and time > previous)

    def _read_start(self) -> float:
        """Return the stamp of the first frame of all, which need not be a key frame."""
        capture = self._open(key_frames=False)
        try:
            capture.grab()
            return self._stamp(capture)
        finally:
            capture.release()

    @staticmethod
    def _stamp(capture: cv2.VideoCapture) -> float:
        return capture.get(cv2.CAP_PROP_POS_MSEC) / 1000

    @property
    def _is_key(self) -> bool:
        return self._capture.get(cv2.CAP_PROP_FRAME_TYPE) == _KEY

    @property
    def _codec(self) -> str:
        """Four letters."""
        return int(self._capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1").lower()

    @property
    def _interval(self) -> float:
        return 1 / self.info.frame_rate if self.info.frame_rate else _USUAL_INTERVAL_S

    def _check_end(self, gaps: Gaps) -> None:
        """Raise UnreadableFrame where the frames end long before the header says.

        Where key frames end so that others can hardly follow, all are decoded: they tell whether there are any.
        """
        if gaps.last == -math.inf:
            if name := _NOT_DECODED.get(self._codec):
                raise UnreadableFrame(f"not supported: {name} video", self.path)
            what = f"no {'key frame' if self.key_frames else 'frame'} can be decoded"
            raise UnreadableFrame(f"damaged video: {what}", self.path)
        end = gaps.last + self._interval
        lacks = self._lacks_end(end, of_all=not self.key_frames)
        if self.key_frames and not lacks and self._lacks_end(end + _SLACK_KEYS * gaps.longest, of_all=True):
            self._reopen(key_frames=False)
            end = max(self._walk(), default=0.0) + self._interval
            lacks = self._lacks_end(end, of_all=True)
        if lacks:
            raise UnreadableFrame(f"damaged video: ends after {end:.2f} of {self.info.duration_s:.2f} s", self.path)
        if self._kind == "WMV" and not self.info.duration_s and ends_early(*self._file):  # FFmpeg has no duration then
            raise UnreadableFrame(f"damaged video: its file ends early, after {end:.2f} s", self.path)

    def _lacks_end(self, end: float, of_all: bool) -> bool:
        return lacks_end(self._file, end, self._interval, self.info.duration_s, of_all, lambda: has_sound(self.path))

    @property
    def _file(self) -> tuple[int, str, int]:
        return self._descriptor, self._kind, self.stat.st_size

    def _check_middle(self, gaps: Gaps, damaged: list[float]) -> None:
        """Raise UnreadableFrame where frames are damaged or missing that the header does not count."""
        reasons = []
        if damaged:
            reasons.append(f"{counted(len(damaged), 'frame')} damaged, the first at {damaged[0]:.2f} s")
        has_count = counts_pictures(*self._file)
        if not has_count and not self.key_frames and self._kind not in _WITH_PAUSES:
            reasons.append(gaps.explain())
        if any(reasons):
            raise UnreadableFrame(f"damaged video: {' and '.join(filter(None, reasons))}", self.path)


@contextmanager
def open_video(path: PathLike, max_pixels: int = MAX_PIXELS, key_frames: bool = False) -> Iterator[Video]:
    """Open the file if it is a video whose frames have at most `max_pixels` pixels.

    With `key_frames` only these are its frames. Raises UnreadableFrame (it cannot be read or is no such video; says
    why) and StorageError (the machine is out of descriptors or memory).
    """
    try:
        with open_regular(path, max_bytes=None) as (descriptor, status):
            kind = sniff_video(os.pread(descriptor, 1024, 0))
            if kind is None or (kind == "MJPEG" and not is_named_mjpeg(path)):
                raise UnreadableFrame("not a video", path)
            with closing(Video(path, descriptor, kind, status, key_frames)) as video:
                check_pixels(video.info, max_pixels, path)
                yield video
    except OSError as error:
        raise explain_error(error, path) from error
    except cv2.error as error:
        if lack := explain_lack(error):
            raise StorageError(f"{lack} to decode it", path) from None
        raise UnreadableFrame(f"damaged video: {' '.join(str(error).split())}", path) from error


def probe_video(path: PathLike) -> VideoInfo:
    """Return what the header says. Raises UnreadableFrame and StorageError as `open_video`."""
    with open_video(path) as video:
        return video.info


def sample_frames(path: PathLike, every: float) -> Iterator[tuple[float, Image]]:
    """Yield time and picture of a frame for each `every` seconds, as `Video.sample`; raises as both."""
    with open_video(path) as video:
        yield from video.sample(every)
