"""A cluster that runs already, or one of this machine's cores, opened for a run."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from framesift.cluster.executor import Cluster, explained
from framesift.cluster.local import prepare_workers, replacing_lost, start_workers
from framesift.cluster.parallel import count_cores
from framesift.errors import MissingLibrary, StorageError, UsageError, pip_install

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCAL = "local"
PATIENCE = 5
"""Seconds for a scheduler to answer."""
LONG_PATIENCE = 60
"""Seconds for the first worker to come."""


@contextmanager
def open_cluster(address: str, workers: int | None = None, longest: int | None = None) -> Iterator[Cluster]:
    """Give the cluster of a scheduler, such as tcp://10.0.0.5:8786; for `local`, `workers` processes of this machine.

    Leaving lets the workers go: what has not begun is forgotten. Raises UsageError (no such address), MissingLibrary
    (Dask) and StorageError (no scheduler answers there, or has no workers).
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
            _await_worker(client, address)
        yield Cluster(client, address, longest)


def _await_worker(client: "Client", address: str) -> None:
    """Wait for one worker: a cluster may start its first one only now that there is something to do."""
    try:
        client.submit(len, "", pure=False).result(timeout=LONG_PATIENCE)
    except TimeoutError:
        raise StorageError(f"no worker came within {LONG_PATIENCE} s", address) from None


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
