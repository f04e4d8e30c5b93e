"""The first reading of a manifest: what a page says of each camera, in memory that knows no number of frames."""

import heapq
import math
import zlib
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from framesift.filtering.comparator_choice import limit_of
from framesift.filtering.file_state import FileState
from framesift.filtering.manifest import Record, decode_file, decode_line
from framesift.filtering.manifest_file import read_lines
from framesift.filtering.selection import Decision, Verdict, mark_of, remember
from framesift.filtering.settings import Settings
from framesift.filtering.summary import CameraSummary
from framesift.frames.frame import Frame
from framesift.looking.events import CameraMoments
from framesift.looking.explanation import compared_area
from framesift.looking.report.lights import LOOKS, Lit
from framesift.looking.report.pace import Pace
from framesift.looking.spread import Spread

DOUBTFUL = 50
"""So many drops, and so many keeps, are shown with what changed."""
TRIED = 4
"""For each drop that is shown so many are compared again, where their scores, all 0, do not say which to show."""
MOST = 300
"""Of a camera with so many kept frames, or fewer, events are marked. All of these are read for it: of more,
`framesift events` is asked."""
LISTED = 100
"""So many skipped files are listed by name and reason."""

EDGES = [2 ** (half / 2) for half in range(-8, 13)]
"""Upper edges of the histogram's bins, in multiples of the threshold; a bin holds its upper edge, as a drop does.
Before them comes a bin for scores of 0, after them one for all that is larger."""
BINS = len(EDGES) + 2

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One decision, as a page shows it."""

    row: int
    """Its place among the decisions of its camera, from 0."""
    decision: Decision
    limit: float | None
    """The score threshold in px; None where there was nothing to compare."""
    area: int | None
    """The px that were compared; None likewise."""
    reference_row: int | None
    """The place of its reference."""
    reference_time: datetime | None

    @property
    def is_compared(self) -> bool:
        """Whether there are a score, a threshold and a reference to show: a manifest may also say only some of them."""
        decision = self.decision
        return decision.score is not None and self.limit is not None and decision.reference is not None


Way = tuple[Size, int]
"""A size, and which settings a frame of it was decided by: those of a camera may differ from hour to hour."""


class Scale(NamedTuple):
    """What the scores of frames of one size and one hour are measured by."""

    size: Size
    limit: float
    """The score threshold in px."""
    area: int
    """The px that are compared."""


def way_of(settings: Settings, decision: Decision) -> Way | None:
    """Return how a frame was decided, by the settings of its run; None for one without a size."""
    return None if decision.size is None else (decision.size, id(settings.at(decision.frame)))


@dataclass(slots=True)
class Nearest:
    """The decisions whose score is nearest to the threshold, relative to it."""

    most: int = DOUBTFUL
    _heap: list[tuple[float, int, int, Item]] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Take an item with a score in, and the farthest out."""
        assert item.decision.score is not None and item.limit is not None
        distance = abs(item.decision.score - item.limit) / (item.limit or 1)
        # Among equals, such as all with a score of 0, the choice falls anywhere, not on the first minutes only.
        anywhere = zlib.crc32(item.decision.frame.path.encode("utf-8", "surrogatepass"))
        entry = (-distance, anywhere, item.row, item)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def items(self) -> list[Item]:
        """Return the items, the nearest first."""
        return [item for *_, item in sorted(self._heap, reverse=True)]


