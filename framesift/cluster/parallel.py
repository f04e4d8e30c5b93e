"""An order-keeping map with a bounded window over any `concurrent.futures.Executor`, and the usual one: threads."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Crew(Executor):
    """Those who work for one who works too, in `map_ordered`: that one calls itself what waits for its turn."""

    are_any: bool
    """Whether there is anybody beside that one."""


class Workers(ThreadPoolExecutor, Crew):
    """Threads that work for one who works too: there are `jobs` with that one.

    So no more threads than cores want Python's lock, which each call of OpenCV and numpy gives away and wants back.
    With one job there is no thread but that of whoever maps.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(max(jobs - 1, 1), thread_name_prefix="framesift")
        self.are_any = jobs > 1


def map_ordered(executor: Executor, function: Callable[[T], R], items: Iterable[T], window: int) -> Iterator[R]:
    """Yield `function(item)` for each item, in order, with at most `window` calls under way or waiting to be taken.

    `items` is drawn from only as results are taken, so memory does not depend on how many there are. An exception of
    `function` is raised where its result would have come; whatever ends the iteration cancels what has not begun. Of
    `Crew` this thread is one while it waits for the next result.
    """
    if isinstance(executor, Crew) and not executor.are_any:
        yield from map(function, items)
        return
    own = function if isinstance(executor, Crew) else None
    pending: deque[_Call[T, R]] = deque()
    try:
        for item in items:
            pending.append(_Call(item, executor.submit(function, item)))
            if len(pending) >= window:
                yield _take_first(pending, own)
        while pending:
            yield _take_first(pending, own)
    finally:
        for call in pending:
            call.future.cancel()


@dataclass(slots=True, eq=False)
class _Call(Generic[T, R]):
    item: T
    future: Future[R]


def _take_first(pending: "deque[_Call[T, R]]", function: Callable[[T], R] | None) -> R:
    """Return the first result; with `function`, make others, or that one, as long as it is not there."""
    while function and not pending[0].future.done():
        waiting = next((call for call in pending if call.future.cancel()), None)
        if waiting is None:
            break
        waiting.future = _call_now(function, waiting.item)
    return pending.popleft().future.result()


def _call_now(function: Callable[[T], R], item: T) -> Future[R]:
    future = Future[R]()
    try:
        future.set_result(function(item))
    except Exception as error:  # raised where it would have come
        future.set_exception(error)
    return future


def map_in_threads(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Map, in order, with threads of its own: for what waits for others rather than computes."""
    with ThreadPoolExecutor(threads, thread_name_prefix="framesift-asking") as pool:
        yield from map_ordered(pool, function, items, window=4 * threads)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SingleFlight(Generic[R]):
    """Calls of many threads, each with a key: who asks for what another thread is about to find waits for that."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: dict[str, Future[R]] = {}

    def call(self, key: str, function: Callable[[], R]) -> R:
        """Return or raise what `function` does, or what it does for a thread that has asked with this key already."""
        with self._lock:
            if (call := self._calls.get(key)) is None:
                mine = self._calls[key] = Future()
        if call is not None:
            return call.result()
        try:
            mine.set_result(function())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._calls[key]
        return mine.result()


@contextmanager
def open_workers(executor: Executor | None, jobs: int, waiting: bool = False) -> Iterator[Executor]:
    """Give `executor`, or `Workers`, or, for calls that wait for others, so many threads besides the caller's.

    OpenCV's own threads are off meanwhile: they would fight for the cores.
    """
    import cv2  # whoever only maps need not wait for it

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        if executor is not None:
            yield executor
        else:
            pool = ThreadPoolExecutor(jobs, thread_name_prefix="framesift") if waiting else Workers(jobs)
            with pool as workers:
                yield workers
    finally:
        cv2.setNumThreads(threads)
