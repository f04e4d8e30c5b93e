"""One decision, computed again from the files: what was seen then, and whether it is still so."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparison import Comparison
from framesift.errors import UnreadableFrame
from framesift.filtering.comparator_choice import comparator_of, limit_of, record_of
from framesift.filtering.describing import read_frame, sampling_of
from framesift.filtering.file_state import ask_status, name_before
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.frames.levels import Levels
from framesift.frames.reader import read_picture
from framesift.frames.reader.pages import name_page, split_page
from framesift.frames.videos import is_still, read_still
from framesift.looking.evidence import Evidence, draw_evidence
from framesift.looking.numbers import format_px, tell_apart
from framesift.stores import is_url, join

Pixels = NDArray[np.uint8]

T = TypeVar("T")

_REMEMBERED = 3
"""Pictures of references that are kept for the next decisions: few, since those of a 4K camera take 25 MB each."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a decision was made of."""

    decision: Decision
    settings: Settings
    limit: float | None
    """The score threshold in px of the compared size; None where there was nothing to compare."""
    area: int | None
    """The px that were compared; None likewise."""
    candidate: Pixels | str
    """(height, width, 3) BGR, or why the frame cannot be read."""
    reference: Pixels | str | None
    """The same of the reference; None where there was none."""
    reference_time: datetime | None
    """Aware, UTC; None where the reference has no time."""
    evidence: Evidence | None
    """None where there is nothing to compare."""
    change: str
    """How the files differ from what the manifest says; empty where they do not."""
    levels: Levels | None = None
    """The range in which the camera's 16-bit frames are read; None where it has none."""


def remember(function: Callable[[Record, str, str], T], record: Record) -> Callable[[str, str], T]:
    """Return the function of a camera and a path that keeps its last few results: many decisions have one reference."""
    return lru_cache(_REMEMBERED)(partial(function, record))


def explain_decision(
    record: Record,
    decision: Decision,
    reference_time: datetime | None,
    walk_films: bool = False,
    read_reference: Callable[[str, str], Pixels | str] | None = None,
) -> Explanation:
    """Read the frames of a decision again and compare them as the manifest's settings say.

    A frame of a film that was not kept is only found with `walk_films`: by decoding the film up to there.
    `read_reference` is `read_pixels`, remembered.
    """
    read_reference, record = read_reference or partial(read_pixels, record), record_of(record, decision.frame)
    limit, area, camera = None, None, decision.frame.camera
    if decision.score is not None and decision.size is not None:
        area = compared_area(record.settings, camera, decision.size)
        limit = limit_of(record.settings, decision).px(area)
    candidate = read_pixels(record, camera, decision.frame.path, walk_films)
    reference = None if decision.reference is None else read_reference(camera, decision.reference)
    evidence = _compare(record, decision, candidate, reference)
    change = _describe_change(decision, record.settings, candidate, reference, evidence)
    levels = record.levels.get(camera)
    compared = (candidate, reference, reference_time, evidence, change, levels)
    return Explanation(decision, record.settings, limit, area, *compared)


def compared_area(settings: Settings, camera: str, size: tuple[int, int]) -> int:
    """Return the px of the compared size that are compared of a camera's frames of this width and height."""
    return comparator_of(settings, camera).compared_area_of(size)


def read_pixels(record: Record, camera: str, path: str, walk_films: bool = False) -> Pixels | str:
    """Return the pixels of a camera's frame, (height, width, 3) BGR, or the reason why there are none.

    Of 16 bits they are in the range in which the run has read them. A frame that is gone from its folder, or whose file
    has been written to since, may have been kept: then the results folder has it. So are the frames of films.
    """
    read = partial(read_picture, max_pixels=record.settings.max_pixels, levels=record.levels.get(camera))
    reasons = {}
    for place in _find_places(record, path):
        try:
            return read(place).pixels
        except UnreadableFrame as error:
            reasons[place] = error.reason
    if is_still(path, record.source):
        return _read_still(record, path) if walk_films else "a frame of a film: framesift explain draws it"
    return reasons[record.find_frame(path)]