@dataclass(slots=True)
class CameraSurvey:
    """What is known of one camera after the first reading."""

    summary: CameraSummary
    blocks: list[tuple[int, int]] = field(default_factory=list)
    """Where its decisions stand in the manifest: first byte, and first byte after. A run adds one block at most."""
    timed: int = 0
    """So many of its frames have a time."""
    scales: dict[Way, Scale] = field(default_factory=dict)
    """What is compared of each size."""
    dropped: list[int] = field(default_factory=lambda: [0] * BINS)
    kept: list[int] = field(default_factory=lambda: [0] * BINS)
    """The histogram of scores, by verdict; not of what was left out, which its score does not tell."""
    drops: Nearest = field(default_factory=lambda: Nearest(TRIED * DOUBTFUL))
    keeps: Nearest = field(default_factory=Nearest)
    changes: Spread[Item] = field(default_factory=lambda: Spread(2 * DOUBTFUL))
    """Frames whose whole picture has changed, or that were left out."""
    lit: Spread[Lit] = field(default_factory=lambda: Spread(LOOKS))
    """Frames whose light may be told."""
    pictures: int = 0
    """So many of its frames are files of their own, and whole."""
    repeats: int = 0
    """So many of these have the same bytes as the one before."""
    pace: Pace = field(default_factory=Pace)
    moments: CameraMoments = field(default_factory=lambda: CameraMoments(MOST))
    _before: FileState | None = None
    skips: list[Decision] = field(default_factory=list)
    """The first of the skipped."""

    def add(self, item: Item, file: FileState | None) -> None:
        """Count one decision on a frame, whose file was in this state."""
        decision = item.decision
        self.summary.add(decision)
        if decision.order is None and decision.frame.time is not None:
            self.pace.add(decision.frame.time)
        self.timed += decision.frame.time is not None
        if decision.verdict is not Verdict.SKIP:
            self.lit.add(Lit(item.row, decision.frame, decision.verdict is Verdict.KEEP))
            self._compare_files(decision.frame, file)
            self.moments.add(decision)
        if decision.verdict is Verdict.SKIP:
            self.skips += [decision] if len(self.skips) < LISTED else []
        elif item.is_compared and not decision.left_out:
            assert decision.score is not None and item.limit is not None
            counts, nearest = (
                (self.kept, self.keeps) if decision.verdict is Verdict.KEEP else (self.dropped, self.drops)
            )
            counts[find_bin(decision.score, item.limit)] += 1
            nearest.add(item)
        if decision.extent is not None and item.is_compared:
            self.changes.add(item)

    def _compare_files(self, frame: Frame, file: FileState | None) -> None:
        """Count a frame with the bytes of the one before; not those of a film or of many pages, which share a file."""
        if frame.offset is not None or frame.page is not None:
            return
        self.pictures += 1
        before, self._before = self._before, file
        if file and before and file.digest is not None:
            self.repeats += (file.size, file.digest) == (before.size, before.digest)

    @property
    def has_times(self) -> bool:
        """Tell whether every frame has a time."""
        return self.timed == self.summary.frames


class Place(NamedTuple):
    """A frame that later ones are compared with."""

    path: str
    kept: bool
    row: int
    time: datetime | None


class Walk:
    """Follows the decisions of one camera: gives each its row and knows its reference."""

    def __init__(self, record: Record, scales: dict[Way, Scale]) -> None:
        self._settings = record.settings
        self._scales = scales
        self._row = -1
        self._references: dict[Size | None, tuple[Place, ...]] = {}
        """What the next frame of each chain is compared with."""

    def step(self, decision: Decision) -> Item:
        """Return the next decision with what it was compared with."""
        self._row += 1
        one_chain, against = self._settings.chains_of(decision.frame.camera)
        chain = None if one_chain else decision.size
        known = self._references.get(chain, ())
        found = ((place.row, place.time) for place in known if place.path == decision.reference)
        row, time = next(found, (None, None))
        if mark := mark_of(decision):
            place = Place(*mark, self._row, decision.frame.time)
            self._references[chain] = remember(known, place, against)
        area = self._find_area(decision)
        limit = None if area is None else limit_of(self._settings, decision).px(area)
        return Item(self._row, decision, limit, area, row, time)

    def _find_area(self, decision: Decision) -> int | None:
        way = way_of(self._settings, decision)
        if way is None or decision.size is None:
            return None
        if way not in self._scales:
            settings = self._settings.at(decision.frame)
            area = compared_area(settings, decision.frame.camera, decision.size)
            self._scales[way] = Scale(decision.size, settings.score_threshold.px(area), area)
        return None if decision.score is None else self._scales[way].area


def find_bin(score: float, limit: float) -> int:
    """Return the number of the histogram's bin for a score."""
    if score == 0:
        return 0
    return 1 + bisect_left(EDGES, score / limit if limit else math.inf)


def survey_cameras(record: Record) -> dict[str, CameraSurvey]:
    """Read the manifest once. Raises StorageError where it cannot be read or is damaged."""
    cameras: dict[str, CameraSurvey] = {}
    walks: dict[str, Walk] = {}
    before = None
    for number, (offset, line) in enumerate(read_lines(record.path), start=2):
        decision, end = decode_line(line, number, record.path), offset + len(line)
        name = decision.frame.camera
        if name not in cameras:
            cameras[name] = CameraSurvey(CameraSummary(name, levels=record.levels.get(name)))
            walks[name] = Walk(record, cameras[name].scales)
        camera = cameras[name]
        if name == before:
            camera.blocks[-1] = camera.blocks[-1][0], end
        else:
            camera.blocks.append((offset, end))
        before = name
        camera.add(walks[name].step(decision), decode_file(line))
    return cameras
