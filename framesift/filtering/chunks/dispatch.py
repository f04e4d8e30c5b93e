"""Which chunk is walked next, and when it is settled: cameras first, pieces of a camera second.

Where there are as many cameras as workers, each camera is walked chunk after chunk, from references that are true. Only
where there are fewer, several chunks of a camera are under way at the same time, walked from what was known last. A
chunk that began from other references than the chunk before it ended with is walked again, see `selection`, also before
that one is settled: most often it ends with what it ended with in its first walk.
"""

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import groupby
from queue import SimpleQueue
from uuid import uuid4

from framesift.cluster import LOST, PARTS, Cluster, WorkersLost, submit_near
from framesift.errors import UnreadableFrame
from framesift.filtering.chunks.camera import CameraWalk, Cost, Piece
from framesift.filtering.chunks.keeping import Image
from framesift.filtering.chunks.walking import (
    Chunk,
    ChunkChanged,
    Known,
    LevelsUnknown,
    Outcome,
    Row,
    fetch_view,
    walk_chunk,
    walk_chunk_again,
)
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import View, find_content
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.selection import Decision
from framesift.filtering.settings import Settings
from framesift.filtering.stitching import Walk, begin_walk, occurring
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.reader import read_size
from framesift.stores import join

AHEAD = 256 * 2**20
"""Bytes of decisions that wait for those of the cameras before them. Beyond it they are recorded as they come."""
LONGEST, SHORTEST = 300, 40
"""Frames of a chunk: with more of them the others wait too long, with fewer it is scheduling that costs."""
CHUNK_BYTES = 256 * 2**20
"""Of the descriptors of a chunk that may be walked again."""
FULL_HD = 1920, 1080
"""px; the size of frames of which we know none."""
CHANGED = "changed while it was read"


