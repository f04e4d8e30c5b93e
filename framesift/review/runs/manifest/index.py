"""The decisions of a manifest by number: where each line stands, and what sorting and counting need of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan

import numpy as np
from numpy.typing import NDArray

from framesift.errors import StorageError
from framesift.filtering.selection import Decision, Verdict
from framesift.frames.levels import Levels
from framesift.review.runs.manifest.lines import read_line

VERDICTS = tuple(Verdict)


@dataclass(frozen=True)
class Decisions:
    """The decisions of a manifest as they were at one time. Place n of each array is decision number n + 1."""

    path: str
    offsets: NDArray[np.int64]
    """Of the lines in the manifest, in bytes."""
    lengths: NDArray[np.int64]
    hashes: NDArray[np.int64]
    """Of the paths."""
    verdicts: NDArray[np.int8]
    """Places in VERDICTS."""
    scores: NDArray[np.float64]
    """px; NaN where there was nothing to compare."""
    times: NDArray[np.float64]
    """Seconds since 1970; NaN where a frame has none."""
    cameras: NDArray[np.int32]
    """Places in `names`."""
    changes: NDArray[np.int8]
    """1 where the whole picture has changed, or a frame was left out because too much of it has."""
    chains: NDArray[np.int32]
    """Places in `areas`; -1 where a frame has no size."""
    names: tuple[str, ...]
    """Cameras, printable."""
    areas: NDArray[np.int64]
    """px that are compared of the frames of each chain: a camera and a size."""
    limits: NDArray[np.float64]
    """Score threshold of each chain in px."""
    levels: Mapping[str, Levels]
    """The range in which the 16-bit frames of each camera were read that has such."""
    problem: str
    """Why the manifest was not read to its end; empty where it was."""

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def left_out(self) -> NDArray[np.bool_]:
        """Which frames were dropped because too much of the picture has changed, whatever their score."""
        return np.asarray((self.changes != 0) & (self.verdicts == VERDICTS.index(Verdict.DROP)), np.bool_)

    @cached_property
    def line_limits(self) -> NDArray[np.float64]:
        """The score threshold in px of each decision; NaN where a frame has no size."""
        return np.append(self.limits, nan)[self.chains]

    @cached_property
    def doubts(self) -> NDArray[np.float64]:
        """How far each score is from its threshold, relative to it; infinite where there was nothing to compare."""
        distance = np.abs(self.scores - self.line_limits) / np.maximum(self.line_limits, 1)
        return np.where(np.isnan(distance), np.inf, distance)

    def read(self, number: int) -> Decision:
        """Return a decision by its number, from 1 on. Raises IndexError; StorageError where it is gone."""
        if not 1 <= number <= len(self):
            raise IndexError(number)
        decision = read_line(self.path, int(self.offsets[number - 1]), int(self.lengths[number - 1]))
        if hash(decision.frame.path) != self.hashes[number - 1]:
            raise StorageError("has been changed meanwhile", self.path)
        return decision

    def find(self, path: str, before: int | None = None) -> int | None:
        """Return the number of the decision on the frame `path`: the last one, or the last one before a number."""
        first = np.searchsorted(self._sorted, hash(path), "left")
        last = np.searchsorted(self._sorted, hash(path), "right")
        for place in sorted(map(int, self._order[first:last]), reverse=True):
            if (before is None or place + 1 < before) and self.read(place + 1).frame.path == path:
                return place + 1
        return None

    @cached_property
    def last_places(self) -> NDArray[np.intp]:
        """The place of the last decision on each frame, by the hash of its path."""
        is_last = np.append(self._sorted[1:] != self._sorted[:-1], True)[: len(self)]
        return np.asarray(self._order[is_last], np.intp)

    def choose(self, camera: int | None, verdict: Verdict | None, doubtful: bool) -> NDArray[np.intp]:
        """Return the places of the decisions asked for, in the order of the manifest or the most doubtful first."""
        chosen = np.ones(len(self), bool)
        if camera is not None:
            chosen &= self.cameras == camera
        if verdict is not None:
            chosen &= self.verdicts == VERDICTS.index(verdict)
        if not doubtful:
            return np.flatnonzero(chosen)
        places = np.flatnonzero(chosen & np.isfinite(self.doubts))
        return places[np.argsort(self.doubts[places], kind="stable")]

    def neighbours(self, number: int) -> tuple[int | None, int | None]:
        """Return the numbers of the decisions before and after one of the same camera."""
        places = np.flatnonzero(self.cameras == self.cameras[number - 1])
        at = int(np.searchsorted(places, number - 1))
        before = int(places[at - 1]) + 1 if at > 0 else None
        return before, int(places[at + 1]) + 1 if at + 1 < len(places) else None

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.hashes, kind="stable")

    @cached_property
    def _sorted(self) -> NDArray[np.int64]:
        return self.hashes[self._order]
