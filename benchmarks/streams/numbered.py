"""Scenes whose every picture has a number in it, that know when they were seen: what a run has kept can be counted."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from benchmarks.streams.servers import Image, Scene

PERIOD = 0.1
"""Seconds from one number to the next."""
_WIDTH, _HEIGHT = 320, 240
_SIDE, _LEFT, _TOP = 48, 64, 36
_BITS = 16


def draw_number(number: int) -> Image:
    """Return a picture with 16 black and white squares that are a number, each larger than what is asked for."""
    image = np.full((_HEIGHT, _WIDTH, 3), 90, np.uint8)
    for bit in range(_BITS):
        x, y = _LEFT + bit % 4 * _SIDE, _TOP + bit // 4 * _SIDE
        image[y : y + _SIDE, x : x + _SIDE] = 235 if number >> bit & 1 else 20
    return image


def read_number(path: str) -> int:
    """Return the number in a picture that was kept."""
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    assert image is not None, path
    number = 0
    for bit in range(_BITS):
        x, y = _LEFT + bit % 4 * _SIDE + 12, _TOP + bit // 4 * _SIDE + 12
        number |= (float(image[y : y + 24, x : x + 24].mean()) > 127) << bit
    return number


@dataclass
class Numbered(Scene):
    """A scene with another number each tenth of a second."""

    spans: list[list[float]] = field(default_factory=list)
    """When pictures were sent on each connection: from and to, in seconds since 1970."""

    def __post_init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def pictures(self, pause: float = PERIOD / 2) -> Iterator[Image]:
        """Yield what is seen, each number once."""
        span: list[float] = []
        last = -1
        for _ in super().pictures(pause):
            number = int((time.monotonic() - self._started) / PERIOD) & 0xFFFF
            if number == last:
                continue
            last = number
            with self._lock:
                now = time.time()
                if not span or now - span[1] > 10 * PERIOD:
                    span = [now, now]
                    self.spans.append(span)
                span[1] = now
            yield draw_number(number)
