"""One page that shows every decision of a run and why it was made, from the manifest and the pictures it points to.

The manifest is read twice, one line at a time: first for what there is of each camera, then, camera by camera, while
the page is written. So memory does not grow with the number of frames.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from itertools import count

from framesift.actions.files.outputs import check_output
from framesift.cluster.parallel import count_cores, open_workers
from framesift.errors import PathLike, StorageError, UsageError, counted, show
from framesift.filtering.manifest import Record
from framesift.filtering.option_values import Method
from framesift.filtering.section_words import describe_sections
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.looking.advice import CameraAdvice
from framesift.looking.beside import locate_frames
from framesift.looking.page import CHARTS, escape, write_page
from framesift.looking.report.findings import write_findings
from framesift.looking.report.lights import LEAST, LOOKS
from framesift.looking.report.marks import count_read, find_marks
from framesift.looking.report.section import Section, count_pictures
from framesift.looking.report.survey import DOUBTFUL, CameraSurvey, survey_cameras

__all__ = [
    "rehearsal",
    "write_report",
]

PAGE_BYTES, WHOLE_BYTES = 2_200_000, 26_000_000
"""What the page may weigh: with small pictures, as it looks at the frames where they lie, and with large ones. The
numbers of each frame are always there, the pictures give way."""
CAMERA_BYTES = 250_000
"""So much a page with small pictures may have for each camera, so that those of many can still be made out."""
PAIRS = 1000
"""So many drops, and so many keeps, are shown with what changed on the whole page, and of one camera at most 50."""
_ROW_SHARE = 0.4
"""Of a line of the manifest, so much is in the page."""
_LEAST_BYTES = 1_000_000
SCRIPTS = (
    *(CHARTS, "numbers.js", "words.js", "pictures.js", "events.js", "timeline.js", "histogram.js"),
    *("copying.js", "comparer.js", "viewer.js", "film.js", "filter.js", "hours.js", "table.js", "frames.js"),
)


def write_report(
    record: Record,
    output: PathLike,
    jobs: int | None = None,
    name: str | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
    self_contained: bool = False,
    advice: Sequence[CameraAdvice] = (),
) -> None:
    """Write the page about a results folder to `output`; `name` is what the folder is called in it.

    `follow` is told how many of how many steps are done, a picture each. The pictures of the page are small, and it
    shows the frames themselves from where they lie; `self_contained` puts large pictures in instead, for a page that
    goes elsewhere. `advice` is what was measured of the run: it stands on top, with what the manifest says by itself.

    Raises UsageError (a file there that is not ours, nothing decided yet), StorageError (the disk, a damaged manifest).
    """
    check_output(output)
    cameras = list(survey_cameras(record).values())
    if not cameras:
        raise UsageError("its manifest holds no decision yet: run framesift filter first", record.folder)
    title = f"framesift report: {name or os.path.basename(record.folder)}"
    with open_workers(None, jobs or count_cores()) as workers:
        places = [] if self_contained else locate_frames(record, output)
        small = min(WHOLE_BYTES, max(PAGE_BYTES, CAMERA_BYTES * len(cameras)))
        room = _picture_room(record, WHOLE_BYTES if self_contained else small)
        findings = write_findings(record, cameras, advice)
        body = _body(title, record, cameras, findings, workers, jobs, places, room, follow)
        write_page(output, title, body, SCRIPTS, beside=bool(places))


def _body(
    title: str,
    record: Record,
    cameras: list[CameraSurvey],
    findings: Iterator[str],
    workers: Executor,
    jobs: int | None,
    places: list[str],
    room: int,
    follow: Callable[[int, int], object],
) -> Iterator[str]:
    yield f'<header id="top">\n<h1>{escape(title)}</h1>\n{_describe_run(record, cameras)}</header>\n'
    yield from _contents(cameras)
    yield '<main id="content" tabindex="-1">\n'
    yield from findings
    most = max(1, min(DOUBTFUL, PAIRS // len(cameras)))
    looks = max(LEAST, LOOKS // len(cameras))
    done, total = count(1), count_read(cameras) + sum(count_pictures(camera, most) for camera in cameras)

    def step() -> None:
        follow(min(next(done), total), total)

    marks = find_marks(record, cameras, jobs, step)
    for number, camera in enumerate(cameras):
        events = marks.get(camera.summary.camera)
        section = Section(record, camera, number, room // (len(cameras) - number), most, looks, places, step, events)
        yield from section.write(workers)
        room -= section.used
    yield "</main>\n"


def _picture_room(record: Record, page: int) -> int:
    """Return how many bytes the pictures may have in base64."""
    try:
        rows = int(os.path.getsize(record.path) * _ROW_SHARE)
    except OSError as error:
        raise StorageError.of(error, record.path) from error
    return max(_LEAST_BYTES, page - rows)


def _describe_run(record: Record, cameras: list[CameraSurvey]) -> str:
    verdicts = {verdict: sum(camera.summary.verdicts[verdict] for camera in cameras) for verdict in Verdict}
    total = sum(verdicts.values())
    kept = verdicts[Verdict.KEEP]
    alarm = ' class="skipped"' if verdicts[Verdict.SKIP] else ""
    return (
        f"<p>{counted(total, 'frame')} of {counted(len(cameras), 'camera')}: "
        f'<strong class="keep">{kept} kept</strong> ({100 * kept / total:.0f} %), '
        f"<strong>{verdicts[Verdict.DROP]} dropped</strong>, "
        f"<strong{alarm}>{verdicts[Verdict.SKIP]} skipped</strong>.</p>\n"
        f"<details><summary>How it was decided</summary>\n{_explain_settings(record.settings)}"
        f'<p class="faint">frames: <code>{escape(record.source)}</code>, results: <code>{escape(record.folder)}</code>'
        "</p></details>\n"
    )


def _explain_settings(settings: Settings) -> str:
    size = f"at {settings.size[0]}x{settings.size[1]} px" if settings.size else "at its own size"
    changed = "changed"
    if settings.method is Method.TOLERANCE:
        size, changed = f"by tolerance, {settings.width} px wide", "changed in their structure"
    strips = settings.text("border_mask").replace(",", ", ")
    return (
        f"<p>Each frame is compared with the <em>reference</em>, {settings.reference_in_words} of its camera, "
        f"{size}. "
        f"Regions that {changed} and have at least {escape(str(settings.min_contour_area))}"
        f"{_of_what(settings.min_contour_area.relative)} count; their areas together are the <em>score</em>. A frame "
        f"is kept when its score is above the <em>threshold</em>, {escape(str(settings.score_threshold))}"
        f"{_of_what(settings.score_threshold.relative)}.{_explain_budget(settings)}{_explain_most(settings)}</p>\n"
        f"<p>Blur {escape(settings.text('blur'))}; not compared are strips of {strips} % at "
        f"the left, top, right and bottom{', and what a mask leaves out' if settings.masks else ''}.</p>\n"
        f"{_explain_sections(settings)}"
    )


def _explain_sections(settings: Settings) -> str:
    lines = "".join(f"<li><code>{escape(show(line))}</code></li>\n" for line in describe_sections(settings))
    return f"<p>Of some cameras, or at some hours, otherwise:</p>\n<ul>\n{lines}</ul>\n" if lines else ""


def _explain_budget(settings: Settings) -> str:
    if settings.keep is None:
        return ""
    return (
        f" There is a budget of {escape(settings.keep)} frames: a score has to be above the budget's threshold too, "
        "divided by the number of frames since the last kept one."
    )


def _explain_most(settings: Settings) -> str:
    if settings.most is None:
        return ""
    return f" It is left out all the same where more than {settings.text('most')} of the picture has changed."


def _of_what(relative: bool) -> str:
    return " of the compared area" if relative else " px"


def _contents(cameras: list[CameraSurvey]) -> Iterator[str]:
    """Yield the line that stays in view: from camera to camera, with the share of each that was kept."""
    yield '<nav aria-label="cameras" class="cameras"><a href="#top">Top</a>\n'
    for number, camera in enumerate(cameras):
        summary = camera.summary
        share = f"{100 * summary.verdicts[Verdict.KEEP] / summary.frames:.0f} %"
        yield f'<a href="#camera-{number}">{escape(summary.camera)} <span class="keep">{share}</span></a>\n'
    yield "</nav>\n"
