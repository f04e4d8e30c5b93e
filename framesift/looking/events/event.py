"""What is told of one event."""

from dataclasses import dataclass
from datetime import datetime

Box = tuple[int, int, int, int]
"""x, y, width and height in px of the frame."""


@dataclass(frozen=True, slots=True)
class Event:
    """A stretch in which something comes, goes or moves, between two calms."""

    camera: str
    start: datetime | None
    """When the first frame was taken that differs from the calm before. Aware, UTC; None without times."""
    end: datetime | None
    """When the frame was taken from which on it is calm again; it is that of `start` where one frame shows it all."""
    first: str
    """Path of the frame of `start`."""
    last: str
    """Path of the frame of `end`."""
    before: str
    """Path of the kept frame that shows the calm before."""
    kept: int
    """So many frames were kept, at least 1."""
    frames: int
    """So many there are from the first to the last, dropped ones included."""
    best: str
    """Path of the kept frame that shows most of what is not in `before`: not the empty scene that somebody has left."""
    box: Box | None
    """Around all that was not as in `before` in any of the kept frames; None where they cannot be read."""
    share: float | None
    """Of what is compared of the picture, 0 to 1: so much is in `best` not as in `before`."""
    unread: int = 0
    """So many of the kept frames cannot be read any more: whether more than the light has changed, nobody can say."""
