"""The stages of one frame, timed inside the real code: the functions that do the work are wrapped, the rest is ours.

Nothing is written twice here: framesift's own reader, comparator, manifest and disk functions run, in one
thread. What the reader does besides decoding is "check" (header, chunks, checksums), what is left of describing is
"mask", of comparing "contours" (areas and sums), of placing files "copy".
"""

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest import mock

STAGES: Final = (
    "read",
    "check",
    "decode",
    "grey",
    "blur",
    "mask",
    "difference",
    "threshold, dilate",
    "contours",
    "manifest line",
    "copy",
    "fsync",
)
"""In the order in which a frame passes them."""
OF_KEPT_FRAMES: Final = ("copy", "fsync")

WRAPPED: Final = (
    ("cv2", "imdecode", "decode"),
    ("simplejpeg", "decode_jpeg", "decode"),
    ("framesift.frames.reader.png", "inflate_rows", "decode"),
    ("framesift.frames.reader.png", "undo_filters", "decode"),
    ("framesift.frames.reader.png", "store_rows", "decode"),
    ("cv2", "cvtColor", "grey"),
    ("cv2", "GaussianBlur", "blur"),
    ("cv2", "absdiff", "difference"),
    ("cv2", "threshold", "threshold, dilate"),
    ("cv2", "boundingRect", "threshold, dilate"),
    ("cv2", "dilate", "threshold, dilate"),
    ("cv2", "findContours", "contours"),
    ("os", "fsync", "fsync"),
    ("os", "fdatasync", "fsync"),
)
"""Module, function, stage. A name that a module does not have is passed over."""


class Stopwatch:
    """Adds up the seconds of each stage of one frame."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.inside = False

    def take(self) -> dict[str, float]:
        """The seconds so far, and begin again."""
        taken, self.seconds = self.seconds, {}
        return taken

    def add(self, stage: str, seconds: float) -> None:
        """Count towards a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def wrap(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, timed; calls from within a timed function belong to that one."""

        def timed(*arguments: Any, **named: Any) -> Any:
            if self.inside:
                return function(*arguments, **named)
            self.inside = True
            start = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.add(stage, time.perf_counter() - start)
                self.inside = False

        return timed

    @contextmanager
    def own(self, stage: str) -> Iterator[None]:
        """Give the stage what is spent here outside of the wrapped functions."""
        before, start = sum(self.seconds.values()), time.perf_counter()
        yield
        total = time.perf_counter() - start
        self.add(stage, total - (sum(self.seconds.values()) - before))

    @contextmanager
    def wrapping(self) -> Iterator[None]:
        """Time the functions of `WRAPPED` meanwhile."""
        with ExitStack() as stack:
            for module_name, name, stage in WRAPPED:
                module = importlib.import_module(module_name)
                if hasattr(module, name):
                    stack.enter_context(mock.patch.object(module, name, self.wrap(getattr(module, name), stage)))
            yield
