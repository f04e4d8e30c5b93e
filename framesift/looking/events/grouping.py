"""Makes events of the kept frames of one camera, in order.

A frame shows the light alone where it looks as its reference does, by structure, or as the calm has looked before: with
sun and clouds a place looks in turns. What is not as in the calm is what an event is of: so the best picture of an
event shows what came, and not the empty place that was kept after it.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from math import inf

import cv2
import numpy as np

from framesift.comparators.comparison import Bearing, Comparison
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision
from framesift.looking.events.event import Box, Event
from framesift.looking.rereading import read_compared
from imaging_interview import Image

_CALMS = 12
"""So many frames of the calm, in different light, are remembered."""
_REMEMBERED = 64
"""So many described frames, of some 80 KB, are kept for those that were compared with them."""
Seen = tuple[float, Decision, Image | None]
"""A kept frame: its place in s or in frames, its decision, and what it is compared by; None where it is gone."""


@dataclass(slots=True)
class OpenEvent:
    """An event as it is found."""

    camera: str
    before: str
    first: float
    """Place of its first frame."""
    last: float
    seen: list[Decision]
    """The first kept frame and the last."""
    kept: int = 0
    dropped: int = 0
    unread: int = 0
    best: Decision | None = None
    share: float = -1.0
    box: Box | None = None
    end: Image | None = None
    """What the last frame is compared by."""
    is_over: bool = False
    """Whether the last frame is as the calm before: what looks so too only shows another light."""

    def add(self, place: float, decision: Decision, described: Image | None) -> None:
        """Take the next kept frame in."""
        self.seen = [*self.seen[:1], decision]
        self.kept += 1
        self.unread += described is None
        self.last, self.end = place, described

    def close(self) -> Event:
        """Return what is told of it."""
        first, last = self.seen[0].frame, self.seen[-1].frame
        best = self.best.frame if self.best else first
        share = self.share if self.share >= 0 else None
        paths = first.path, last.path, self.before
        counts = self.kept, self.kept + self.dropped
        return Event(self.camera, first.time, last.time, *paths, *counts, best.path, self.box, share, self.unread)


class Grouping:
    """Takes the kept frames of one camera in order, and makes events of them; where they are `measured`, it finds out
    how much each shows, and where.
    """

    def __init__(self, record: Record, camera: str, gap: float, measured: bool = True) -> None:
        self.events: list[OpenEvent] = []
        self._record, self._camera, self._gap, self._measured = record, camera, gap, measured
        self._comparator = comparator_of(record.settings, camera)
        self._known: OrderedDict[str, Image | None] = OrderedDict()
        self._calms: dict[tuple[int, ...], deque[tuple[str, Image]]] = {}
        """Of frames of each shape."""
        self._open: OpenEvent | None = None
        self._scores: dict[tuple[int, int], tuple[float, Image, Image]] = {}
        """Of what has been compared for the frame that was taken last, and for that with which the open event may be
        over, by identity, so with the pictures themselves."""

    def add(self, seen: Seen) -> None:
        """Take the next one."""
        place, decision, described = seen
        path, event = decision.frame.path, self._open
        end = event.end if event else None
        self._scores = {pair: known for pair, known in self._scores.items() if known[2] is end}
        self._remember(path, described)
        if event is not None and place - event.last > self._gap:
            self._settle(event)
            event = None
        if decision.reference is None:  # the first of its camera and size: there was no calm that it differs from
            self._note_calm(path, described)
            return
        reference = self._recall(decision.reference)
        if event is None and not self._find_calm(described):
            self._note_calm(decision.reference, reference)
        near = self._find_nearest(described)
        if self._is_like(near and near[1], described):
            if event is not None and not event.is_over and not self._is_like(reference, described):
                event.add(place, decision, described)
                event.is_over = True
            elif event is None or event.is_over:
                self._note_calm(path, described)
            return
        if self._is_like(reference, described):
            if event is None:
                self._note_calm(path, described)
            return
        if event is None:
            event = self._open = OpenEvent(self._camera, decision.reference, place, place, [])
            self.events.append(event)
        event.add(place, decision, described)
        event.is_over = False
        if self._measured:
            self._measure(event, decision, described, near)

    def _settle(self, event: OpenEvent) -> None:
        """End an event: what its last frame shows is calm from now on, and what was calm before only if it still is."""
        self._open = None
        if event.end is None:
            return
        near = self._find_nearest(event.end)
        if not self._is_like(near and near[1], event.end):
            self._calms.pop(event.end.shape, None)
        self._note_calm(event.seen[-1].frame.path, event.end)

    def _measure(
        self, event: OpenEvent, decision: Decision, described: Image | None, near: tuple[str, Image] | None
    ) -> None:
        """Note what is not as in the calm that is nearest."""
        if near is None or described is None or decision.size is None:
            return
        comparison = self._comparator.examine(near[1], described)
        share = comparison.score / max(self._comparator.compared_area(described), 1)
        if share > event.share:
            event.share, event.best, event.before = share, decision, near[0]
        event.box = _join(event.box, _surround(comparison, decision.size))

    def _find_calm(self, described: Image | None) -> deque[tuple[str, Image]]:
        if described is None:
            return deque()
        return self._calms.setdefault(described.shape, deque(maxlen=_CALMS))

    def _note_calm(self, path: str, described: Image | None) -> None:
        if described is not None:
            self._find_calm(described).append((path, described))

    def _find_nearest(self, described: Image | None) -> tuple[str, Image] | None:
        """Return the frame of the calm that a frame differs least from; None where there is none."""
        if described is None:
            return None
        nearest, least = None, inf
        for calm in reversed(self._find_calm(described)):
            score = self._score(calm[1], described)
            if score < least:
                nearest, least = calm, score
            if least == 0:
                break
        return nearest

    def _is_like(self, before: Image | None, after: Image | None) -> bool:
        """Tell whether nothing but the light has changed; not where nobody can look."""
        if before is None or after is None or before.shape != after.shape:
            return False
        limit = self._record.settings.score_threshold.px(self._comparator.compared_area(after))
        return self._score(before, after) <= limit

    def _score(self, before: Image, after: Image) -> float:
        pair = id(before), id(after)
        if pair not in self._scores:
            self._scores[pair] = self._comparator.score(before, after), before, after
        return self._scores[pair][0]

    def _remember(self, path: str, described: Image | None) -> None:
        self._known[path] = described
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _recall(self, path: str) -> Image | None:
        if path not in self._known:
            pixels = read_compared(self._record, self._camera, path)
            self._remember(path, None if pixels is None else self._comparator.describe(pixels))
        return self._known[path]


def _surround(comparison: Comparison, size: tuple[int, int]) -> Box | None:
    """Return the box around what counts, in px of a frame of this width and height."""
    counted = [region.contour for region in comparison.regions if region.bearing is Bearing.COUNTED]
    if not counted:
        return None
    x, y, width, height = cv2.boundingRect(np.concatenate(counted))
    across, down = size[0] / comparison.threshold.shape[1], size[1] / comparison.threshold.shape[0]
    left, top = int(x * across), int(y * down)
    right, bottom = min(int(np.ceil((x + width) * across)), size[0]), min(int(np.ceil((y + height) * down)), size[1])
    return left, top, right - left, bottom - top


def _join(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top
