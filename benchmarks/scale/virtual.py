"""A cluster of as many workers as one likes, whose clock is a number: the real dispatch, with costs for work."""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.scale.scores import Camera
from framesift.cluster import Cluster
from framesift.filtering.chunks import Cost, Dispatch
from framesift.filtering.chunks.walking import Chunk, Known, Outcome, Row, walk_chunk
from framesift.filtering.selection import Marks, Observation, Rule, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.filtering.stitching import Correction, Walk, begin_walk, marks_of, walk_again
from framesift.frames.frame import Frame


@dataclass(frozen=True)
class Prices:
    """Seconds."""

    decode: float
    """Of reading and describing one frame."""
    compare: float
    task: float
    """Of a task on its way there and back."""
    client_task: float
    """Of the program that sends and records: for each task."""
    client_frame: float
    """And for each frame."""


@dataclass(frozen=True)
class Run:
    """What a simulated run came to."""

    seconds: float
    serial: float
    """Seconds of one worker that does nothing twice."""
    cost: Cost

    @property
    def speed_up(self) -> float:
        return self.serial / self.seconds


class VirtualCluster(Cluster):
    """Workers that take as long as the prices say. `step` goes on to the next answer."""

    def __init__(self, workers: int, prices: Prices, scenes: dict[str, Camera], longest: int | None = None) -> None:
        self.longest = longest
        self.now = 0.0
        """Where the sending program is."""
        self._workers, self._prices, self._scenes = workers, prices, scenes
        self._idle = list(range(workers))
        self._queue: deque[tuple[float, Any]] = deque()
        self._urgent: defaultdict[int, deque[tuple[float, Any]]] = defaultdict(deque)
        self._busy: list[tuple[float, int, int, Any]] = []
        self._count = 0

    @property
    def slots(self) -> int:
        return self._workers

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Future[Any]":
        return self._book(self._queue, self._idle[-1] if self._idle else None, function, arguments)

    def submit_near(self, place: str, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        worker = int(place)
        return self._book(self._urgent[worker], worker if worker in self._idle else None, function, arguments)

    def step(self) -> None:
        """Let the sending program wait for the next answer and take it."""
        finished, _, worker, (future, outcome) = heapq.heappop(self._busy)
        self._idle.append(worker)
        for queue in (self._urgent[worker], self._queue):
            if queue and worker in self._idle:
                sent, task = queue.popleft()
                self._begin(worker, max(finished, sent), task)
        frames = len(outcome.result.steps)
        self.now = max(self.now, finished) + self._prices.client_task + frames * self._prices.client_frame
        future.set_result(outcome)

    def _book(self, queue: Any, idle: int | None, function: Any, arguments: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        task = future, function, arguments
        if idle is None:
            queue.append((self.now, task))
        else:
            self._begin(idle, self.now, task)
        return future

    def _begin(self, worker: int, start: float, task: Any) -> None:
        self._idle.remove(worker)
        future, function, arguments = task
        work = self._walk if function is walk_chunk else self._walk_again
        outcome, seconds = work(str(worker), *arguments)
        self._count += 1
        heapq.heappush(self._busy, (start + seconds + self._prices.task, self._count, worker, (future, outcome)))

    def _walk(self, place: str, chunk: Chunk, references: Known) -> tuple[Outcome, float]:
        scene, known = self._scenes[chunk.frames[0].camera], dict(references)
        seen = [observe(frame, scene) for frame in chunk.frames]
        rows = [Row(d, each.chain, None) for each, d in select_frames(seen, _rule_of(scene), known)]
        compared = sum(row.decision.score is not None for row in rows)
        walk = Walk(rows, begin_walk(references), {None: known[None]})
        seconds = len(rows) * self._prices.decode + compared * self._prices.compare
        return Outcome(walk, compared, len(rows), place), seconds

    def _walk_again(
        self, place: str, chunk: Chunk, walked: list[Row], begun: dict[Any, Marks], references: Known, misled: set[Any]
    ) -> tuple[Outcome, float]:
        scene, known, still = self._scenes[chunk.frames[0].camera], dict(references), set(misled)
        steps = {
            number: Row(decision, None, None)
            for number, _, decision in walk_again(
                walked, begun, lambda n: observe(chunk.frames[n], scene), _rule_of(scene), known, still
            )
        }
        true = {chain: marks_of(references.get(chain, ())) for chain in misled}
        outcome = Outcome(Correction(steps, true, {chain: known[chain] for chain in still}), len(steps), 0, place)
        return outcome, len(steps) * self._prices.compare


class _Queue:
    """Stands for the queue on which the dispatch waits: waiting lets the clock go on."""

    def __init__(self, cluster: VirtualCluster) -> None:
        self._cluster = cluster
        self._items: deque[Any] = deque()

    def put(self, item: Any) -> None:
        self._items.append(item)

    def get(self) -> Any:
        while not self._items:
            self._cluster.step()
        return self._items.popleft()

    def empty(self) -> bool:
        return not self._items


def _rule_of(scene: Camera) -> Rule[Any]:
    return Rule(scene.score, lambda _: scene.limit)


def observe(frame: Frame, scene: Camera) -> Observation[Any]:
    """Return the frame with the number that stands for its descriptor."""
    return Observation(frame, (1, 1), np.int64(scene.fold(int(frame.path.rpartition("/")[2]))))


def simulate(scenes: list[Camera], cameras: int, frames: int, workers: int, prices: Prices) -> Run:
    """Walk `cameras` cameras of `frames` frames each, which take turns in looking like one of `scenes`."""
    named = {f"c{number}": scenes[number % len(scenes)] for number in range(cameras)}
    cluster = VirtualCluster(workers, prices, named)
    walker = Dispatch(cluster, "/nowhere", Settings(), lambda _: {}, content=False)
    vars(walker)["_back"] = _Queue(cluster)
    all_frames = [Frame(f"{name}/{number}", name, None) for name in named for number in range(frames)]
    verdicts = [decision.verdict for _, decision in walker.decide(all_frames)]
    assert len(verdicts) == len(all_frames) and Verdict.SKIP not in verdicts
    done_once = len(verdicts) * prices.decode + (walker.cost.compared - walker.cost.compared_again) * prices.compare
    return Run(cluster.now, done_once, walker.cost)


def cut(scene: Camera, chunks: int) -> tuple[float, float]:
    """Return the shares of comparisons and of frames that are looked at again where a camera is cut evenly.

    Every chunk is walked from its own first frame, as in a first wave; the frames looked at again are decoded again
    only where their descriptors are gone.
    """
    length = -(-len(scene) // chunks)
    cluster = VirtualCluster(1, Prices(0, 0, 0, 0, 0), {"c": scene})
    frames = [Frame(f"c/{number}", "c", None) for number in range(len(scene))]
    again, once = 0, 0
    known: Known = {}
    for first in range(0, len(scene), length):
        chunk = Chunk("", tuple(frames[first : first + length]), "", Settings(), {}, True)
        outcome, _ = cluster._walk("0", chunk, {})
        walk = outcome.result
        assert isinstance(walk, Walk)
        if misled := walk.misled(known):
            corrected, _ = cluster._walk_again("0", chunk, walk.steps, dict(walk.begun), known, misled)
            again += corrected.compared
            assert isinstance(corrected.result, Correction)
            walk = walk.corrected(corrected.result)
        known = {**known, **walk.ends}
        once += outcome.compared
    return again / once, again / len(scene)
