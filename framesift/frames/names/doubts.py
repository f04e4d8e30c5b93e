"""What looks wrong in how names are read, and which option mends it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from framesift.errors import counted, show

_DIGITS = re.compile(r"[0-9]+")
_NAMED = 3
"""So many cameras are named."""
_SINGLE = 4
"""So many cameras of a single frame are odd, where those are half of all cameras."""
_TWINS = 0.25
"""So large a share of frames with the time of another file is odd."""


@dataclass(slots=True)
class Tally:
    """How the names of one camera's frames were read, in the order of time."""

    camera: str
    frames: int = 0
    timed: int = 0
    """So many have a time."""
    twins: int = 0
    """So many have the time of the frame before, and a name that differs from it in more than numbers."""
    _last: tuple[datetime, str] | None = None

    def add(self, path: str, time: datetime | None) -> None:
        """Count one frame."""
        self.frames += 1
        if time is None:
            return
        self.timed += 1
        if self._last and self._last[0] == time:
            self.twins += _DIGITS.sub("", path) != _DIGITS.sub("", self._last[1])
        self._last = time, path


def find_doubts(tallies: Iterable[Tally]) -> Iterator[str]:
    """Yield a line for each thing that looks wrong."""
    known = [tally for tally in tallies if tally.frames]
    single = [tally for tally in known if tally.frames == 1]
    if len(single) >= max(_SINGLE, len(known) / 2):
        many = f"{len(single)} of {len(known)} cameras have a single frame" if len(single) < len(known) else ""
        many = many or f"as many cameras as frames, {len(known)}"
        yield f"{many} ({_name(single)}): are they one? --camera folder or --camera one"
    for tally in known:
        if tally.twins >= max(2, _TWINS * tally.frames):
            yield (
                f"{show(tally.camera)}: {tally.twins} of {counted(tally.frames, 'frame')} have the time of another: "
                "are there several cameras? --camera folder, or --name-pattern"
            )
    untimed = [tally for tally in known if tally.frames > 1 and not tally.timed]
    if untimed:
        frames = sum(tally.frames for tally in untimed)
        word = "camera" if len(untimed) == 1 else "cameras"
        yield (
            f"no times in {counted(frames, 'frame')} ({word} {_name(untimed)}): "
            "in the order of names; see --name-pattern, --time-format"
        )


def _name(tallies: list[Tally]) -> str:
    more = f" and {len(tallies) - _NAMED} more" if len(tallies) > _NAMED else ""
    return ", ".join(show(tally.camera) for tally in tallies[:_NAMED]) + more
