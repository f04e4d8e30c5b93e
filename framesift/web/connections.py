"""How much of the server anybody who reaches the port can take: connections, time, and lines of the log.

A connection that is not asking for anything costs a descriptor, and whoever opens enough of them keeps all others out.
So there are at most so many; where another one comes, the one that has been silent for the longest time is closed.
"""

import asyncio
import logging
import resource
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 256
"""Connections at once, where there are descriptors for them."""
BACKLOG = 32
"""Connections that are accepted at a time, before those that are too many are closed."""
PATIENCE = 20.0
"""Seconds that a request may take to arrive."""
_LINES_A_SECOND = 5


def count_most() -> int:
    """Return how many connections there may be: a quarter of the descriptors, so that the work has enough of them."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(8, min(MOST, soft // 4))


class Connection(HttpToolsProtocol):
    """One connection, which has `PATIENCE` seconds for each request, and gives way to others while it is silent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since = 0.0
        """When it began to be silent."""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, in place of a silent one where there are too many."""
        super().connection_made(transport)
        self._since = time.monotonic()
        self._wait()
        if len(self.connections) > count_most():
            silent = [each for each in self.connections if isinstance(each, Connection) and each.is_silent]
            min(silent, key=lambda each: each._since).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def is_silent(self) -> bool:
        """Whether it is there, and nothing is being answered."""
        return not self.transport.is_closing() and (self.cycle is None or bool(self.cycle.response_complete))

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a request."""
        super().on_message_begin()
        self._stop_waiting()
        self._wait()

    def on_message_complete(self) -> None:
        """A request is there."""
        self._stop_waiting()
        self._since = time.monotonic()
        super().on_message_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


class FewLines(logging.Filter):
    """Lets a few lines a second into the log: strangers must not fill the disk with it."""

    def __init__(self) -> None:
        super().__init__()
        self._second, self._lines = 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        if int(record.created) != self._second:
            self._second, self._lines = int(record.created), 0
        self._lines += 1
        return self._lines <= _LINES_A_SECOND
