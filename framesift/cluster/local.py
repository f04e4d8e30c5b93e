"""Workers of this machine, processes of one thread each, that are there for one run."""

import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

_GONE = 3.0
"""Seconds after which a local worker that has gone is taken not to come back."""
_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": 32 * 2**20,
    "MALLOC_TRIM_THRESHOLD_": 2**31 - 1,
    "MALLOC_TOP_PAD_": 64 * 2**20,
}
"""What `framesift.cli.memory` tells the C library, for workers."""
_FORKS = "forkserver"
_START_METHOD = "distributed.worker.multiprocessing-method"
_SETTINGS = {
    "distributed.nanny.pre-spawn-environ": _MEMORY,
    "distributed.scheduler.http.routes": [],  # no pages: nobody asked for them
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
}


@contextmanager
def prepare_workers() -> Iterator[dict[str, Any]]:
    """Let a process import what workers need, beside this one's own import of Dask; give Dask's settings for workers.

    Workers are forked from that process: they are there sooner than if each imported everything anew. What is written
    into the environment for them is taken back at the end, also what Dask writes there.
    """
    before = {name: os.environ.get(name) for name in _MEMORY}
    os.environ.update({name: str(value) for name, value in _MEMORY.items()})
    try:
        yield _SETTINGS | ({_START_METHOD: _start_fork_server()} if _FORKS in get_all_start_methods() else {})
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start_fork_server() -> str:
    from multiprocessing.forkserver import ensure_running

    get_context(_FORKS).set_forkserver_preload(["distributed", "framesift.filtering.chunks"])
    ensure_running()
    return _FORKS


def start_workers(number: int) -> "LocalCluster":
    """Start processes of one thread each. They listen on the loopback interface only."""
    with ThreadPoolExecutor(1) as starter:  # a signal in the middle of it would leave a cluster that cannot be closed
        starting = starter.submit(_start, number)
        try:
            return starting.result()
        except KeyboardInterrupt:
            with suppress(Exception):
                starting.result().close()
            raise


def _start(number: int, attempts: int = 3) -> "LocalCluster":
    """Start them anew where one dies before it is there: Dask then gives all of them up."""
    from distributed import LocalCluster

    try:
        return LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            env=dict(os.environ),  # that of the process they are forked from may be of before
            silence_logs=logging.CRITICAL,
        )
    except Exception:
        if attempts == 1:
            raise
    return _start(number, attempts - 1)


@contextmanager
def replacing_lost(cluster: "LocalCluster", client: "Client") -> Iterator[None]:
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
