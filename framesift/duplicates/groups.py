"""Groups of near-duplicates: stars around the file to keep, not chains.

Whatever removes files builds on these values: they carry all that has to be unchanged at the moment of acting.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from framesift.comparators.orientation import AS_IT_IS, Turn
from framesift.duplicates.traits import NONE, Traits
from framesift.frames.levels import WHOLE, Levels


@dataclass(frozen=True, slots=True)
class Item:
    """One whole image or video, as it was when its bytes were read."""

    path: str
    """Relative to the searched folder, with `/`; bytes that are not UTF-8 are escaped as `os.fsdecode` does."""
    size: tuple[int, int]
    """Width and height in px, orientation applied."""
    file_size: int
    """Bytes."""
    mtime_ns: int
    device: int
    inode: int
    ctime_ns: int
    levels: Levels | None = None
    """The range in which a picture of 16 bits, or of few levels, is compared; None: all levels."""
    traits: Traits = NONE
    seconds: float = 0.0
    """How long a video is; 0 for a picture."""

    @property
    def transparent(self) -> bool:
        """Whether anything of the picture is."""
        return Traits.TRANSPARENT in self.traits

    def is_still(self, status: os.stat_result) -> bool:
        """Tell whether a status is of this file as it was."""
        found = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return found == (self.device, self.inode, self.file_size, self.mtime_ns, self.ctime_ns)

    def shares_levels(self, other: "Item") -> bool:
        """Tell whether a level has about the same grey in both: what was brightened alone cannot be compared."""
        return (self.levels or WHOLE).resembles(other.levels or WHOLE)


@dataclass(frozen=True, slots=True)
class Part:
    """Where a film that was cropped, or framed by black bars, lies in its keeper."""

    offset_s: float
    """When it begins, in the time of the keeper."""
    rectangle: tuple[int, int, int, int]
    """What it shows of the keeper's frames: left, top, width, height in px."""
    picture: tuple[int, int, int, int]
    """Where that is in its own frames."""

    def __str__(self) -> str:
        left, top, width, height = self.rectangle
        return f"shows {width}x{height} at {left},{top} from {max(self.offset_s, 0):.1f} s on"


@dataclass(frozen=True, slots=True)
class Member:
    """A file that shows what the keeper shows."""

    item: Item
    similarity: float
    """To the keeper: 1 is the same picture."""
    sha256: str | None = None
    """Of the bytes that were compared with the keeper's; None where they were not read for it."""
    turn: Turn = AS_IT_IS
    """How it lies beside the keeper."""
    part: Part | None = None
    """Of a film, where that was looked for and is not all of the frames of both."""


@dataclass(frozen=True, slots=True)
class Group:
    """A keeper and its near-duplicates, at least one, each within the threshold of the keeper."""

    keeper: Item
    members: tuple[Member, ...]
    """In the order of preference: the first would be the keeper if the keeper were not there."""
    reason: str
    """Why this one is kept, such as `largest resolution 1920x1080`."""


Apart = Callable[[Item, Item], bool]
"""Whether two files are never in one group, however alike they look: somebody has said that they show two things."""


def never_apart(one: Item, other: Item) -> bool:
    """Keep no two files apart."""
    return False


def sort_out(
    keeper: Item, found: Iterable[tuple[int, float]], items: Sequence[Item], apart: Apart
) -> list[tuple[int, float]]:
    """Leave out, of positions near the keeper, what is to be kept apart from it or from one that is in already."""
    if apart is never_apart:
        return list(found)
    joined: list[tuple[int, float]] = []
    for position, similarity in found:
        item = items[position]
        if not apart(keeper, item) and not any(apart(items[other], item) for other, _ in joined):
            joined.append((position, similarity))
    return joined
