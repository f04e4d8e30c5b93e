"""Key frames far apart in long films: looked for in the container, and none between them is decoded.

PyAV, of the extra `films`, finds their packets by the index of the container. OpenCV decodes them as it does all
others, of a film that has nothing else in it, so that the pixels are the same. That it is so is tried with the first
key frames of each film; where anything is otherwise than expected, `CannotSeek` is raised.
"""

import math
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.videos.capture import DEMUXERS, open_capture
from framesift.frames.videos.clock import goes_back

Image = NDArray[np.uint8]
Shown = tuple[float, Image]
"""Seconds from the first frame, and pixels."""

_TRIED = 8
"""So many key frames from the first one are decoded in both ways."""
_WORTH = 2.5
"""From one sample to the next there have to be so many key frames."""
_FILMS = {"AVI": "AVI", "MP4": "MP4", "Matroska": "Matroska", "TS": "Matroska"}
"""Containers in which key frames are looked for, and into which they are put."""
_MARGIN_S = 1.0
"""Pictures are stored in another order than they are shown in, but not by so much."""
_BATCH = 16
"""So many key frames are put into a film."""
_ROUNDING = 1e-6
"""Of a sample: 3 times 0.1 s is a little more than 0.3 s."""


class CannotSeek(Exception):
    """The key frames of a film have to be found by walking through all of them."""


class _Key(NamedTuple):
    """A key frame that is not decoded yet."""

    time: float
    packet: Any


def can_seek(kind: str, every: float, duration_s: float) -> bool:
    """Tell whether key frames of each `every` seconds may be looked for in a film of this container and length."""
    return kind in _FILMS and 0 < 2 * every <= duration_s and find_spec("av") is not None


def count_steps(time: float, every: float) -> int:
    """Return how many times `every` seconds have passed after `time` seconds."""
    return math.floor(time / every + _ROUNDING)


