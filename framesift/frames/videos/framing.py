"""What of the frames of a film is its picture: what lies within black bars."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.videos.reading import Image

_DARK, _MEAN = 32, 24.0
"""Levels: in a row of a bar the brightest px of all frames, and the mean of the brightest. Black may be 16."""
_RINGING, _RIM = 48, 8
"""What an encoder leaves in the rows of a bar that touch the picture: so bright at most, so many rows at most."""
_LEAST_BAR = 0.01
"""Share of the side: what is less is the edge of a picture."""
_LEAST_PICTURE = 0.25
_BLUR = 3


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a frame in px of it, which need not be whole ones."""

    left: float
    top: float
    width: float
    height: float

    @property
    def rounded(self) -> tuple[int, int, int, int]:
        """Left, top, width and height in whole px."""
        return round(self.left), round(self.top), round(self.width), round(self.height)

    def span(self, axis: int) -> tuple[float, float]:
        """Return where it begins and how long it is: across for axis 0, down for 1."""
        return (self.left, self.width) if axis == 0 else (self.top, self.height)

    def cut(self, image: Image) -> Image:
        """Return what it shows of a frame, (round(height), round(width), 3)."""
        size = max(round(self.width), 1), max(round(self.height), 1)
        whole = [round(side) for side in (self.left, self.top)]
        if (self.width, self.height) == size and [self.left, self.top] == whole:
            return image[whole[1] : whole[1] + size[1], whole[0] : whole[0] + size[0]]
        across, down = self.width / size[0], self.height / size[1]
        # The middle of a px lies half a px from its edge.
        shifts = self.left + across / 2 - 0.5, self.top + down / 2 - 0.5
        warp = np.array([[across, 0, shifts[0]], [0, down, shifts[1]]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(image, warp, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


class Peak:
    """The brightest that each px is in any of the frames, which somebody else goes through."""

    def __init__(self) -> None:
        self._levels: NDArray[np.uint8] | None = None

    def see(self, image: Image) -> None:
        """Look at a frame. What is one px large is noise."""
        blue, green, red = cv2.split(cv2.blur(image, (_BLUR, _BLUR)))
        levels = np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)
        if self._levels is None or self._levels.shape != levels.shape:
            self._levels = levels
        else:
            cv2.max(self._levels, levels, dst=self._levels)

    def find_window(self) -> Window | None:
        """Return the picture within black bars at any sides; None where there are none, or nothing but black."""
        if self._levels is None:
            return None
        height, width = self._levels.shape
        top, bottom = _measure_bars(self._levels)
        left, right = _measure_bars(self._levels[top : height - bottom].T)
        inner = width - left - right, height - top - bottom
        if (
            not any((top, bottom, left, right))
            or inner[0] < _LEAST_PICTURE * width
            or inner[1] < _LEAST_PICTURE * height
        ):
            return None
        return Window(left, top, *inner)


def _measure_bars(levels: NDArray[np.uint8]) -> tuple[int, int]:
    """Return how many rows are bars, from the first and from the last one."""
    if not levels.size:
        return 0, 0
    brightest, means = levels.max(axis=1), levels.mean(axis=1)
    return _measure_bar(brightest, means), _measure_bar(brightest[::-1], means[::-1])


def _measure_bar(brightest: NDArray[np.uint8], means: NDArray[np.float64]) -> int:
    is_bar, is_rim = (brightest <= _DARK) & (means <= _MEAN), (brightest <= _RINGING) & (means <= _MEAN)
    length = _count_leading(is_bar)
    if length < max(_LEAST_BAR * len(is_bar), 2):
        return 0
    length = min(length + _BLUR // 2, len(is_bar))  # so far the picture was blurred into the bar
    return length + min(_count_leading(is_rim[length:]), _RIM)


def _count_leading(values: NDArray[np.bool_]) -> int:
    return len(values) if values.all() else int(values.argmin())
