"""A `concurrent.futures.Executor` on a Dask cluster: one that runs already, or one of this machine's cores.

Nothing here knows of frames, and nothing else knows of Dask. What a cluster can do wrong becomes an error of ours.
"""

import asyncio
import logging
import os
import re
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar

from framesift import __version__
from framesift.errors import FramesiftError, StorageError, UsageError
from framesift.parallel import count_cores

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"
PATIENCE = 5
"""Seconds for a scheduler to answer."""
LONG_PATIENCE = 60
"""Seconds for the first worker to come."""
_LOOK_AGAIN = 2.0
"""Seconds after which the workers are counted again."""
PARTS = 8
"""Into so many parts a task is cut, and cut again, to find what costs workers their lives."""
LOST = "every worker that read it was lost, as when the memory does not suffice"
_GONE = 3.0
"""Seconds after which a local worker that has gone is taken not to come back."""
_URGENT = 10
"""Priority in Dask of what others wait for."""
_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "MALLOC_TRIM_THRESHOLD_": 2**31 - 1,
    "MALLOC_TOP_PAD_": 64 * 2**20,
}
"""What `framesift.memory` tells the C library, for workers."""
_LOCAL_SETTINGS = {
    "distributed.nanny.pre-spawn-environ": _MEMORY,
    "distributed.scheduler.http.routes": [],  # no pages: nobody asked for them
    "distributed.worker.http.routes": [],
}


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
            with _explained(self.address):
                self._slots, self._counted = sum(self._client.nthreads().values()), time.monotonic()
        return self._slots

    def submit(self, function: Callable[..., R], /, *arguments: Any, **options: Any) -> "Future[R]":
        """Call the function on a worker.

        The future raises WorkersLost, UsageError (a worker has other versions) and StorageError (the cluster fails).
        """
        with _explained(self.address):
            sent = self._client.submit(_call, self._build, function, *arguments, pure=False, **options)
            loop: Any = self._client.loop
            return asyncio.run_coroutine_threadsafe(self._fetch(sent), loop.asyncio_loop)

    async def _fetch(self, sent: Any) -> Any:
        """Wait for what was sent; nothing else holds on to it, so that the scheduler forgets it if this is cancelled.

        Not Dask's own executor: that waits for ever where a worker is lost between its answer and our taking it.
        """
        try:
            return await self._client.gather(sent, asynchronous=True)
        except Exception as error:
            raise _explain(error, self.address) from None

    def submit_near(self, place: str, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call the function soon, on the worker that `find_worker` has named if that is still there."""
        return self.submit(function, *arguments, workers=[place], allow_other_workers=True, priority=_URGENT)


@contextmanager
def open_cluster(address: str, workers: int | None = None, longest: int | None = None) -> Iterator[Cluster]:
    """Give the cluster of a scheduler, such as tcp://10.0.0.5:8786; for `local`, `workers` processes of this machine.

    Leaving lets the workers go: what has not begun is forgotten. Raises UsageError (no such address, Dask is missing)
    and StorageError (no scheduler answers there, or has no workers).
    """
    if address != LOCAL and not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://\S+", address):
        raise UsageError(
            f"--cluster takes {LOCAL} or the address of a scheduler, such as tcp://HOST:8786, not {address}"
        )
    try:
        import dask
        import distributed
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'framesift[cluster]'") from None
    with ExitStack() as stack:
        stack.enter_context(_hushed())
        with _explained(address):
            place: str | LocalCluster = address
            if address == LOCAL:
                stack.enter_context(_restored_environment())
                stack.enter_context(dask.config.set(_LOCAL_SETTINGS))
                place = stack.enter_context(_start_workers(workers or count_cores()))
            client = distributed.Client(place, timeout=PATIENCE, set_as_default=False, name="framesift")
            stack.callback(client.close, timeout=PATIENCE)
            if not isinstance(place, str):
                stack.enter_context(_replacing_lost(place, client))
            _await_worker(client, address)
        yield Cluster(client, address, longest)


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


def _start_workers(number: int) -> "LocalCluster":
    """Start processes of one thread each. They listen on the loopback interface only."""
    from distributed import LocalCluster

    options = {
        "n_workers": number,
        "threads_per_worker": 1,
        "host": "127.0.0.1",
        "dashboard_address": "127.0.0.1:0",
        "worker_dashboard_address": "127.0.0.1:0",
        "silence_logs": logging.CRITICAL,
    }
    with ThreadPoolExecutor(1) as starter:  # a signal in the middle of it would leave a cluster that cannot be closed
        starting = starter.submit(LocalCluster, **options)
        try:
            return starting.result()
        except KeyboardInterrupt:
            with suppress(Exception):
                starting.result().close()
            raise


@contextmanager
def _restored_environment() -> Iterator[None]:
    """Take back what Dask writes into the environment of this process for the workers it starts."""
    before = {name: os.environ.get(name) for name in _MEMORY}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _replacing_lost(cluster: "LocalCluster", client: "Client") -> Iterator[None]:
    """Start workers for those that are gone for good: Dask restarts one that dies, but not one that dies starting."""
    number, ended = len(cluster.worker_spec), threading.Event()

    def replace() -> None:
        missed = 0
        while not ended.wait(_GONE / 3):
            with suppress(Exception):  # of a cluster that is just closing, or so busy that it does not answer
                missing = number - len(client.nthreads())
                missed = missed + 1 if missing > 0 else 0
                if missed >= 3:
                    cluster.scale(len(cluster.worker_spec) + missing)
                    missed = 0

    thread = threading.Thread(target=replace, name="framesift-workers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _await_worker(client: "Client", address: str) -> None:
    """Wait for one worker: a cluster may start its first one only now that there is something to do."""
    try:
        client.submit(len, "", pure=False).result(timeout=LONG_PATIENCE)
    except TimeoutError:
        raise StorageError(f"no worker came within {LONG_PATIENCE} s", address) from None


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
def _explained(address: str) -> Iterator[None]:
    """Turn what Dask raises when a scheduler is not there, or goes, into a StorageError."""
    try:
        yield
    except FramesiftError:
        raise
    except Exception as error:  # Dask lets through whatever sockets, pickles and event loops raise
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise StorageError(f"the cluster does not answer ({reason})", address) from error


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep what Dask says about comings and goings from the terminal: whatever matters is raised."""
    names = ["distributed", "dask", "tornado", "asyncio", *list(logging.root.manager.loggerDict)]
    ours = [name for name in names if name.split(".")[0] in ("distributed", "dask", "tornado", "asyncio")]
    loggers = [logging.getLogger(name) for name in dict.fromkeys(ours)]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed|dask|tornado")
        yield
    # Not where an error ends it: what is given up then complains when it is collected, perhaps at the program's end.
    for logger, disabled in zip(loggers, before, strict=True):
        logger.disabled = disabled
