"""The events of a run, as a page marks them on its timelines."""

from collections.abc import Callable

from framesift.errors import counted
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Verdict
from framesift.looking.events import Event, find_events_in
from framesift.looking.report.survey import MOST, CameraSurvey


def count_read(cameras: list[CameraSurvey]) -> int:
    """Return how many frames are read for the marks."""
    return sum(_kept(camera) for camera in cameras if _is_marked(camera))


def find_marks(
    record: Record, cameras: list[CameraSurvey], jobs: int | None, step: Callable[[], object]
) -> dict[str, list[Event]]:
    """Return the events of each camera of which few enough frames were kept; `step` is called for each of those."""
    marked = {camera.summary.camera: camera.moments for camera in cameras if _is_marked(camera)}
    chosen: dict[str, list[Event]] = {name: [] for name in marked}
    events = find_events_in(record, jobs=jobs, follow=lambda done, total: step(), cameras=marked, measured=False)
    for event in events:
        chosen[event.camera].append(event)
    return chosen


def as_marks(events: list[Event]) -> list[list[str]]:
    """Return, for scripts, the paths of the first and the last frame of each event."""
    return [[event.first, event.last] for event in events]


def legend(events: list[Event] | None) -> str:
    """Return the item of the legend; empty where no events were looked for."""
    if events is None:
        return ""
    return f'<li class="keep"><span aria-hidden="true">▬</span> at the top: {counted(len(events), "event")}</li>'


def _kept(camera: CameraSurvey) -> int:
    return camera.summary.verdicts[Verdict.KEEP]


def _is_marked(camera: CameraSurvey) -> bool:
    return _kept(camera) <= MOST
