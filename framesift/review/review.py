"""The review of a folder: all its parts put together, one program at a time."""

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from framesift.actions import is_mark, make_mark, storage_errors
from framesift.errors import PathLike, ResultsInUse, UsageError, as_command, show
from framesift.frames.choosing import USUAL, Choice
from framesift.frames.reader import FENCE
from framesift.review.duplicates.collections import Collections
from framesift.review.duplicates.contents import Contents
from framesift.review.duplicates.groups import Groups
from framesift.review.duplicates.pictures import Pictures
from framesift.review.duplicates.removal_jobs import RemovalJobs
from framesift.review.duplicates.removals import BACKUPS, Removals
from framesift.review.duplicates.searches import Request, Searches
from framesift.review.duplicates.verdicts import Verdicts
from framesift.review.jobs import Jobs, Progress
from framesift.review.runs.review import RunReview
from framesift.review.store import NAME, Store

THUMBNAILS, TUNINGS = "thumbnails", "tunings"


class Review:
    """All that is served: the folder `root`, what is of the `choice` in it, with its state and backups in `output`.

    A context manager: within it jobs are done; on leaving, what is not finished is kept for the next time. Raises
    UsageError (no such folder, a state that is damaged or of another folder), ResultsInUse and StorageError.
    """

    def __init__(
        self, root: PathLike, output: PathLike | None = None, index: PathLike | None = None, choice: Choice = USUAL
    ) -> None:
        self._choice = choice
        self.root = os.path.realpath(os.fsdecode(root))
        if not os.path.isdir(self.root):
            raise UsageError("no such folder", root)
        self.output = os.path.realpath(f"{self.root}-output" if output is None else os.fsdecode(output))
        self.index = None if index is None else os.path.abspath(os.fsdecode(index))
        if os.path.commonpath([self.root, self.output]) == self.output:
            raise UsageError("the folder that is served cannot be or lie in the output folder", self.output)
        self._lock = _lock_folder(self.output)
        try:
            self._open(is_named=output is not None)
        except BaseException:
            os.close(self._lock)
            raise

    def _open(self, is_named: bool) -> None:
        self._refuse_links()
        self.store = Store(self.output)
        self._claim(is_named)
        self.contents = Contents(self.store)
        self.verdicts = Verdicts(self.store, self.contents)
        self.collections = Collections(self.store, self.root, self.output, self._choice)
        self.searches = Searches(self.store, self.collections, self.verdicts, self.contents, self.output, self.index)
        self.groups = Groups(self.store, self.collections, self.verdicts, self.contents, self.index)
        self.jobs = Jobs(self.store, {"search": self._search, "scan": self._scan}, self.confine)
        self.removals = Removals(self.store, self.collections, self.groups, self.jobs, self.output)
        self.pictures = Pictures(self.contents, os.path.join(self.output, THUMBNAILS))
        moving = RemovalJobs(self.store, self.collections, self.searches, self.groups, self.removals, self.output)
        self.runs = RunReview(self.root, self.output, self.store)
        self.jobs.kinds |= {"removal": moving.remove, "undo": moving.undo, **self.runs.kinds}

    def __enter__(self) -> "Review":
        self.jobs.start()
        if not self.jobs.is_pending("scan"):
            self.jobs.submit("scan", {})
        return self

    def __exit__(self, *_: object) -> None:
        self.jobs.close()
        self.store.close()
        os.close(self._lock)

    def confine(self) -> None:
        """Let nothing be read from now on, for what this thread or task does, that lies outside of what is served."""
        FENCE.set((self.root, self.output))

    def _search(self, spec: dict[str, Any], progress: Progress) -> dict[str, Any]:
        found = self.searches.search(spec["collections"], Request(**spec["request"]), progress)
        return {
            "collections": [asdict(summary) for summary in found],
            "surplus": sum(summary.surplus for summary in found),
            "bytes": sum(summary.bytes for summary in found),
            "backup": show(os.path.join(self.output, BACKUPS)),
        }

    def _scan(self, _: dict[str, Any], progress: Progress) -> dict[str, int]:
        return self.collections.scan(progress)

    def _refuse_links(self) -> None:
        """Refuse a folder in which something of ours leads elsewhere: what is kept there also goes, as pictures do."""
        for name in (NAME, f"{NAME}-wal", f"{NAME}-shm", BACKUPS, THUMBNAILS, TUNINGS):
            if os.path.islink(path := os.path.join(self.output, name)):
                raise UsageError("is a link: what serve keeps lies in its own folder", path)

    def _claim(self, is_named: bool) -> None:
        """Refuse a state that is of another folder, or that came with this one: its jobs would be carried out."""
        what = json.dumps(["review", self.root])
        notes = {row["id"]: row["document"] for row in self.store.read("SELECT * FROM notes WHERE kind = 'review'")}
        is_ours = is_named or self.store.is_empty() or is_mark(notes.get("mark", ""), what)
        if notes.setdefault("root", show(self.root)) != show(self.root):
            raise UsageError(f"holds the review of {notes['root']}: choose another --output", self.output)
        if not is_ours:
            told = "was not begun by you on this machine, and what is to be done next stands in it"
            command = as_command(["--output", self.output])
            raise UsageError(f"{told}; if that is right, say so: {command}", self.store.path)
        with self.store.writing() as database:
            for name, document in (("root", show(self.root)), ("mark", make_mark(what))):
                database.execute("INSERT OR REPLACE INTO notes VALUES ('review', ?, ?)", (name, document))


def _lock_folder(folder: str) -> int:
    """Make a folder if need be, for its owner alone, and hold it; return the descriptor that holds it."""
    with storage_errors(folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with suppress(PermissionError):  # of one that another user has made; what is made within is ours alone
        os.chmod(descriptor, 0o700)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ResultsInUse("another framesift serve works with this folder", folder) from None
    return descriptor
