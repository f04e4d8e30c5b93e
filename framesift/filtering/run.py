"""The main job: keep, out of the frames of fixed cameras, those that show something new against the last kept one."""

import math
import os
from collections.abc import Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from itertools import chain, groupby
from types import TracebackType

from framesift.actions import FileStat, Plan, Step, check_backup, plan_removal
from framesift.cluster import Cluster
from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.masks import require_cameras
from framesift.comparators.masks.reading import read_masks
from framesift.comparators.thresholds import Threshold
from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError
from framesift.filtering.chunks import Cost, Dispatch, limit_of
from framesift.filtering.comparing import comparator_of
from framesift.filtering.describing import View, check_masks, read_frame, view_frame
from framesift.filtering.places import check_places
from framesift.filtering.results import Results
from framesift.filtering.selection import Decision, Reference, Verdict, select_frames
from framesift.filtering.settings import (
    DEFAULT_WIDTH,
    Decoding,
    Placement,
    Settings,
    choose_thresholds,
    parse_every,
    parse_method,
)
from framesift.filtering.summary import Summary
from framesift.frames.finding import Frame, Listing, find_frames, scan_folder
from framesift.frames.naming import Naming
from framesift.frames.reader import read_size
from framesift.frames.videos import Still, encode_still, name_video, probe_video, walk_stills
from framesift.stores import is_url, join, locate
from imaging_interview import Image