def _find_places(record: Record, path: str) -> list[str]:
    """Return where a frame may be read: where it lies, or first in the results where its file is not what it was."""
    source, kept = record.find_frame(path), join(record.folder, record.name_kept(path))
    if is_url(source) or is_url(kept):
        return [source, kept]
    file, page = split_page(path) or (path, 0)
    status, kept_status = ask_status(join(record.source, file)), ask_status(kept)
    if status and kept_status and status.st_mtime_ns != kept_status.st_mtime_ns:
        return [kept, source]
    places = [source, kept]
    if not status and (refreshed := name_before(file)):
        places.append(record.find_frame(name_page(refreshed, page) if page else refreshed))
    return places


def _read_still(record: Record, path: str) -> Pixels | str:
    record.require_source()
    pixels = read_still(record.source, path, sampling_of(record.settings), record.settings.naming.guarded())
    return "the film has no such frame any more" if pixels is None else pixels


def _compare(
    record: Record, decision: Decision, candidate: Pixels | str, reference: Pixels | str | None
) -> Evidence | None:
    """Return what comparing shows; None where one of the two cannot be read, or they have different sizes."""
    if isinstance(candidate, str) or reference is None or isinstance(reference, str):
        return None
    if record.settings.size is None and candidate.shape != reference.shape:
        return None
    assert decision.reference is not None
    camera = decision.frame.camera
    before, after = reference, candidate
    if record.settings.reads_grey:
        compared = (read_compared(record, camera, path) for path in (decision.reference, decision.frame.path))
        before, after = (
            shown if found is None else found for shown, found in zip((before, after), compared, strict=True)
        )
    return draw_evidence(reference, candidate, comparator_of(record.settings, camera), (before, after))


def compare_again(
    record: Record, decision: Decision, describe_reference: Callable[[str, str], Pixels | None] | None = None
) -> Comparison | None:
    """Return what comparing a frame with its reference shows, without the pictures; None where that cannot be done.

    `describe_reference` is `describe_again`, remembered.
    """
    camera, usual = decision.frame.camera, record.settings.of(decision.frame.camera)
    record = record_of(record, decision.frame)
    describe = partial(describe_again, record)
    if describe_reference is None or record.settings != usual:
        describe_reference = describe
    before = describe_reference(camera, decision.reference or "")
    after = None if before is None else describe(camera, decision.frame.path)
    if before is None or after is None or before.shape != after.shape:
        return None
    return comparator_of(record.settings, camera).examine(before, after)


def describe_again(record: Record, camera: str, path: str) -> Pixels | None:
    """Return the descriptor of a camera's frame, as the run has it; None where it cannot be read any more."""
    record = record_of(record, camera)
    pixels = read_compared(record, camera, path)
    return None if pixels is None else comparator_of(record.settings, camera).describe(pixels)


def read_compared(record: Record, camera: str, path: str) -> Pixels | None:
    """Return the pixels that a run compares, which need not be those that people are shown; None for one that is gone.

    Raises UsageError as `Record.require_source`.
    """
    settings = record.settings.of(camera)
    for place in _find_places(record, path):
        with suppress(UnreadableFrame):
            return read_frame(place, settings, record.levels.get(camera)).pixels
    return None


def _describe_change(
    decision: Decision,
    settings: Settings,
    candidate: Pixels | str,
    reference: Pixels | str | None,
    evidence: Evidence | None,
) -> str:
    """Say how what the files show now differs from what was decided; empty where it does not."""
    problem = candidate if isinstance(candidate, str) else settings.refuse((candidate.shape[1], candidate.shape[0]))
    if decision.verdict is Verdict.SKIP:
        return (
            ""
            if problem == decision.reason
            else f"skipped then as {decision.reason}, now {problem or 'a whole picture'}"
        )
    if problem:
        return f"the frame cannot be read any more: {problem}"
    if isinstance(reference, str):
        return f"the reference cannot be read any more: {reference}"
    size = None if isinstance(candidate, str) else (candidate.shape[1], candidate.shape[0])
    if size != decision.size or (reference is not None and evidence is None):
        return "the frame or its reference has another size now"
    if evidence is not None and evidence.comparison.score != decision.score:
        now, then = evidence.comparison.score, decision.score
        shown = (format_px(now), "nothing") if then is None else tell_apart(now, then, whole=True)
        return f"the score is now {shown[0]} px, the manifest says {shown[1]}"
    return ""
