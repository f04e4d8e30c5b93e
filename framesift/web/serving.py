"""The server: listens at an address until it is told to stop, and then lets the work under way come to a stop."""

import errno
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from framesift.errors import UsageError
from framesift.review import Review
from framesift.web.app import create_app
from framesift.web.connections import BACKLOG, Connection, FewLines
from framesift.web.security import Access

PORT = 8765
_TRIED = 20
"""Ports after the usual one that are tried where nobody has asked for one."""
_PATIENCE = 3
"""Seconds that an answer under way has, when the server is stopped."""
_SWITCH_S = 0.0005
"""How soon a thread that answers gets its turn from one that works; Python's usual 5 ms add up to what people feel."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens: at the usual port or one after it where `port` is None. Raises UsageError."""
    ports = range(PORT, PORT + _TRIED) if port is None else (port,)
    problem = ""
    for number in ports:
        try:
            return _bind(host, number)
        except (OSError, OverflowError) as error:
            problem = error.strerror or str(error) if isinstance(error, OSError) else "is no port"
            if isinstance(error, OSError) and error.errno not in (errno.EADDRINUSE, errno.EACCES):
                break
            if port is not None and isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                problem += "; without --port one that is free is taken"
    raise UsageError(f"port {ports[0]} of {host} cannot be had: {problem}")


def serve(review: Review, access: Access, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Answer until a signal comes; `announce` is called once the server answers."""
    sys.setswitchinterval(_SWITCH_S)
    app = create_app(review, access)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", server_header=False, ws="none", http=Connection,
        backlog=BACKLOG, timeout_graceful_shutdown=_PATIENCE,
    )  # fmt: skip
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(FewLines())
    _Server(config, review, announce).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends without raising the signal again: to be stopped is what the program is told to do."""

    def __init__(self, config: uvicorn.Config, review: Review, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._review, self._announce = review, announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._review.jobs.stop()  # events that are being watched end by it
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol, or asyncio would not send at once what is small: 40 ms for each answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(256)
    except BaseException:
        listening.close()
        raise
    return listening
