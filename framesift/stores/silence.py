"""A store that is silent: one call has waited for it as long as is waited, and the others do not begin anew."""

import threading
import time

REACHED, ANSWERED = 10, 15
"""Seconds: what is not reached within the first, or sends nothing for the second, is silent."""
_SHARE = 0.25
"""Of the time that was waited for an answer: so long afterwards no other call asks."""
_LEAST = 5.0
"""Seconds: who has waited less tells nothing of the calls that follow."""


class Silence:
    """What the calls to one store know of each other. Used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._error: Exception | None = None
        self._until = 0.0
        """Of the monotonic clock."""
        self._begun = threading.Event()

    def check(self) -> None:
        """Raise what another call has just given up for."""
        with self._lock:
            if self._error is not None and time.monotonic() < self._until:
                raise self._error
            self._error = None
            self._begun.clear()

    def begin(self, error: Exception, waited: float) -> None:
        """Say that a call has given up after so many seconds."""
        with self._lock:
            self._error, self._until = error, time.monotonic() + (_SHARE * waited if waited >= _LEAST else 0)
            self._begun.set()

    def end(self) -> None:
        """Forget it."""
        with self._lock:
            self._error = None
            self._begun.clear()

    def wait(self, seconds: float) -> bool:
        """Wait before the next attempt; return whether another call has given up meanwhile."""
        return self._begun.wait(seconds)
