"""A map over frames, each by itself: on threads of this process, or in batches on a cluster."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, wait
from functools import partial
from itertools import islice
from typing import TypeVar

from framesift.cluster import LOST, PARTS, Cluster, WorkersLost
from framesift.cluster.parallel import map_ordered, open_workers

T = TypeVar("T")
R = TypeVar("R")

BATCH = 100
"""Items that are sent as one task: with fewer, scheduling would cost more than a few percent."""


def map_frames(
    executor: Executor | None, function: Callable[[T], R], items: Iterable[T], jobs: int, lost: Callable[[T, str], R]
) -> Generator[R, None, None]:
    """Yield `function(item)` for each item, in order: on `jobs` threads, or in batches on a cluster.

    `lost` says what comes of an item that costs every worker its life that is given it.
    """
    if not isinstance(executor, Cluster):
        with open_workers(executor, jobs) as workers:
            yield from map_ordered(workers, function, items, window=2 * jobs + 2)
        return
    pending: deque[tuple[list[T], Future[list[R]]]] = deque()
    call, rest = partial(_call_each, function), iter(items)
    try:
        while True:
            while len(pending) < 2 * executor.slots + 2 and (batch := list(islice(rest, executor.longest or BATCH))):
                pending.append((batch, executor.submit(call, batch)))
            if not pending:
                return
            batch, future = pending.popleft()
            try:
                yield from future.result()
            except WorkersLost:
                wait([later for _, later in pending])  # or they would be lost with it
                yield from _call_in_parts(executor, call, batch, lost)
    finally:
        for _, future in pending:
            future.cancel()


def _call_each(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(item) for item in items]


def _call_in_parts(
    executor: Executor, call: Callable[[list[T]], list[R]], items: list[T], lost: Callable[[T, str], R]
) -> Iterator[R]:
    length = -(-len(items) // PARTS)
    for part in (items[first : first + length] for first in range(0, len(items), length)):
        try:
            found = executor.submit(call, part).result()
        except WorkersLost:
            found = [lost(part[0], LOST)] if len(part) == 1 else list(_call_in_parts(executor, call, part, lost))
        yield from found