class Seeker:
    """Looks for key frames in an open film. `start` is the stamp of its first frame of all, in s."""

    def __init__(self, container: Any, kind: str, start: float) -> None:
        self._container, self._kind, self._start = container, kind, start
        self._stream = container.streams.video[0]
        base = self._stream.time_base
        if base is None or self._stream.start_time is None:
            raise CannotSeek("it has no clock")
        self._second = base.numerator / base.denominator
        self._batch = _BATCH
        self._judge: Any = None
        """Decodes nothing that is damaged."""
        self.last = -math.inf
        """When the last key frame is that has been met."""

    def check(self, every: float, walk: Iterator[Shown], release: Callable[[], object]) -> bool:
        """Tell whether looking for the key frames of each `every` seconds may save time, and can be done.

        It can where the first key frames come as they do when `walk` yields all of them. What walks takes memory for
        many pictures: `release` is called when that is no longer needed.
        """
        keys = list(islice(self._walk(0.0), _TRIED))
        last = keys[-1].time if keys else 0.0
        if len(keys) < _TRIED or every < _WORTH * last / (_TRIED - 1):
            return False
        expected = [(time, zlib.crc32(np.ascontiguousarray(image).data)) for time, image in islice(walk, _TRIED)]
        release()
        return expected == [(time, zlib.crc32(np.ascontiguousarray(image).data)) for time, image in self._decode(keys)]

    def choose(self, every: float) -> Iterator[Shown]:
        """Yield the first key frame at or after 0, `every`, 2 `every` ... seconds, each once."""
        due, found = 0, True
        while found:
            keys: list[_Key] = []
            while found and len(keys) < _BATCH:
                key = next((key for key in self._walk(due * every) if count_steps(key.time, every) >= due), None)
                found = key is not None
                if key:
                    self._require_whole(key.packet)
                    keys.append(key)
                    due = count_steps(key.time, every) + 1
            yield from self._decode(keys)
        if any(count_steps(key.time, every) >= due for key in self._walk(self.last)):
            raise CannotSeek("its end is not found")

    def _walk(self, least: float) -> Iterator[_Key]:
        """Yield the key frames from one on that is before `least` s, or is the first of all. None is decoded."""
        first, margin = self._stream.start_time, _MARGIN_S / self._second
        wanted = first + int((least + self._start) / self._second - margin)
        wanted = wanted if self._kind == "TS" else max(wanted, first)
        self._container.seek(wanted, stream=self._stream, backward=True)
        previous, is_known = -math.inf, False
        for packet in self._container.demux(self._stream):
            stamp = packet.dts if packet.pts is None or self._kind == "AVI" else packet.pts
            if stamp is None:  # the end
                return
            if not is_known and (stamp if packet.dts is None else packet.dts) > wanted + margin:
                raise CannotSeek("what lies before is not found")
            is_known = True
            if packet.is_keyframe:
                time = round((stamp - first) * self._second - self._start, 6)
                if time < 0 or not time > previous:
                    raise CannotSeek("its stamps do not grow")
                previous, self.last = time, max(self.last, time)
                yield _Key(time, packet)

    def _require_whole(self, packet: Any) -> None:
        """Raise FFmpegError for a damaged picture: what is missing of one is filled in from others."""
        if self._judge is None:
            import av

            own = self._stream.codec_context
            self._judge = av.CodecContext.create(own.name, "r")
            self._judge.extradata, self._judge.options = own.extradata, {"err_detect": "explode"}
            self._judge.thread_count = 1
        self._judge.decode(packet)
        self._judge.flush_buffers()

    def _decode(self, keys: Sequence[_Key]) -> Iterator[Shown]:
        """Decode key frames, of a film of their own, with the times that they have in this one."""
        while keys:
            done, together = 0, keys[: self._batch]
            try:
                for image in self._decode_together([packet for _, packet in together]):
                    yield keys[done].time, image
                    done += 1
            except CannotSeek:
                if self._batch == 1:
                    raise
                self._batch = 1  # of some codecs each says how far it is from the one before
            keys = keys[done:]

    def _decode_together(self, packets: Sequence[Any]) -> Iterator[Image]:
        with TemporaryFile() as file:
            self._write(file, packets)
            capture = open_capture(file.fileno(), _FILMS[self._kind], key_frames=True)
            try:
                for number in range(len(packets)):
                    is_there, image = capture.read()
                    is_key = capture.get(cv2.CAP_PROP_FRAME_TYPE) == ord("I")
                    if not (is_there and is_key and round(capture.get(cv2.CAP_PROP_POS_MSEC)) == 1000 * number):
                        raise CannotSeek("a key frame cannot be decoded alone")
                    yield np.asarray(image, np.uint8)
            finally:
                capture.release()

    def _write(self, file: Any, packets: Sequence[Any]) -> None:
        """Write a film that shows the packets one second after the other."""
        import av

        with av.open(file, "w", format=DEMUXERS[_FILMS[self._kind]]) as film:
            stream = film.add_stream_from_template(self._stream)
            for number, packet in enumerate(packets):
                packet.stream = stream
                packet.pts = packet.dts = round(number / self._second)
                film.mux(packet)
        file.flush()


@contextmanager
def open_seeker(descriptor: int, kind: str, size: int, start: float) -> Iterator[Seeker]:
    """Open a film of `size` bytes that lies open and `can_seek`. Raises CannotSeek, as does what is asked of it."""
    import av

    try:
        with (
            os.fdopen(os.dup(descriptor), "rb") as file,
            av.open(file, format=DEMUXERS[kind], options={"fflags": "+discardcorrupt"}) as container,
        ):
            seeker = Seeker(container, kind, start)
            if kind == "TS" and goes_back(descriptor, size, container.streams.video[0].id):
                raise CannotSeek("its clock goes back")
            yield seeker
    except (av.error.FFmpegError, ValueError, IndexError) as error:
        raise CannotSeek(str(error)) from error
