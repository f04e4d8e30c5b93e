"""The main job: keep, out of the frames of fixed cameras, those that show something new against the last kept one."""

import os
from collections.abc import Generator, Hashable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from types import TracebackType

import cv2

from framesift.comparators import FrameDifferencing
from framesift.errors import PathLike, StorageError, UnreadableFrame
from framesift.frames import Frame, Listing, find_frames
from framesift.naming import Naming
from framesift.parallel import map_ordered
from framesift.reader import GreyDecoding, Picture, read_picture
from framesift.results import Results
from framesift.selection import Decision, Observation, Reference, select_frames
from framesift.settings import Decoding, Placement, Settings
from framesift.summary import Summary
from framesift.thresholds import Threshold
from imaging_interview import Image


def filter_frames(
    directory: PathLike,
    results: PathLike | None = None,
    min_contour_area: str | float | Threshold = "0.05%",
    score_threshold: str | float | Threshold = "0.75%",
    *,
    blur: tuple[int, ...] = (5,),
    border_mask: tuple[float, float, float, float] = (5, 10, 5, 0),
    size: tuple[int, int] | None = None,
    min_size: int = 0,
    max_pixels: int = 100_000_000,
    name_pattern: str | None = None,
    timezone: str = "UTC",
    link: str = "copy",
    decode: str = "exact",
    dry_run: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Iterator[Decision]:
    """Decide every frame below `directory` and yield the decisions, per camera in the order of time.

    Thresholds are in px of the compared size (a number) or relative to the compared area ("0.75%"). Kept frames are
    placed below `results`, beside a manifest with all decisions; frames that the manifest has already are not decided
    again. Without `results`, or with `dry_run`, nothing is written. The decisions do not depend on `jobs` or
    `executor`. The other arguments are explained in `framesift.settings.Settings`.

    Raises UsageError (what was asked for cannot be), StorageError (the disk refuses), ResultsInUse (another run).
    """
    settings = Settings(
        Threshold.parse(min_contour_area),
        Threshold.parse(score_threshold),
        tuple(blur),
        border_mask,
        size,
        min_size,
        max_pixels,
        Naming(name_pattern, timezone),
        Placement(link),
        Decoding(decode),
    )
    with Run(directory, results, settings, dry_run) as run:
        yield from run.decide(jobs, executor)


@dataclass(frozen=True, slots=True)
class View(Observation[Image]):
    """What a worker has seen of one frame, with the bytes that are copied if it is kept."""

    content: bytes | None = None
    stat: os.stat_result | None = None


class Run:
    """One run of the main job. A context manager: entering finds the frames, leaving completes the results folder."""

    def __init__(
        self, directory: PathLike, results: PathLike | None, settings: Settings, dry_run: bool = False
    ) -> None:
        self.directory = os.path.abspath(os.fsdecode(directory))
        self.settings = settings
        self.listing = Listing([], [], [])
        """The frames below the folder, and what could not be listed."""
        self.pending: list[Frame] = []
        """The frames to be decided now."""
        self.late: list[Frame] = []
        """Frames that came after later ones of their camera had been decided. They are left for a run from scratch."""
        self._comparator = FrameDifferencing(
            settings.min_contour_area, settings.blur, settings.border_mask, settings.size
        )
        self._results_folder = results
        self._results = None if results is None else Results(results, directory, settings, dry_run)
        self.summary = Summary() if self._results is None else self._results.summary
        """All decisions so far, those of earlier runs into the same results folder included."""

    def __enter__(self) -> "Run":
        if self._results is not None:
            self._results.__enter__()
        try:
            self.listing = find_frames(self.directory, self.settings.naming, self._results_folder)
            self._sort_out_decided()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._results is not None:
            self._results.__exit__(kind, error, trace)

    def decide(self, jobs: int | None = None, executor: Executor | None = None) -> Generator[Decision, None, None]:
        """Walk the pending frames: read and describe ahead in parallel, decide in order, record as decided."""
        jobs = jobs or count_cores()
        look = partial(view_frame, directory=self.directory, settings=self.settings, comparator=self._comparator)
        with _workers(executor, jobs) as workers:
            views = map_ordered(workers, look, self.pending, window=2 * jobs + 2)
            for camera, of_camera in groupby(views, key=lambda view: view.frame.camera):
                references = self._references(camera)
                for view, decision in select_frames(of_camera, self._comparator.score, self._limit, references):
                    self._record(view, decision)
                    yield decision

    def _sort_out_decided(self) -> None:
        if self._results is None:
            self.pending = self.listing.frames
            return
        for frame in self.listing.frames:
            if not self._results.is_decided(frame):
                (self.late if self._results.is_late(frame) else self.pending).append(frame)
        self._results.begin()

    def _limit(self, descriptor: Image) -> float:
        return self.settings.score_threshold.px(self._comparator.compared_area(descriptor))

    def _references(self, camera: str) -> dict[Hashable, Reference[Image]]:
        """Describe the last kept frames of earlier runs again."""
        if self._results is None:
            return {}
        paths = self._results.references(camera)
        describe = self._comparator.describe
        return {chain: Reference(path, describe(self._read_kept(path))) for chain, path in paths.items()}

    def _read_kept(self, path: str) -> Image:
        """Read a kept frame from the results folder, or from its source where it has been taken away."""
        assert self._results is not None
        for folder in (self._results.folder, self.directory):
            with suppress(UnreadableFrame):
                return read_frame(os.path.join(folder, path), self.settings).pixels
        gone = "is the last kept frame of its camera and cannot be read any more: choose another results folder"
        raise StorageError(gone, os.path.join(self._results.folder, path))

    def _record(self, view: View, decision: Decision) -> None:
        self.summary.add(decision)
        if self._results is not None:
            self._results.add(decision, view.content, view.stat)


def view_frame(frame: Frame, directory: str, settings: Settings, comparator: FrameDifferencing) -> View:
    """Read and describe one frame; what is not a whole frame has no descriptor, but a problem."""
    try:
        picture = read_frame(os.path.join(directory, frame.path), settings)
    except UnreadableFrame as error:
        if not os.path.isdir(directory):
            raise StorageError("the folder of the frames is gone", directory) from error
        return View(frame, None, None, problem=error.reason)
    if min(picture.size) < settings.min_size:
        problem = f"shorter side {min(picture.size)} px < {settings.min_size}"
        return View(frame, picture.size, None, problem=problem)
    chain = None if settings.size else picture.size
    descriptor = comparator.describe(picture.pixels)
    return View(frame, picture.size, descriptor, chain, content=picture.content, stat=picture.stat)


def read_frame(path: str, settings: Settings) -> Picture:
    """Read a frame with the pixels that the settings ask for. Raises UnreadableFrame."""
    fast = GreyDecoding(*(settings.size or (0, 0))) if settings.decoding is Decoding.FAST else None
    return read_picture(path, settings.max_pixels, fast)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _workers(executor: Executor | None, jobs: int) -> Iterator[Executor]:
    """Give `executor`, or a pool of threads. OpenCV's own threads are off meanwhile: they would fight for the cores."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        if executor is not None:
            yield executor
        else:
            with ThreadPoolExecutor(jobs, thread_name_prefix="framesift") as pool:
                yield pool
    finally:
        cv2.setNumThreads(threads)
