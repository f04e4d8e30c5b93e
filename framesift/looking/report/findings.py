"""What stands out of a run, on top of its page: what the manifest says by itself, and what was measured besides."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

from framesift.errors import counted, show
from framesift.filtering.manifest import Record
from framesift.filtering.section_words import name_files
from framesift.filtering.selection import Verdict
from framesift.filtering.summary import NAMED, name_cameras
from framesift.looking.advice import CameraAdvice, Finding, describe_advice, describe_keeping, name_command
from framesift.looking.page import escape
from framesift.looking.report.survey import CameraSurvey
from framesift.stores import is_url

_FEW = 0.1
"""Where no greater share is kept, nobody asks what would keep fewer."""


def write_findings(record: Record, cameras: Sequence[CameraSurvey], advice: Sequence[CameraAdvice]) -> Iterator[str]:
    """Yield a part of the page; nothing where nothing stands out. `advice` is what was measured, if it was."""
    numbers, known = count(), list(_read_findings(record, cameras))
    is_written = is_url(record.folder) or os.path.dirname(record.path) == record.folder  # not by a dry run
    if not advice and is_written and _keeps_many(cameras):
        known.append(Finding("What would keep fewer frames can be measured", name_command("advise", record.folder)))
    if not known and not advice:
        return
    yield '<section class="panel findings" aria-labelledby="findings">\n<h2 id="findings">What stands out</h2>\n'
    yield from _list(known, numbers)
    for camera in advice:
        yield f"<h3>{escape(describe_keeping(camera))}</h3>\n"
        yield from _list(describe_advice(record, record.folder, camera), numbers)
    if advice and any(camera.kept < camera.frames for camera in advice):
        said = "Fewer is not better by itself: this says how much is lost at most"
        yield from _list([Finding(said, name_command("audit", record.folder))], numbers)
    yield "</section>\n"


def _list(findings: Sequence[Finding] | Iterator[Finding], numbers: Iterator[int]) -> Iterator[str]:
    yield "<ul>\n"
    for finding in findings:
        command = ""
        if finding.command:
            number = next(numbers)
            command = (
                f'<br><code id="command-{number}">{escape(finding.command)}</code> '
                f'<button type="button" data-copy="command-{number}">Copy</button>'
            )
        yield f"<li>{escape(finding.words)}{command}</li>\n"
    yield "</ul>\n"


def _keeps_many(cameras: Sequence[CameraSurvey]) -> bool:
    """Tell whether advice can be had, which is for pictures, and somebody may want it."""
    kept = sum(camera.summary.verdicts[Verdict.KEEP] for camera in cameras)
    return any(camera.pictures for camera in cameras) and kept > _FEW * sum(each.summary.frames for each in cameras)


def _read_findings(record: Record, cameras: Sequence[CameraSurvey]) -> Iterator[Finding]:
    """Yield what is known from the manifest alone."""
    summaries = [camera.summary for camera in cameras]
    tune = name_command("tune", record.source, *record.settings.options()) + name_files(record)
    if many := [each for each in summaries if each.keeps_nearly_all]:
        yield Finding(f"{name_cameras(many)}: nearly every frame is kept; thresholds that fit", tune)
    if few := [each for each in summaries if each.keeps_hardly_any]:
        yield Finding(f"{name_cameras(few)}: hardly a frame is kept; is nothing new lost?", tune)
    overview = name_command("overview", record.source)
    if repeats := sum(camera.repeats for camera in cameras):
        have = "frame has" if repeats == 1 else "frames have"
        yield Finding(f"{repeats:,} {have} the same bytes as the frame before: a camera that repeats itself", overview)
    if whole := [each for each in summaries if each.whole]:
        changes = ", ".join(f"{show(each.camera)} {counted(each.whole, 'time')}" for each in whole[:NAMED])
        more = f" and {counted(len(whole) - NAMED, 'more camera')}" if len(whole) > NAMED else ""
        yield Finding(f"the whole picture changed, {changes}{more}: was the camera moved or covered?")
    for camera, (start, end, times) in _find_gaps(cameras):
        naming = record.settings.naming
        span = f"{naming.show(start)} to {naming.show(end)}{naming.zone_name}"
        yield Finding(
            f"{show(camera)}: no frame from {span}, {times:.0f} times as long as between the others", overview
        )


def _find_gaps(cameras: Sequence[CameraSurvey]) -> list[tuple[str, tuple[datetime, datetime, float]]]:
    """Return the gap of each camera that has one; of many cameras the longest."""
    gaps = [(camera.summary.camera, gap) for camera in cameras if (gap := camera.pace.gap)]
    return sorted(gaps, key=lambda each: each[1][2], reverse=True)[:NAMED]
