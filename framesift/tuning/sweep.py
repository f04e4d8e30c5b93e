"""Many walks at once: every setting keeps its own frames, and all share the frames that were decoded once.

Most settings hold the same last kept frames most of the time, and one comparison of two frames serves all of them. Only
the last kept frames are in memory.
"""

import os
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.differencing import Differencing
from framesift.errors import PathLike
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import View, view_look
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.sections import drop_changes, drop_hours
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.tuning.belief import expect_answers, weigh_settings
from framesift.tuning.grid import Grid, Verdicts
from framesift.tuning.pairs import Pair, Pool, Question

Descriptor = NDArray[np.uint8]


@dataclass(slots=True)
class Tally:
    """What the settings make of one camera."""

    camera: str
    kept: NDArray[np.int64]
    """By each setting, (settings,)."""
    frames: int = 0
    """Whole ones."""
    skipped: int = 0
    flat: int = 0
    """Those that span too few grey levels for any change to be seen in them."""
    scores: "array[float]" = field(default_factory=lambda: array("d"))
    """Of the given setting's walk, as a share of the compared area; a frame without a reference has none."""
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many frames there are of each width and height in px."""


@dataclass(slots=True)
class Holding:
    """A frame that is one of the last that some settings kept."""

    path: str
    descriptor: Descriptor
    holders: Verdicts
    """The settings that have kept it, and compare with it."""
    left_out: Verdicts
    """The settings that have left it out as the last, and compare with it too."""


class Sweep:
    """The walks of all settings of a grid over the frames below a folder."""

    def __init__(self, directory: PathLike, settings: Settings, grid: Grid) -> None:
        self.directory = os.path.abspath(os.fsdecode(directory))
        self.grid = grid
        sections = drop_hours(drop_changes(settings.sections, "min_contour_area", "score_threshold"))
        self.settings = replace(settings, min_contour_area=grid.least_area, sections=sections)
        """How frames are read and compared, at whatever hour; the smallest of the minimum areas."""
        self.levels = CameraLevels(self.settings)
        """In which range the 16-bit frames of each camera are read."""
        self.cameras: dict[str, Tally] = {}
        self.problems: list[tuple[str, str]] = []
        """Path and reason of the frames that are not whole."""
        self.pool = Pool(weigh_settings(grid))
        self._held: dict[Hashable, list[Holding]] = {}
        self._camera: str | None = None

    @property
    def frames(self) -> int:
        """Whole frames seen so far."""
        return sum(tally.frames for tally in self.cameras.values())

    def count_kept(self, setting: int) -> int:
        """Return how many frames a setting keeps of all cameras."""
        return sum(int(tally.kept[setting]) for tally in self.cameras.values())

    def walk(self, frames: Iterable[Frame], jobs: int | None = None) -> Iterator[Frame]:
        """Walk `frames`, in their total order, with all settings; yield each when it is done.

        Raises StorageError where the folder is gone.
        """
        jobs = jobs or count_cores()
        look = partial(view_look, directory=self.directory, settings=self.settings)
        with open_workers(None, jobs) as workers:
            for view in self.levels.settle(map_ordered(workers, look, self.levels.attach(frames), window=2 * jobs + 2)):
                self._take(view, workers)
                yield view.frame

    def comparator(self, camera: str) -> Differencing:
        """Return what compares the frames of a camera."""
        return comparator_of(self.settings, camera)

    def compare(self, camera: str, reference: Descriptor, candidate: Descriptor) -> NDArray[np.float64]:
        """Return the score in px that each setting gives two frames of a camera and one size, (settings,)."""
        comparator = self.comparator(camera)
        return self.grid.score(comparator.measure(reference, candidate), comparator.compared_area(candidate))

    def question(self, pair: Pair, reference: Descriptor, candidate: Descriptor) -> Question:
        """Return a pair, of frames of one size, as a question."""
        limits = self.grid.limits(self.comparator(pair.camera).compared_area(candidate))
        return self._question(pair, self.compare(pair.camera, reference, candidate), limits)

    def _take(self, view: View, workers: Executor) -> None:
        camera, none = view.frame.camera, np.zeros(len(self.grid.settings), np.int64)
        if camera != self._camera:
            self._camera = camera
            self._held.clear()  # frames come camera by camera
        tally = self.cameras.setdefault(camera, Tally(camera, none))
        if view.descriptor is None or view.size is None:
            tally.skipped += 1
            self.problems.append((view.frame.path, view.problem))
            return
        tally.frames += 1
        tally.flat += view.exposure.flat
        tally.sizes[view.size] += 1
        held = self._held.setdefault(view.chain, [])
        keepers, left_out = self._decide(view, view.descriptor, held, tally, workers)
        tally.kept += keepers
        if keepers.any() or left_out.any():
            for holding in held:
                holding.left_out &= ~(keepers | left_out)
            held.append(Holding(view.frame.path, view.descriptor, keepers.copy(), left_out))
            release_oldest(held, keepers, self.settings.of(camera).against)

    def _decide(
        self, view: View, descriptor: Descriptor, held: list[Holding], tally: Tally, workers: Executor
    ) -> tuple[Verdicts, Verdicts]:
        """Return which settings keep the frame, and which leave it out."""
        keepers = np.full(len(self.grid.settings), not held)
        left_out = np.zeros_like(keepers)
        camera = view.frame.camera
        area = self.comparator(camera).compared_area(descriptor)
        limits = self.grid.limits(area)

        def compare(holding: Holding) -> NDArray[np.float64]:
            return self.compare(camera, holding.descriptor, descriptor)

        compared = list(map_ordered(workers, compare, held, len(held)))
        for holding, scores, deciding in zip(held, compared, find_nearest(held, compared), strict=True):
            if not deciding.any():
                continue
            verdicts = scores > limits
            if deciding[self.grid.given]:
                tally.scores.append(scores[self.grid.given] / max(area, 1))
            if self._is_too_much(camera, holding, descriptor, deciding & verdicts):
                left_out |= deciding & verdicts  # whatever the thresholds: there is nothing to ask
                continue
            pair = Pair(camera, holding.path, view.frame.path)
            self.pool.add(self._question(pair, scores, limits), deciding[: self.grid.plausible])
            keepers |= deciding & verdicts
        return keepers, left_out

    def _is_too_much(self, camera: str, holding: Holding, descriptor: Descriptor, new: Verdicts) -> bool:
        """Tell whether the settings that find a frame `new` leave it out, as so much of the picture has changed."""
        most = self.settings.of(camera).most
        return (
            most is not None
            and bool(new.any())
            and self.comparator(camera).extent(holding.descriptor, descriptor) > most / 100
        )

    def _question(self, pair: Pair, scores: NDArray[np.float64], limits: NDArray[np.float64]) -> Question:
        return Question(pair, expect_answers(scores[: self.grid.plausible], limits[: self.grid.plausible]))


def find_nearest(held: list[Holding], compared: list[NDArray[np.float64]]) -> list[Verdicts]:
    """Return for each held frame the settings that it is the nearest for: of equally near ones that kept last.

    One that is left out is the nearest only where no kept one is as near. `compared` has the score of each held frame
    by each setting, (settings,).
    """
    settings = len(held[0].holders) if held else 0
    lowest, nearest = np.full(settings, np.inf), np.full(settings, -1)
    kept = [(place, held[place].holders) for place in reversed(range(len(held)))]
    for place, comparing in [*kept, *((place, holding.left_out) for place, holding in enumerate(held))]:
        nearer = comparing & (compared[place] < lowest)
        lowest[nearer], nearest[nearer] = compared[place][nearer], place
    return [nearest == place for place in range(len(held))]


def release_oldest(held: list[Holding], keepers: Verdicts, against: int) -> None:
    """Let the settings that have kept a frame have no more than the last `against`, and forget what none has."""
    surplus = keepers & (sum(holding.holders.astype(np.int64) for holding in held) > against)
    for holding in held:
        released = surplus & holding.holders
        holding.holders &= ~released
        surplus &= ~released
    held[:] = [holding for holding in held if holding.holders.any() or holding.left_out.any()]
