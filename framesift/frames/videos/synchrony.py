"""When a film that may show a part of another's pictures would begin in it, by when and where things move.

What moves within some window of the longer film has to go up and down as what moves in the shorter one does. All
windows of the grid and all offsets are tried by normalised cross-correlation; of the best, the cells are held against
each other. A guess that costs little: whether one film shows the other is for others to say.
"""

from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.frames.videos.alignment import SLACK, Changes, measure_changes
from framesift.frames.videos.fingerprint import SIDE, STEP_S, Fingerprint

_LEAST_CELLS = 2
"""Of a side of the grid: a window has no fewer."""
_TRIED = 8
"""Windows whose cells are compared."""
_LEAST_AGREEMENT = 0.25
"""Of the cells, where 1 is the same film; the window lies upon the grid and not where the film was cut."""


def find_offset(first: Fingerprint, second: Fingerprint) -> float | None:
    """Return where the second may begin in the first, s; None where nothing in the first moves as it does."""
    changes, part = measure_changes(first), measure_changes(second)
    length = min(len(changes), len(part))
    if length < SIDE or len(part) > len(changes) + SLACK:
        return None
    part = part[:length]
    found = [_measure_agreement(changes, part, *each) for each in _find_likely(changes, part)]
    agreement, offset = max(found)
    return offset * STEP_S if agreement >= _LEAST_AGREEMENT else None


def _find_likely(changes: Changes, part: Changes) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Return the best offset of each of the windows that move most as the part does."""
    windows = _list_windows()
    course = _follow(part, (0, SIDE, 0, SIDE))
    best = []
    for window in windows:
        correlation = _correlate(_follow(changes, window), course)
        offset = int(correlation.argmax())
        best.append((float(correlation[offset]), offset, window))
    best.sort(reverse=True)
    return [(offset, window) for _, offset, window in best[:_TRIED]]


@cache
def _list_windows() -> tuple[tuple[int, int, int, int], ...]:
    """Top, bottom, left, right of all, in cells."""
    spans = [(a, b) for a in range(SIDE) for b in range(a + _LEAST_CELLS, SIDE + 1)]
    return tuple((*down, *across) for down in spans for across in spans)


def _follow(changes: Changes, window: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Return by how much a window changes from moment to moment, (samples,)."""
    top, bottom, left, right = window
    cells = changes.reshape(-1, SIDE, SIDE)[:, top:bottom, left:right]
    return np.asarray(np.sqrt(np.square(cells).mean(axis=(1, 2))), np.float32)


def _correlate(course: NDArray[np.float32], part: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the correlation for each offset of the part within the course."""
    found = cv2.matchTemplate(course[None], part[None], cv2.TM_CCOEFF_NORMED)[0]
    return np.asarray(np.nan_to_num(found.astype(np.float64), nan=-1, posinf=-1, neginf=-1), np.float64)


def _measure_agreement(
    changes: Changes, part: Changes, offset: int, window: tuple[int, int, int, int]
) -> tuple[float, int]:
    """Return how far the cells of the window agree with those of the part, near an offset, and where most."""
    ends = ((window[0], window[1]), (window[2], window[3]))
    down, across = (_spread(*each) for each in ends)
    start = max(offset - SLACK, 0)
    near = changes[start : offset + len(part) + SLACK].reshape(-1, SIDE, SIDE)
    laid = np.asarray((down @ near @ across.T).reshape(-1, SIDE * SIDE), np.float32)
    return max(_compare(laid, part, start), default=(0.0, offset))


def _compare(laid: Changes, part: Changes, start: int) -> Iterator[tuple[float, int]]:
    for shift in range(len(laid) - len(part) + 1):
        piece = laid[shift : shift + len(part)]
        together = float(np.square(piece).sum() + np.square(part).sum())
        if together > 0:
            yield 2 * float(np.vdot(piece, part)) / together, start + shift


@cache
def _spread(first: int, last: int) -> NDArray[np.float32]:
    """Return what makes SIDE cells of those from `first` to `last`, (SIDE, SIDE)."""
    edges = np.linspace(first, last, SIDE + 1)
    shares = np.minimum(edges[1:, None], np.arange(1, SIDE + 1)) - np.maximum(edges[:-1, None], np.arange(SIDE))
    shares = np.clip(shares, 0, None)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)
