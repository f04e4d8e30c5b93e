"""Long work, one piece after the other in a thread of its own, kept in the store so that a restart goes on with it."""

import json
import logging
import os
import secrets
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from framesift.duplicates import Watch
from framesift.errors import FramesiftError, StorageError
from framesift.review.refusals import Conflict
from framesift.review.store import Store

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_NICENESS = 10
_PAUSE = 1.0
"""Seconds until a disk that has refused is tried again."""
CANCELLABLE = {"search", "scan", "rehearsal", "tuning"}
"""Kinds that change no file: a removal is brought to its end, and undone if it was a mistake."""
_MOST_STARTS = 3
"""A job during which the program has died so often is not tried again."""
_MOST_WAITING = 100
_SHOWN_COLLECTIONS = 100
_KEPT = 1000
"""Jobs that have ended and are still listed."""


class Cancelled(Exception):
    """The job is to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work."""

    id: str
    kind: str
    state: str
    """queued, running, done, failed, or stopped."""
    stage: str
    done: int
    total: int | None
    collections: tuple[str, ...]
    """At most the first hundred."""
    created: str
    finished: str | None
    result: Any
    problem: str | None
    groups_so_far: int | None = None
    """Of near-duplicates, while it searches."""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in ("queued", "running")


class Progress(Watch):
    """How far a running job has come; also what tells it to stop."""

    def __init__(self, job_id: str, closing: threading.Event) -> None:
        self.job_id = job_id
        self.stage, self.done, self.total = "", 0, 0
        self.groups_so_far: int | None = None
        self.cancelled = threading.Event()
        self._closing = closing

    def follow(self, items: Iterable[T], stage: str, total: int | None = None) -> Iterator[T]:
        """Pass the items on and count them. Raises Cancelled where the job is to stop."""
        self.begin(stage, total)
        for item in items:
            self.check()
            yield item
            self.done += 1

    def begin(self, stage: str, total: int | None = None) -> None:
        """Begin to count anew."""
        self.stage, self.done, self.total = stage, 0, total or 0

    def check(self) -> None:
        """Raise Cancelled where the job, or the whole program, is to stop."""
        if self.cancelled.is_set() or self._closing.is_set():
            raise Cancelled


Work = Callable[[dict[str, Any], Progress], Any]
"""Does one kind of job: takes what was asked for, returns the result, both as JSON has them.

It may be begun again after it was stopped anywhere.
"""


