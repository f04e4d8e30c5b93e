"""The frames of a run decided within a budget: part after part is looked at once, and then decided by one threshold."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import groupby

from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError, counted
from framesift.filtering.budgets.budget import Allotment, Ledger, Part
from framesift.filtering.budgets.staircase import Staircase
from framesift.filtering.budgets.survey import Survey
from framesift.filtering.describing import View
from framesift.filtering.selection import Decision, References
from framesift.filtering.settings import Settings
from imaging_interview import Image

Known = dict[Hashable, References[Image]]


class Allotting:
    """Decides frames, given camera after camera, within a budget. `workers` compare them.

    `references_of` says what earlier runs kept last of a camera; `tell` is called once for each frame that was seen.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        references_of: Callable[[str], Known],
        workers: Executor,
        tell: Callable[[], object],
    ) -> None:
        self.allotments: list[Allotment] = []
        """What has become of each part so far."""
        self._settings, self._ledger, self._references_of = settings, ledger, references_of
        self._workers, self._tell = workers, tell
        self._ends: tuple[str, Known] = ("", {})
        """The camera that was decided last, and its references, where it may go on."""

    def decide(self, views: Iterable[View]) -> Iterator[tuple[View, Decision]]:
        """Yield each frame, without content, with its decision. Raises UsageError where no threshold keeps so few."""
        for part, of_part in groupby(views, key=lambda view: self._ledger.budget.part_of(view.frame)):
            staircase = Staircase(self._ledger.left(part), self._ledger.threshold(part).value)
            surveys = list(self._look(of_part, staircase, part))
            threshold = self._choose(staircase, part)
            for survey in surveys:
                for view, decision in survey.decide(threshold):
                    self._ledger.add(decision)
                    yield view, decision
                self._ends = survey.camera, survey.ends
            self.allotments.append(self._ledger.allot(part))

    def _look(self, views: Iterable[View], staircase: Staircase, part: Part) -> Iterator[Survey]:
        """Look at the frames of a part once; yield what was seen of each camera."""
        for camera, of_camera in groupby(views, key=lambda view: view.frame.camera):
            known = self._ends[1] if self._ends[0] == camera else self._references_of(camera)
            place = partial(self._ledger.place, camera)
            survey = Survey(self._settings, camera, known, place, staircase, self._workers)
            for view in of_camera:
                survey.look(view)
                self._tell()
                if staircase.lowest is None:
                    self._choose(staircase, part)
            if not self._ledger.budget.by_day:
                survey.release()
            yield survey

    def _choose(self, staircase: Staircase, part: Part) -> Threshold:
        """Return the threshold. Raises UsageError where none keeps so few frames."""
        threshold = staircase.choose()
        if threshold is None:
            always = "the first frame of each camera and size is always kept"
            always += ", and what --at-least asks for" if self._settings.at_least else ""
            left = f"{counted(staircase.allowed, 'frame')} left of --keep {self._settings.keep}"
            raise UsageError(f"{part}: {left} are too few, for {always}")
        return threshold
