"""The health of all cameras of a run: frames in, as they are decided; faults out, as they begin and end."""

from collections.abc import Callable

from framesift.filtering.exposure import USUAL, Exposure
from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import Fault
from framesift.filtering.selection import Decision, Order, Verdict

Listener = Callable[[Fault], object]
"""Called with a fault as it begins, and once more when it is over (`is_over`), by the thread that decides."""


class Health:
    """Follows the frames of all cameras. Its memory depends on the number of cameras alone, and of faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        """All so far, in the order in which they began, each as it is now."""
        self.listeners: list[Listener] = []
        """Who is told."""
        self._checkups: dict[str, Checkup] = {}
        self._open: dict[tuple[str, str], int] = {}
        """Where among the faults each is that goes on, by its camera and kind."""

    def add(self, decision: Decision, exposure: Exposure = USUAL) -> None:
        """Take a decided frame, in the order of its camera, and tell what begins or ends with it."""
        if decision.verdict is Verdict.SKIP or decision.order is Order.LATE:
            return
        camera = decision.frame.camera
        if camera not in self._checkups:
            self._checkups[camera] = Checkup(camera)
        for fault in self._checkups[camera].follow(decision.frame, decision.order):
            self._note(fault)

    def _note(self, fault: Fault) -> None:
        key = fault.camera, str(fault.kind)
        place = self._open.pop(key, None)
        if place is None:
            place = len(self.faults)
            self.faults.append(fault)
        self.faults[place] = fault
        if not fault.is_over:
            self._open[key] = place
        for listener in self.listeners:
            listener(fault)
