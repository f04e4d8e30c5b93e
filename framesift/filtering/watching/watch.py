"""A run that goes on: frames are decided as they arrive, as one run over all of them would decide."""

import os
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from framesift.cluster.parallel import count_cores, open_workers
from framesift.errors import StorageError, show
from framesift.filtering.run import Run
from framesift.filtering.selection import Decision
from framesift.filtering.watching.arrivals import Arrivals, Tell
from framesift.frames.finding import Frame

LONGEST = 1.0
"""Seconds that a decision stays in memory."""


def watch_frames(
    run: Run,
    tell: Tell,
    jobs: int | None = None,
    executor: Executor | None = None,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Decision, None, None]:
    """Decide the frames of an entered `watching` run, now and as they arrive, until the generator is closed.

    A frame is decided when it is whole and those before it are; one that is not whole when it has not changed for
    `arrivals.PATIENCE` seconds. Decisions are on the disk a second later. `tell` is called for a frame that came too
    late, and for a folder that is gone or there again: it is waited for. Raises StorageError (the results folder).
    """
    results = run.results
    arrivals = Arrivals(run.directory, results.folder, run.settings.naming, results.is_decided, tell, clock)
    jobs = jobs or count_cores()
    with open_workers(executor, jobs) as workers:
        while True:
            ready = [frame for frame in arrivals.look() if not _leave_late(frame, run, arrivals, tell)]
            views, flushed = arrivals.accept(run.view(arrivals.offer(ready), workers, jobs)), clock()
            with _waiting_for(run.directory):
                for decision in run.decide_views(views):
                    arrivals.forget(decision.frame)
                    yield decision
                    if clock() - flushed >= LONGEST:
                        results.flush()
                        flushed = clock()
            results.flush()
            pause(arrivals.pause)


def _leave_late(frame: Frame, run: Run, arrivals: Arrivals, tell: Tell) -> bool:
    """Leave out, and tell of, a frame that comes before the last decided one of its camera."""
    if late := run.results.is_late(frame):
        run.late.append(frame)
        arrivals.forget(frame, late=True)
        what = f"came after a later frame of camera {show(frame.camera)} had been decided: left for a full run"
        tell(os.path.join(run.directory, frame.path), what)
    return late


@contextmanager
def _waiting_for(directory: str) -> Iterator[None]:
    """Go on when the folder of the frames is gone: the next look says so."""
    try:
        yield
    except StorageError as error:
        if error.path != directory:
            raise
