"""A `concurrent.futures.Executor` on the workers of a Dask cluster.

Nothing here knows of frames. What a cluster can do wrong becomes an error of ours.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar

from framesift import __version__
from framesift.errors import FramesiftError, StorageError, UsageError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")

_LOOK_AGAIN = 2.0
"""Seconds after which the workers are counted again."""
PARTS = 8
"""Into so many parts a task is cut, and cut again, to find what costs workers their lives."""
LOST = "every worker that read it was lost, as when the memory does not suffice"
_URGENT = 10
"""Priority in Dask of what others wait for."""


class WorkersLost(FramesiftError):
    """One worker after another was lost over one task."""


class Cluster(Executor):
    """The workers of a Dask cluster. Whatever a call returns or raises is copied; so are its arguments."""

    def __init__(self, client: "Client", address: str, longest: int | None = None) -> None:
        self.address = address
        self.longest = longest
        """At most so many frames are sent as one task; None: as many as are best."""
        self._client = client
        self._build = describe_build()
        self._slots, self._counted = 0, 0.0

    @property
    def slots(self) -> int:
        """How many calls run at the same time just now. Raises StorageError."""
        if time.monotonic() - self._counted > _LOOK_AGAIN:
            with explained(self.address):
                self._slots, self._counted = sum(self._client.nthreads().values()), time.monotonic()
        return self._slots

    def submit(self, function: Callable[..., R], /, *arguments: Any, **named: Any) -> "Future[R]":
        """Call the function on a worker.

        The future raises WorkersLost, UsageError (a worker has other versions) and StorageError (the cluster fails).
        """
        with explained(self.address):
            return self._await(self._fetch(self._send(partial(function, **named) if named else function, arguments)))

    def submit_near(self, place: str, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call the function soon, on the worker that `find_worker` has named if that is still there."""
        near: dict[str, Any] = {"workers": [place], "allow_other_workers": True, "priority": _URGENT}
        with explained(self.address):
            sent = self._send(function, arguments, **near)
            return self._await(self._fetch_near(sent, place, partial(self._send, function, arguments)))

    def _send(self, function: Callable[..., Any], arguments: tuple[Any, ...], **options: Any) -> Any:
        return self._client.submit(_call, self._build, function, *arguments, pure=False, **options)

    def _await(self, coming: Coroutine[Any, Any, Any]) -> "Future[Any]":
        loop: Any = self._client.loop
        return asyncio.run_coroutine_threadsafe(coming, loop.asyncio_loop)

    async def _fetch(self, sent: Any) -> Any:
        """Wait for what was sent; nothing else holds on to it, so that the scheduler forgets it if this is cancelled.

        Not Dask's own executor: that waits for ever where a worker is lost between its answer and our taking it.
        """
        try:
            return await self._client.gather(sent, asynchronous=True)
        except Exception as error:
            raise _explain(error, self.address) from None

    async def _fetch_near(self, sent: Any, place: str, send_anywhere: Callable[[], Any]) -> Any:
        """Wait for what was sent to a worker, and send it to any where that one is gone.

        Dask does so itself, unless there was no other worker at that moment: then it waits for that one for ever.
        """
        fetching = asyncio.ensure_future(self._fetch(sent))
        try:
            while not (await asyncio.wait([fetching], timeout=_LOOK_AGAIN))[0]:
                with explained(self.address):
                    if not await self._client.nthreads([place], asynchronous=True):
                        return await self._fetch(send_anywhere())
            return await fetching
        finally:
            fetching.cancel()


def submit_near(executor: Executor, place: str, function: Callable[..., R], *arguments: Any) -> "Future[R]":
    """Call the function on the worker that `find_worker` has named, where the executor knows of such."""
    if isinstance(executor, Cluster) and place:
        return executor.submit_near(place, function, *arguments)
    return executor.submit(function, *arguments)


def _call(build: tuple[str, ...], function: Callable[..., R], *arguments: Any) -> R:
    """Call the function on a worker that would give the same answer as any other."""
    for here, there in zip(describe_build(), build, strict=True):
        if here != there:
            raise UsageError(f"the worker on {socket.gethostname()} has {here}, not {there}: install the same there")
    import cv2

    cv2.setNumThreads(1)  # its own threads would fight for the cores with the other workers of the machine
    return function(*arguments)


@cache
def describe_build() -> tuple[str, ...]:
    """Return the versions on which decisions depend."""
    import cv2

    try:
        jpeg = version("simplejpeg")
    except PackageNotFoundError:  # part of a program
        jpeg = ""
    return f"framesift {__version__}", f"OpenCV {cv2.__version__}", f"simplejpeg {jpeg}"


def find_worker() -> tuple[str, int | None]:
    """Return the name of the worker that calls this, and how many bytes it may use; empty and None for others."""
    if "distributed" not in sys.modules:
        return "", None
    from distributed import get_worker

    try:
        worker = get_worker()
    except ValueError:
        return "", None
    return worker.address, worker.memory_manager.memory_limit


def _explain(error: BaseException, address: str) -> BaseException:
    """Return the error of ours for one of Dask's, and any other as it is."""
    if type(error).__name__ == "KilledWorker":
        return WorkersLost("one worker after another was lost over one task", address)
    if isinstance(error, CancelledError):
        return StorageError("the scheduler is gone, or has forgotten what was sent", address)
    if isinstance(error, ImportError) or "serializ" in str(error):
        reason = " ".join(str(error).split())[:200]
        return StorageError(f"a worker cannot run framesift: install the same versions there ({reason})", address)
    return error


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Turn what Dask raises when a scheduler is not there, or goes, into a StorageError."""
    try:
        yield
    except FramesiftError:
        raise
    except Exception as error:  # Dask lets through whatever sockets, pickles and event loops raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise StorageError(f"the cluster does not answer ({reason})", address) from error
