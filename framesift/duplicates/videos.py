"""Groups of videos: every member shows only what its keeper shows, whole or a part of it.

The preference says who is kept, and length is one of its criteria: what is preferred never goes for something longer,
and what is longer never for something that is preferred and shows less. So both may stay.
"""

import filecmp
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from framesift.cluster.parallel import map_ordered, open_workers
from framesift.duplicates.groups import Apart, Group, Item, Member, never_apart, sort_out
from framesift.duplicates.index import Features, Index, State
from framesift.duplicates.inventory import File, Skipped, Watch, make_item
from framesift.duplicates.preference import Preference, is_discarded
from framesift.duplicates.traits import FilmTraits
from framesift.errors import StorageError, UnreadableFrame
from framesift.frames.videos import (
    Fingerprint,
    compare_fingerprints,
    find_strongest,
    measure_changes,
    occurs,
    read_fingerprint,
)
from framesift.frames.videos.alignment import SLACK
from framesift.frames.videos.fingerprint import STEP_S

KEY = "video/1"
"""What is remembered of videos in the index: changes with the fingerprint."""


@dataclass(slots=True)
class Videos:
    """The whole videos of a folder with their fingerprints."""

    items: list[Item] = field(default_factory=list)
    fingerprints: list[Fingerprint] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


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
    directory: str, videos: Videos, preference: Preference, watch: Watch, apart: Apart = never_apart
) -> Iterator[Group]:
    """Yield a group for each video of which others show a part or all, in the order of preference. None is in two."""
    if not videos.items:
        return
    comparison = _Comparison(directory, videos, apart)
    items, lengths = videos.items, [len(fingerprint) for fingerprint in videos.fingerprints]
    order = preference.sort(items)
    free = dict.fromkeys(order)
    for first in watch.follow(order, "comparing", len(order)):
        if first not in free or is_discarded(items[first].path):
            continue
        found = comparison.find(first, [other for other in free if other != first])
        equals = [other for other in found if abs(lengths[other] - lengths[first]) <= SLACK]
        keeper = min([first, *equals], key=lambda position: preference.key(replace(items[position], seconds=0)))
        if keeper != first:
            found = comparison.find(keeper, [other for other in free if other != keeper])
        for position in (first, keeper, *found):
            free.pop(position, None)
        if found:
            best = sorted(found, key=lambda position: preference.key(items[position]))
            members = tuple(Member(items[position], found[position]) for position in best)
            yield Group(items[keeper], members, _explain(keeper, best[0], videos, preference))


class _Comparison:
    """Compares one video with many others: those that do not show its strongest moment are ruled out together."""

    def __init__(self, directory: str, videos: Videos, apart: Apart) -> None:
        self._directory, self._videos, self._apart = directory, videos, apart
        self._moments = np.array([find_strongest(measure_changes(each)) for each in videos.fingerprints])

    def find(self, keeper: int, others: list[int]) -> dict[int, float]:
        """Return those of the others that show only what the keeper shows, with their similarity."""
        fingerprints = self._videos.fingerprints
        own, found = fingerprints[keeper], {}
        others = [other for other in others if len(fingerprints[other]) <= len(own) + SLACK]
        if not others:
            return {}
        likely = occurs(self._moments[others], measure_changes(own))
        for other, is_likely in zip(others, likely.tolist(), strict=True):
            match = compare_fingerprints(own, fingerprints[other]) if is_likely else None
            if match is not None:
                found[other] = match.similarity
            elif self._has_same_bytes(keeper, other):
                found[other] = 1.0
        return dict(sort_out(self._videos.items[keeper], found.items(), self._videos.items, self._apart))

    def _has_same_bytes(self, keeper: int, other: int) -> bool:
        """Nothing moves in either, so that only the bytes can tell."""
        one, two = self._videos.items[keeper], self._videos.items[other]
        if one.file_size != two.file_size:
            return False
        try:
            paths = [os.path.join(self._directory, item.path) for item in (one, two)]
            return filecmp.cmp(paths[0], paths[1], shallow=False)
        except OSError:
            return False


def _recall(directory: str, file: File, index: Index) -> Features | None:
    return index.find(os.path.join(directory, file.path), State.of(file.stat), KEY)


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
