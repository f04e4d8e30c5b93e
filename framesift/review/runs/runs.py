"""The runs below the folder that is served: folders with a manifest, found and opened by an id of their path."""

import hashlib
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite

from framesift.errors import StorageError, UsageError, show
from framesift.filtering.manifest import NAME, Record, open_record
from framesift.filtering.settings import Settings
from framesift.frames.reader import MAX_PIXELS
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.confines import Confines
from framesift.review.runs.manifest.index import Decisions
from framesift.review.runs.manifest.lines import DAMAGES, is_size, open_manifest
from framesift.review.runs.manifest.reading import Reading

_FRESH = 20.0
"""Seconds for which a listing of the folders is good enough."""
_SOON = 2.0
"""Seconds after which an unknown id is worth another look at the folders."""
_OPEN = 4
"""So many manifests are kept in memory."""
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


@dataclass(frozen=True, slots=True)
class Run:
    """A run, opened: what it decided by, and its decisions as they are now."""

    place: Place
    record: Record
    decisions: Decisions
    within: bool
    """Whether its frames lie within what is served, so that pictures may be opened."""


class Runs:
    """Finds and opens runs. Its methods may be called from any thread."""

    def __init__(self, root: str, output: str) -> None:
        self.root = os.path.realpath(root)
        self.confines = Confines(root, output)
        self._output = os.path.realpath(output)
        self._lock = threading.Lock()
        self._walking = threading.Lock()
        self._places: dict[str, Place] = {}
        self._listed = -_FRESH
        self._open: OrderedDict[str, tuple[bytes, Record, Reading]] = OrderedDict()
        self._reading: dict[str, threading.Lock] = {}

    def list_places(self, within_s: float = _FRESH) -> list[Place]:
        """Return the runs, the latest first, as they were at most so many seconds ago."""
        with self._walking:
            if time.monotonic() - self._listed > within_s:
                self._places = {place.id: place for place in self._walk()}
                self._listed = time.monotonic()
            return sorted(self._places.values(), key=lambda place: (-place.modified.timestamp(), place.name))

    def find(self, run_id: str) -> Place:
        """Return where a run lies. Raises Unknown."""
        if run_id not in self._places:
            self.list_places(_SOON)
        place = self._places.get(run_id)
        if place is None or not _is_manifest(place.folder) or not self.confines.hold(place.folder):
            raise Unknown("no such run")
        return place

    def open(self, run_id: str) -> Run:
        """Read the manifest of a run, or what has been added to it since. Raises Unknown and Conflict."""
        place = self.find(run_id)
        with self._lock:
            lock = self._reading.setdefault(run_id, threading.Lock())
        try:
            with lock:
                record, decisions = self._read(place)
        except StorageError as error:
            raise Conflict(error.reason) from None
        return Run(place, record, decisions, self.confines.hold(record.source))

    def _read(self, place: Place) -> tuple[Record, Decisions]:
        header = _read_header(os.path.join(place.folder, NAME))
        digest = hashlib.sha256(header).digest()
        with self._lock:
            known = self._open.get(place.id)
        if known is None or known[0] != digest or not known[2].is_continued():
            record = _open_record(place.folder)
            known = digest, record, Reading(record.path, record.settings)
        decisions = known[2].go_on()
        with self._lock:
            self._open[place.id] = known
            self._open.move_to_end(place.id)
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
        return known[1], decisions

    def _walk(self) -> list[Place]:
        """Look through the folders below the root; links to folders, hidden ones and our own output are not entered."""
        places: list[Place] = []
        pending = [self.root]
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
        relative = "" if folder == self.root else os.path.relpath(folder, self.root)
        run_id = hashlib.sha256(os.fsencode(relative)).hexdigest()[:16]
        name = show(relative or os.path.basename(self.root) or "/")
        return Place(run_id, folder, name, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)


def _is_manifest(folder: str) -> bool:
    path = os.path.join(folder, NAME)
    return os.path.isfile(path) and not os.path.islink(path)


def _read_header(path: str) -> bytes:
    try:
        with open_manifest(path) as file:
            return file.readline(16 * 2**20)
    except OSError:
        raise Unknown("no such run") from None


def _open_record(folder: str) -> Record:
    """Return the record of a folder whose manifest says what a page can show. Raises Conflict, StorageError."""
    try:
        record = open_record(folder)
        _check_settings(record.settings)
    except StorageError:
        raise
    except UsageError as error:
        raise Conflict(error.reason, error.path) from None
    except DAMAGES:
        raise Conflict("its manifest has settings that cannot be read") from None
    return replace(record, settings=replace(record.settings, max_pixels=min(record.settings.max_pixels, MAX_PIXELS)))


def _check_settings(settings: Settings) -> None:
    """Raise ValueError or TypeError for settings that no run has: they would cost time or memory without bounds."""
    numbers = *settings.border_mask, *settings.blur, settings.every or 0, settings.width
    thresholds = settings.min_contour_area.value, settings.score_threshold.value
    if not all(type(number) in (int, float) and isfinite(number) for number in numbers) or max(thresholds) > 10**12:
        raise ValueError("a number is none")
    if len(settings.blur) > 16 or not all(type(side) is int and side < 1000 for side in settings.blur):
        raise ValueError("a blur that is none")
    if len(settings.border_mask) != 4 or not (settings.size is None or is_size(settings.size)):
        raise ValueError("a size that is none")
    if type(settings.min_size) is not int or type(settings.max_pixels) is not int:
        raise TypeError("a number is none")
