"""An order-keeping map with a bounded window over any `concurrent.futures.Executor`, and the usual one: threads."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def map_ordered(executor: Executor, function: Callable[[T], R], items: Iterable[T], window: int) -> Iterator[R]:
    """Yield `function(item)` for each item, in order, with at most `window` calls under way or waiting to be taken.

    `items` is drawn from only as results are taken, so memory does not depend on how many there are. An exception of
    `function` is raised where its result would have come; whatever ends the iteration cancels what has not begun.
    """
    pending: deque[Future[R]] = deque()
    try:
        for item in items:
            pending.append(executor.submit(function, item))
            if len(pending) >= window:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


def map_in_threads(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Map, in order, with threads of its own: for what waits for others rather than computes."""
    with ThreadPoolExecutor(threads, thread_name_prefix="framesift-asking") as pool:
        yield from map_ordered(pool, function, items, window=4 * threads)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def open_workers(executor: Executor | None, jobs: int) -> Iterator[Executor]:
    """Give `executor`, or a pool of threads. OpenCV's own threads are off meanwhile: they would fight for the cores."""
    import cv2  # whoever only maps need not wait for it

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        if executor is not None:
            yield executor
        else:
            with ThreadPoolExecutor(jobs, thread_name_prefix="framesift") as pool:
                yield pool
    finally:
        cv2.setNumThreads(threads)
