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
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.duplicates.film_crops import Cut, Placement, find_placement
from framesift.duplicates.film_frames import shows_frames
from framesift.duplicates.groups import Item, Part
from framesift.errors import UnreadableFrame
from framesift.frames.reader.source import explain_error, open_regular
from framesift.frames.videos import Fingerprint, Match, Window, can_read_tracks, holds_tracks, is_mute, read_tracks


class Framing(NamedTuple):
    """What may be a part of what a keeper shows, or the same within black bars."""

    keeper: Window | None
    """The picture within bars; None where there are none."""
    member: Window | None
    fingerprint: Fingerprint
    """Of the member, within them."""
    match: Match | None
    """Of the fingerprints within them, where all of the pictures is the same."""


class Proposal(NamedTuple):
    """A film that a keeper may show."""

    item: Item
    offset_s: float | None
    """Where it begins, in the time of the keeper; with None that is not known, and only the same bytes will do."""
    similarity: float = 1.0
    """By the fingerprints."""
    framing: Framing | None = None
    """Where its frames are not those of the keeper: which part they are has to be found."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a look at one proposal."""

    sha256: str | None = None
    """Of the bytes of the member where the keeper shows, and sounds as, all of it."""
    is_unheard: bool = False
    """Whether the two have sound or subtitles that nothing here can compare."""
    similarity: float = 1.0
    part: Part | None = None
    is_part: bool = False
    """Whether the keeper's frames have more."""


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
            if proposal.framing is not None and proposal.offset_s is not None:
                return self._compare_part(keeper, proposal.item, proposal.offset_s, proposal.framing)
            return replace(self._compare(keeper, proposal.item, proposal.offset_s), similarity=proposal.similarity)
        except UnreadableFrame:
            return Seen()

    def _compare_part(self, keeper: Item, member: Item, offset_s: float, framing: Framing) -> Seen:
        one, other = (os.path.join(self._directory, item.path) for item in (keeper, member))
        found = find_placement(one, other, offset_s, framing[:2], framing.fingerprint)
        if found is None and (match := framing.match):  # there are too few features to tell better where they lie
            windows = (framing.keeper or Window(0, 0, *keeper.size)), (framing.member or Window(0, 0, *member.size))
            cut = Cut(*windows, is_part=False)
            found = Placement(cut, match.offset_s, match.similarity)
        if found is None:
            return Seen()
        windows = found.cut.keeper, found.cut.member
        seen = self._compare(keeper, member, found.offset_s, windows)
        rectangle, picture = (window.rounded for window in windows)
        part = Part(found.offset_s, rectangle, picture)
        return replace(seen, similarity=found.similarity, part=part, is_part=found.cut.is_part)

    def _compare(
        self,
        keeper: Item,
        member: Item,
        offset_s: float | None,
        windows: tuple[Window | None, Window | None] = (None, None),
    ) -> Seen:
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
        if not shows_frames(one, other, offset_s, windows):
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
