"""A `concurrent.futures.Executor` on the workers of a Dask cluster.

Nothing here knows of frames. What a cluster can do wrong becomes an error of ours.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from framesift.cluster.fitness import Answer, Trial, UnfitWorker, answer, find_fault, try_worker
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
    """The workers of a Dask cluster. Whatever a call returns or raises is copied; so are its arguments.

    A worker that has other versions, or does not see what this process sees, is left out: `tell` is told of it once.
    """

    def __init__(
        self,
        client: "Client",
        address: str,
        longest: int | None = None,
        trial: Trial | None = None,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.address = address
        self.longest = longest
        """At most so many frames are sent as one task; None: as many as are best."""
        self.left_out: dict[str, UnfitWorker] = {}
        """What is wrong with the workers that get nothing to do, by their addresses."""
        self._client, self._tell = client, tell
        self._trial = trial or Trial.of()
        self._worked = False
        self._slots, self._counted = 0, 0.0

    @property
    def slots(self) -> int:
        """How many calls run at the same time just now. Raises StorageError."""
        if time.monotonic() - self._counted > _LOOK_AGAIN:
            with explained(self.address):
                threads = self._client.nthreads()
            self._slots = sum(number for worker, number in threads.items() if worker not in self.left_out)
            self._counted = time.monotonic()
        return self._slots

    def submit(self, function: Callable[..., R], /, *arguments: Any, **named: Any) -> "Future[R]":
        """Call the function on a worker.

        The future raises WorkersLost, UsageError (no worker can do it) and StorageError (the cluster fails).
        """
        return self._await(self._fetch(partial(function, **named) if named else function, arguments))

    def submit_near(self, place: str, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call the function soon, on the worker that `find_worker` has named if that is still there."""
        return self._await(self._fetch(function, arguments, place))

    def try_workers(self) -> None:
        """Leave out those of the workers that are there and can do nothing; raises UsageError where that is all."""
        with explained(self.address):
            found = self._client.run(_try, self._trial, on_error="return")
        for problem in found.values():
            if isinstance(problem, UnfitWorker):
                self._leave_out(problem)
        if found and len(self.left_out) == len(found):
            raise self._refusal()

    def _await(self, coming: Coroutine[Any, Any, Any]) -> "Future[Any]":
        loop: Any = self._client.loop
        return asyncio.run_coroutine_threadsafe(coming, loop.asyncio_loop)

    async def _fetch(self, function: Callable[..., Any], arguments: tuple[Any, ...], near: str = "") -> Any:
        """Send a call until a worker that is fit for it has answered."""
        with explained(self.address):
            while True:
                places = [near] if near and near not in self.left_out else await self._find_places()
                found = await self._gather(function, arguments, places, bool(near))
                near = ""
                if found is None:
                    continue
                if fault := await asyncio.to_thread(find_fault, found):
                    self._leave_out(fault)
                    continue
                self._worked = True
                if found.error is not None:
                    raise found.error
                return found.value

    async def _gather(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], places: list[str], soon: bool
    ) -> Answer | None:
        """Send a call to places, to any where there is none; None where they are all gone, or one is unfit.

        Nothing else holds on to what was sent, so that the scheduler forgets it if this is cancelled. Not Dask's own
        executor: that waits for ever where a worker is lost between its answer and our taking it. It also does where a
        place is gone at a moment when there is no other.
        """
        options: dict[str, Any] = {"workers": places, "allow_other_workers": not self.left_out} if places else {}
        sent = self._client.submit(
            _call, self._trial, function, *arguments, pure=False, priority=_URGENT if soon else 0, **options
        )
        fetching = asyncio.ensure_future(self._client.gather(sent, asynchronous=True))
        try:
            while places and not (await asyncio.wait([fetching], timeout=_LOOK_AGAIN))[0]:
                if not await self._client.nthreads(places, asynchronous=True):
                    return None
            found: Answer = await fetching
            return found
        except UnfitWorker as fault:
            if fault.missing and not os.path.lexists(fault.missing):  # it has gone since
                paths = tuple(path for path in self._trial.paths if path != fault.missing)
                self._trial = replace(self._trial, paths=paths)
            else:
                self._leave_out(fault)
            return None
        except Exception as error:
            raise _explain(error, self.address) from None
        finally:
            fetching.cancel()

    async def _find_places(self) -> list[str]:
        """Return the workers that are fit, once there are some; none where all that are there are.

        Raises UsageError where none is, and none has ever been.
        """
        while self.left_out:
            workers = list(await self._client.nthreads(asynchronous=True))
            if fit := [worker for worker in workers if worker not in self.left_out]:
                return fit
            if workers and not self._worked:
                raise self._refusal()
            await asyncio.sleep(_LOOK_AGAIN)
        return []

    def _leave_out(self, fault: UnfitWorker) -> None:
        if fault.worker not in self.left_out:
            self.left_out[fault.worker] = fault
            self._counted = 0.0
            self._tell(f"the worker {fault}; it gets nothing to do")

    def _refusal(self) -> UsageError:
        fault = next(iter(self.left_out.values()))
        rest = "" if len(self.left_out) == 1 else f" (as {len(self.left_out) - 1} more that cannot be used)"
        return UsageError(f"no worker can be used: {fault}{rest}", self.address)


def submit_near(executor: Executor, place: str, function: Callable[..., R], *arguments: Any) -> "Future[R]":
    """Call the function on the worker that `find_worker` has named, where the executor knows of such."""
    if isinstance(executor, Cluster) and place:
        return executor.submit_near(place, function, *arguments)
    return executor.submit(function, *arguments)


def _call(trial: Trial, function: Callable[..., Any], *arguments: Any) -> Answer:
    """Call the function on a worker that would give the same answer as any other; what else it is, raises."""
    worker = find_worker()[0]
    try_once(trial, worker)
    import cv2

    cv2.setNumThreads(1)  # its own threads would fight for the cores with the other workers of the machine
    return answer(worker, function, *arguments)


def _try(trial: Trial, dask_worker: Any) -> UnfitWorker | None:
    """Try a worker without giving it anything to do; Dask fills in which it is."""
    try:
        try_once(trial, dask_worker.address)
    except UnfitWorker as fault:
        return fault
    return None


try_once = cache(try_worker)


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
        return StorageError("the scheduler is gone, or has forgotten what was sent; the same command goes on", address)
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