class Jobs:
    """The queue. Its methods may be called from any thread."""

    def __init__(self, store: Store, kinds: dict[str, Work], prepare: Callable[[], None] = lambda: None) -> None:
        """Take the kinds of work; the thread that does it calls `prepare` before the first piece."""
        self._store, self.kinds, self._prepare = store, kinds, prepare
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._running: Progress | None = None
        self._thread = threading.Thread(target=self._work, name="framesift-jobs", daemon=True)

    def start(self) -> None:
        """Go on with what an earlier start has left, and take new work."""
        with self._store.writing() as database:
            told = "framesift was stopped in the middle of it too often"
            database.execute(
                "UPDATE jobs SET state = 'failed', problem = ?, finished = ? WHERE state = 'running' AND starts >= ?",
                (told, now(), _MOST_STARTS),
            )
            database.execute("UPDATE jobs SET state = 'queued' WHERE state = 'running'")
            database.execute(
                "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number <= "
                "(SELECT max(number) FROM jobs) - ? AND id NOT IN (SELECT job_id FROM removals)",
                (_KEPT,),
            )
        self._thread.start()

    def stop(self) -> None:
        """Let the running job stop at its next step; the next start goes on with it."""
        self._closing.set()
        self._wake.set()

    def close(self) -> None:
        """Stop, and wait until no more work is done."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_closing(self) -> bool:
        """Whether no more work is done."""
        return self._closing.is_set()

    def submit(self, kind: str, spec: dict[str, Any], collections: Sequence[str] = ()) -> Job:
        """Queue a job. Raises Conflict where too many are waiting."""
        with self._store.writing() as database:
            job_id = self.queue(database, kind, spec, collections)
        self.wake()
        return self.find(job_id)

    def queue(
        self, database: sqlite3.Connection, kind: str, spec: dict[str, Any], collections: Sequence[str] = ()
    ) -> str:
        """Queue a job within a transaction of the caller, who then calls `wake`; return its id. Raises Conflict."""
        [[waiting]] = database.execute("SELECT count(*) FROM jobs WHERE state = 'queued'")
        if waiting >= _MOST_WAITING:
            raise Conflict("too much work is waiting: ask again when some of it is done")
        job_id = secrets.token_hex(8)
        database.execute(
            "INSERT INTO jobs (id, kind, spec, collections, state, created) VALUES (?, ?, ?, ?, 'queued', ?)",
            (job_id, kind, json.dumps(spec), json.dumps(list(collections)), now()),
        )
        return job_id

    def wake(self) -> None:
        """Tell the worker that there is something to do."""
        self._wake.set()

    def find(self, job_id: str) -> Job:
        """Return a job as it is now. Raises Unknown."""
        return self._as_job(self._store.require("there is no such job", "SELECT * FROM jobs WHERE id = ?", job_id))

    def page(self, offset: int = 0, limit: int = 60) -> tuple[int, list[Job]]:
        """Return how many jobs there are, and some of them, the newest first, without their results."""
        total, rows = self._store.page("jobs", offset, limit)
        return total, [replace(self._as_job(row), result=None) for row in rows]

    def is_pending(self, kind: str) -> bool:
        """Whether a job of this kind is queued or running."""
        query = "SELECT 1 FROM jobs WHERE kind = ? AND state IN ('queued', 'running')"
        return self._store.find(query, kind) is not None

    def cancel(self, job_id: str) -> Job:
        """Stop a job. Raises Unknown; Conflict for one that changes files or is over."""
        job = self.find(job_id)
        if job.kind not in CANCELLABLE:
            raise Conflict(f"a job of the kind {job.kind} is not stopped: undo it when it is done")
        with self._store.writing() as database:
            query = "UPDATE jobs SET state = 'stopped', finished = ? WHERE id = ? AND state = 'queued'"
            stopped = database.execute(query, (now(), job_id)).rowcount
        running = self._running
        if not stopped:
            if running is None or running.job_id != job_id:
                raise Conflict("the job is over")
            running.cancelled.set()
        return self.find(job_id)

    def _as_job(self, row: sqlite3.Row) -> Job:
        running = self._running
        live = running if running is not None and running.job_id == row["id"] and row["state"] == "running" else None
        return Job(
            id=row["id"],
            kind=row["kind"],
            state=row["state"],
            stage=live.stage if live else "",
            done=live.done if live else 0,
            total=(live.total or None) if live else None,
            collections=tuple(json.loads(row["collections"])[:_SHOWN_COLLECTIONS]),
            created=row["created"],
            finished=row["finished"],
            result=json.loads(row["result"]) if row["result"] else None,
            problem=row["problem"],
            groups_so_far=live.groups_so_far if live else None,
        )

    def _work(self) -> None:
        _yield_to_answers()
        self._prepare()
        while not self._closing.is_set():
            self._wake.clear()
            try:
                row = self._store.find("SELECT * FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1")
            except StorageError:
                self._closing.wait(_PAUSE)
                continue
            if row is None:
                self._wake.wait()
            else:
                self._run(row)

    def _run(self, row: sqlite3.Row) -> None:
        self._running = progress = Progress(row["id"], self._closing)
        try:
            if self._change("state = 'running', starts = starts + 1", "queued", row["id"]):
                self._do(row, progress)
        finally:
            self._running = None

    def _do(self, row: sqlite3.Row, progress: Progress) -> None:
        end, result, problem = "done", None, None
        try:
            result = self.kinds[row["kind"]](json.loads(row["spec"]), progress)
        except Cancelled:
            if not progress.cancelled.is_set():
                self._change("state = 'queued', starts = 0", "running", row["id"])
                return
            end = "stopped"
        except FramesiftError as error:
            end, problem = "failed", error.reason
        except Exception as error:  # a mistake of ours must not end the thread that all other work waits for
            _LOG.exception("the job %s failed", row["kind"])
            end, problem = "failed", f"a mistake of framesift ({type(error).__name__})"
        values = (end, None if result is None else json.dumps(result), problem, now())
        self._change("state = ?, result = ?, problem = ?, finished = ?", "running", row["id"], *values)

    def _change(self, changes: str, state: str, job_id: str, *values: Any) -> bool:
        """Change a job that is in this state; on a disk that refuses, try until it does not. Tell whether it was."""
        while True:
            try:
                with self._store.writing() as database:
                    query = f"UPDATE jobs SET {changes} WHERE id = ? AND state = ?"
                    return bool(database.execute(query, (*values, job_id, state)).rowcount)
            except StorageError:
                if self._closing.wait(_PAUSE):
                    return False


def _yield_to_answers() -> None:
    """Let this thread, and those that it starts, have the processor only when no answer needs it."""
    if sys.platform == "linux":  # elsewhere it would be the whole program
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)


def now() -> str:
    """Return the time in UTC as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
