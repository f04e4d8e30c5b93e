"""Groups of near-duplicates: stars around the file to keep, not chains.

Whatever removes files builds on these values: they carry all that has to be unchanged at the moment of acting.
"""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Member:
    """A file that shows what the keeper shows."""

    item: Item
    similarity: float
    """To the keeper: 1 is the same picture."""


@dataclass(frozen=True, slots=True)
class Group:
    """A keeper and its near-duplicates, at least one, each within the threshold of the keeper."""

    keeper: Item
    members: tuple[Member, ...]
    """In the order of preference: the first would be the keeper if the keeper were not there."""
    reason: str
    """Why this one is kept, such as `largest resolution 1920x1080`."""
