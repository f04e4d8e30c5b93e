"""When one part of the picture changed: all frames are compared again, as the run's method does, in that part alone."""

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

import cv2
import numpy as np

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.comparison import Bearing
from framesift.comparators.differencing import Differencing
from framesift.comparators.thresholds import Threshold
from framesift.errors import PathLike, UsageError, show
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import Record
from framesift.filtering.places import borrow_record
from framesift.filtering.selection import Decision, Observation, Order, References, Rule, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.looking.rereading import read_compared
from imaging_interview import Image

Size = tuple[int, int]
Box = tuple[int, int, int, int]
_NUMBER = r"\s*(\d{1,5}(?:\.\d{1,6})?)\s*(%?)\s*"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Region:
    """A box, as it was asked for."""

    x: float
    y: float
    width: float
    height: float
    relative: bool
    """In percent of the frame's sides; else in px of the frame."""

    def fit(self, size: Size, path: str) -> Box:
        """Return x0, y0, x1 and y1, half-open, in px of a frame of this width and height.

        Raises UsageError, which names the frame `path`, where the box does not lie on it.
        """
        across, down = (size[0] / 100, size[1] / 100) if self.relative else (1.0, 1.0)
        x0, y0 = int(self.x * across), int(self.y * down)
        x1, y1 = round((self.x + self.width) * across), round((self.y + self.height) * down)
        if x1 > size[0] or y1 > size[1] or x1 <= x0 or y1 <= y0:
            lying = f"the region {self} does not lie on it; one in percent suits frames of any size"
            raise UsageError(f"has {size[0]}x{size[1]} px: {lying}", path)
        return x0, y0, x1, y1

    def __str__(self) -> str:
        sign = "%" if self.relative else ""
        return ",".join(f"{side:g}{sign}" for side in (self.x, self.y, self.width, self.height))


@dataclass(frozen=True, slots=True)
class RegionChange:
    """A moment at which the part of the picture changed."""

    camera: str
    time: datetime | None
    """Aware, UTC."""
    frame: str
    """Path of the frame that shows it."""
    reference: str
    """Path of the frame that it was compared with: the one at which the part changed last, or the camera's first."""
    share: float
    """Of the part, 0 to 1: so much of it changed."""


def parse_region(text: str) -> Region:
    """Read `x,y,width,height` in px of the frame, or `10%,20%,30%,40%` of its sides. Raises UsageError."""
    matches = [re.fullmatch(_NUMBER, part, re.ASCII) for part in text.split(",")]
    found = [match for match in matches if match]
    if len(found) != 4 or len(matches) != 4 or len({match[2] for match in found}) != 1:
        example = "four numbers in px such as 100,50,200,120, or four shares such as 10%,5%,20%,12%"
        raise UsageError(f"--region takes x,y,width,height: {example}, not {text!r}")
    x, y, width, height = (float(match[1]) for match in found)
    region = Region(x, y, width, height, found[0][2] == "%")
    if not width or not height or (region.relative and max(x + width, y + height) > 100):
        raise UsageError(f"--region {text}: there is nothing of the picture in it")
    return region


def find_region_changes(
    results: PathLike,
    region: str | Region,
    camera: str | None = None,
    *,
    source: PathLike | None = None,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
    tell_unread: Callable[[str], object] = lambda path: None,
) -> Iterator[RegionChange]:
    """Yield the moments at which a part of the picture changed, in the order of the manifest.

    A frame is compared, as the method of the run does, with the frame at which the part changed last, and is one where
    more of the part has changed than the run asks for of the whole picture. `region` is a box in px of the frame, or in
    percent, as `parse_region` reads it; `camera` is the only one that is looked at. `source` is where the frames lie,
    if that has changed. `follow` is told how many of how many frames are compared, `tell_unread` which cannot be read
    any more.

    Raises UsageError (no such camera, a region beyond the picture, a manifest that alone names a store), StorageError.
    """
    part = parse_region(region) if isinstance(region, str) else region
    with borrow_record(results, source) as record:
        record.require_source()
        total = _count(record, camera)
        looked_at = replace(record, known_levels=record.levels)
        jobs = jobs or count_cores()
        walks: dict[str, _Walk] = {}
        with open_workers(None, jobs) as workers:
            views = map_ordered(workers, partial(_view, looked_at), _choose(record, camera), 2 * jobs + 2)
            for done, seen in enumerate(views, start=1):
                follow(done, total)
                if seen.descriptor is None:
                    tell_unread(seen.frame.path)
                    continue
                name = seen.frame.camera
                walk = walks.setdefault(name, _Walk(record.settings.of(name), part, name))
                yield from walk.step(seen)


