"""Which of the most doubtful drops are shown, where their scores, all 0, do not say it."""

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from framesift.cluster.parallel import map_ordered
from framesift.filtering.manifest import Record
from framesift.looking.explanation import compare_again
from framesift.looking.report.survey import Item
from framesift.looking.rereading import Sights

_WINDOW = 8


def count_ranked(items: list[Item], most: int) -> int:
    """Return how many of the most doubtful drops are compared again to choose those that are shown."""
    unscored = sum(not item.decision.score for item in items)
    return unscored if len(items) - unscored < most else 0


def choose_drops(
    record: Record,
    items: list[Item],
    most: int,
    workers: Executor,
    step: Callable[[], object],
    sights: Sights,
) -> list[Item]:
    """Return at most so many of the most doubtful drops: those that have a score, then the most doubtful of the others.

    These are the ones in which the largest region has changed that does not count. `step` is called for each of those
    that are compared for it: none where those with a score are enough. `sights` are of the camera.
    """
    scored, rest = [i for i in items if i.decision.score], [i for i in items if not i.decision.score]
    if not count_ranked(items, most):
        return scored[:most]
    largest: dict[int, float] = {}
    in_turn = sorted(range(len(rest)), key=lambda n: rest[n].decision.reference or "")  # read once for all of its drops
    measure = partial(_measure_ignored, record, sights=sights)
    for n, area in zip(in_turn, map_ordered(workers, measure, [rest[n] for n in in_turn], _WINDOW), strict=True):
        largest[n] = area
        step()
    return (scored + [rest[n] for n in sorted(range(len(rest)), key=largest.__getitem__, reverse=True)])[:most]


def _measure_ignored(record: Record, item: Item, sights: Sights) -> float:
    comparison = compare_again(record, item.decision, sights)
    return 0 if comparison is None else max((region.area for region in comparison.ignored), default=0)
