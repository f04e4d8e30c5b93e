"""Streams of cameras, read at the same time and opened again when they break. Of each a few frames wait, the newest.

A stream is read as fast as it comes, on a thread of its own, so that nothing waits in it either.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from framesift.frames.streams.addresses import Address
from framesift.frames.streams.faults import SILENCE, Broken, Refused
from framesift.frames.streams.opening import walk_address
from framesift.frames.streams.shots import Capture, Shot
from framesift.frames.videos import Sampling

WAITING = 3
"""So many frames of a camera wait at most: as many as come while a disk takes its time."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a stream that broke is opened again: the double each time, until it has gone on for a while."""
_STEADY = SILENCE
_LEAST = timedelta(milliseconds=1)
"""From one frame of a camera to the next: their names tell so much."""


class Mailbox:
    """Holds the newest shots of each camera until they are taken: `WAITING` of them, and none before these."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shots: dict[str, deque[Shot]] = {}
        self.missed: dict[str, int] = {}
        """So many shots of each camera have made room for newer ones."""

    def put(self, shot: Shot) -> None:
        """Let a shot wait; where too many do, the oldest of its camera is lost, but not the gap before it."""
        with self._changed:
            waiting = self._shots.setdefault(shot.camera, deque())
            waiting.append(shot)
            if len(waiting) > WAITING:
                lost = waiting.popleft()
                self.missed[shot.camera] = self.missed.get(shot.camera, 0) + 1
                if waiting[0].gap is None:
                    waiting[0] = replace(waiting[0], gap=lost.gap)
            self._changed.notify()

    def take(self, seconds: float) -> list[Shot]:
        """Return all shots that wait, those of a camera together; where there is none, after so long at most."""
        with self._changed:
            if not self._shots:
                self._changed.wait(seconds)
            shots, self._shots = self._shots, {}
            return [shot for waiting in shots.values() for shot in waiting]


@dataclass(frozen=True, slots=True)
class State:
    """How a stream is doing."""

    fault: Broken | None = None
    """Why it gives no frames now."""
    since: datetime | None = None
    """When its last frame came; None where none has."""


class Camera:
    """One stream that is read until it is stopped. `last` is the time of its last frame that is decided, if any."""

    def __init__(
        self,
        address: Address,
        sampling: Sampling,
        mailbox: Mailbox,
        last: datetime | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.address, self.state = address, State(since=last)
        self.heard = threading.Event()
        """Set once it has given a frame or failed."""
        self.failure: Exception | None = None
        """What ended the reading for good: a library that is missing, or a fault of ours."""
        self._sampling, self._mailbox, self._now = sampling, mailbox, now
        self._last = last
        """The time of the last shot."""
        self._due, self._came = 0.0, 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"framesift-stream-{address.camera}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does with the next frame, or when none comes for a while."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait so long at most for its end."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            begun, self._came = time.monotonic(), 0.0
            try:
                self._read()
            except Broken as fault:
                self.state = State(fault, self.state.since)
            except Exception as error:
                self.failure = error
                return
            finally:
                self.heard.set()
            if self._came - begun >= _STEADY:
                pause = FIRST_PAUSE
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _read(self) -> None:
        is_first = True
        for capture in walk_address(self.address, self._sampling, self._stopped.wait):
            if self._stopped.is_set():
                return
            gap = self._measure_gap() if is_first else None
            self._came, is_first = time.monotonic(), False
            if gap is not None or capture.chosen or self._came >= self._due:
                self._shoot(capture, gap)
            self.state = State(None, self._now())
            self.heard.set()

    def _measure_gap(self) -> float | None:
        since = self.state.since
        return None if since is None else max(round((self._now() - since).total_seconds(), 3), 0.0)

    def _shoot(self, capture: Capture, gap: float | None) -> None:
        now = self._now()
        moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._last is not None and moment <= self._last:
            moment = self._last + _LEAST
        self._mailbox.put(Shot(self.address.camera, moment, capture.take(), gap))
        self._last = moment
        following = self._due + self._sampling.every
        self._due = following if following > self._came else self._came + self._sampling.every


def watch_all(cameras: list[Camera], new: list[Camera], seconds: float) -> None:
    """Begin to read streams, and wait until each of the new ones has given a frame or failed, or so long."""
    for camera in cameras:
        camera.start()
    deadline = time.monotonic() + seconds
    for camera in new:
        camera.heard.wait(max(deadline - time.monotonic(), 0.0))


def stop_all(cameras: list[Camera], seconds: float = 1.0) -> None:
    """End the reading; what a silent server holds up ends by itself, a little later."""
    for camera in cameras:
        camera.stop()
    deadline = time.monotonic() + seconds
    for camera in cameras:
        camera.join(max(deadline - time.monotonic(), 0.0))


def find_refused(cameras: list[Camera]) -> list[tuple[Address, str]]:
    """Return the streams of which it is of no use to try again, and why."""
    states = [(camera.address, camera.state.fault) for camera in cameras]
    return [(address, fault.reason) for address, fault in states if isinstance(fault, Refused)]
