"""Which labels of a kept frame certainly hold for a dropped one, and what of it a person has to look at."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.cluster.parallel import count_cores, map_ordered
from framesift.comparators.comparison import Bearing, Comparison
from framesift.comparators.standstill import compare_part, estimate_noise
from framesift.export.labels import Label, Outline
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import sampling_of
from framesift.filtering.manifest import Record
from framesift.frames.videos import is_still, name_film, walk_stills
from framesift.looking.evidence import Evidence, draw_evidence
from framesift.looking.explanation import explain_decision
from framesift.looking.labelling.planning import Carry
from framesift.looking.labelling.turning import find_ways
from framesift.looking.page.outlines import draw_outlines
from framesift.looking.page.thumbnails import encode_jpeg, shrink_image
from framesift.looking.rereading import Pixels, read_pixels

LEAST_CHANGE = 0.0002
"""Of what is compared: a smaller region is no change that could need a label of its own."""
NEAR = 1.5
"""So many times as large as its label a part is in which a change is one of what is labelled there."""
WIDTH = 960
"""px of a picture that is shown: somebody far away is still seen."""
WHOLE_PICTURE = 0.98
"""A label that covers so much is of the picture as a whole."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as the page shows it."""

    before: str
    """JPEG in base64."""
    after: str
    lines: str
    """Markup of what changed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What of a kept frame's labels holds for a dropped frame."""

    carry: Carry
    doubtful: frozenset[int] = frozenset()
    """Numbers of the labels that are to be checked, from 0."""
    change: tuple[int, int, int, int] | None = None
    """Left, top, width and height in px of the box around what changed with no label near; None where nothing did."""
    problem: str = ""
    """Why the two could not be compared."""
    shown: Shown | None = None
    outlines: tuple[Outline, ...] = ()
    """Those of the labels, on the upright picture."""

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to look."""
        return not self.problem and not self.doubtful and self.change is None


def judge_frames(
    record: Record,
    carries: Sequence[Carry],
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
) -> Iterator[Judgement]:
    """Judge frames: pictures in their order, then those of films. `follow` is told how many of how many are done."""
    stills = [carry for carry in carries if is_still(carry.decision.frame.path, record.source)]
    of_films = {carry.decision.frame.path for carry in stills}
    pictures = [carry for carry in carries if carry.decision.frame.path not in of_films]
    jobs = jobs or count_cores()
    done = 0
    with ThreadPoolExecutor(jobs, thread_name_prefix="framesift") as workers:
        for judgement in map_ordered(workers, partial(_judge_picture, record), pictures, 2 * jobs + 2):
            yield judgement
            follow(done := done + 1, len(carries))
    for judgement in _judge_stills(record, stills):
        yield judgement
        follow(done := done + 1, len(carries))


def _judge_picture(record: Record, carry: Carry) -> Judgement:
    seen = explain_decision(record, carry.decision, None)
    if seen.change or seen.evidence is None:
        return Judgement(carry, problem=seen.change or "there is nothing to compare it with")
    return judge_pair(record, carry, seen.evidence)


def _judge_stills(record: Record, carries: Iterable[Carry]) -> Iterator[Judgement]:
    """Decode each film once, as far as it takes."""
    films: dict[str, dict[str, Carry]] = {}
    for carry in carries:
        path = carry.decision.frame.path
        films.setdefault(path.rpartition("/")[0], {})[path] = carry
    naming, sampling = record.settings.naming.guarded(), sampling_of(record.settings)
    for film, wanted in films.items():
        record.require_source()
        reference: tuple[str, Pixels | str] = ("", "")
        for still in walk_stills(record.source, name_film(film, naming), sampling, naming):
            if still.frame.path in wanted and still.pixels is not None:
                carry = wanted.pop(still.frame.path)
                path, camera = carry.decision.reference or "", carry.decision.frame.camera
                if reference[0] != path:
                    reference = path, read_pixels(record, camera, path)
                yield _judge_still(record, carry, reference[1], still.pixels)
            if not wanted:
                break
        for carry in wanted.values():
            yield Judgement(carry, problem="the film has no such frame any more")


def _judge_still(record: Record, carry: Carry, reference: Pixels | str, pixels: Pixels) -> Judgement:
    if isinstance(reference, str):
        return Judgement(carry, problem=f"the reference cannot be read any more: {reference}")
    if reference.shape != pixels.shape:
        return Judgement(carry, problem="the frame or its reference has another size now")
    comparator = comparator_of(record.settings, carry.decision.frame)
    return judge_pair(record, carry, draw_evidence(reference, pixels, comparator))


def judge_pair(record: Record, carry: Carry, evidence: Evidence) -> Judgement:
    """Judge a frame by its pixels and those of its reference."""
    labels = carry.picture.labels
    before, after = (_to_grey(each) for each in (evidence.reference, evidence.candidate))
    size = before.shape[1], before.shape[0]
    ways = find_ways(record, carry, size)
    turned = [[way(label.outline) for way in ways] for label in labels]
    changed = _paint_changes(evidence.comparison, 0)
    counted = _paint_changes(evidence.comparison, LEAST_CHANGE * max(evidence.compared.area, 1))
    noise = estimate_noise(before, after)
    doubtful = set()
    for number, outlines in enumerate(turned):
        if _is_whole(labels[number]):
            holds = not counted.any()
        else:
            holds = bool(outlines) and all(
                not (changed & _paint(outline, changed.shape)).any()
                and compare_part(before, after, _scale(outline, size), noise).holds
                for outline in outlines
            )
        if not holds:
            doubtful.add(number)
    near = [outlines[0] for label, outlines in zip(labels, turned, strict=True) if outlines and not _is_whole(label)]
    change = _find_new(evidence.comparison, counted, near, size)
    drawn = tuple(outlines[0] if outlines else label.outline for label, outlines in zip(labels, turned, strict=True))
    shown = _show(evidence) if doubtful or change else None
    return Judgement(carry, frozenset(doubtful), change, "", shown, drawn)


def _is_whole(label: Label) -> bool:
    xs, ys = zip(*(point for polygon in label.outline for point in polygon), strict=True)
    return bool(min(max(xs) - min(xs), max(ys) - min(ys)) >= WHOLE_PICTURE)


def _to_grey(image: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _paint_changes(comparison: Comparison, least: float) -> NDArray[np.uint8]:
    """Return 255 on each region that changed, other than by light alone, and has at least so many px."""
    painted = np.zeros(comparison.threshold.shape, np.uint8)
    regions = (each for each in comparison.regions if each.bearing is not Bearing.LIGHT and each.area >= least)
    cv2.drawContours(painted, [region.contour for region in regions], -1, 255, cv2.FILLED)
    return painted


def _paint(outline: Outline, shape: tuple[int, ...], growth: float = 1.0) -> NDArray[np.uint8]:
    """Return 255 within an outline, with its border, which may be made larger about its middle."""
    painted = np.zeros(shape[:2], np.uint8)
    polygons = _scale(outline, (shape[1], shape[0]))
    middle = (np.concatenate(polygons).max(axis=0) + np.concatenate(polygons).min(axis=0)) / 2
    # What lies far outside of the picture is no number that OpenCV can draw.
    drawn = [np.clip(np.rint(middle + growth * (p - middle)), -30000, 30000).astype(np.int32) for p in polygons]
    cv2.fillPoly(painted, drawn, 255)
    return painted


def _scale(outline: Outline, size: tuple[int, int]) -> list[NDArray[np.float64]]:
    return [np.array(polygon, np.float64).reshape(-1, 2) * size for polygon in outline]


def _find_new(
    comparison: Comparison, counted: NDArray[np.uint8], labels: Iterable[Outline], size: tuple[int, int]
) -> tuple[int, int, int, int] | None:
    """Return the box, in px of the frame, around the regions that lie for the greater part near no label."""
    near = np.zeros(counted.shape, np.uint8)
    for outline in labels:
        near |= _paint(outline, counted.shape, NEAR)
    _, numbers = cv2.connectedComponents(counted, connectivity=8)
    away = [n for n in range(1, int(numbers.max(initial=0)) + 1) if (near[numbers == n] == 0).mean() > 0.5]
    if not away:
        return None
    x, y, width, height = cv2.boundingRect(np.isin(numbers, away).astype(np.uint8))
    across, down = size[0] / counted.shape[1], size[1] / counted.shape[0]
    return int(x * across), int(y * down), int(np.ceil(width * across)), int(np.ceil(height * down))


def _show(evidence: Evidence) -> Shown:
    before, after = (encode_jpeg(shrink_image(each, WIDTH)) for each in (evidence.reference, evidence.candidate))
    return Shown(before, after, draw_outlines(evidence))
