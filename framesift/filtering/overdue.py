"""Frames that come late, each decided by the kept frame before it, as if it had come in time.

What comes of them changes nothing for the frames after the last decided one: those go on from what was kept last. So
the decisions depend on what is kept and on the late frames only, and a run that is stopped goes on with the same.
"""

from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import chain, groupby

from framesift.filtering.earlier_runs import Kept, as_kept
from framesift.filtering.selection import Decision, Mark, Marks, remember
from framesift.frames.frame import Frame, natural_key
from framesift.frames.videos import Still, frame_of

_Place = tuple[datetime, str, str]


class KeptFrames:
    """The kept frames of one camera in the order of time, and those left out. `against` of each chain are what a late
    frame goes by."""

    def __init__(self, kept: Iterable[Kept], one_chain: bool, against: int) -> None:
        self._one_chain, self._against = one_chain, against
        self._kept = sorted((_place(each.time, each.path), each) for each in kept)
        self._before = [place for place, _ in self._kept]

    def split(self, frames: Iterable[Frame | Still]) -> Iterator[tuple[Frame, Iterator[Frame | Still]]]:
        """Yield late frames, given in order, in stretches within which none was kept: the first of each, and all.

        A stretch is to be taken before the next: those of films are decoded as they are taken.
        """
        for _, stretch in groupby(frames, key=lambda item: bisect_right(self._before, _place_of(frame_of(item)))):
            rest = iter(stretch)
            first = next(rest)
            yield frame_of(first), chain([first], rest)

    def find_marks(self, frame: Frame) -> dict[Hashable, Marks]:
        """Return which frames of each chain one is compared with that comes late."""
        marks: dict[Hashable, Marks] = {}
        place = _place_of(frame)
        for before, known in self._kept:
            if before > place:
                break
            size = None if self._one_chain else known.size
            marks[size] = remember(marks.get(size, ()), Mark(known.path, known.kept), self._against)
        return marks

    def add(self, decision: Decision) -> None:
        """Take in what became of the late frames themselves."""
        if known := as_kept(decision):
            insort(self._kept, (_place_of(decision.frame), known))


def _place_of(frame: Frame) -> _Place:
    assert frame.time is not None
    return _place(frame.time, frame.path)


def _place(time: datetime, path: str) -> _Place:
    return time, natural_key(path), path
