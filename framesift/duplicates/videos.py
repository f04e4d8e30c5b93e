"""Groups of videos: every member shows only what its keeper shows, whole or a part of it.

The preference says who is kept, and length is one of its criteria: what is preferred never goes for something longer,
and what is longer never for something that is preferred and shows less. So both may stay.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.duplicates import film_windows
from framesift.duplicates.film_look import FilmLook, Framing, Proposal, Seen
from framesift.duplicates.film_windows import Framed, decode_framed, encode_framed, read_framed
from framesift.duplicates.groups import Apart, Group, Item, Member, never_apart, sort_out
from framesift.duplicates.index import Features, Index, State
from framesift.duplicates.inventory import File, Skipped, Watch, is_like, make_item
from framesift.duplicates.preference import Preference, is_discarded
from framesift.duplicates.traits import FilmTraits
from framesift.errors import StorageError, UnreadableFrame
from framesift.frames.videos import (
    Fingerprint,
    Image,
    Peak,
    compare_fingerprints,
    find_offset,
    find_strongest,
    measure_changes,
    occurs,
    read_fingerprint,
)
from framesift.frames.videos.alignment import SLACK
from framesift.frames.videos.fingerprint import SIDE, STEP_S

KEY = "video/1"
"""What is remembered of videos in the index: changes with the fingerprint."""
_SAMPLE = np.zeros(SIDE * SIDE, np.uint16)
"""What each sample of a fingerprint is like."""


@dataclass(slots=True)
class Videos:
    """The whole videos of a folder with their fingerprints."""

    items: list[Item] = field(default_factory=list)
    fingerprints: list[Fingerprint] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    framed: list[Framed] = field(default_factory=list)
    """Their pictures within black bars, where cropped films are looked for."""
    unheard: set[str] = field(default_factory=set)
    """Paths of what looks like another at first sight, but for its sound, which could not be compared."""


def read_videos(
    directory: str, files: Sequence[File], index: Index, watch: Watch, jobs: int, cropped: bool = False
) -> Videos:
    """Fingerprint the videos, `jobs` at a time, and remember in the index what it did not know. Raises StorageError.

    With `cropped` their pictures within black bars too, whose sizes the items have then.
    """
    videos = Videos()
    if not files:
        return videos
    tasks = ((file, *_recall(directory, file, index, cropped)) for file in files)
    with open_workers(None, jobs) as workers:
        results = map_ordered(workers, partial(_look, directory=directory, cropped=cropped), tasks, window=2 * jobs)
        for found in watch.follow(results, "watching", len(files)):
            if isinstance(found, Skipped):
                videos.skipped.append(found)
                continue
            videos.fingerprints.append(found.fingerprint)
            videos.items.append(found.shown)
            if found.framed is not None:
                videos.framed.append(found.framed)
            if found.is_new:
                _remember(found, directory, index)
    index.flush()
    return videos


def _remember(found: "_Watched", directory: str, index: Index) -> None:
    item = found.item
    path = os.path.join(directory, item.path)
    state = State(item.file_size, item.mtime_ns, item.inode, item.ctime_ns)
    index.add(Features(path, state, item.size, found.fingerprint, None, item.traits), KEY)
    if found.framed is not None:
        index.add(Features(path, state, item.size, encode_framed(found.framed), None, item.traits), film_windows.KEY)


def group_videos(
    videos: Videos, preference: Preference, watch: Watch, look: FilmLook, apart: Apart = never_apart
) -> Iterator[Group]:
    """Yield a group for each video of which others show a part or all, in the order of preference. None is in two.

    What the fingerprints propose is looked at.
    """
    if not videos.items:
        return
    comparison = _Comparison(videos, look, apart)
    items = videos.items
    order = preference.sort(items)
    free = dict.fromkeys(order)
    for first in watch.follow(order, "comparing", len(order)):
        if first not in free or is_discarded(items[first].path):
            continue
        keeper = comparison.find_better(first, list(free), preference)
        if videos.framed and keeper == first:
            keeper = comparison.find_fuller(first, list(free), preference)
        found = comparison.find(keeper, list(free))
        for position in (first, keeper, *found):
            free.pop(position, None)
        if found:
            best = sorted(found, key=lambda position: preference.key(items[position]))
            members = tuple(found[position] for position in best)
            yield Group(items[keeper], members, _explain(keeper, best[0], videos, preference))


class _Comparison:
    """Compares one video with many others: those that do not show its strongest moment are ruled out together."""

    def __init__(self, videos: Videos, look: FilmLook, apart: Apart) -> None:
        self._videos, self._look, self._apart = videos, look, apart
        self._lengths = [len(fingerprint) for fingerprint in videos.fingerprints]
        self._moments = np.array([find_strongest(measure_changes(each)) for each in videos.fingerprints])
        self._confirmed = dict[tuple[int, int], Seen]()
        self._tried = set[tuple[int, int]]()

    def find_better(self, first: int, others: list[int], preference: Preference) -> int:
        """Return the one that is preferred where length does not count, if it shows all of the first; else the first.

        Two that are as long as each other, but for the last frame, are told apart by what is left of the preference.
        """

        def rank(position: int) -> tuple[Any, ...]:
            return preference.key(replace(self._videos.items[position], seconds=0))

        proposed = self._propose(first, others)
        equals = (other for other in proposed if abs(self._lengths[other] - self._lengths[first]) <= SLACK)
        for better in sorted((other for other in equals if rank(other) < rank(first)), key=rank):
            if not is_discarded(self._videos.items[better].path) and self.find(better, [first]):
                return better
        return first

    def find_fuller(self, first: int, others: list[int], preference: Preference) -> int:
        """Return one of whose pictures the first shows a part, and than which it is no better; else the first.

        Only what is said of its file, and not of what it shows, may speak for the first.
        """
        items, lengths = self._videos.items, self._lengths

        def weigh(position: int) -> tuple[Any, ...]:
            alike = abs(lengths[position] - lengths[first]) <= SLACK
            return preference.key_of_content(
                replace(items[position], seconds=items[first].seconds) if alike else items[position]
            )

        equals = [other for other in others if other != first and weigh(other) <= weigh(first)]
        for other in sorted(equals, key=lambda position: preference.key(items[position])):
            if is_discarded(items[other].path):
                continue
            if self.find(other, [first]) and self._confirmed[other, first].is_part:
                return other
        return first

    def find(self, keeper: int, others: list[int]) -> dict[int, Member]:
        """Return those of the others that show only what the keeper shows."""
        items, proposed = self._videos.items, self._propose(keeper, others)
        self._confirm(
            keeper, {other: each for other, each in proposed.items() if (keeper, other) not in self._confirmed}
        )
        if self._videos.framed:
            rest = [other for other in others if other not in proposed or proposed[other].offset_s is None]
            self._confirm(keeper, dict(self._propose_parts(keeper, rest)))
        similarities = [
            (other, seen.similarity)
            for other in others
            if (seen := self._confirmed.get((keeper, other))) and seen.sha256 is not None
        ]
        found = sort_out(items[keeper], similarities, items, self._apart)
        return {other: self._make_member(keeper, other) for other, _ in found}

    def _make_member(self, keeper: int, other: int) -> Member:
        seen = self._confirmed[keeper, other]
        return Member(self._videos.items[other], seen.similarity, seen.sha256, part=seen.part)

    def _confirm(self, keeper: int, proposed: dict[int, Proposal]) -> None:
        """Look at what was proposed, and note what came of it."""
        items = self._videos.items
        for other, seen in zip(proposed, self._look.confirm(items[keeper], proposed.values()), strict=True):
            self._confirmed[keeper, other] = seen
            if seen.is_unheard:
                self._videos.unheard.add(items[other].path)

    def _choose_short(self, keeper: int, others: list[int]) -> list[int]:
        """Return those that are no longer than the keeper, and not to be kept apart from it."""
        items, longest = self._videos.items, self._lengths[keeper] + SLACK
        short = [other for other in others if other != keeper and self._lengths[other] <= longest]
        return [other for other in short if not self._apart(items[keeper], items[other])]

    def _propose(self, keeper: int, others: list[int]) -> dict[int, Proposal]:
        """Return those of the others that may show only what the keeper shows, without an offset where nothing moves,
        so that only the bytes can tell."""
        items, fingerprints = self._videos.items, self._videos.fingerprints
        own, others = fingerprints[keeper], self._choose_short(keeper, others)
        if not others:
            return {}
        found = dict[int, Proposal]()
        likely = occurs(self._moments[others], measure_changes(own))
        for other, is_likely in zip(others, likely.tolist(), strict=True):
            match = compare_fingerprints(own, fingerprints[other]) if is_likely else None
            if match is not None:
                found[other] = Proposal(items[other], match.offset_s, match.similarity)
            elif items[keeper].file_size == items[other].file_size:
                found[other] = Proposal(items[other], None)
        return found

    def _propose_parts(self, keeper: int, others: list[int]) -> Iterator[tuple[int, Proposal]]:
        """Yield those of the others that may show a part of the keeper's pictures, or the same within black bars."""
        own, items = self._videos.framed[keeper], self._videos.items
        for other in self._choose_short(keeper, others):
            part = self._videos.framed[other]
            if (keeper, other) in self._tried:
                continue
            self._tried.add((keeper, other))
            match = compare_fingerprints(own.fingerprint, part.fingerprint)
            offset = match.offset_s if match else find_offset(own.fingerprint, part.fingerprint)
            if offset is not None:
                yield (
                    other,
                    Proposal(items[other], offset, framing=Framing(own.window, part.window, part.fingerprint, match)),
                )


