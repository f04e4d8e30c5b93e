"""Where runs lie below the folder that is served: folders with a manifest, found by an id of their path."""

import hashlib
import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from framesift.errors import show
from framesift.filtering.manifest import NAME
from framesift.review.refusals import Unknown
from framesift.review.runs.confines import Confines

_FRESH = 20.0
"""Seconds for which a listing of the folders is good enough."""
_SOON = 2.0
"""Seconds after which an unknown id is worth another look at the folders."""
_MOST_RUNS = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a manifest."""

    id: str
    folder: str
    """Absolute."""
    name: str
    """Printable: its path below the folder that is served, or that folder's own name."""
    modified: datetime
    bytes: int
    """Of the manifest."""


class Places:
    """Finds runs below `root`. Its methods may be called from any thread."""

    def __init__(self, root: str, output: str) -> None:
        self.confines = Confines(root, output)
        self._root, self._output = os.path.realpath(root), os.path.realpath(output)
        self._walking = threading.Lock()
        self._known: dict[str, Place] = {}
        self._listed = -_FRESH

    def list_places(self, within_s: float = _FRESH) -> list[Place]:
        """Return the runs, the latest first, as they were at most so many seconds ago."""
        with self._walking:
            if time.monotonic() - self._listed > within_s:
                self._known = {place.id: place for place in self._walk()}
                self._listed = time.monotonic()
            return sorted(self._known.values(), key=lambda place: (-place.modified.timestamp(), place.name))

    def has_some(self) -> bool:
        """Tell whether there are runs. The folders are looked through only where none is known."""
        return bool(self._known or self.list_places())

    def find(self, run_id: str) -> Place:
        """Return where a run lies. Raises Unknown."""
        if run_id not in self._known:
            self.list_places(_SOON)
        place = self._known.get(run_id)
        if place is None or not _is_manifest(place.folder) or not self.confines.hold(place.folder):
            raise Unknown("no such run")
        return place

    def _walk(self) -> list[Place]:
        """Look through the folders below the root; links to folders, hidden ones and our own output are not entered."""
        places: list[Place] = []
        pending = [self._root]
        while pending and len(places) < _MOST_RUNS:
            folder = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.name == NAME and entry.is_file(follow_symlinks=False):
                            places.append(self._place(folder, entry.stat(follow_symlinks=False)))
                        elif entry.is_dir(follow_symlinks=False) and self._is_entered(entry):
                            pending.append(entry.path)
            except OSError:
                continue  # a folder that is gone or closed to us holds no run that could be shown
        return places

    def _is_entered(self, entry: "os.DirEntry[str]") -> bool:
        return not entry.name.startswith(".") and entry.path != self._output

    def _place(self, folder: str, status: os.stat_result) -> Place:
        relative = "" if folder == self._root else os.path.relpath(folder, self._root)
        run_id = hashlib.sha256(os.fsencode(relative)).hexdigest()[:16]
        name = show(relative or os.path.basename(self._root) or "/")
        return Place(run_id, folder, name, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)


def _is_manifest(folder: str) -> bool:
    path = os.path.join(folder, NAME)
    return os.path.isfile(path) and not os.path.islink(path)
