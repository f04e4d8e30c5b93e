"""The health of all cameras of a run: frames in, as they are decided; faults out, as they begin and end."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import Fault
from framesift.filtering.health.vitals import Vitals
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.frames.frame import Frame

Listener = Callable[[Fault], object]
"""Called with a fault as it begins, and once more when it is over (`is_over`), by the thread that decides."""


class _Exposed(Protocol):
    @property
    def vitals(self) -> Vitals | None: ...


class _Viewed(Protocol):
    @property
    def frame(self) -> Frame: ...

    @property
    def exposure(self) -> _Exposed: ...


V = TypeVar("V", bound=_Viewed)


class Health:
    """Follows the frames of all cameras. Its memory depends on the number of cameras, and of faults, alone."""

    def __init__(self) -> None:
        self._told = Faults()
        self.listeners: list[Listener] = []
        """Who is told."""
        self._checkups: dict[str, Checkup] = {}

    @property
    def faults(self) -> list[Fault]:
        """All so far, in the order in which they began, each as it is now."""
        return self._told.known

    def add(self, decision: Decision, vitals: Vitals | None = None) -> None:
        """Take a decided frame, in the order of its camera, and tell what begins or ends with it."""
        if decision.verdict is not Verdict.SKIP and decision.order is not Order.LATE:
            self.follow(decision.frame, decision.order, vitals)

    def watch(self, views: Iterable[V]) -> Iterator[V]:
        """Yield frames that are decided later, when their vitals have been forgotten, and take them now."""
        for view in views:
            self.follow(view.frame, None, view.exposure.vitals)
            yield view

    def follow(self, frame: Frame, order: Order | None, vitals: Vitals | None) -> None:
        """Take a frame, in the order of its camera, and tell what begins or ends with it."""
        if frame.camera not in self._checkups:
            self._checkups[frame.camera] = Checkup(frame.camera)
        for fault in self._checkups[frame.camera].follow(frame, order, vitals):
            self._note(fault)

    def wait(self, now: float) -> None:
        """Tell which cameras have been silent for longer than is their habit; `now` is in seconds of a steady clock.

        For whoever watches: what has come before was silent until the next frame, and is told with that.
        """
        for checkup in self._checkups.values():
            for fault in checkup.wait(now):
                self._note(fault)

    def as_json(self) -> list[dict[str, Any]]:
        """Return all faults for programs."""
        return [fault.as_json() for fault in self.faults]

    def _note(self, fault: Fault) -> None:
        self._told.add(fault)
        for listener in self.listeners:
            listener(fault)


class Faults:
    """Faults as they are told, each once."""

    def __init__(self, told: Iterable[Fault] = ()) -> None:
        self.known: list[Fault] = []
        """In the order in which they began, each as it is now."""
        self._open: dict[tuple[str, str], int] = {}
        """Where each is that goes on, by its camera and kind."""
        for fault in told:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Take a fault that begins, or is over."""
        key = fault.camera, str(fault.kind)
        place = self._open.pop(key, None)
        if place is None:
            place = len(self.known)
            self.known.append(fault)
        self.known[place] = fault
        if not fault.is_over:
            self._open[key] = place
