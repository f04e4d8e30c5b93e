"""Where in the pictures of a run its changes lay, on a coarse grid, by which a page reckons what a mask would take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import cv2
import numpy as np

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.comparison import Bearing, Comparison, Region
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict
from framesift.looking.explanation import compare_again
from framesift.looking.spread import Spread

KEPT, DROPPED = 200, 100
"""So many frames of each camera are compared again, evenly from among those kept and those dropped."""
COLUMNS = 48
_TALLEST = 96
"""Rows that the grid has at most."""
_FINE = 8
"""Each cell is measured by 8 x 8 points."""
_SMALLER = 8
"""With a mask that leaves an eighth of the picture, regions of an eighth of a relative minimum area count."""

Grid = tuple[int, int]
"""Columns and rows."""


@dataclass(slots=True)
class CameraChanges:
    """What a run has decided of one camera, and some of its frames."""

    first: int = 0
    """Frames that were kept with nothing to compare with: no mask changes that."""
    left_out: int = 0
    """Frames that were dropped because too much had changed: nobody reckons what a mask would make of them."""
    kept: Spread[Decision] = field(default_factory=lambda: Spread(2 * KEPT))
    dropped: Spread[Decision] = field(default_factory=lambda: Spread(2 * DROPPED))

    def add(self, decision: Decision) -> None:
        """Count one decision; what was skipped counts nowhere."""
        if decision.verdict is Verdict.SKIP:
            return
        if decision.score is None or decision.reference is None:
            self.first += 1
        elif decision.left_out:
            self.left_out += 1
        else:
            (self.kept if decision.verdict is Verdict.KEEP else self.dropped).add(decision)

    def choose(self) -> list[Decision]:
        """Return the frames to compare again."""
        return [*self.kept.items(KEPT), *self.dropped.items(DROPPED)]


@dataclass(frozen=True, slots=True)
class Patch:
    """A region that changed, on the grid."""

    area: float
    """px of the compared size."""
    corner: tuple[int, int]
    """The column and row that its box begins at."""
    columns: int
    """So wide is the box."""
    weights: bytes
    """Of each cell of the box, by rows, how many of its 64 points changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What of a frame has changed against its reference, without any mask."""

    kept: bool
    limit: float
    """The score threshold in px."""
    least: float
    """`min_contour_area` in px."""
    patches: tuple[Patch, ...]
    """Those that count, and those that would where a mask leaves little."""


def sample_changes(record: Record) -> dict[str, CameraChanges]:
    """Read a manifest once, and choose the frames of each camera. Raises StorageError.

    Raises UsageError for a run with a painted mask: there is no polygon to draw.
    """
    sections = (mask for section in record.settings.sections for mask in section.masks)
    if any(mask.runs for mask in (*record.settings.masks, *sections)):
        raise UsageError("was made with a painted mask: a page draws polygons only", record.folder)
    cameras: dict[str, CameraChanges] = {}
    for decision in record.decisions():
        cameras.setdefault(decision.frame.camera, CameraChanges()).add(decision)
    return cameras


def find_changes(
    record: Record, decisions: list[Decision], grid: Grid, jobs: int | None, follow: Callable[[], object]
) -> Iterator[Change]:
    """Compare frames of one camera again, without masks, and yield what has changed; nothing of one that is gone.

    `follow` is told of each frame. Raises UsageError as `compare_again` does.
    """
    record = replace(record, known_levels=record.levels)
    jobs = jobs or count_cores()
    with open_workers(None, jobs) as workers:
        look = partial(_find_change, record, grid)
        for change in map_ordered(workers, look, decisions, 2 * jobs + 2):
            follow()
            if change is not None:
                yield change


def _lessen(least: Threshold) -> Threshold:
    """Return the `min_contour_area` from which on a region may count with some mask."""
    return replace(least, value=least.value / _SMALLER) if least.relative else least


def _find_change(record: Record, grid: Grid, decision: Decision) -> Change | None:
    settings = record.settings.at(decision.frame)
    unmasked = replace(settings, masks=(), min_contour_area=_lessen(settings.min_contour_area))
    comparison = compare_again(replace(record, settings=unmasked), decision)
    if comparison is None:
        return None
    area = comparator_of(unmasked, decision.frame.camera).compared_area(comparison.threshold)
    counted = (region for region in comparison.regions if region.bearing is Bearing.COUNTED and region.area > 0)
    patches = tuple(_lay(region, comparison, grid) for region in counted)
    limits = settings.score_threshold.px(area), settings.min_contour_area.px(area)
    return Change(decision.verdict is Verdict.KEEP, *limits, patches)


def _lay(region: Region, comparison: Comparison, grid: Grid) -> Patch:
    """Return a region on the grid."""
    height, width = comparison.threshold.shape
    fine = np.array(grid) * _FINE / (width, height)
    points = np.floor((region.contour + 0.5) * fine).astype(np.int32)
    x, y, across, down = cv2.boundingRect(points)
    left, top = x // _FINE, y // _FINE
    columns, rows = (x + across - 1) // _FINE + 1 - left, (y + down - 1) // _FINE + 1 - top
    drawn = np.zeros((rows * _FINE, columns * _FINE), np.uint8)
    cv2.drawContours(drawn, [points], -1, 1, cv2.FILLED, offset=(-left * _FINE, -top * _FINE))
    weights = drawn.reshape(rows, _FINE, columns, _FINE).sum(axis=(1, 3)).astype(np.uint8)
    return Patch(region.area, (left, top), columns, weights.tobytes())


def fit_grid(width: int, height: int) -> Grid:
    """Return the columns and rows for a picture of this size: its cells are about square."""
    return COLUMNS, min(max(round(COLUMNS * height / width), 1), _TALLEST)
