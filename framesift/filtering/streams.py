"""A source that never ends: streams of cameras, of which a frame for each period is decided as it comes.

Its time is that of its arrival, by the clock of this machine. A stream that breaks is opened again, and the first frame
that follows says how long there was none.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from framesift.comparators.masks import require_cameras
from framesift.errors import StorageError, UsageError, counted, show
from framesift.filtering.describing import sampling_of
from framesift.filtering.sections import is_excluded
from framesift.filtering.selection import Decision
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.filtering.spacing import describe_time
from framesift.frames.frame import Frame
from framesift.frames.streams import (
    SILENCE,
    Address,
    Camera,
    Mailbox,
    Shot,
    State,
    find_refused,
    require_names,
    stop_all,
    watch_all,
)
from framesift.frames.videos import Still
from framesift.stores import ObjectStat

_LOOK = 0.25
"""Seconds from one look at how the streams are doing to the next, where no frame comes."""
_FIRST = SILENCE + 2
"""Seconds in which each stream has given a frame or failed. Only those are waited for that no run has had before."""

Tell = Callable[[str, str], None]
"""Called with the name and address of a stream and what is to be said of it in one line."""


class Streams(Source):
    """The frames of streams as they come, for `seconds`, or until the time that the settings look at is over.

    `folder` is where the kept ones are read again. `tell` is called, once each, where a stream breaks and where it is
    there again.
    """

    goes_on = True

    def __init__(
        self,
        addresses: Sequence[Address],
        settings: Settings,
        folder: str,
        tell: Tell,
        seconds: float = math.inf,
    ) -> None:
        super().__init__(folder, settings)
        require_names([address.camera for address in addresses])
        self._addresses, self._tell, self._seconds = addresses, tell, seconds
        self._mailbox = Mailbox()
        self._cameras: list[Camera] = []
        self._told: dict[str, State] = {}
        """The streams that are broken, as it was told."""
        self._gaps: dict[str, float] = {}
        """Of cameras whose last gap was followed by frames that are not looked at."""
        self._gaps_before: dict[str, float] = {}
        """Of frames that are being decided, by path."""

    def find(self, sink: Sink) -> None:
        """Open the streams. Raises UsageError where one cannot be had, unless earlier runs have had it."""
        names = [address.camera for address in self._addresses]
        masks = [*self.settings.masks, *(mask for section in self.settings.sections for mask in section.masks)]
        require_cameras(masks, list(dict.fromkeys([*names, *sink.cameras])), "this run")
        self.excluded = {name for name in names if is_excluded(self.settings.find_sections(name))}
        self._cameras = [
            Camera(each, sampling_of(self.settings), self._mailbox, sink.clock(each.camera).mark)
            for each in self._addresses
            if each.camera not in self.excluded
        ]
        try:
            new = [camera for camera in self._cameras if camera.address.camera not in sink.cameras]
            watch_all(self._cameras, new, _FIRST)
            self._look_after()
            for address, reason in find_refused(new):
                raise UsageError(f"{show(address.camera)} ({address.shown}): {reason}")
        except BaseException:
            stop_all(self._cameras)
            raise

    def rounds(self) -> Iterator[Iterable[Still]]:
        """Yield what has come, the newest frames of each stream. Raises StorageError where none has come in the end."""
        end, has_come = time.monotonic() + self._seconds, False
        self._mailbox.missed.clear()  # while others were waited for
        try:
            self._tell_states()
            while (left := end - time.monotonic()) > 0 and not self.settings.choice.period.is_over(self._now()):
                shots = self._mailbox.take(min(_LOOK, left))
                self._look_after()
                self._tell_states()
                has_come |= bool(shots)
                if chosen := [self._as_still(shot) for shot in shots if self._takes(shot)]:
                    yield chosen
        finally:
            stop_all(self._cameras)
        if not has_come:
            self._require_any()

    def describe(self, decision: Decision, late: bool = False) -> Decision:
        """Return a decision with the gap before its frame."""
        return replace(decision, gap=self._gaps_before.pop(decision.frame.path, None))

    def notes(self) -> Iterator[str]:
        """Yield which streams give no frames in the end, and which gave more than could be decided."""
        for camera in self._cameras:
            if fault := camera.state.fault:
                yield f"{show(camera.address.camera)}: {self._describe_since(camera.state.since)}: {fault.reason}"
        for name, missed in self._mailbox.missed.items():
            yield f"{show(name)}: {counted(missed, 'frame')} passed over: newer ones came before it was decided"

    def _takes(self, shot: Shot) -> bool:
        """Tell whether a frame is of what is looked at; if not, the next one has the gap before it."""
        if shot.gap is not None:
            self._gaps.setdefault(shot.camera, shot.gap)
        return self._is_wanted(Frame(shot.path, shot.camera, shot.time), self.left_out)

    def _as_still(self, shot: Shot) -> Still:
        frame = Frame(shot.path, shot.camera, shot.time)
        if (gap := self._gaps.pop(shot.camera, None)) is not None:
            self._gaps_before[frame.path] = gap
        status = ObjectStat(0, round(shot.time.timestamp() * 1000) * 10**6, "")
        return Still(frame, shot.taken.pixels, status, content=shot.taken.content)

    def _look_after(self) -> None:
        for camera in self._cameras:
            if camera.failure is not None:
                raise camera.failure

    def _tell_states(self) -> None:
        """Say once what has broken, and what is there again."""
        for camera in self._cameras:
            name, state = camera.address.camera, camera.state
            told, label = self._told.get(name), f"{name} ({camera.address.shown})"
            if state.fault and not told:
                self._told[name] = state
                self._tell(label, f"{state.fault.reason}: trying again until it is there")
            elif told and not state.fault:
                del self._told[name]
                away = round((state.since - told.since).total_seconds()) if told.since and state.since else 0
                self._tell(label, f"is there again after {describe_time(away)}" if away > 0 else "is there")

    def _require_any(self) -> None:
        """Raise StorageError where all streams are broken."""
        faults = [(camera.address, fault) for camera in self._cameras if (fault := camera.state.fault)]
        if faults and len(faults) == len(self._cameras):
            (address, fault), *others = faults
            more = f", nor did {counted(len(others), 'other stream')} give one" if others else ""
            raise StorageError(f"no frame came: {fault.reason}{more}", f"{show(address.camera)} ({address.shown})")

    def _describe_since(self, since: datetime | None) -> str:
        naming = self.settings.naming
        return "no frame yet" if since is None else f"no frame since {naming.show(since)}{naming.zone_name}"
