"""Frames that come late, each decided by the kept frame before it, as if it had come in time.

What comes of them changes nothing for the frames after the last decided one: those go on from what was kept last. So
the decisions depend on what is kept and on the late frames only, and a run that is stopped goes on with the same.
"""

from bisect import bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime

from framesift.filtering.earlier_runs import Kept
from framesift.filtering.selection import Decision, Mark, Marks, Verdict
from framesift.frames.frame import Frame, natural_key

_Place = tuple[datetime, str, str]


class KeptFrames:
    """The kept frames of one camera in the order of time. `against` of each chain are what a late frame goes by."""

    def __init__(self, kept: Iterable[Kept], one_chain: bool, against: int) -> None:
        self._one_chain, self._against = one_chain, against
        self._kept = sorted((_place(time, path), size) for time, path, size in kept)
        self._before = [place for place, _ in self._kept]

    def split(self, frames: Iterable[Frame]) -> Iterator[list[Frame]]:
        """Yield late frames, given in order, in stretches within which no frame was kept."""
        stretch: list[Frame] = []
        number = -1
        for frame in frames:
            following = bisect_right(self._before, _place_of(frame))
            if stretch and following != number:
                yield stretch
                stretch = []
            number = following
            stretch.append(frame)
        if stretch:
            yield stretch

    def find_marks(self, frame: Frame) -> dict[Hashable, Marks]:
        """Return which frames of each chain one is compared with that comes late."""
        marks: dict[Hashable, Marks] = {}
        place = _place_of(frame)
        for (time, name, path), size in self._kept:
            if (time, name, path) > place:
                break
            chain = None if self._one_chain else size
            marks[chain] = (*marks.get(chain, ()), Mark(path))[-self._against :]
        return marks

    def add(self, decision: Decision) -> None:
        """Take in what was kept of the late frames themselves."""
        if decision.verdict is Verdict.KEEP:
            insort(self._kept, (_place_of(decision.frame), decision.size))


def _place_of(frame: Frame) -> _Place:
    assert frame.time is not None
    return _place(frame.time, frame.path)


def _place(time: datetime, path: str) -> _Place:
    return time, natural_key(path), path