def filter_frames(
    directory: PathLike,
    results: PathLike | None = None,
    min_contour_area: str | float | Threshold | None = None,
    score_threshold: str | float | Threshold | None = None,
    *,
    blur: tuple[int, ...] = (5,),
    border_mask: tuple[float, float, float, float] = (5, 10, 5, 0),
    mask: PathLike | Sequence[PathLike] = (),
    size: tuple[int, int] | None = None,
    min_size: int = 0,
    max_pixels: int = 100_000_000,
    name_pattern: str | None = None,
    timezone: str = "UTC",
    link: str = "copy",
    decode: str = "exact",
    every: float | str | None = None,
    method: str = "framediff",
    thorough: bool = False,
    width: int = DEFAULT_WIDTH,
    dry_run: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Iterator[Decision]:
    """Decide every frame below `directory` and yield the decisions, per camera in the order of time.

    Thresholds are in px of the compared size (a number) or relative to the compared area ("0.75%"); left out, they are
    the method's own, or with `thorough` those that find also what is small (method "tolerance" only). Kept frames are
    placed below `results`, beside a manifest with all decisions; frames that the manifest has already are not decided
    again. With `every`, in seconds or such as "500ms", videos are sampled too: each is a camera of its own. `mask` is
    `FILE`, `CAMERA=FILE` or several of these: regions that are not compared, see `comparators.masks.reading`. Without
    `results`, or with `dry_run`, nothing is written. The decisions do not depend on `jobs` or `executor`. The other
    arguments are explained in `framesift.filtering.settings.Settings`.

    Raises UsageError (what was asked for cannot be), StorageError (the disk refuses), ResultsInUse (another run).
    """
    how, naming = parse_method(method), Naming(name_pattern, timezone)
    sources = [mask] if isinstance(mask, str | bytes | os.PathLike) else mask
    settings = Settings(
        *choose_thresholds(how, min_contour_area, score_threshold, thorough),
        tuple(blur),
        (*border_mask,),
        size,
        min_size,
        max_pixels,
        naming,
        Placement(link),
        Decoding(decode),
        parse_every(every) if isinstance(every, str) else every,
        how,
        width,
        read_masks(sources, naming),
    )
    with Run(directory, results, settings, dry_run) as run:
        yield from run.decide(jobs, executor)


class Run:
    """One run of the main job. A context manager: entering finds the frames, leaving completes the results folder.

    With a `backup` the run collects the removal of the frames that it drops; nothing is moved before it is applied.
    A run that is `watching` finds no frames when it is entered: `watch_frames` does, and goes on.
    """

    def __init__(
        self,
        directory: PathLike,
        results: PathLike | None,
        settings: Settings,
        dry_run: bool = False,
        backup: PathLike | None = None,
        watching: bool = False,
    ) -> None:
        check_places([directory, results], settings, backup is not None, watching)
        self.directory = locate(directory)
        self.settings = settings
        self.listing = Listing()
        """The frames below the folder that no earlier run has decided, and what could not be listed."""
        self.pending: list[Frame] = []
        """The pictures to be decided now."""
        self.videos: list[str] = []
        """The videos to be decided now, after the pictures."""
        self.expected = 0
        """About how many frames there are to be decided."""
        self.late: list[Frame] = []
        """Frames that came after later ones of their camera had been decided. They are left for a run from scratch."""
        self.cost: Cost | None = None  # of a run on a cluster
        self._results_folder = results
        self._backup = backup
        self._watching = watching
        self._stats: dict[str, FileStat] = {}
        self._removals: list[Step] = []
        self._results = None if results is None else Results(results, directory, settings, dry_run)
        self.summary = Summary() if self._results is None else self._results.summary
        """All decisions so far, those of earlier runs into the same results folder included."""

    def __enter__(self) -> "Run":
        if self._backup is not None:
            if self.settings.every is not None:
                raise UsageError("--every belongs to RESULTS: no frame can be removed from a video")
            check_backup(self.directory, self._backup)
        if self._results is not None:
            self._results.__enter__()
        try:
            if self._watching:
                self._prepare_watching()
                return self
            own, with_videos = self._results_folder or self._backup, self.settings.every is not None
            is_decided = None if self._results is None else self._results.is_decided
            self.listing = find_frames(self.directory, self.settings.naming, own, with_videos, is_decided)
            self._check_masks()
            self._sort_out_decided()
            self._sort_out_videos()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._results is not None:
            self._results.__exit__(kind, error, trace)

    @property
    def results(self) -> Results:
        """The results folder of a run that has one."""
        assert self._results is not None
        return self._results

    def decide(self, jobs: int | None = None, executor: Executor | None = None) -> Generator[Decision, None, None]:
        """Walk the pending frames: read and describe ahead in parallel, decide in order, record as decided."""
        jobs, pictures = jobs or count_cores() * (4 if is_url(self.directory) else 1), self.pending
        if isinstance(executor, Cluster):
            yield from self._decide_on(executor)
            pictures, executor = [], None
        with open_workers(executor, jobs) as workers:
            yield from self.decide_views(self.view(chain(pictures, self._walk_videos()), workers, jobs))

    def view(self, frames: Iterable[Frame | Still], workers: Executor, jobs: int) -> Iterator[View]:
        """Read and describe ahead of whoever takes the views."""
        look = partial(view_frame, directory=self.directory, settings=self.settings)
        return map_ordered(workers, look, frames, window=2 * jobs + 2)

    def _decide_on(self, cluster: Cluster) -> Iterator[Decision]:
        """Have the workers of a cluster walk the pending pictures, and record what they decide."""
        content, stat = self._results is not None and self._results.copies, self._backup is not None
        dispatch = Dispatch(cluster, self.directory, self.settings, self._references, content, stat)
        self.cost = dispatch.cost
        for view, decision in dispatch.decide(self.pending):
            self._record(view, decision)
            yield decision

    def decide_views(self, views: Iterable[View]) -> Iterator[Decision]:
        """Decide what has been read, and record it."""
        for camera, of_camera in groupby(views, key=lambda view: view.frame.camera):
            comparator = comparator_of(self.settings, camera)
            limit, references = partial(limit_of, self.settings, comparator), self._references(camera)
            for view, decision in select_frames(of_camera, comparator.score, limit, references):
                if self._is_undecided(decision.frame):
                    self._record(view, decision)
                    yield decision

    def removal(self) -> Plan:
        """Return the plan of moving the dropped frames to the backup; the keeper of each is its reference."""
        return plan_removal(self.directory, self._removals)

    def _check_masks(self) -> None:
        """Raise UsageError for a mask that does not fit the cameras or the first frame of one, before anything else."""
        masks, frames = self.settings.masks, self.listing.frames if self.settings.masks else []
        decided = [] if self._results is None else self._results.cameras
        cameras = dict.fromkeys([*(frame.camera for frame in frames), *self.listing.videos, *decided])
        require_cameras(masks, list(cameras), self.directory)
        for camera, of_camera in groupby(frames, key=lambda frame: frame.camera):
            path = next(of_camera).path
            with suppress(UnreadableFrame):
                size = read_size(join(self.directory, path), self.settings.max_pixels)
                check_masks(self.settings, camera, size, path)

    def _prepare_watching(self) -> None:
        """Refuse a folder that cannot be listed now: later it may come and go."""
        if self._results is None or self._backup is not None or self.settings.every is not None:
            raise UsageError("watching takes a results folder, and pictures only")
        next(scan_folder(self.directory, "", self._results_folder, Listing(), []), None)
        self._results.begin()

    def _sort_out_decided(self) -> None:
        if self._results is None:
            self.pending = self.listing.frames
            return
        for frame in self.listing.frames:
            (self.late if self._results.is_late(frame) else self.pending).append(frame)
        self._results.begin()

    def _sort_out_videos(self) -> None:
        """Leave out the videos that earlier runs have walked to their end, as far as their headers tell it."""
        self.expected, every = len(self.pending), self.settings.every
        if every is None:
            return
        for video in self.listing.videos:
            if not self._is_undecided(name_video(video, self.settings.naming)):
                continue
            decided = None if self._results is None else self._results.last_offset(video)
            due = 0.0 if decided is None else (math.floor((decided + 0.0005) / every) + 1) * every
            with suppress(UnreadableFrame):
                left = probe_video(os.path.join(self.directory, video)).duration_s - due
                if decided is not None and left <= 0:
                    continue
                self.expected += math.ceil(left / every)
            self.videos.append(video)

    def _walk_videos(self) -> Iterator[Still]:
        """Yield the frames of one video after the other, also those that are decided: that costs less than to seek."""
        settings = self.settings
        assert settings.every is not None or not self.videos
        for video in self.videos:
            yield from walk_stills(self.directory, video, settings.every or 0, settings.naming, settings.max_pixels)

    def _is_undecided(self, frame: Frame) -> bool:
        """Tell whether no earlier run has decided a frame of a video or gone beyond it. True for pending pictures."""
        if self._results is None:
            return True
        last = self._results.last_offset(frame.camera)
        beyond = frame.offset is None or last is None or frame.offset > last
        return beyond and not self._results.is_decided(frame.path)

    def _references(self, camera: str) -> dict[Hashable, Reference[Image]]:
        """Describe the last kept frames of earlier runs again."""
        if self._results is None or camera in self.videos:
            return {}
        comparator, paths = comparator_of(self.settings, camera), self._results.references(camera)
        return {chain: Reference(path, comparator.describe(self._read_kept(path))) for chain, path in paths.items()}

    def _read_kept(self, path: str) -> Image:
        """Read a kept frame from the results folder, or from its source where it has been taken away."""
        for folder in (self.results.folder, self.directory):
            with suppress(UnreadableFrame):
                return read_frame(join(folder, path), self.settings).pixels
        gone = "is the last kept frame of its camera and cannot be read any more: choose another results folder"
        raise StorageError(gone, join(self.results.folder, path))

    def _record(self, view: View, decision: Decision) -> None:
        self.summary.add(decision)
        if self._results is not None:
            still = view.pixels if decision.verdict is Verdict.KEEP else None
            self._results.add(decision, view.content if still is None else encode_still(still), view.stat)
        if self._backup is not None and isinstance(view.stat, os.stat_result):
            self._collect(decision, FileStat.of(view.stat))

    def _collect(self, decision: Decision, file: FileStat) -> None:
        path, reference = decision.frame.path, decision.reference
        if decision.verdict is Verdict.KEEP:
            self._stats[path] = file
        elif decision.verdict is Verdict.DROP and reference is not None:
            self._removals.append(Step(path, file, reference, self._stats[reference], decision.reason))