class Dispatch:
    """Walks cameras on the workers of an executor and gives their decisions, those of each camera in order.

    `references_of` says what earlier runs kept last of a camera; `content` and `stat` are what `fetch_view` is asked
    for; `levels` knows the range of each camera's 16-bit frames. `walked` is called with how many frames a worker has
    walked, as soon as that is known: they are decided later. Other executors than clusters have one worker, or as many
    as `slots` says.
    """

    def __init__(
        self,
        executor: Executor,
        directory: str,
        settings: Settings,
        references_of: Callable[[str], Known],
        content: bool = True,
        stat: bool = False,
        slots: int = 1,
        longest: int | None = None,
        levels: CameraLevels | None = None,
        walked: Callable[[int], object] = lambda _: None,
    ) -> None:
        self.cost = Cost()
        self._executor, self._references_of, self._spare_slots = executor, references_of, slots
        if isinstance(executor, Cluster):
            longest = executor.longest
        self._longest, self._shortest = longest or LONGEST, longest or SHORTEST
        self._levels, self._walked = levels or CameraLevels(settings), walked
        self._task = Chunk(uuid4().hex, (), directory, settings, {}, False)
        self._fetch = partial(fetch_view, directory=directory, content=content, stat=stat)
        self._back: SimpleQueue[tuple[CameraWalk, Piece, Future[Outcome]]] = SimpleQueue()
        self._under_way: set[Future[Outcome]] = set()
        self._sent = 0
        self._waiting: deque[list[Frame]] = deque()
        self._active: list[CameraWalk] = []
        """Those that are not walked to their end."""
        self._order: deque[CameraWalk] = deque()
        """Those that are not recorded to their end."""
        self._held = 0
        """Bytes of decisions that wait to be recorded."""

    def decide(self, frames: Iterable[Frame]) -> Iterator[tuple[View, Decision]]:
        """Yield each frame with its decision, in the order given as far as `AHEAD` allows it: camera after camera."""
        self._waiting.extend(list(of_camera) for _, of_camera in groupby(frames, key=lambda frame: frame.camera))
        try:
            while self._waiting or self._order:
                self._start_cameras()
                yield from self._release()
                if self._under_way:
                    self._take(*self._back.get())
        finally:
            for future in self._under_way:
                future.cancel()

    def _start_cameras(self) -> None:
        while self._waiting and len(self._active) < self._slots:
            frames = self._waiting.popleft()
            camera = CameraWalk(frames, self._references_of(frames[0].camera), self._find_limit(frames[0]))
            self._active.append(camera)
            self._order.append(camera)
            self._advance(camera)

    def _find_limit(self, frame: Frame) -> int:
        """Return of how many frames like this one a worker can keep the descriptors."""
        size = FULL_HD
        with suppress(UnreadableFrame):
            size = read_size(join(self._task.directory, find_content(frame)), self._task.settings.max_pixels)
        comparator = comparator_of(self._task.settings, frame.camera)
        return CHUNK_BYTES // max(1, math.prod(comparator.compared_size(size)))

    @property
    def _slots(self) -> int:
        """How many chunks the workers walk at the same time just now; one where no worker is left: one will come."""
        return max(1, self._executor.slots) if isinstance(self._executor, Cluster) else self._spare_slots

    def _advance(self, camera: CameraWalk) -> None:
        """Settle what can be settled, send again what was walked from other references, then what comes next."""
        known: Known | None = camera.known
        for piece in list(camera.pieces):
            walk = piece.walk
            if piece.future is None and walk is not None and known is not None:
                if misled := walk.misled(known):
                    self._send(camera, piece, known, misled)
                elif piece is camera.pieces[0]:
                    self._held += camera.settle()
            known = None if walk is None or known is None else {**known, **walk.ends}
        while camera.next < len(camera.frames) and len(camera.pieces) < self._depth():
            self._send_next(camera)
        if camera.walked and camera in self._active:
            self._active.remove(camera)
            for other in list(self._active):  # there are more workers for them now
                self._advance(other)

    def _share(self) -> int:
        """Return how many workers there are for each camera that is not walked to its end."""
        return -(-self._slots // max(1, len(self._active) + len(self._waiting)))

    def _depth(self) -> int:
        """Return how many chunks of a camera are under way: some wait to be walked again while workers walk on."""
        share = self._share()
        return 2 * share if share > 1 else 1

    def _send_next(self, camera: CameraWalk) -> None:
        share, length = self._share(), self._longest
        if share > 1:
            length = min(length, camera.limit)
        if not self._waiting:  # smaller ones to the end: a worker that has nothing left can take some
            left = len(camera.frames) - camera.next
            length = max(self._shortest, min(length, -(-left // max(share, min(2, self._slots)))))
        chunk = self._cut(camera, camera.frames[camera.next : camera.next + length], keep=bool(camera.pieces))
        piece = Piece(chunk, camera.next, camera.known)
        camera.pieces.append(piece)
        camera.next += len(chunk.frames)
        self._send(camera, piece, camera.known)

    def _cut(self, camera: CameraWalk, frames: Iterable[Frame], keep: bool) -> Chunk:
        self._sent += 1
        frames = tuple(frames)
        problems = {frame.path: camera.problems[frame.path] for frame in frames if frame.path in camera.problems}
        levels = self._levels.find(camera.name)
        key = f"{self._task.key}-{self._sent}"
        settings = self._task.settings.of(camera.name)
        task = replace(self._task, key=key, frames=frames, settings=settings)
        return replace(task, problems=problems, keep=keep, levels=levels)

    def _send(self, camera: CameraWalk, piece: Piece, known: Known, misled: set[Hashable] | None = None) -> None:
        """Have a chunk walked, or walked again where it has been walked."""
        piece.guess = known
        if misled is None or piece.walk is None:
            future = self._executor.submit(walk_chunk, piece.chunk, known)
        else:
            needed = {chain: known[chain] for chain in misled if chain in known}
            begun = {chain: marks for chain, marks in piece.walk.begun.items() if chain in misled}
            call = walk_chunk_again, piece.chunk, piece.walk.steps, begun, needed, misled
            future = submit_near(self._executor, piece.place, *call)
        piece.future = future
        self._under_way.add(future)
        future.add_done_callback(lambda done: self._back.put((camera, piece, done)))

    def _take(self, camera: CameraWalk, piece: Piece, future: "Future[Outcome]") -> None:
        """Take what has come back."""
        self._under_way.discard(future)
        if piece.future is not future:  # its camera has gone back
            return
        piece.future = None
        try:
            outcome = future.result()
            again = piece.take(outcome)
            self.cost.add(outcome, again)
            self._walked(0 if again else len(piece.chunk.frames))
        except ChunkChanged:
            self._send(camera, piece, piece.guess)
        except LevelsUnknown as error:
            piece.chunk = replace(piece.chunk, levels=self._decide_levels(camera, error.levels))
            self._send(camera, piece, piece.guess)
        except WorkersLost:
            wait(list(self._under_way))  # what runs beside it would be lost with it, and be taken for the cause
            self._walked(0 if piece.walk else len(piece.chunk.frames))
            piece.walk = self._walk_in_parts(camera, piece.chunk.frames, piece.guess)
        self._advance(camera)

    def _decide_levels(self, camera: CameraWalk, found: Levels) -> Levels:
        """Return the range of a camera in which a chunk has met a 16-bit frame, perhaps not the first: that decides."""
        frames = (f for f in camera.frames[camera.pieces[0].first :] if f.path not in camera.problems)
        known = self._levels.find(camera.name) or self._levels.search(self._task.directory, frames)
        return known or self._levels.decide(camera.name, found)

    def _walk_in_parts(self, camera: CameraWalk, frames: tuple[Frame, ...], known: Known) -> Walk[Row, Image]:
        """Walk a chunk that workers were lost on, in parts and with nothing beside it. Skips the frame that does it."""
        steps, ends, length = list[Row](), dict(known), -(-len(frames) // PARTS)
        for first in range(0, len(frames), length):
            part = frames[first : first + length]
            try:
                walk = self._walk_alone(camera, part, ends)
            except WorkersLost:
                if len(part) > 1:
                    walk = self._walk_in_parts(camera, part, ends)
                else:
                    camera.problems[part[0].path] = LOST
                    walk = self._walk_alone(camera, part, ends)
            steps += walk.steps
            ends |= walk.ends
        return Walk(steps, begin_walk(known), {chain: ends[chain] for chain in occurring(steps)})

    def _walk_alone(self, camera: CameraWalk, frames: tuple[Frame, ...], known: Known) -> Walk[Row, Image]:
        try:
            outcome = self._executor.submit(walk_chunk, self._cut(camera, frames, keep=False), known).result()
        except LevelsUnknown as error:
            self._decide_levels(camera, error.levels)
            return self._walk_alone(camera, frames, known)
        self.cost.add(outcome, again=True)
        assert isinstance(outcome.result, Walk)
        return outcome.result

    def _release(self) -> Iterator[tuple[View, Decision]]:
        """Yield what is settled, in order: of the first camera, and of the others where too much is waiting."""
        for camera in list(self._order):
            while camera.blocks:
                yield from self._give(camera)
            if camera.walked:
                self._order.remove(camera)
            elif self._held <= AHEAD:
                return

    def _give(self, camera: CameraWalk) -> Iterator[tuple[View, Decision]]:
        """Yield the first settled chunk of a camera, or go back to it where a frame has changed meanwhile."""
        block = camera.blocks.popleft()
        self._held -= block.weight
        for number, row in enumerate(block.rows, block.first):
            if number < camera.given:
                continue
            view = self._fetch(row)
            if view is None:
                self._held -= camera.go_back(block, row.decision.frame.path, CHANGED)
                if camera not in self._active:
                    self._active.append(camera)
                self._advance(camera)
                return
            camera.given = number + 1
            yield view, row.decision
            while self._held <= AHEAD and not self._back.empty():  # or workers would wait until this is recorded
                self._take(*self._back.get())
