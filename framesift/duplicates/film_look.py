"""The second look at films: their pictures side by side, and what is heard and read in them.

The fingerprint by which films are found is the brightness of a coarse grid. Sound and subtitles are compared where PyAV
is installed; where it is not, and a film may have them, only one of the same bytes is the same. As with pictures, what
is moved later has to have the bytes looked at here.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.duplicates.film_frames import shows_frames
from framesift.duplicates.groups import Item
from framesift.errors import UnreadableFrame
from framesift.frames.reader.source import explain_error, open_regular
from framesift.frames.videos import can_read_tracks, holds_tracks, is_mute, read_tracks


class Proposal(NamedTuple):
    """A film that a keeper may show."""

    item: Item
    offset_s: float | None
    """Where it begins, in the time of the keeper; with None that is not known, and only the same bytes will do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a look at one proposal."""

    sha256: str | None = None
    """Of the bytes of the member where the keeper shows, and sounds as, all of it."""
    is_unheard: bool = False
    """Whether the two have sound or subtitles that nothing here can compare."""


class FilmLook:
    """Looks at films below a folder, `jobs` at a time. A context manager."""

    def __init__(self, directory: str, jobs: int) -> None:
        self._directory, self._jobs, self._stack = directory, jobs, ExitStack()
        self._workers: Executor

    def __enter__(self) -> "FilmLook":
        self._workers = self._stack.enter_context(open_workers(None, self._jobs))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def confirm(self, keeper: Item, proposals: Iterable[Proposal]) -> Iterator[Seen]:
        """Yield what came of each proposal, in order. Raises StorageError.

        What cannot be read, or is no longer what was found, is shown by nothing and shows nothing.
        """
        yield from map_ordered(self._workers, partial(self._look, keeper), proposals, window=2 * self._jobs)

    def _look(self, keeper: Item, proposal: Proposal) -> Seen:
        try:
            return self._compare(keeper, *proposal)
        except UnreadableFrame:
            return Seen()

    def _compare(self, keeper: Item, member: Item, offset_s: float | None) -> Seen:
        one, other = (os.path.join(self._directory, item.path) for item in (keeper, member))
        if keeper.file_size == member.file_size and (digest := _digest(other, member)) == _digest(one, keeper):
            return Seen(digest)
        if offset_s is None:
            return Seen()
        if not (is_mute(one) and is_mute(other)):
            if not can_read_tracks():
                return Seen(is_unheard=True)
            if not holds_tracks(read_tracks(one), read_tracks(other), offset_s):
                return Seen()
        if not shows_frames(one, other, offset_s):
            return Seen()
        digest = _digest(other, member)
        _check_still(one, keeper)
        return Seen(digest)


def _digest(path: str, item: Item) -> str:
    """Return the SHA-256 of a file that has been what was found until now."""
    try:
        with open_regular(path, max_bytes=None) as (descriptor, _), os.fdopen(os.dup(descriptor), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise explain_error(error, path) from error
    _check_still(path, item)
    return digest


def _check_still(path: str, item: Item) -> None:
    try:
        status = os.stat(path)
    except OSError as error:
        raise explain_error(error, path) from error
    if not item.is_still(status):
        raise UnreadableFrame("changed since it was described", path)
