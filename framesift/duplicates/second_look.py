"""The second look: what hashes and histograms propose is compared directly before it is called the same.

It is taken from the files and never from what is remembered of them, so that nothing an index says can remove a file;
and what is moved later has to have the very bytes that were looked at here.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.comparators.likeness import View, make_view, measure_excess
from framesift.comparators.orientation import AS_IT_IS, TURNS, Turn
from framesift.comparators.pixel_digest import digest_pixels
from framesift.duplicates.album import Album, Page
from framesift.duplicates.appearance import find_appearance
from framesift.duplicates.groups import Item
from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.reader import decode_all_bits, decode_levels, sniff_format
from framesift.frames.reader.behind import find_behind
from framesift.frames.reader.pages import count_pages
from framesift.frames.reader.png_chunks import find_chunks
from framesift.frames.reader.source import read_file, read_from

IN_MEMORY = 2**29
"""Bytes of views that are kept: a picture that was proposed for one keeper is often proposed for the next."""
_EXACT = {"PNG", "TIFF", "BMP", "GIF"}
"""Formats in which a level is what was written, such as the number of a class."""
_WIDE, _AREA = 128, np.ones((3, 3), np.uint8)
_LENIENT = 1.5
"""Times as much as may differ where a picture is to be removed."""
_CODES, _APART = 64, 16
"""A grey picture of at most so many levels, of which two are less than so many of 256 apart, holds numbers: a person
does not see the difference between 3 and 4, but it is one. Where they lie as far apart as black and grey, those count
that fill at least such an area: the others are of smoothed edges."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a second look sees of one file."""

    sha256: str
    """Of its bytes."""
    pages: int
    view: View
    pixels: dict[Turn, str]
    """The digest of all bits of the pixels as they lie then, where they are to be compared exactly."""
    is_coded: bool
    """Whether the levels are numbers rather than light."""
    behind: str
    """The digest of all behind a picture that has a second one or a film there; empty for others."""

    def has_pixels_of(self, keeper: "Sight", turn: Turn) -> bool:
        """Tell whether the pixels are those of the keeper as it lies when it is turned."""
        own = self.pixels.get(AS_IT_IS)
        return own is not None and own == keeper.pixels.get(turn)

    def has_no_more_than(self, keeper: "Sight") -> bool:
        """Tell whether there is nothing behind the picture that is not behind the keeper's, byte for byte."""
        return self.behind in ("", keeper.behind)


Look = Callable[[Sight, Sight, Turn], bool]
"""Whether a second file shows nothing but what the first one, the keeper, shows when it is turned."""


def look_alike(keeper: Sight, member: Sight, turn: Turn = AS_IT_IS) -> bool:
    """Tell whether a person would say so. A file of several pictures is like one of the same bytes alone."""
    return keeper.sha256 == member.sha256 or (member.has_no_more_than(keeper) and _look_alike(keeper, member, turn))


def _look_alike(keeper: Sight, member: Sight, turn: Turn) -> bool:
    if keeper.pages > 1 or member.pages > 1:
        return False
    if keeper.is_coded or member.is_coded:
        return member.has_pixels_of(keeper, turn)
    return measure_excess(keeper.view.lay(turn), member.view) <= 1


def resemble(keeper: Sight, member: Sight, turn: Turn = AS_IT_IS) -> bool:
    """Tell the same, where nothing is removed for it and little more may differ: lights that were cut off, for one.

    What is behind a picture makes it no other one.
    """
    if keeper.sha256 == member.sha256 or _look_alike(keeper, member, turn):
        return True
    if keeper.pages > 1 or member.pages > 1 or keeper.is_coded or member.is_coded:
        return False
    return measure_excess(keeper.view.lay(turn), member.view) <= _LENIENT


def have_same_pixels(keeper: Sight, member: Sight, turn: Turn = AS_IT_IS) -> bool:
    """Tell whether both have the same pixels, opacity and all bits included."""
    if keeper.sha256 == member.sha256:
        return True
    is_one = keeper.pages == member.pages == 1 and member.has_no_more_than(keeper)
    return is_one and member.has_pixels_of(keeper, turn)


def have_same_bytes(keeper: Sight, member: Sight, turn: Turn = AS_IT_IS) -> bool:
    """Tell whether both files are the same, byte for byte."""
    return keeper.sha256 == member.sha256


def are_single(keeper: Sight, member: Sight, turn: Turn = AS_IT_IS) -> bool:
    """Tell whether nothing speaks against what a network says: both are one picture, and none of them is transparent
    where the keeper is not."""
    if keeper.sha256 == member.sha256:
        return True
    is_one = keeper.pages == member.pages == 1 and member.has_no_more_than(keeper)
    return is_one and len(member.view.grounds) <= len(keeper.view.grounds)