def _recall(directory: str, file: File, index: Index, cropped: bool) -> tuple[Features | None, Framed | None]:
    """Return what the index knows of the whole frames, and of the pictures in them where these are asked for."""
    path, state = os.path.join(directory, file.path), State.of(file.stat)
    known = index.find(path, state, KEY)
    if known is None or not len(known.descriptor) or not is_like(known.descriptor[0], _SAMPLE):
        return None, None
    return known, decode_framed(index.find(path, state, film_windows.KEY), known.descriptor) if cropped else None


class _Watched(NamedTuple):
    """One whole video."""

    item: Item
    fingerprint: Fingerprint
    framed: Framed | None
    is_new: bool
    """Not known to the index."""

    @property
    def shown(self) -> Item:
        """The item with the size of the picture, without bars."""
        return self.item if self.framed is None else replace(self.item, size=self.framed.size_of(self.item.size))


def _look(task: tuple[File, Features | None, Framed | None], directory: str, cropped: bool) -> _Watched | Skipped:
    """Say what is known of a video, or watch it."""
    file, known, framed = task
    if known is not None and (framed is not None or not cropped):
        seconds = len(known.descriptor) * STEP_S
        item = make_item(file.path, known.size, file.stat, None, known.traits, seconds)
        return _Watched(item, known.descriptor, framed, is_new=False)
    path, traits, peak = os.path.join(directory, file.path), FilmTraits(), Peak() if cropped else None

    def see(image: Image) -> None:
        traits.see(image)
        if peak:
            peak.see(image)

    try:
        fingerprint, size, status = read_fingerprint(path, see)
        framed = read_framed(path, peak, fingerprint) if peak else None
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the videos is gone", directory) from error
        return Skipped(file.path, error.reason)
    seconds = len(fingerprint) * STEP_S
    item = make_item(file.path, size, status, None, traits.find(path), seconds)
    return _Watched(item, fingerprint, framed, is_new=True)


def _explain(keeper: int, next_best: int, videos: Videos, preference: Preference) -> str:
    lengths = [len(videos.fingerprints[position]) for position in (keeper, next_best)]
    one, other = videos.items[keeper], videos.items[next_best]
    if abs(lengths[0] - lengths[1]) <= SLACK:
        one, other = replace(one, seconds=0), replace(other, seconds=0)
    return preference.explain(one, other)