class _Walk:
    """Decides the frames of one camera by one part of them."""

    def __init__(self, settings: Settings, region: Region, camera: str) -> None:
        self._settings, self._region, self._camera = settings, region, camera
        self._references: dict[Hashable, References[Image]] = {}

    def step(self, seen: Observation[Image]) -> Iterator[RegionChange]:
        """Yield the change that a frame shows, if it shows one."""
        assert seen.size is not None
        measure = PartMeasure.of(self._settings, self._camera, seen.size, self._region.fit(seen.size, seen.frame.path))
        rule = Rule(measure.share, lambda descriptor: measure.limit, self._settings.against)
        for _, decision in select_frames([seen], rule, self._references):
            if decision.verdict is Verdict.KEEP and decision.reference is not None and decision.score is not None:
                frame = seen.frame
                yield RegionChange(frame.camera, frame.time, frame.path, decision.reference, decision.score)


@dataclass(frozen=True, slots=True)
class PartMeasure:
    """Says how much of a part of the picture differs between two frames of one size."""

    comparator: Differencing
    box: Box
    """In px of the compared size, half-open."""
    limit: float
    """Share of the part above which it has changed."""

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, settings: Settings, camera: str, size: Size, box: Box) -> "PartMeasure":
        """Return what measures a box, in px of frames of this size, as the settings of a run say.

        Its thresholds are the same shares of the part as those of the run are of the picture. The strips that a run
        does not compare are compared: somebody has asked for the part.
        """
        own = comparator_of(settings, camera)
        area = max(own.compared_area_of(size), 1)
        width, height = own.compared_size(size)
        across, down = width / size[0], height / size[1]
        x0, y0 = int(box[0] * across), int(box[1] * down)
        x1, y1 = max(int(np.ceil(box[2] * across)), x0 + 1), max(int(np.ceil(box[3] * down)), y0 + 1)
        least = settings.min_contour_area.px(area) / area * (x1 - x0) * (y1 - y0)
        whole = replace(_uncut(settings), min_contour_area=Threshold.parse(least))
        return cls(comparator_of(whole, camera), (x0, y0, x1, y1), settings.score_threshold.px(area) / area)

    def share(self, reference: Image, candidate: Image) -> float:
        """Return which share of the part has changed, 0 to 1. Takes two described pictures of one shape."""
        comparison = self.comparator.examine(reference, candidate)
        counted = [region.contour for region in comparison.regions if region.bearing is Bearing.COUNTED]
        x0, y0, x1, y1 = self.box
        drawn = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.drawContours(drawn, counted, -1, 1, cv2.FILLED, offset=(-x0, -y0))
        return cv2.countNonZero(drawn) / drawn.size


def _uncut(settings: Settings) -> Settings:
    return replace(settings, border_mask=(0, 0, 0, 0))


def _view(record: Record, decision: Decision) -> Observation[Image]:
    """Read and describe a frame; without a descriptor where it is gone."""
    pixels = read_compared(record, decision.frame.camera, decision.frame.path)
    if pixels is None or decision.size is None:
        return Observation(decision.frame, decision.size, None)
    camera, settings = decision.frame.camera, record.settings.of(decision.frame.camera)
    chain = None if settings.size else decision.size
    described = comparator_of(_uncut(settings), camera).describe(pixels)
    return Observation(decision.frame, decision.size, described, chain)


def _choose(record: Record, camera: str | None) -> Iterator[Decision]:
    """Yield what is looked at: not what came late, of which the manifest does not say what was before."""
    for decision in record.decisions():
        wanted = camera is None or decision.frame.camera == camera
        if wanted and decision.verdict is not Verdict.SKIP and decision.order is not Order.LATE:
            yield decision


def _count(record: Record, camera: str | None) -> int:
    """Return how many frames are looked at. Raises UsageError where there is no such camera."""
    number = sum(1 for _ in _choose(record, camera))
    if camera is not None and not number:
        names: dict[str, None] = {}
        for decision in record.decisions():
            names.setdefault(decision.frame.camera)
            if len(names) > _NAMED:
                break
        some = ", ".join(map(show, list(names)[:_NAMED])) + (", ..." if len(names) > _NAMED else "")
        raise UsageError(f"has no frame of a camera {show(camera)}; its cameras are {some or 'none'}", record.folder)
    return number
