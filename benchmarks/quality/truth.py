"""How far apart two frames truly are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int32]
"""(height, width): which object is seen at each px, 0 for none, `UNKNOWN` where that is not known."""
Distances = NDArray[np.float32]
"""(frames, frames), symmetric: the truth distance in share of the frame."""
UNKNOWN: Final = -1
TAU: Final = 0.005
"""Share of the frame: a larger region of other objects makes a frame a new one."""
OBJECT, OUTSIDE, SURELY_STILL = 250, 85, 60
"""Grey levels of masks: from the first on a moving object; below the last a still px or a shadow; between unknown."""
GRAIN: Final = np.ones((3, 3), np.uint8)
"""Smaller regions than this are edges, not objects."""


@dataclass(frozen=True)
class Truth:
    """The frames of one camera in order of capture, and how far apart any two of them are."""

    camera: str
    frames: tuple[Path, ...]
    distances: Distances
    still: bool = False
    """Whether nothing ever moves before this camera: whatever is kept after its first frame is kept for nothing."""
    group: str = "scenes"
    """Cameras of one group have a table of their own."""

    def differ(self, one: int, other: int) -> bool:
        """Whether the second frame shows something that the first does not represent."""
        return bool(self.distances[one, other] > TAU)

    def follow_oracle(self) -> list[int]:
        """The frames that are kept by a chain that knows the truth."""
        kept = [0]
        for index in range(1, len(self.frames)):
            if self.differ(kept[-1], index):
                kept.append(index)
        return kept


def measure_distance(one: Labels, other: Labels) -> float:
    """The largest 8-connected region, opened by 3x3, where both are known and differ, in share of the frame."""
    changed = (one != other) & (one != UNKNOWN) & (other != UNKNOWN)
    x, y, width, height = cv2.boundingRect(changed.astype(np.uint8))
    if not width:
        return 0.0
    # What lies beyond the rectangle, and beyond the frame, takes nothing away from a region when it is opened.
    part = changed[y : y + height, x : x + width].astype(np.uint8)
    part = np.pad(part, [_margins(y, height, changed.shape[0]), _margins(x, width, changed.shape[1])])
    opened = cv2.morphologyEx(part, cv2.MORPH_OPEN, GRAIN)
    count, _, measures, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    return float(measures[1:, cv2.CC_STAT_AREA].max()) / changed.size if count > 1 else 0.0


def _margins(start: int, length: int, side: int) -> tuple[int, int]:
    """A px of still ground on each side where the frame goes on."""
    return int(start > 0), int(start + length < side)


def measure_distances(labels: Sequence[Labels]) -> Distances:
    """The distance of every pair; frames with equal labels are measured once."""
    first: dict[bytes, int] = {}
    number = np.array([first.setdefault(each.tobytes(), len(first)) for each in labels])
    distinct = [labels[int(np.argmax(number == n))] for n in range(len(first))]
    among = np.zeros((len(distinct), len(distinct)), np.float32)
    for i in range(len(distinct)):
        for j in range(i):
            among[i, j] = among[j, i] = measure_distance(distinct[i], distinct[j])
    return np.asarray(among[number[:, None], number[None]], np.float32)


def compare_states(states: Sequence[str]) -> Distances:
    """0 where the state of two frames is the same, else 1."""
    values = np.array(list(states))
    return np.asarray(values[:, None] != values[None], np.float32)


def read_mask(mask: NDArray[np.uint8]) -> Labels:
    """Labels of a grey mask: 255 object, 170 unknown, 85 outside, 50 shadow, 0 still."""
    labels = np.where(mask >= OBJECT, 1, UNKNOWN)
    return np.asarray(np.where(mask < SURELY_STILL, 0, labels), np.int32)
