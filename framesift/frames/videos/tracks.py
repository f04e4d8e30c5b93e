"""What a video has beside its pictures: sound, subtitles, data, in a form in which two videos can be compared.

PyAV reads them, from the extra `films`: OpenCV knows of nothing but pictures.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader.source import explain_error, open_regular
from framesift.frames.videos.capture import DEMUXERS
from framesift.frames.videos.formats import sniff_video
from framesift.frames.videos.hearing import HOP, RATE, STEP_S, WINDOW, Levels, Sound, holds_sound, measure_levels

_GAP_S = 0.1
"""Where sound is missing for longer than that, silence is heard."""
_LONGEST_GAP_S = 3600.0
_BLOCK = 32 * HOP
"""Levels that are listened to at once."""
_TEXTS = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"}
_MARKUP = re.compile(r"<[^>]*>|\{[^}]*\}|\\[Nnh]")


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The tracks of a video."""

    pictures: int = 1
    """How many tracks of moving pictures, covers aside."""
    sounds: tuple[Sound, ...] = ()
    """Those in which anything is heard."""
    lines: tuple[frozenset[str], ...] = ()
    """Of each track of subtitles or data the words, or a digest of each packet."""


def can_read_tracks() -> bool:
    """Tell whether the extra `films` is installed."""
    return find_spec("av") is not None


def read_tracks(path: PathLike) -> Tracks:
    """Read all that a video has beside its pictures.

    Raises UnreadableFrame (damaged, no video, sound that cannot be decoded) and StorageError. Takes the extra `films`.
    """
    with _open_container(path) as container:
        start, pictures = _find_start(container)
        sounds, lines = dict[int, _Listener](), dict[int, set[str]]()
        for stream in container.streams:
            if stream.type == "audio":
                if stream.codec_context is None:
                    raise ValueError("sound that nobody can decode")
                sounds[stream.index] = _Listener(start)
            elif stream.type != "video":
                lines[stream.index] = set()
        wanted = [container.streams[index] for index in (*sounds, *lines)]
        for packet in container.demux(wanted) if wanted else ():
            if packet.stream.index in lines:
                lines[packet.stream.index] |= _read_line(packet)
            else:
                for frame in packet.decode():
                    sounds[packet.stream.index].take(frame)
        heard = tuple(sound for sound in (each.finish() for each in sounds.values()) if sound.is_heard)
        return Tracks(pictures, heard, tuple(frozenset(each) for each in lines.values() if each))


def holds_tracks(keeper: Tracks, member: Tracks, offset_s: float) -> bool:
    """Tell whether all that is heard and read in a video is in the keeper too, in which it begins `offset_s` later.

    Of several tracks of pictures only one is looked at, so that a video with more is held by none.
    """
    if member.pictures != 1:
        return False
    if not all(any(lines <= own for own in keeper.lines) for lines in member.lines):
        return False
    return all(any(holds_sound(own, sound, offset_s) for own in keeper.sounds) for sound in member.sounds)


def _find_start(container: Any) -> tuple[float, int]:
    """Return the time of the first picture in s, and how many tracks of pictures there are."""
    from av.stream import Disposition

    moving = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    starts = [float(stream.start_time * stream.time_base) for stream in moving if stream.start_time is not None]
    return (starts[0] if starts else 0.0), len(moving)


class _Listener:
    """Turns the frames of one track of sound into what is heard."""

    def __init__(self, start_s: float) -> None:
        import av

        self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        self._start, self._begin, self._length = start_s, 0.0, 0
        self._rest: list[NDArray[np.float32]] = []
        self._waiting = 0
        self._levels: list[Levels] = []

    def take(self, frame: Any) -> None:
        """Listen to a frame, after silence where some time is missing before it."""
        time = None if frame.time is None else frame.time - self._start
        if not self._length:
            self._begin = time or 0.0
        elif time is not None and (gap := time - self._begin - self._length / RATE) > _GAP_S:
            if gap > _LONGEST_GAP_S:
                raise ValueError(f"a gap of {gap:.0f} s")
            for missing in range(round(gap * RATE), 0, -_BLOCK):
                self._add(np.zeros((2, min(missing, _BLOCK)), np.float32))
        self._resample(frame)

    def finish(self) -> Sound:
        """Return what was heard."""
        self._resample(None)
        self._add(np.zeros((2, WINDOW - HOP), np.float32), last=True)
        levels = np.concatenate(self._levels) if self._levels else measure_levels(np.zeros((2, WINDOW), np.float32))
        return Sound(round(self._begin / STEP_S), levels)

    def _resample(self, frame: Any) -> None:
        for part in self._resampler.resample(frame):
            self._add(np.asarray(part.to_ndarray(), np.float32))

    def _add(self, waves: NDArray[np.float32], last: bool = False) -> None:
        self._rest.append(waves)
        self._length += waves.shape[1]
        self._waiting += waves.shape[1]
        if self._waiting < (WINDOW if last else WINDOW + _BLOCK):
            return
        together = np.concatenate(self._rest, axis=1)
        self._levels.append(measure_levels(together))
        self._rest = [together[:, len(self._levels[-1]) * HOP :]]
        self._waiting = self._rest[0].shape[1]


def _read_line(packet: Any) -> set[str]:
    """Return the words of one subtitle, whatever format they are in, or a digest of the packet."""
    content, codec = bytes(packet), getattr(packet.stream.codec_context, "name", "")
    if not content:
        return set()
    if codec not in _TEXTS:
        return {sha256(content).hexdigest()}
    if codec == "mov_text":
        content = content[2 : 2 + int.from_bytes(content[:2], "big")]
    text = content.decode("utf-8", "replace")
    if codec in ("ass", "ssa"):
        text = text.split(",", 8)[-1]
    words = " ".join(_MARKUP.sub(" ", text).split())
    return {words} if words else set()


@contextmanager
def _open_container(path: PathLike) -> Iterator[Any]:
    """Open a video by its descriptor and by the demuxer of its beginning, as `capture` does."""
    import av

    try:
        with open_regular(path, max_bytes=None) as (descriptor, _):
            kind = sniff_video(os.pread(descriptor, 1024, 0))
            if kind is None:
                raise UnreadableFrame("not a video", path)
            with (
                os.fdopen(os.dup(descriptor), "rb") as file,
                av.open(file, format=DEMUXERS[kind]) as container,
            ):
                yield container
    except (av.error.FFmpegError, ValueError) as error:
        raise UnreadableFrame(f"its sound or subtitles cannot be read: {error}", path) from error
    except OSError as error:
        raise explain_error(error, path) from error
