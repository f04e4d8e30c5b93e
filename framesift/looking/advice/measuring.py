"""What a camera keeps, and would keep with another method, or without the part of its picture that changes most."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.comparators.masks import Mask, Polygon
from framesift.errors import UsageError
from framesift.filtering.comparator_choice import record_of, rule_of
from framesift.filtering.describing import View, view_look
from framesift.filtering.manifest import Record
from framesift.filtering.option_values import Method
from framesift.filtering.reading_settings import choose_thresholds
from framesift.filtering.selection import Decision, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.looking.advice.busy_part import find_busy_part
from framesift.looking.advice.stretches import Stretch
from framesift.looking.masking import find_changes, fit_grid

WORTH = 0.9
"""What keeps more than this share of what is kept now is not worth a line."""
FEW = 0.1
"""A camera that keeps no greater share of its frames needs no advice."""
_SHARE = 0.3
"""At least so much of the change has to lie in a part for it to be worth a mask."""

Follow = Callable[[], object]


@dataclass(frozen=True, slots=True)
class BusyPart:
    """A small part of the picture in which much of the change lies."""

    polygon: Polygon
    share: float
    """Of the area that had changed in the kept frames, 0 to 1."""
    kept: int
    """So many frames would be kept if it were masked."""


@dataclass(frozen=True, slots=True)
class CameraAdvice:
    """What was measured of one camera. Numbers are of the same frames."""

    camera: str
    frames: int
    """So many whole frames were looked at."""
    kept: int
    """With the settings of the run."""
    repeats: int
    """Frames with the same bytes as the frame before."""
    tolerance: int | None
    """Kept with the method tolerance and its own thresholds; None where that helps little."""
    busy: BusyPart | None
    """None where masking no small part helps."""

    @property
    def is_few(self) -> bool:
        """Tell whether so few are kept that no advice is needed."""
        return self.kept <= FEW * self.frames


@dataclass(frozen=True, slots=True)
class _Walk:
    frames: int
    repeats: int
    decisions: list[Decision]

    @property
    def kept(self) -> int:
        return sum(decision.verdict is Verdict.KEEP for decision in self.decisions)


def advise(
    record: Record, stretches: Mapping[str, list[Stretch]], jobs: int | None = None, follow: Follow = lambda: None
) -> Iterator[CameraAdvice]:
    """Walk the stretches of each camera as the run did, and in other ways; yield what comes of it.

    `follow` is told of each frame that was read the first time. Raises UsageError as `Record.require_source` does,
    StorageError where the folder of the frames is gone.
    """
    record.require_source()
    jobs = jobs or count_cores()
    with open_workers(None, jobs) as workers:
        for camera, chosen in stretches.items():
            of_camera = record_of(record, camera)
            walk = partial(_walk, of_camera, camera, chosen, workers=workers, window=2 * jobs + 2)
            yield _advise_camera(of_camera, camera, walk, jobs, follow)


def _advise_camera(record: Record, camera: str, walk: Callable[..., _Walk], jobs: int, follow: Follow) -> CameraAdvice:
    settings = record.settings
    now = walk(settings, follow=follow)
    if now.kept <= FEW * now.frames:
        return CameraAdvice(camera, now.frames, now.kept, now.repeats, None, None)
    tolerance = None
    if settings.method is not Method.TOLERANCE:
        other = walk(use_tolerance(settings)).kept
        tolerance = other if other <= WORTH * now.kept else None
    busy = _try_mask(record, camera, now, walk, jobs)
    return CameraAdvice(camera, now.frames, now.kept, now.repeats, tolerance, busy)


def use_tolerance(settings: Settings) -> Settings:
    """Return settings with the method tolerance and its own thresholds."""
    area, score = choose_thresholds(Method.TOLERANCE)
    return replace(settings, method=Method.TOLERANCE, min_contour_area=area, score_threshold=score)


def _try_mask(record: Record, camera: str, now: _Walk, walk: Callable[..., _Walk], jobs: int) -> BusyPart | None:
    kept = [each for each in now.decisions if each.verdict is Verdict.KEEP and each.reference is not None]
    sizes = [each.size for each in kept if each.size]
    if not sizes:
        return None
    grid = fit_grid(*max(sizes, key=sizes.count))
    found = find_busy_part(find_changes(record, kept, grid, jobs, lambda: None), grid)
    if found is None or found[1] < _SHARE:
        return None
    polygon, share = found
    with suppress(UsageError):  # of what is compared it leaves nothing
        masked = replace(record.settings, masks=(*record.settings.masks, Mask(camera, ignore=(polygon,))))
        if (number := walk(masked).kept) <= WORTH * now.kept:
            return BusyPart(polygon, share, number)
    return None


def _walk(
    record: Record,
    camera: str,
    stretches: list[Stretch],
    settings: Settings,
    workers: Executor,
    window: int,
    follow: Follow = lambda: None,
) -> _Walk:
    """Decide the frames of each stretch as a run of its own."""
    look = partial(view_look, directory=record.source, settings=settings)
    frames = repeats = 0
    decisions: list[Decision] = []
    for stretch in stretches:
        views = map_ordered(workers, look, ((frame, record.levels.get(camera)) for frame in stretch), window)
        before = None
        for view, decision in select_frames(views, rule_of(settings, camera), {}):
            follow()
            if decision.verdict is Verdict.SKIP:
                continue
            frames += 1
            decisions.append(decision)
            content = _identify(view)
            repeats += content is not None and content == before
            before = content
    return _Walk(frames, repeats, decisions)


def _identify(view: View) -> tuple[int, int] | None:
    """Return what tells the bytes of a frame's file; None where they are not known."""
    file = view.file
    return None if file is None or file.digest is None else (file.size, file.digest)
