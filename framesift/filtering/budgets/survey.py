"""One camera looked at once: what every threshold that may be chosen compares, and what comes of the chosen one.

Only the frames that some of these thresholds kept last are in memory as pictures. Of all others there are numbers: with
which of these frames each was compared, the scores, and the shares of the picture that have changed.
"""

from array import array
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from framesift.cluster.parallel import map_ordered
from framesift.comparators.thresholds import Threshold
from framesift.filtering.budgets.spans import Spans
from framesift.filtering.budgets.staircase import Staircase
from framesift.filtering.budgets.weighing import Weighing
from framesift.filtering.comparator_choice import comparator_of, rule_of
from framesift.filtering.describing import View
from framesift.filtering.selection import Decision, Observation, Reference, References, select_frames
from framesift.filtering.settings import Settings
from imaging_interview import Image

Images = Mapping[Hashable, References[Image]]


@dataclass(frozen=True, slots=True)
class Row(Observation[int]):
    """A frame with its number in place of its picture, and what was seen of it, without content."""

    view: View | None = None


class Survey:
    """Of one camera, from its `known` references on, each of which was taken so many frames before the next one as
    `place` says, as a number below 0. `workers` compare."""

    def __init__(
        self,
        settings: Settings,
        camera: str,
        known: Images,
        place: Callable[[str], int],
        staircase: Staircase,
        workers: Executor,
    ) -> None:
        self.camera = camera
        self.ends: dict[Hashable, References[Image]] = dict(known)
        """The references after the last decided frame, unless their pictures have been released."""
        self._workers = workers
        self._comparator = comparator_of(settings, camera)
        self._rows: list[Row] = []
        self._areas = array("q")
        """px compared, of each row."""
        self._evidence: list[array[float]] = []
        """Of each row and of each frame that it was compared with: number of that frame, score, and extent, which is
        below 0 until it is asked for."""
        self._pictures: dict[int, Image] = {}
        """Those that some threshold compares with; earlier ones than the first have numbers below 0."""
        self._known = {chain: tuple(self._number(each, place) for each in refs) for chain, refs in known.items()}
        rule, least = rule_of(settings, camera), settings.of(camera).score_threshold
        shared = rule.against, self._extent, rule.most, rule.spacing
        self._rule = Weighing(self._score, lambda number: least.px(self._areas[number]), *shared, self._areas)
        self._spans = Spans(self._rule, staircase, self._known)

    def look(self, view: View) -> None:
        """Compare a frame, and count by which thresholds it is kept."""
        descriptor, number = view.descriptor, len(self._rows)
        exposure = replace(view.exposure, vitals=None)
        told = replace(view, descriptor=None, content=None, pixels=None, exposure=exposure)
        row = Row(view.frame, view.size, None if descriptor is None else number, view.chain, view.problem, told)
        self._rows.append(row)
        self._areas.append(0 if descriptor is None else self._comparator.compared_area(descriptor))
        self._evidence.append(array("d"))
        if descriptor is None:
            return
        others = self._spans.references(view.chain)

        def compare(other: int) -> float:
            return self._comparator.score(self._pictures[other], descriptor)

        for other, score in zip(others, map_ordered(self._workers, compare, others, len(others)), strict=True):
            self._evidence[number].extend((other, score, -1.0))
        self._pictures[number] = descriptor
        self._spans.step(row)
        held = self._spans.held()
        self._pictures = {each: picture for each, picture in self._pictures.items() if each in held}

    def release(self) -> None:
        """Forget the pictures: nothing follows."""
        self._pictures.clear()

    def decide(self, threshold: Threshold) -> Iterator[tuple[View, Decision]]:
        """Yield each frame, without content, with what the threshold decides of it."""
        rule = replace(self._rule, asked=threshold)
        references: dict[Hashable, References[int]] = dict(self._known)
        for row, decision in select_frames(self._rows, rule, references):
            assert row.view is not None
            yield row.view, decision
        if self._pictures:
            self.ends |= {chain: tuple(map(self._show, known)) for chain, known in references.items()}

    def _show(self, reference: Reference[int]) -> Reference[Image]:
        """Return a reference with its picture in place of its number."""
        return Reference(reference.path, self._pictures[reference.descriptor], reference.kept, reference.moment)

    def _number(self, reference: Reference[Image], place: Callable[[str], int]) -> Reference[int]:
        number = place(reference.path)
        self._pictures[number] = reference.descriptor
        return Reference(reference.path, number, reference.kept, reference.moment)

    def _score(self, reference: int, candidate: int) -> float:
        return self._evidence[candidate][self._find(reference, candidate) + 1]

    def _extent(self, reference: int, candidate: int) -> float:
        """Compare once more, when a frame is new: what this yields is asked for again in the end."""
        evidence, place = self._evidence[candidate], self._find(reference, candidate) + 2
        if evidence[place] < 0:
            evidence[place] = self._comparator.extent(self._pictures[reference], self._pictures[candidate])
        return evidence[place]

    def _find(self, reference: int, candidate: int) -> int:
        evidence = self._evidence[candidate]
        return next(n for n in range(0, len(evidence), 3) if evidence[n] == reference)
