"""Runs that are opened: what each decided by, and its decisions as they are now."""

import hashlib
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from framesift.errors import StorageError, UsageError
from framesift.filtering.manifest import NAME, Record, open_record
from framesift.filtering.selection import Decision
from framesift.frames.reader import MAX_PIXELS
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.manifest.index import Decisions
from framesift.review.runs.manifest.lines import DAMAGES, open_manifest
from framesift.review.runs.manifest.reading import Reading
from framesift.review.runs.places import Place, Places

_OPEN = 4
"""So many manifests are kept in memory."""
_LARGEST = 10**12
"""px, or percent."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run, opened: what it decided by, and its decisions as they are now."""

    place: Place
    record: Record
    decisions: Decisions
    within: bool
    """Whether its frames lie within what is served, so that pictures may be opened."""

    def find_camera(self, camera: str | None) -> int | None:
        """Return the place of a camera by its printable name; None for None. Raises Unknown for no such camera."""
        if camera is None:
            return None
        try:
            return self.decisions.names.index(camera)
        except ValueError:
            raise Unknown("no such camera") from None

    def read_decision(self, number: int) -> Decision:
        """Return a decision. Raises Unknown for no such number; Conflict where it is gone."""
        try:
            return self.decisions.read(number)
        except IndexError:
            raise Unknown("no such decision") from None
        except StorageError as error:
            raise Conflict(error.reason) from None


class Runs(Places):
    """Finds and opens runs. Its methods may be called from any thread."""

    def __init__(self, root: str, output: str) -> None:
        super().__init__(root, output)
        self._lock = threading.Lock()
        self._open: OrderedDict[str, tuple[bytes, Record, Reading]] = OrderedDict()
        self._reading: dict[str, threading.Lock] = {}

    def read_record(self, place: Place) -> Record | None:
        """Return what a run decided by, from the first line of its manifest; None where that cannot be read."""
        try:
            return _open_record(place.folder)
        except (Conflict, StorageError):
            return None

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
        return replace(known[1], known_levels=decisions.levels), decisions


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
        if max(record.settings.min_contour_area.value, record.settings.score_threshold.value) > _LARGEST:
            raise ValueError("a threshold that no picture reaches")
    except StorageError:
        raise
    except UsageError as error:
        raise Conflict(error.reason, error.path) from None
    except DAMAGES:
        raise Conflict("its manifest has settings that cannot be read") from None
    settings, naming = record.settings, record.settings.naming.guarded()
    settings = replace(settings, max_pixels=min(settings.max_pixels, MAX_PIXELS), naming=naming)
    return replace(record, settings=settings, is_named=True)  # whether it lies within what is served is asked anyway
