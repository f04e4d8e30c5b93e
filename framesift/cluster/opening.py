"""A cluster that runs already, or one of this machine's cores, opened for a run."""

import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from framesift.cluster.executor import Cluster, explained
from framesift.cluster.fitness import Trial
from framesift.cluster.local import prepare_workers, replacing_lost, start_workers
from framesift.cluster.parallel import count_cores
from framesift.errors import MissingLibrary, StorageError, UsageError, counted, pip_install

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCAL = "local"
PATIENCE = 5
"""Seconds for a scheduler to answer."""
PATIENCE_FOR_WORKERS = 60
"""Seconds for the first worker to come."""
_LOOK_AGAIN = 1.0
"""Seconds after which workers are counted again."""


@contextmanager
def open_cluster(
    address: str,
    workers: int | None = None,
    longest: int | None = None,
    folders: Iterable[str] = (),
    patience: float = PATIENCE_FOR_WORKERS,
    tell: Callable[[str], None] = lambda line: None,
) -> Iterator[Cluster]:
    """Give the cluster of a scheduler, such as tcp://10.0.0.5:8786; for `local`, `workers` processes of this machine.

    Every worker has to see `folders`. The first one is waited for `patience` seconds; `tell` gets a line of how many
    there are, while there is none, and of each that is left out. Leaving lets the workers go: what has not begun is
    forgotten. Raises UsageError (no such address, no worker that can be used), MissingLibrary (Dask) and StorageError
    (no scheduler answers there, or has no workers).
    """
    if address != LOCAL and not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://\S+", address):
        raise UsageError(
            f"--cluster takes {LOCAL} or the address of a scheduler, such as tcp://HOST:8786, not {address}"
        )
    with ExitStack() as stack:
        settings = stack.enter_context(prepare_workers()) if address == LOCAL else {}
        try:
            import dask
            import distributed
        except ImportError:
            raise MissingLibrary(f"--cluster needs Dask: {pip_install('cluster')}") from None
        stack.enter_context(_hushed())
        with explained(address):
            place: str | LocalCluster = address
            if address == LOCAL:
                stack.enter_context(dask.config.set(settings))
                place = stack.enter_context(start_workers(workers or count_cores()))
            client = distributed.Client(place, timeout=PATIENCE, set_as_default=False, name="framesift")
            stack.callback(client.close, timeout=PATIENCE)
            if not isinstance(place, str):
                stack.enter_context(replacing_lost(place, client))
            _await_worker(client, address, patience, tell)
        cluster = Cluster(client, address, longest, Trial.of(*folders), tell)
        cluster.try_workers()
        tell(_describe(client, cluster))
        stack.enter_context(_telling_of_none(cluster, tell))
        yield cluster


def _await_worker(client: "Client", address: str, patience: float, tell: Callable[[str], None]) -> None:
    """Wait for one worker: a cluster may start its first one only now that there is something to do."""
    coming = client.submit(len, "", pure=False)
    if not client.nthreads():
        tell(f"{address}: waiting up to {patience:g} s for a worker; Ctrl-C ends it")
    try:
        coming.result(timeout=patience)
    except TimeoutError:
        raise StorageError(f"no worker came within {patience:g} s (--cluster-wait)", address) from None


def _describe(client: "Client", cluster: Cluster) -> str:
    """Return how many workers there are, and where their work can be watched."""
    threads = [number for worker, number in client.nthreads().items() if worker not in cluster.left_out]
    pages = "" if cluster.address == LOCAL else f"; {client.dashboard_link}"
    return f"{cluster.address}: {counted(len(threads), 'worker')}, {counted(sum(threads), 'thread')}{pages}"


@contextmanager
def _telling_of_none(cluster: Cluster, tell: Callable[[str], None]) -> Iterator[None]:
    """Say when there is no worker left that could go on, once each time."""
    ended = threading.Event()

    def look() -> None:
        is_told = False
        while not ended.wait(_LOOK_AGAIN):
            try:
                is_waiting = cluster.slots == 0
            except StorageError:  # whoever waits for the work is told that there is no scheduler any more
                return
            if is_waiting and not is_told:
                tell(f"{cluster.address}: no worker is left; waiting for one. Ctrl-C ends it, the same command goes on")
            is_told = is_waiting

    thread = threading.Thread(target=look, name="framesift-cluster", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


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