class SecondLook:
    """Looks at the files below a folder. A context manager; each file is decoded once, as long as memory lasts."""

    def __init__(self, directory: str, look: Look, jobs: int, turned: bool = False) -> None:
        self._directory, self._look, self._jobs = directory, look, jobs
        self._turns = TURNS if turned else (AS_IT_IS,)
        self._album = Album()
        self._sights = OrderedDict[Item, Sight | None]()
        self._size, self._lock, self._stack = 0, threading.Lock(), ExitStack()
        self._workers: Executor

    def __enter__(self) -> Self:
        self._workers = self._stack.enter_context(open_workers(None, self._jobs))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self._sights.clear()
        self._album = Album()

    def confirm(self, keeper: Item, members: Iterable[tuple[Item, Turn]]) -> Generator[str | None, None, None]:
        """Yield, for each file proposed and how it would lie, the SHA-256 of its bytes where it shows what the keeper
        shows, else None.

        None too where one of them is no longer what it was. Raises StorageError.
        """
        waiting = list(members)
        sight = self._see(keeper) if waiting else None
        if sight is None:
            yield from (None for _ in waiting)
            return
        page = self._album.open(keeper, sight.view, len(waiting)) if self._may_remember(sight) else None
        yield from map_ordered(self._workers, partial(self._check, sight, page), waiting, window=2 * self._jobs)

    def tell_apart(self, keeper: Item) -> list[str]:
        """Return the paths of files that a look at the keeper would not confirm, as far as earlier looks tell that."""
        return self._album.tell_apart(keeper)

    def _check(self, keeper: Sight, page: Page | None, member: tuple[Item, Turn]) -> str | None:
        sight = self._see(member[0])
        if sight is None:
            return None
        if page and sight.sha256 != keeper.sha256 and self._may_remember(sight) and page.differs(member[0], sight.view):
            return None
        return sight.sha256 if self._look(keeper, sight, member[1]) else None

    def _may_remember(self, sight: Sight) -> bool:
        """Tell whether it is light alone that a look may excuse: turns are another thing, and so are numbers."""
        return self._look is look_alike and self._turns == (AS_IT_IS,) and sight.pages == 1 and not sight.is_coded

    def _see(self, item: Item) -> Sight | None:
        with self._lock:
            if item in self._sights:
                self._sights.move_to_end(item)
                return self._sights[item]
        try:
            exact = self._look is have_same_pixels
            sight = read_sight(os.path.join(self._directory, item.path), item, exact, self._turns)
        except UnreadableFrame:
            sight = None
        with self._lock:
            if item not in self._sights:
                self._sights[item] = sight
                self._size += sight.view.nbytes if sight else 0
            while self._size > IN_MEMORY and len(self._sights) > 1:
                gone = self._sights.popitem(last=False)[1]
                self._size -= gone.view.nbytes if gone else 0
        return sight


def read_sight(
    path: PathLike, item: Item | None = None, exact: bool = False, turns: Sequence[Turn] = (AS_IT_IS,)
) -> Sight:
    """Return what is seen of a picture, with `exact` with the digests of its pixels in these orientations.

    Raises UnreadableFrame, also where it is no longer `item`, and StorageError.
    """
    content, status = read_file(path)
    assert isinstance(status, os.stat_result)  # of this machine: no folder in a store comes here
    if item is not None and not item.is_still(status):
        raise UnreadableFrame("changed since it was described", path)
    decoded = decode_levels(content)
    appearance = find_appearance(content, decoded.pixels, decoded.levels)
    deep = decode_all_bits(content)
    plane = decoded.pixels if deep is None else deep
    is_coded = _holds_numbers(content, plane, appearance.is_transparent)
    planes = [plane] if appearance.opacity is None else [plane, appearance.opacity]
    pixels = {}
    if exact or is_coded:
        pixels = {turn: digest_pixels(*(turn.apply(each) for each in planes)) for turn in turns}
    view = make_view(*appearance.grounds, noise=appearance.noise)
    digest, end = hashlib.sha256(content).hexdigest(), find_behind(read_from(content), len(content))
    behind = "" if end is None else hashlib.sha256(content[end:]).hexdigest()
    return Sight(digest, count_pictures(content), view, pixels, is_coded, behind)


def count_pictures(content: bytes) -> int:
    """Return how many pictures the bytes of a file hold: what is like its first one alone may be another animation."""
    count = count_pages(read_from(content), len(content))
    if sniff_format(content[:12]) != "PNG":
        return count
    kinds = [chunk.kind for chunk in find_chunks(content)]
    # A still that is none of the pictures of its animation is shown by some programs only.
    return count + (b"acTL" in kinds and b"fcTL" in kinds and kinds.index(b"IDAT") < kinds.index(b"fcTL"))


def _holds_numbers(content: bytes, pixels: NDArray[Any], is_transparent: bool) -> bool:
    if is_transparent or sniff_format(content[:12]) not in _EXACT:
        return False
    grey = pixels if pixels.ndim == 2 else pixels[..., 0]
    if pixels.ndim == 3 and not all(np.array_equal(grey, pixels[..., channel]) for channel in range(1, 3)):
        return False
    levels = np.flatnonzero(np.bincount(grey.ravel(), minlength=1 << 16 if grey.dtype == np.uint16 else 256))
    deep = 8 if grey.dtype == np.uint16 else 0
    if 1 < len(levels) <= _CODES and levels[-1] - levels[0] >= _WIDE << deep:
        # Where an edge is smoothed there are levels in between, and nothing has one of them.
        levels = np.intersect1d(levels, grey[cv2.dilate(grey, _AREA) == cv2.erode(grey, _AREA)])
    return 1 < len(levels) <= _CODES and int(np.diff(levels).min()) < _APART << deep
