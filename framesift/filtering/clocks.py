"""How far each camera has come by its clock, and which frames say nothing of that: late ones and those of a wrong time.

A frame is late when it comes before the last decided one of its camera. So that no single picture stops a camera, that
last one is a frame whose time can be right: not one without a time, nor one from the future, nor one far from others.
Knows times only, and no file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from framesift.filtering.selection import Order
from framesift.frames.frame import Frame, order_key, put_in_order

DAY = timedelta(days=1)
"""A clock that is read in the wrong time zone is wrong by less."""
FAR_BACK = timedelta(days=90)
"""What comes so long before the last decided frame is not late: the clock was set back."""
FAR_AHEAD = timedelta(days=730)
"""What comes so long after all others is of a wrong clock, unless more follow: a camera that yearly takes a picture is
right."""
CONFIRMED = 10
"""So many frames in a row that are far from those before them are believed: the clock was set, and goes on."""
AHEAD = timedelta(hours=2)
"""So much a clock may gain on those of its files: in spring an hour."""
_SECOND = timedelta(minutes=29), timedelta(minutes=91)
"""So long after the first of two hours of one name a file is written that is of the second."""
_NOTHING = timedelta()


class Stamp(NamedTuple):
    """When a frame was taken by the clock of its camera, and when its file was written."""

    path: str
    time: datetime
    written: datetime | None
    """None where nobody knows."""

    @property
    def lead(self) -> timedelta | None:
        """How long after its file was written the frame was taken, as the two clocks have it."""
        return None if self.written is None else self.time - self.written


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a camera has come."""

    recent: tuple[Stamp, ...] = ()
    """The last decided frames, `CONFIRMED` and one, that came in order."""
    faults: int = 0
    """So many frames in a row have been of another, wrong time since."""
    fault: datetime | None = None
    """The time of the last of them."""

    @property
    def mark(self) -> datetime | None:
        """The time of the last decided frame that has one; what comes before it is late."""
        return self.recent[-1].time if self.recent else None

    def after(self, stamp: Stamp, order: Order | None) -> "Clock":
        """Return the clock once a frame is decided."""
        if order is Order.LATE:
            return self
        if order is None:
            return Clock((*self.recent[-CONFIRMED:], stamp))
        goes_on = self.fault is not None and timedelta() <= stamp.time - self.fault <= FAR_AHEAD
        return Clock(self.recent, self.faults + 1 if goes_on else 1, stamp.time)

    def confirms(self, time: datetime) -> bool:
        """Tell whether enough frames of about this time, which was taken for a wrong one, have come in a row."""
        return self.fault is not None and self.faults >= CONFIRMED and timedelta() <= time - self.fault <= FAR_AHEAD


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of the frames of a camera that have been found."""

    frames: list[Frame]
    """To be decided one after the other, in this order."""
    late: list[Frame]
    faults: list[Frame] = field(default_factory=list)
    """Those of `frames` whose clock was wrong."""
    ahead: tuple[Stamp, ...] = ()
    """Decided frames that turn out to be ahead of their camera: more that come before them have followed."""


def judge(
    clock: Clock,
    frames: Iterable[Frame],
    written: Callable[[Frame], datetime | None],
    now: datetime,
    read_second: Callable[[Frame], Frame | None] = lambda frame: None,
    outvote: bool = True,
) -> Judgement:
    """Say which frames of a camera, in whatever order, are late, and in which order the others are decided.

    `written` says when the file of a frame was written, `read_second` what a time means that comes twice in autumn,
    when it is the second that is meant. With `outvote` the few decided frames that more others follow, all before them,
    are no mark.
    """
    frames = put_in_order(frames)
    dates = [written(frame) for frame in frames if frame.time is not None]
    if _is_usual(clock, frames, dates, now):
        return Judgement(frames, [])
    stamps = {frame.path: Stamp(frame.path, _time(frame), date) for frame, date in zip(frames, dates, strict=False)}
    dated = put_in_order(
        _choose_hour(frame, stamps[frame.path], read_second) for frame in frames if frame.path in stamps
    )
    undated = [frame for frame in frames if frame.time is None]
    impossible = _find_impossible(clock, [stamps[frame.path] for frame in dated], now)
    possible = [frame for frame in dated if frame.path not in impossible]
    faults = [frame for frame in dated if frame.path in impossible]
    if clock.mark is None:
        outliers = _find_outliers([_stamp(frame, stamps) for frame in possible])
        faults += [frame for frame in possible if frame.path in outliers]
        return Judgement([*dated, *undated], [], faults)
    back = [frame for frame in possible if _time(frame) < clock.mark - FAR_BACK]
    near = [frame for frame in possible if clock.mark - FAR_BACK <= _time(frame) < clock.mark]
    near, late, ahead = _settle_near(clock, near, read_second, outvote)
    on = sorted([*near, *(frame for frame in possible if _time(frame) >= clock.mark)], key=order_key)
    jump = _find_jump(clock, [_stamp(frame, stamps) for frame in on])
    faults += _doubt(Clock(clock.recent) if jump else clock, [*back, *on[jump:]], stamps)
    last = [frame for frame in dated if frame.path in impossible]
    return Judgement([*on[:jump], *back, *on[jump:], *last, *undated], late, faults, ahead)


def _is_usual(clock: Clock, frames: Sequence[Frame], dates: Sequence[datetime | None], now: datetime) -> bool:
    """Tell whether nothing is to be asked of frames, given in order: they go on, and no clock says otherwise.

    Most listings are so, and `judge` would come to the same in many more steps.
    """
    before, limit = clock.mark, _find_limit(clock)
    for frame, date in zip(frames, dates, strict=False):  # those without a time come last, and have no date
        time = _time(frame)
        if before is not None and not _NOTHING <= time - before <= FAR_AHEAD:
            return False
        if date is not None and (time - date > limit or _SECOND[0] <= date - time <= _SECOND[1]):
            return False
        before = time
    return before is None or before <= now + DAY


def _doubt(clock: Clock, frames: Sequence[Frame], stamps: dict[str, Stamp]) -> list[Frame]:
    """Return which of the frames of another time are not believed, one after the other: until enough have come."""
    doubted = []
    for frame in frames:
        goes_on = clock.mark is not None and timedelta() <= _time(frame) - clock.mark <= FAR_AHEAD
        believed = goes_on or clock.confirms(_time(frame))
        clock = clock.after(_stamp(frame, stamps), None if believed else Order.FAULT)
        doubted += [] if believed else [frame]
    return doubted


def _time(frame: Frame) -> datetime:
    assert frame.time is not None
    return frame.time


def _stamp(frame: Frame, stamps: dict[str, Stamp]) -> Stamp:
    return Stamp(frame.path, _time(frame), stamps[frame.path].written)


def _choose_hour(frame: Frame, stamp: Stamp, read_second: Callable[[Frame], Frame | None]) -> Frame:
    """Take the second of two hours of one name for the one that is meant where the file was written just then."""
    if stamp.written is not None and _SECOND[0] <= stamp.written - stamp.time <= _SECOND[1]:
        second = read_second(frame)
        if second is not None and timedelta(minutes=-1) <= stamp.written - _time(second) <= timedelta(minutes=30):
            return second
    return frame


def _find_impossible(clock: Clock, stamps: Sequence[Stamp], now: datetime) -> set[str]:
    """Return the frames from the future, and those that were taken after their file was written.

    Files that were copied with a wrong date say nothing: where half of them are older than what they show, none counts.
    """
    limit = _find_limit(clock)
    future = {stamp.path for stamp in stamps if stamp.time > now + DAY}
    known = [stamp for stamp in stamps if stamp.lead is not None and stamp.path not in future]
    known += [stamp for stamp in clock.recent if stamp.lead is not None]
    older = {stamp.path for stamp in known if stamp.lead is not None and stamp.lead > limit}
    if 2 * len(older) >= len(known):
        return future
    mark = clock.mark
    return future | {stamp.path for stamp in stamps if stamp.path in older and (mark is None or stamp.time > mark)}


def _find_limit(clock: Clock) -> timedelta:
    """Return how long after its file was written a frame may have been taken, as the two clocks have it."""
    latest = clock.recent[-1].lead if clock.recent else None
    return latest + AHEAD if latest is not None and abs(latest) <= DAY else DAY


def _find_outliers(stamps: Sequence[Stamp]) -> set[str]:
    """Return, of the first frames of a camera in the order of time, the few that are far from most."""
    groups: list[list[Stamp]] = []
    for stamp in stamps:
        if not groups or stamp.time - groups[-1][-1].time > FAR_AHEAD:
            groups.append([])
        groups[-1].append(stamp)
    most = max(map(len, groups), default=0)
    few = [group for group in groups if len(group) < CONFIRMED and 3 * len(group) <= most]
    return {stamp.path for group in few for stamp in group if not _agrees(stamp)}


def _find_jump(clock: Clock, stamps: Sequence[Stamp]) -> int:
    """Return from which frame on those after the mark are of a time that is far ahead, and is not believed."""
    before = clock.mark
    for number, stamp in enumerate(stamps):
        if before is not None and stamp.time - before > FAR_AHEAD:
            believed = len(stamps) - number >= CONFIRMED or _agrees(stamp) or clock.confirms(stamp.time)
            return len(stamps) if believed else number
        before = stamp.time
    return len(stamps)


def _agrees(stamp: Stamp) -> bool:
    """Tell whether the clock of the file says the same."""
    return stamp.lead is not None and abs(stamp.lead) <= DAY


def _settle_near(
    clock: Clock, near: Sequence[Frame], read_second: Callable[[Frame], Frame | None], outvote: bool
) -> tuple[list[Frame], list[Frame], tuple[Stamp, ...]]:
    """Return which of the frames shortly before the mark go on from it, which are late, and what was ahead of them."""
    mark = clock.recent[-1].time
    on: list[Frame] = []
    late: list[Frame] = []
    for frame in near:
        second = read_second(frame) if mark - _time(frame) <= timedelta(hours=1) else None
        (late if second is None else on).append(second or frame)
    for count in range(1, len(clock.recent)) if outvote else ():
        ahead, before = clock.recent[-count:], clock.recent[-count - 1].time
        first = min(stamp.time for stamp in ahead)
        between = [frame for frame in late if before <= _time(frame) <= first - DAY]
        if len(between) > count:
            return [*on, *between], [frame for frame in late if frame not in between], ahead
    return on, late, ()


def as_written(mtime_ns: int | None) -> datetime | None:
    """Return a time of modification as a time; None for one that no calendar has."""
    if mtime_ns is None:
        return None
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return None
