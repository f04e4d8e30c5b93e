"""Whether the frames of one film are in another: side by side, as large as a person would look at them.

Of each moment of the one, a frame has to be among those around the same time in the other. Colour is seen, and what is
small; what flashes up for less than a moment is not. What encoders spoil, they spoil here and there and not by much:
where something else is shown it goes on, or is far from alike.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.likeness import SIDE, View, make_view, measure_frame_excess
from framesift.frames.videos import Window, open_video

Image = NDArray[np.uint8]
"""(height, width, 3), BGR."""

MOMENT_S = 1 / 8
REACH_S = 0.3
"""So far around it is looked for in the other: another frame rate, a rounded offset or another speed shifts it."""
_OVERHANG_S = 0.5
"""So much may begin before the keeper, or go on behind it: frames of two frame rates do not end at the same moment."""
_FINEST_S = 1 / 30
"""Frames that follow faster are passed over."""
_NOISE = 1.3
"""Films are encoded more coarsely than pictures."""
_LARGEST_EXCESS = 1.5
"""Times as much as may differ: beyond it no encoder is to blame."""
_IN_A_ROW, _SHARE = 2, 0.2
"""Moments that may differ by more than they may, one after the other, and of all."""
_SMALL = (32, 24)
_NEAREST = 3
"""Frames that are looked at closely of those around."""


class _Frame(NamedTuple):
    time: float
    """Seconds, in the time of the keeper."""
    small: Image
    view: View


def shows_frames(
    keeper: str, member: str, offset_s: float, windows: tuple[Window | None, Window | None] = (None, None)
) -> bool:
    """Tell whether a film shows what another shows, which begins `offset_s` later in it; both are paths.

    With `windows`, whether these parts of their frames do. Raises UnreadableFrame and StorageError as `open_video` and
    `Video.sample`.
    """
    with open_video(keeper) as long, open_video(member) as short:
        frames, others = (
            _cut(film.sample(_FINEST_S), window) for film, window in zip((long, short), windows, strict=True)
        )
        around, moments = _Around(frames), _split(others, offset_s)
        looked_at = spoilt = in_a_row = 0
        for excess in (_measure_moment(around, moment) for moment in moments):
            if excess is None:
                continue
            in_a_row = in_a_row + 1 if excess > 1 else 0
            spoilt, looked_at = spoilt + (excess > 1), looked_at + 1
            if excess > _LARGEST_EXCESS or in_a_row > _IN_A_ROW:
                return False
        around.finish()
        return looked_at > 0 and spoilt <= max(_SHARE * looked_at, 1)


def _cut(frames: Iterator[tuple[float, Image]], window: Window | None) -> Iterator[tuple[float, Image]]:
    return ((time, window.cut(image)) for time, image in frames) if window else frames


def _split(frames: Iterator[tuple[float, Image]], offset_s: float) -> Iterator[Iterator[tuple[float, Image]]]:
    """Yield the frames of each moment, with their times in the keeper."""
    for _, moment in groupby(frames, key=lambda frame: frame[0] // MOMENT_S):
        yield ((time + offset_s, image) for time, image in moment)


def _measure_moment(around: "_Around", moment: Iterable[tuple[float, Image]]) -> float | None:
    """Return how far the best frame of a moment is from one of the keeper; None where that has not begun or is over."""
    least: float | None = None
    for time, image in moment:
        near = around.move_to(time)
        if near is None:
            continue
        least, frame = math.inf if least is None else least, _make_frame(time, image)
        for other in _find_nearest(near, frame):
            least = min(least, measure_frame_excess(other.view, frame.view, _LARGEST_EXCESS))
            if least <= 1:
                return least
    return least


class _Around:
    """The frames of a film around a time that only grows."""

    def __init__(self, frames: Iterator[tuple[float, Image]]) -> None:
        self._frames, self._near = frames, deque[_Frame]()
        self._next = next(frames, None)

    def move_to(self, time: float) -> list[_Frame] | None:
        """Return the frames at most `REACH_S` from a time, and the one that is still shown then.

        None shortly before the beginning and after the end; no frames further outside.
        """
        while self._next and (not self._near or self._near[-1].time <= time + REACH_S):
            frame, self._next = self._next, next(self._frames, None)
            if not self._next or self._next[0] >= time - REACH_S:
                self._near.append(_make_frame(*frame))
        while len(self._near) > 1 and self._near[1].time < time - REACH_S:
            self._near.popleft()
        if not self._near:
            return []
        outside = max(self._near[0].time - time, 0 if self._next else time - self._near[-1].time)
        if outside > 0:
            return None if outside <= _OVERHANG_S else []
        return [frame for frame in self._near if frame.time <= time + REACH_S]

    def finish(self) -> None:
        """Go to the end: damage there is damage."""
        for _ in self._frames:
            pass


def _find_nearest(near: list[_Frame], frame: _Frame) -> list[_Frame]:
    return sorted(near, key=lambda other: float(cv2.norm(other.small, frame.small, cv2.NORM_L1)))[:_NEAREST]


def _make_frame(time: float, image: Image) -> _Frame:
    view = make_view(image, noise=_NOISE, side=SIDE)
    small = cv2.resize(view.grounds[0], _SMALL, interpolation=cv2.INTER_AREA)
    return _Frame(time, np.asarray(small, np.uint8), view)
