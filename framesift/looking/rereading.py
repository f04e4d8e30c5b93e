"""The frames of a run, read again: as people are shown them, and as the run compares them."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import SingleFlight
from framesift.errors import UnreadableFrame
from framesift.filtering.comparator_choice import comparator_of, record_of
from framesift.filtering.describing import read_frame, sampling_of
from framesift.filtering.file_state import ask_status, name_before
from framesift.filtering.manifest import Record
from framesift.frames.reader import read_picture
from framesift.frames.reader.pages import name_page, split_page
from framesift.frames.videos import is_still, read_still
from framesift.stores import is_url, join

Pixels = NDArray[np.uint8]

_DESCRIPTORS = 2**25
"""Bytes of what is compared of frames that are kept for the next decisions."""
_LEAST = 3
"""So many of these are kept in any case."""
_SMALL = 2**18
"""What takes so many bytes at most is kept of frames too that are probably asked for once."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is compared of a frame."""

    descriptor: Pixels
    size: tuple[int, int]
    """Width and height in px of the picture."""


class Sights:
    """Reads and describes frames of one camera again, and remembers the last ones: many decisions have one reference.

    Used by many threads at once: where two ask for a frame, it is read once.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = Lock()
        self._room = _DESCRIPTORS
        self._known: OrderedDict[str, Sight | None] = OrderedDict()
        self._looks = SingleFlight[Sight | None]()

    def describe(
        self,
        camera: str,
        path: str,
        *,
        once: bool = False,
        show: Callable[[Pixels | str], object] | None = None,
    ) -> Sight | None:
        """Return what the run compares of a frame; None where it cannot be read any more.

        With `once` it is probably not asked for again. `show` is given what `read_pixels` returns, where the frame is
        read now.
        """
        with self._lock:
            if path in self._known:
                self._known.move_to_end(path)
                return self._known[path]

        def look() -> Sight | None:
            sight = self._look(camera, path, show)
            if not once or _weigh(sight) <= _SMALL:
                self._remember(path, sight)
            return sight

        return self._looks.call(path, look)

    def _remember(self, path: str, sight: Sight | None) -> None:
        with self._lock:
            self._room -= 0 if path in self._known else _weigh(sight)
            self._known[path] = sight
            while self._room < 0 and len(self._known) > _LEAST:
                self._room += _weigh(self._known.popitem(last=False)[1])

    def _look(self, camera: str, path: str, show: Callable[[Pixels | str], object] | None) -> Sight | None:
        if show is None:
            return describe_again(self._record, camera, path)
        pixels = read_pixels(self._record, camera, path)
        show(pixels)
        if isinstance(pixels, str):
            return None
        if self._record.settings.of(camera).reads_grey:
            return describe_again(self._record, camera, path)
        return _describe(record_of(self._record, camera), camera, pixels, (pixels.shape[1], pixels.shape[0]))


def _weigh(sight: Sight | None) -> int:
    return sight.descriptor.nbytes if sight else 0


def read_pixels(record: Record, camera: str, path: str, walk_films: bool = False) -> Pixels | str:
    """Return the pixels of a camera's frame, (height, width, 3) BGR, or the reason why there are none.

    Of 16 bits they are in the range in which the run has read them. A frame that is gone from its folder, or whose file
    has been written to since, may have been kept: then the results folder has it. So are the frames of films.
    """
    read = partial(read_picture, max_pixels=record.settings.max_pixels, levels=record.levels.get(camera))
    reasons = {}
    for place in _find_places(record, path):
        try:
            return read(place).pixels
        except UnreadableFrame as error:
            reasons[place] = error.reason
    if is_still(path, record.source):
        return _read_still(record, path) if walk_films else "a frame of a film: framesift explain draws it"
    return reasons[record.find_frame(path)]


def _find_places(record: Record, path: str) -> list[str]:
    """Return where a frame may be read: where it lies, or first in the results where its file is not what it was."""
    source, kept = record.find_frame(path), join(record.folder, record.name_kept(path))
    if is_url(source) or is_url(kept):
        return [source, kept]
    file, page = split_page(path) or (path, 0)
    status, kept_status = ask_status(join(record.source, file)), ask_status(kept)
    if status and kept_status and status.st_mtime_ns != kept_status.st_mtime_ns:
        return [kept, source]
    places = [source, kept]
    if not status and (refreshed := name_before(file)):
        places.append(record.find_frame(name_page(refreshed, page) if page else refreshed))
    return places


def _read_still(record: Record, path: str) -> Pixels | str:
    record.require_source()
    pixels = read_still(record.source, path, sampling_of(record.settings), record.settings.naming.guarded())
    return "the film has no such frame any more" if pixels is None else pixels


def describe_again(record: Record, camera: str, path: str) -> Sight | None:
    """Return what the run compares of a camera's frame; None where it cannot be read any more."""
    record = record_of(record, camera)
    for place in _find_places(record, path):
        with suppress(UnreadableFrame):
            picture = read_frame(place, record.settings, record.levels.get(camera))
            return _describe(record, camera, picture.pixels, picture.size)
    return None


def _describe(record: Record, camera: str, pixels: Pixels, size: tuple[int, int]) -> Sight:
    return Sight(comparator_of(record.settings, camera).describe(pixels), size)


def read_compared(record: Record, camera: str, path: str) -> Pixels | None:
    """Return the pixels that a run compares, which need not be those that people are shown; None for one that is gone.

    Raises UsageError as `Record.require_source`.
    """
    settings = record.settings.of(camera)
    for place in _find_places(record, path):
        with suppress(UnreadableFrame):
            return read_frame(place, settings, record.levels.get(camera)).pixels
    return None
