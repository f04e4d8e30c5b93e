"""The main job: keep, out of the frames of fixed cameras, those that show something new against the last kept one."""

import math
import time
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain, groupby
from types import TracebackType
from typing import TYPE_CHECKING, Any

from framesift.cluster.parallel import Crew, count_cores, open_workers
from framesift.comparators.thresholds import Threshold
from framesift.errors import PathLike
from framesift.filtering.combinations import Wishes, check_combination
from framesift.filtering.comparator_choice import comparator_of, rule_of
from framesift.filtering.config import Config
from framesift.filtering.describing import View, view_look, view_looks
from framesift.filtering.opening import open_source
from framesift.filtering.overdue import KeptFrames
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.recalling import Known, Recall, see_alike
from framesift.filtering.results import Results
from framesift.filtering.selection import Decision, References, Rule, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.frames.frame import Frame
from framesift.frames.videos import Still, frame_of
from framesift.stores import is_url
from imaging_interview import Image

if TYPE_CHECKING:  # what few runs need
    from framesift.cluster import Cluster
    from framesift.filtering.budgets import Allotment, Ledger
    from framesift.filtering.chunks import Cost


def filter_frames(
    directory: PathLike,
    results: PathLike | None = None,
    min_contour_area: str | float | Threshold | None = None,
    score_threshold: str | float | Threshold | None = None,
    *,
    dry_run: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    config: Config | PathLike | None = None,
    **options: Any,
) -> Iterator[Decision]:
    """Decide every frame below `directory` and yield the decisions, per camera in the order of time.

    Thresholds are in px of the compared size (a number) or relative to the compared area ("0.75%"); left out, they are
    the method's own. Kept frames are placed below `results`, beside a manifest with all decisions; frames that the
    manifest has already are not decided again. Without `results`, or with `dry_run`, nothing is written. The decisions
    do not depend on `jobs` or `executor`. Other `options` are those of the command line under the same names, as values
    or as the texts that are typed there: `method="tolerance"`, `size=(640, 480)`, `every="500ms"`, `mask="mask.json"`.
    `framesift.filtering.options` explains them. What a `config`, a value or the path of a settings file, says of all
    cameras or of some holds where nothing is given here.

    Raises UsageError (what was asked for cannot be), StorageError (the disk refuses), ResultsInUse (another run).
    """
    known = config if isinstance(config, Config | None) else _read_config(config)
    settings = read_settings(known, min_contour_area=min_contour_area, score_threshold=score_threshold, **options)
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
        self.follow: Callable[[int], object] = lambda _: None
        """Called, within a budget and on a cluster, with how many frames have been seen: they are decided later."""
        self._ledger: Ledger | None = None
        self._followed: dict[str, Known] = {}
        """The references of the cameras of a source that goes on."""
        self._recall = Recall(source, sink, settings, self.levels)

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
        waiting = is_url(self.source.directory)
        jobs = jobs or count_cores() * (4 if waiting else 1)
        look = partial(view_look, directory=self.source.directory, settings=self.settings)
        cluster = _as_cluster(executor)
        with open_workers(None if cluster else executor, jobs, waiting) as workers:

            def view(frames: Iterable[Frame | Still]) -> Iterable[View]:
                return self.source.accept(view_looks(workers, look, self.levels.attach(frames), jobs))

            if self.settings.keep is not None:
                yield from self._decide_within(view, workers)
                return
            if cluster:
                yield from self._count(self._decide_overdue(view))
                yield from self._decide_on(cluster)
                yield from self._count(self._decide_rounds(view))  # what is left: films
            else:
                yield from self._decide_overdue(view)
                yield from self._decide_rounds(view)

    def _count(self, decisions: Iterable[Decision]) -> Iterator[Decision]:
        """Yield decisions that are made here, each of which counts as seen now."""
        for decision in decisions:
            self.follow(1)
            yield decision

    def _decide_rounds(self, view: Callable[[Iterable[Frame | Still]], Iterable[View]]) -> Iterator[Decision]:
        """Decide what the source gives, round after round."""
        for frames in self.source.rounds():
            yield from self._decide_overdue(view)
            yield from self._decide_views(view(frames))
            self.sink.flush()
            self.sink.health.wait(time.monotonic())

    def _decide_on(self, cluster: "Cluster") -> Iterator[Decision]:
        """Have the workers of a cluster walk the pictures, of which none is left then."""
        from framesift.filtering.chunks import Dispatch

        pictures = list(self.source.take_pictures(here=False))
        content, status = self.sink.takes_content, self.sink.takes_status
        dispatch = Dispatch(
            cluster,
            self.source.directory,
            self.settings,
            self._references,
            content,
            status,
            levels=self.levels,
            walked=lambda number: self.follow(number),
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
        from framesift.filtering.budgets import Allotting, Budget, Ledger, Placing

        assert self.settings.keep is not None
        budget = Budget.read(self.settings.keep, self.settings.naming.zone)
        ledger = self._ledger = Ledger(budget, self.sink.decisions())
        for frames in self.source.rounds():
            yield from self._decide_overdue(view)
            allotting = Allotting(self.settings, ledger, self._references, workers, lambda: self.follow(1))
            with closing(Placing(self.source.directory, self.settings, self.sink)) as placing:
                looked_at = self.sink.health.watch(self.levels.settle(view(frames)))
                for seen, decided in allotting.decide(looked_at):
                    decision = self.source.describe(decided)
                    self.sink.add(placing.fetch(seen, decision), decision)
                    self.source.settle(decision.frame)
                    yield decision
            self.allotments += allotting.allotments
            self.sink.flush()
            self.sink.health.wait(time.monotonic())

    def _decide_overdue(self, view: Callable[[Iterable[Frame | Still]], Iterable[View]]) -> Iterator[Decision]:
        """Decide frames that come late by the kept frame before each."""
        for camera, of_camera in groupby(self.source.take_overdue(), key=lambda item: frame_of(item).camera):
            kept = KeptFrames(self.sink.kept(camera), *self.settings.chains_of(camera))
            for first, frames in kept.split(of_camera):
                if first.offset is not None:
                    self.sink.flush()  # a still that was kept just now is read from there
                marks, settings, rule = (
                    kept.find_marks(first),
                    self.settings.at(first),
                    partial(self._rule, first=first),
                )
                known = Known(settings, self._recall.describe(camera, marks, settings, lenient=True))
                views = self.levels.settle(view(frames))
                for seen, decided in self._select(camera, views, known, rule):
                    decision = self.source.describe(self._charge(decided), late=True)
                    kept.add(decision)
                    self.sink.add(seen, decision)
                    self.source.settle(decision.frame)
                    yield decision

    def _rule(self, settings: Settings, camera: str, first: Frame) -> Rule[Image]:
        """Return by what late frames are decided: within a budget by what their part was, while some of it is left."""
        rule, ledger = rule_of(settings, camera), self._ledger
        if ledger is None:
            return rule
        part, compared_area = ledger.budget.part_of(first), comparator_of(settings, camera).compared_area

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

    def _decide_views(self, seen: Iterable[View]) -> Iterator[Decision]:
        """Decide what has been read, against the last kept frames of its camera."""
        for camera, of_camera in groupby(seen, key=lambda view: view.frame.camera):
            rest = iter(of_camera)
            first = next(rest)
            known, views = self._follow(first.frame), self.levels.settle(chain([first], rest))
            for view, decided in self._select(camera, views, known, rule_of):
                decision = self.source.describe(decided)
                self.sink.add(view, decision)
                self.source.settle(decision.frame)
                yield decision

    def _select(
        self,
        camera: str,
        views: Iterable[View],
        known: Known,
        rule: Callable[[Settings, str], Rule[Image]],
    ) -> Iterator[tuple[View, Decision]]:
        """Decide frames of a camera, each by the settings of its hour and light.

        What is `known` on is kept up to date. Where frames are seen otherwise than the one before, the references are
        described again: what is compared is seen as the frame that is decided is.
        """
        for settings, stretch in groupby(views, key=lambda view: self.settings.at(view.frame)):
            if not see_alike(settings, known.settings):
                self.sink.flush()
                known.references = self._recall.describe_again(camera, known.references, settings)
            known.settings = settings
            yield from select_frames(stretch, rule(settings, camera), known.references)

    def _follow(self, first: Frame) -> Known:
        """Return what frames of a camera are decided from, of which this is the first."""
        camera, settings = first.camera, self.settings.at(first)
        if camera in self._followed:
            return self._followed[camera]
        known = Known(settings, self._recall.describe(camera, self.sink.references(camera), settings))
        if self.source.goes_on:
            self._followed[camera] = known
        return known

    def _references(self, camera: str) -> dict[Hashable, References[Image]]:
        """Describe again what earlier runs would go on from: some frames for each size, a chain, of the camera."""
        return self._recall.describe(camera, self.sink.references(camera), self.settings.of(camera))


def _read_config(path: PathLike) -> Config:
    from framesift.filtering.config_file import read_config

    return read_config(path)


def _as_cluster(executor: Executor | None) -> "Cluster | None":
    if executor is None or isinstance(executor, Crew):  # without one nothing of clusters is imported
        return None
    from framesift.cluster import Cluster

    return executor if isinstance(executor, Cluster) else None
