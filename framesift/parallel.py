"""An order-keeping map with a bounded window over any `concurrent.futures.Executor`."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
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
