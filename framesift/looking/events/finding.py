"""Finds the events of a run: from the manifest, and the kept frames.

What the run has kept may be due to the light: so all kept frames are compared again, by structure, as the method
`tolerance` does.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.differencing import Differencing
from framesift.comparators.thresholds import Threshold
from framesift.errors import PathLike
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import Record
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS
from framesift.filtering.places import borrow_record
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.looking.events.event import Event
from framesift.looking.events.grouping import Grouping, OpenEvent, Seen
from framesift.looking.events.moments import CameraMoments, read_moments
from framesift.looking.rereading import read_compared


def find_events(
    results: PathLike,
    gap: float | None = None,
    *,
    source: PathLike | None = None,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
) -> list[Event]:
    """Return the events of a run, camera after camera, each in the order of time.

    `results` is a results folder or its URL. What happens within `gap` s of what happened before belongs to the same
    event; None: within three times the camera's usual interval. `source` is where the frames lie, if that has changed.
    `follow` is told how many of how many kept frames are compared.

    Raises UsageError where there is no manifest, or it alone names a store; StorageError.
    """
    with borrow_record(results, source) as record:
        return find_events_in(record, gap, jobs=jobs, follow=follow)


def find_events_in(
    record: Record,
    gap: float | None = None,
    *,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
    cameras: Mapping[str, CameraMoments] | None = None,
    measured: bool = True,
) -> list[Event]:
    """Return the same of an opened record; `cameras` are those that are looked at, with what `read_moments` says of
    them. Raises as `find_events`.

    Who asks only when something happened has them not `measured`: without box and share, with the first frame for the
    best, and of the frames only the kept ones are counted.
    """
    record.require_source()
    chosen = read_moments(record) if cameras is None else cameras
    done, total = 0, sum(len(moments.kept) for moments in chosen.values())
    events: list[OpenEvent] = []
    jobs = jobs or count_cores()
    with open_workers(None, jobs) as workers:
        for name, moments in chosen.items():
            settings = _by_structure(record.settings.of(name))
            looked_at = replace(record, settings=settings, known_levels=record.levels)
            describe = partial(_describe, looked_at, comparator_of(settings, name))
            wait = moments.usual_gap() if gap is None or not moments.timed else gap
            grouping = Grouping(looked_at, name, wait, measured)
            for seen in map_ordered(workers, describe, moments.in_order(), 2 * jobs + 2):
                grouping.add(seen)
                done += 1
                follow(done, total)
            events += grouping.events
    if measured:
        _count_frames(record, chosen, events)
    return [event.close() for event in events]


def _by_structure(settings: Settings) -> Settings:
    """Return what tells things from light: as the run compares, if that does, else by the method tolerance.

    What the run counts as new is not taken for too small then.
    """
    if settings.method is Method.TOLERANCE:
        return settings
    least, limit = map(Threshold.parse, DEFAULT_THRESHOLDS[Method.TOLERANCE])
    own_least, own_limit = settings.min_contour_area, settings.score_threshold
    if own_limit.relative and own_limit.value < limit.value:
        limit = own_limit
    if own_least.relative and own_least.value < least.value and limit is own_limit:
        least = own_least
    return replace(settings, method=Method.TOLERANCE, min_contour_area=least, score_threshold=limit)


def _describe(record: Record, comparator: Differencing, kept: tuple[float, Decision]) -> Seen:
    place, decision = kept
    pixels = read_compared(record, decision.frame.camera, decision.frame.path)
    return place, decision, None if pixels is None else comparator.describe(pixels)


def _count_frames(record: Record, cameras: Mapping[str, CameraMoments], events: list[OpenEvent]) -> None:
    """Count the dropped frames of each event."""
    numbers = dict.fromkeys(cameras, 0)
    of_camera: dict[str, list[OpenEvent]] = {name: [] for name in cameras}
    for event in events:
        of_camera[event.camera].append(event)
    for decision in _without_skipped(record):
        camera = decision.frame.camera
        if camera not in cameras:
            continue
        numbers[camera] += 1
        if decision.verdict is Verdict.DROP:
            place = cameras[camera].place(numbers[camera], decision)
            if around := _find_around(of_camera[camera], place):
                around.dropped += 1


def _without_skipped(record: Record) -> Iterator[Decision]:
    return (decision for decision in record.decisions() if decision.verdict is not Verdict.SKIP)


def _find_around(events: list[OpenEvent], place: float) -> OpenEvent | None:
    index = bisect_right(events, place, key=lambda event: event.first)
    event = events[index - 1] if index else None
    return event if event and place <= event.last else None
