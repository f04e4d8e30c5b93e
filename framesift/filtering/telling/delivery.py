"""A queue of notices and the one thread that delivers them, in order, while deciding goes on."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from framesift.errors import counted, show
from framesift.filtering.telling.notice import Notice

ROOM = 10_000
"""So many notices wait at most, some 10 MB. What comes while they do is not delivered, so that memory stays flat."""
SHORT = 2.0
"""Seconds that need no explanation."""
QUIET = 3600.0
"""Seconds between two lines about what fails."""


class Undelivered(Exception):
    """A notice could not be delivered; the reason is in words, and has no secret."""


class Receiver(Protocol):
    """Who is told."""

    name: str
    """As it stands in messages: without secrets."""

    def deliver(self, notice: Notice, closing: Callable[[], bool]) -> None:
        """Deliver a notice, or raise Undelivered. Once `closing`, no time is left for long waits."""

    def stop(self) -> None:
        """End what is under way. Called by another thread."""


class Delivery:
    """Delivers to one receiver. `add` never waits; what fails is said in one line, and counted."""

    def __init__(
        self,
        receiver: Receiver,
        tell: Callable[[str], None],
        room: int = ROOM,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._receiver, self._tell, self._room, self._clock = receiver, tell, room, clock
        self._waiting: deque[Notice] = deque()
        self._change = threading.Condition()
        self._closing = self._stopped = self._is_full = False
        self.delivered = self.failed = self.refused = 0
        """How many were, how many could not be, and for how many there was no room."""
        self._told_at, self._untold = -QUIET, 0
        self._done = threading.Event()
        """Waited for in place of the thread, which is taken for ended once Ctrl-C has interrupted a `join`."""
        threading.Thread(target=self._run, name="framesift-telling", daemon=True).start()

    def add(self, notice: Notice) -> None:
        """Take a notice, to be delivered after those before it, unless too many wait."""
        with self._change:
            if len(self._waiting) < self._room:
                self._waiting.append(notice)
                self._change.notify()
                return
            self.refused += 1
            first, self._is_full = not self._is_full, True
        if first:
            self._tell(f"{self._receiver.name}: {self._room:,} wait to be told: no more until some are")

    def close(self, patience: float | None) -> None:
        """Wait until all is delivered, for `patience` seconds at most (None: as long as it goes on); say what was not.

        Whoever does not want to wait so long interrupts it.
        """
        with self._change:
            self._closing = True
            self._change.notify()
        try:
            self._wait(patience)
        finally:
            self._stop()
            self._conclude()

    def _wait(self, patience: float | None) -> None:
        is_done = self._done.wait(SHORT if patience is None else patience)
        if patience is None and not is_done:
            self._tell(f"{self._receiver.name}: {counted(len(self._waiting) + 1, 'notice')} to go; Ctrl-C ends it")
            self._done.wait()

    def _stop(self) -> None:
        with self._change:
            self._stopped = True
            left, self._waiting = len(self._waiting), deque()
        self.refused += left
        self._receiver.stop()
        self._done.wait(1.0)

    def _conclude(self) -> None:
        if lost := self.failed + self.refused:
            of_all = f"{lost:,} of {counted(lost + self.delivered, 'notice')}"
            self._tell(f"{self._receiver.name}: {of_all} could not be delivered")

    def _run(self) -> None:
        try:
            while (notice := self._next()) is not None:
                self._deliver(notice)
        finally:
            self._done.set()

    def _deliver(self, notice: Notice) -> None:
        try:
            self._receiver.deliver(notice, lambda: self._closing)
            self.delivered += 1
        except Undelivered as error:
            self._fail(notice, str(error))
        except Exception as error:  # whatever a receiver does not foresee is no reason to be silent from then on
            self._fail(notice, type(error).__name__)

    def _next(self) -> Notice | None:
        with self._change:
            while not self._waiting and not self._closing:
                self._change.wait()
            if self._stopped or not self._waiting:
                return None
            self._is_full = False
            return self._waiting.popleft()

    def _fail(self, notice: Notice, reason: str) -> None:
        self.failed += 1
        self._untold += 1
        if self._stopped or self._clock() - self._told_at < QUIET:
            return
        more = f"; {self._untold - 1:,} more before it" if self._untold > 1 else ""
        self._told_at, self._untold = self._clock(), 0
        self._tell(f"{self._receiver.name}: {show(notice.subject)}: {reason}{more}")
