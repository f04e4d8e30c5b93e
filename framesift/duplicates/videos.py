"""Groups of videos: every member shows only what its keeper shows, whole or a part of it.

The preference says who is kept, and length is one of its criteria: what is preferred never goes for something longer,
and what is longer never for something that is preferred and shows less. So both may stay.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.duplicates.film_look import FilmLook, Proposal
from framesift.duplicates.groups import Apart, Group, Item, Member, never_apart, sort_out
from framesift.duplicates.index import Features, Index, State
from framesift.duplicates.inventory import File, Skipped, Watch, is_like, make_item
from framesift.duplicates.preference import Preference, is_discarded
from framesift.duplicates.traits import FilmTraits
from framesift.errors import StorageError, UnreadableFrame
from framesift.frames.videos import (
    Fingerprint,
    Match,
    compare_fingerprints,
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
    unheard: set[str] = field(default_factory=set)
    """Paths of what looks like another at first sight, but for its sound, which could not be compared."""


def read_videos(directory: str, files: Sequence[File], index: Index, watch: Watch, jobs: int) -> Videos:
    """Fingerprint the videos, `jobs` at a time, and remember in the index what it did not know. Raises StorageError."""
    videos = Videos()
    if not files:
        return videos
    tasks = ((file, _recall(directory, file, index)) for file in files)
    with open_workers(None, jobs) as workers:
        results = map_ordered(workers, partial(_look, directory=directory), tasks, window=2 * jobs)
        for found in watch.follow(results, "watching", len(files)):
            if isinstance(found, Skipped):
                videos.skipped.append(found)
                continue
            item, fingerprint, is_new = found
            videos.items.append(item)
            videos.fingerprints.append(fingerprint)
            if is_new:
                path = os.path.join(directory, item.path)
                state = State(item.file_size, item.mtime_ns, item.inode, item.ctime_ns)
                index.add(Features(path, state, item.size, fingerprint, None, item.traits), KEY)
    index.flush()
    return videos


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
        self._confirmed = dict[tuple[int, int], str | None]()

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

    def find(self, keeper: int, others: list[int]) -> dict[int, Member]:
        """Return those of the others that show only what the keeper shows."""
        items, proposed = self._videos.items, self._propose(keeper, others)
        unknown = [other for other in proposed if (keeper, other) not in self._confirmed]
        proposals = [
            Proposal(items[other], match.offset_s if (match := proposed[other]) else None) for other in unknown
        ]
        for other, seen in zip(unknown, self._look.confirm(items[keeper], proposals), strict=True):
            self._confirmed[keeper, other] = seen.sha256
            if seen.is_unheard:
                self._videos.unheard.add(items[other].path)
        similarities = {
            other: match.similarity if match else 1.0
            for other, match in proposed.items()
            if self._confirmed[keeper, other]
        }
        found = sort_out(items[keeper], similarities.items(), items, self._apart)
        return {other: Member(items[other], similarity, self._confirmed[keeper, other]) for other, similarity in found}

    def _propose(self, keeper: int, others: list[int]) -> dict[int, Match | None]:
        """Return those of the others that may show only what the keeper shows; None where nothing moves, so that only
        the bytes can tell."""
        items, fingerprints = self._videos.items, self._videos.fingerprints
        own = fingerprints[keeper]
        others = [n for n in others if n != keeper and self._lengths[n] <= self._lengths[keeper] + SLACK]
        others = [other for other in others if not self._apart(items[keeper], items[other])]
        if not others:
            return {}
        found = dict[int, Match | None]()
        likely = occurs(self._moments[others], measure_changes(own))
        for other, is_likely in zip(others, likely.tolist(), strict=True):
            match = compare_fingerprints(own, fingerprints[other]) if is_likely else None
            if match is not None or items[keeper].file_size == items[other].file_size:
                found[other] = match
        return found


def _recall(directory: str, file: File, index: Index) -> Features | None:
    known = index.find(os.path.join(directory, file.path), State.of(file.stat), KEY)
    if known is None or not len(known.descriptor) or not is_like(known.descriptor[0], _SAMPLE):
        return None
    return known


def _look(task: tuple[File, Features | None], directory: str) -> tuple[Item, Fingerprint, bool] | Skipped:
    """Say what is known of a video, or watch it."""
    file, known = task
    if known is not None:
        seconds = len(known.descriptor) * STEP_S
        return make_item(file.path, known.size, file.stat, None, known.traits, seconds), known.descriptor, False
    path, traits = os.path.join(directory, file.path), FilmTraits()
    try:
        fingerprint, size, status = read_fingerprint(path, traits.see)
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the videos is gone", directory) from error
        return Skipped(file.path, error.reason)
    seconds = len(fingerprint) * STEP_S
    return make_item(file.path, size, status, None, traits.find(path), seconds), fingerprint, True


def _explain(keeper: int, next_best: int, videos: Videos, preference: Preference) -> str:
    lengths = [len(videos.fingerprints[position]) for position in (keeper, next_best)]
    one, other = videos.items[keeper], videos.items[next_best]
    if abs(lengths[0] - lengths[1]) <= SLACK:
        one, other = replace(one, seconds=0), replace(other, seconds=0)
    return preference.explain(one, other)
