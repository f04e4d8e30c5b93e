"""The main job: keep, out of the frames of fixed cameras, those that show something new against the last kept one."""

import math
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from itertools import groupby
from types import TracebackType
from typing import Any

from framesift.cluster import Cluster
from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.thresholds import Threshold
from framesift.errors import PathLike, StorageError, UnreadableFrame
from framesift.filtering.budgets import Allotment, Allotting, Budget, Ledger, Placing
from framesift.filtering.chunks import Cost, Dispatch
from framesift.filtering.combinations import Wishes, check_combination
from framesift.filtering.comparator_choice import comparator_of, rule_of
from framesift.filtering.describing import View, read_frame, sampling_of, view_look
from framesift.filtering.films import open_source
from framesift.filtering.overdue import KeptFrames
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.results import Results
from framesift.filtering.selection import Decision, Mark, Marks, Reference, References, Rule, Verdict, select_frames
from framesift.filtering.settings import Settings, read_settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.filtering.spacing import ANY_SPACING, moment_of
from framesift.frames.frame import Frame
from framesift.frames.reader.pages import find_page
from framesift.frames.videos import Still, frame_of, is_still, read_still
from framesift.stores import is_url, join
from imaging_interview import Image


def filter_frames(
    directory: PathLike,
    results: PathLike | None = None,
    min_contour_area: str | float | Threshold | None = None,
    score_threshold: str | float | Threshold | None = None,
    *,
    dry_run: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> Iterator[Decision]:
    """Decide every frame below `directory` and yield the decisions, per camera in the order of time.

    Thresholds are in px of the compared size (a number) or relative to the compared area ("0.75%"); left out, they are
    the method's own. Kept frames are placed below `results`, beside a manifest with all decisions; frames that the
    manifest has already are not decided again. Without `results`, or with `dry_run`, nothing is written. The decisions
    do not depend on `jobs` or `executor`. Other `options` are those of the command line under the same names, as values
    or as the texts that are typed there: `method="tolerance"`, `size=(640, 480)`, `every="500ms"`, `mask="mask.json"`.
    `framesift.filtering.options` explains them.

    Raises UsageError (what was asked for cannot be), StorageError (the disk refuses), ResultsInUse (another run).
    """
    settings = read_settings(min_contour_area=min_contour_area, score_threshold=score_threshold, **options)
    check_combination(Wishes(directory, results, settings, dry_run=dry_run))
    source = open_source(directory, settings)
    sink = Sink() if results is None else Results(results, directory, settings, dry_run)
    with Run(source, sink, settings) as run:
        yield from run.decide(jobs, executor)


class Run:
    """The walk from a source of frames to a sink for decisions. A context manager.

    Entering opens the sink and finds the frames, leaving completes the sink.
    """

    def __init__(self, source: Source, sink: Sink, settings: Settings) -> None:
        self.source, self.sink, self.settings = source, sink, settings
        self.levels = CameraLevels(settings, sink.levels)
        """In which range the 16-bit frames of each camera are read."""
        self.cost: Cost | None = None
        """Of a run on a cluster."""
        self.allotments: list[Allotment] = []
        """Of a run within a budget."""
        self.follow: Callable[[], object] = lambda: None
        """Called, within a budget, for each frame that has been seen: it is decided later."""
        self._ledger: Ledger | None = None
        self._followed: dict[str, dict[Hashable, References[Image]]] = {}
        """The references of the cameras of a source that goes on."""

    def __enter__(self) -> "Run":
        self.sink.__enter__()
        try:
            self.source.find(self.sink)
            self.sink.begin()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sink.__exit__(kind, error, trace)

    def decide(self, jobs: int | None = None, executor: Executor | None = None) -> Generator[Decision, None, None]:
        """Walk the frames: read and describe ahead in parallel, decide in order, hand over as decided."""
        # A store is waited for rather than worked for: more calls than cores are under way.
        jobs = jobs or count_cores() * (4 if is_url(self.source.directory) else 1)
        look = partial(view_look, directory=self.source.directory, settings=self.settings)
        cluster = executor if isinstance(executor, Cluster) else None
        with open_workers(None if cluster else executor, jobs) as workers:

            def view(frames: Iterable[Frame | Still]) -> Iterable[View]:
                return self.source.accept(map_ordered(workers, look, self.levels.attach(frames), window=2 * jobs + 2))

            if self.settings.keep is not None:
                yield from self._decide_within(view, workers)
                return
            yield from self._decide_overdue(view)
            if cluster:
                yield from self._decide_on(cluster)  # what is left, the films, is decided here
            for frames in self.source.rounds():
                yield from self._decide_overdue(view)
                yield from self._decide_views(view(frames))
                self.sink.flush()

    def _decide_on(self, cluster: Cluster) -> Iterator[Decision]:
        """Have the workers of a cluster walk the pictures, of which none is left then."""
        pictures = list(self.source.take_pictures())
        content, status = self.sink.takes_content, self.sink.takes_status
        dispatch = Dispatch(
            cluster, self.source.directory, self.settings, self._references, content, status, levels=self.levels
        )
        self.cost = dispatch.cost
        for view, decided in dispatch.decide(pictures):
            decision = self.source.describe(decided)
            self.sink.add(view, decision)
            yield decision

    def _decide_within(
        self, view: Callable[[Iterable[Frame | Still]], Iterable[View]], workers: Executor
    ) -> Iterator[Decision]:
        """Decide all frames within the budget: by the lowest thresholds that keep no more than it allows."""
        assert self.settings.keep is not None
        budget = Budget.read(self.settings.keep, self.settings.naming.zone)
        ledger = self._ledger = Ledger(budget, self.sink.decisions())
        for frames in self.source.rounds():
            yield from self._decide_overdue(view)
            allotting = Allotting(self.settings, ledger, self._references, workers, lambda: self.follow())
            with closing(Placing(self.source.directory, self.settings, self.sink)) as placing:
                looked_at = self.sink.health.watch(self.levels.settle(view(frames)))
                for seen, decided in allotting.decide(looked_at):
                    decision = self.source.describe(decided)
                    self.sink.add(placing.fetch(seen, decision), decision)
                    self.source.settle(decision.frame)
                    yield decision
            self.allotments += allotting.allotments
            self.sink.flush()

    def _decide_overdue(self, view: Callable[[Iterable[Frame | Still]], Iterable[View]]) -> Iterator[Decision]:
        """Decide frames that come late by the kept frame before each."""
        one_chain, against = self.settings.size is not None, self.settings.against
        for camera, of_camera in groupby(self.source.take_overdue(), key=lambda item: frame_of(item).camera):
            kept = KeptFrames(self.sink.kept(camera), one_chain, against)
            for first, frames in kept.split(of_camera):
                if first.offset is not None:
                    self.sink.flush()  # a still that was kept just now is read from there
                references = self._describe_marks(camera, kept.find_marks(first), lenient=True)
                views = self.levels.settle(view(frames))
                for seen, decided in select_frames(views, self._rule(camera, first), references):
                    decision = self.source.describe(self._charge(decided), late=True)
                    kept.add(decision)
                    self.sink.add(seen, decision)
                    self.source.settle(decision.frame)
                    yield decision

    def _rule(self, camera: str, first: Frame) -> Rule[Image]:
        """Return by what late frames are decided: within a budget by what their part was, while some of it is left."""
        rule, ledger = rule_of(self.settings, camera), self._ledger
        if ledger is None:
            return rule
        part, compared_area = ledger.budget.part_of(first), comparator_of(self.settings, camera).compared_area

        def limit(seen: Image) -> float:
            asked = ledger.threshold(part).px(compared_area(seen))
            return max(asked, rule.threshold(seen)) if ledger.left(part) else math.inf

        return replace(rule, threshold=limit)

    def _charge(self, decision: Decision) -> Decision:
        """Count a late decision within a budget."""
        if self._ledger is None:
            return decision
        weight = None if decision.verdict is Verdict.SKIP else self._ledger.weigh(decision.frame)
        charged = replace(decision, weight=weight)
        self._ledger.add(charged)
        return charged

    def _decide_views(self, views: Iterable[View]) -> Iterator[Decision]:
        """Decide what has been read, against the last kept frames of its camera."""
        for camera, of_camera in groupby(views, key=lambda view: view.frame.camera):
            rule, references = rule_of(self.settings, camera), self._references(camera)
            for view, decided in select_frames(self.levels.settle(of_camera), rule, references):
                decision = self.source.describe(decided)
                self.sink.add(view, decision)
                self.source.settle(decision.frame)
                yield decision

    def _references(self, camera: str) -> dict[Hashable, References[Image]]:
        """Describe again what earlier runs would go on from: some frames for each size, a chain, of the camera."""
        if not self.source.goes_on:
            return self._describe_marks(camera, self.sink.references(camera))
        if camera not in self._followed:
            self._followed[camera] = self._describe_marks(camera, self.sink.references(camera))
        return self._followed[camera]

    def _describe_marks(
        self, camera: str, chains: Mapping[Hashable, Marks], lenient: bool = False
    ) -> dict[Hashable, References[Image]]:
        """Describe the references of each chain; with `lenient` without the kept ones that cannot be read any more."""
        describe = comparator_of(self.settings, camera).describe
        references: dict[Hashable, References[Image]] = {}
        for chain, marks in chains.items():
            pixels = [self._read(camera, mark, chain, lenient) for mark in marks]
            pairs = [(mark, each) for mark, each in zip(marks, pixels, strict=True) if each is not None]
            references[chain] = tuple(Reference(m.path, describe(p), m.kept, self._moment(m)) for m, p in pairs)
        return references

    def _moment(self, mark: Mark) -> float | None:
        """Return when a frame that is decided was taken, where that matters."""
        if self.settings.spacing == ANY_SPACING:
            return None
        known = self.sink.find_decision(mark.path)
        return None if known is None else moment_of(known.frame)

    def _read(self, camera: str, mark: Mark, chain: Hashable, lenient: bool) -> Image | None:
        if mark.kept:
            return self._read_kept(camera, mark.path, lenient)
        return self._read_left_out(camera, mark.path, chain)

    def _read_kept(self, camera: str, path: str, lenient: bool) -> Image | None:
        """Read a kept frame from the results folder, or from its source where it has been taken away."""
        kept, source = self.sink.find_kept(path), join(self.source.directory, path)
        # Of a page the source first: OpenCV rounds the 16 bits of a TIFF otherwise than those of a PNG.
        is_whole = find_page(source) and self.sink.holds(path, path.rpartition("/")[0])
        for place in (source, kept) if is_whole else (kept, source):
            with suppress(UnreadableFrame):
                return self.levels.read(camera, place).pixels
        if (pixels := self._read_film(path)) is not None:
            return pixels
        if lenient:
            return None
        which = "the last kept frame" if self.settings.against == 1 else "one of the last kept frames"
        gone = f"is {which} of its camera and cannot be read any more: choose another results folder"
        raise StorageError(gone, kept)

    def _read_left_out(self, camera: str, path: str, chain: Hashable) -> Image | None:
        """Read a frame that was left out, which its source alone has; None where it is gone or has been replaced.

        Without it the next frame like it is left out in its turn, and stands in its place. One of 16 bits whose camera
        has no range has been replaced, and decides none.
        """
        levels = self.levels.find(camera)
        if is_still(path, self.source.directory):
            return self._read_film(path)
        with suppress(UnreadableFrame):
            picture = read_frame(join(self.source.directory, path), self.settings, levels)
            if chain in (None, picture.size) and picture.levels in (None, levels):
                return picture.pixels
        return None

    def _read_film(self, path: str) -> Image | None:
        """Decode the still of a film again; None where it is none, or is not there any more."""
        if not is_still(path, self.source.directory):
            return None
        return read_still(self.source.directory, path, sampling_of(self.settings), self.settings.naming)
