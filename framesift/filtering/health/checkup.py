"""What the frames of one camera come to, one after the other: which faults begin and which end."""

from collections.abc import Iterator
from dataclasses import replace

from framesift.filtering.health.fault import Fault, FaultKind
from framesift.filtering.selection import Order
from framesift.frames.frame import Frame


class Checkup:
    """Of one camera. What it remembers does not grow with the number of frames."""

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self._open: dict[FaultKind, Fault] = {}

    def follow(self, frame: Frame, order: Order | None) -> Iterator[Fault]:
        """Yield the faults that begin or end with a frame."""
        yield from self._settle(FaultKind.CLOCK, frame, order is Order.FAULT)

    def _settle(self, kind: FaultKind, frame: Frame, shows: bool, amount: float | None = None) -> Iterator[Fault]:
        """Yield a fault that begins with a frame that shows it, or ends with one that does not."""
        if shows and kind not in self._open:
            self._open[kind] = Fault(self.camera, kind, frame.time, None, amount, frame.path)
            yield self._open[kind]
        elif not shows and kind in self._open:
            yield replace(self._open.pop(kind), end=frame.time, is_over=True)
