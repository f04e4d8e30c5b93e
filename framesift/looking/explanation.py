"""One decision, computed again from the files: what was seen then, and whether it is still so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from framesift.comparators.comparison import Comparison
from framesift.filtering.comparator_choice import comparator_of, limit_of, record_of
from framesift.filtering.manifest import Record
from framesift.filtering.sections import Section
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.frames.levels import Levels
from framesift.looking.evidence import Evidence, draw_evidence
from framesift.looking.numbers import format_px, tell_apart
from framesift.looking.rereading import Pixels, Sight, Sights, describe_again, read_compared, read_pixels


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
    sections: tuple[Section, ...] = ()
    """What of the settings differs for this frame: for its camera, by its hour or light."""


def explain_decision(
    record: Record,
    decision: Decision,
    reference_time: datetime | None,
    walk_films: bool = False,
    look: Callable[[str], Sight | str] | None = None,
) -> Explanation:
    """Read the frames of a decision again and compare them as the manifest's settings say.

    A frame of a film that was not kept is only found with `walk_films`: by decoding the film up to there.
    `look` tells what is compared of a frame of the camera, or why it cannot be read. Where it is asked, which is where
    the frame was decided by the camera's usual settings, no pixels are read here: they are black.
    """
    usual, sections = record.settings.of(decision.frame.camera), tuple(record.settings.find_holding(decision.frame))
    record = record_of(record, decision.frame)
    look, seen = look if record.settings == usual else None, list[Sight]()
    limit, area, camera = None, None, decision.frame.camera
    if decision.score is not None and decision.size is not None:
        area = compared_area(record.settings, camera, decision.size)
        limit = limit_of(record.settings, decision).px(area)

    def read(path: str, is_candidate: bool) -> Pixels | str:
        if look is None:
            return read_pixels(record, camera, path, walk_films and is_candidate)
        sight = look(path)
        if isinstance(sight, str):
            return sight
        seen.append(sight)
        return np.broadcast_to(np.uint8(0), (*sight.size[::-1], 3))

    candidate = read(decision.frame.path, True)
    reference = None if decision.reference is None else read(decision.reference, False)
    evidence = _compare(record, decision, candidate, reference, seen)
    change = _describe_change(decision, record.settings, candidate, reference, evidence)
    levels = record.levels.get(camera)
    compared = (candidate, reference, reference_time, evidence, change, levels, sections)
    return Explanation(decision, record.settings, limit, area, *compared)


def compared_area(settings: Settings, camera: str, size: tuple[int, int]) -> int:
    """Return the px of the compared size that are compared of a camera's frames of this width and height."""
    return comparator_of(settings, camera).compared_area_of(size)


def _compare(
    record: Record,
    decision: Decision,
    candidate: Pixels | str,
    reference: Pixels | str | None,
    seen: list[Sight],
) -> Evidence | None:
    """Return what comparing shows; None where one of the two cannot be read, or they have different sizes.

    Where what is compared of both was `seen`, the frame first, they have no pixels.
    """
    if isinstance(candidate, str) or reference is None or isinstance(reference, str):
        return None
    if record.settings.size is None and candidate.shape != reference.shape:
        return None
    assert decision.reference is not None
    camera, comparator = decision.frame.camera, comparator_of(record.settings, decision.frame.camera)
    if seen:
        after, before = (sight.descriptor for sight in seen)
        part = comparator.compared_part((candidate.shape[1], candidate.shape[0]))
        return Evidence(reference, candidate, comparator.examine(before, after), part)
    pair = reference, candidate
    if record.settings.reads_grey:
        compared = (read_compared(record, camera, path) for path in (decision.reference, decision.frame.path))
        first, second = (shown if found is None else found for shown, found in zip(pair, compared, strict=True))
        pair = first, second
    return draw_evidence(reference, candidate, comparator, pair)


def compare_again(record: Record, decision: Decision, sights: Sights | None = None) -> Comparison | None:
    """Return what comparing a frame with its reference shows, without the pictures; None where that cannot be done.

    `sights` are of the camera.
    """
    camera, usual = decision.frame.camera, record.settings.of(decision.frame.camera)
    record = record_of(record, decision.frame)
    if sights and record.settings == usual:
        before = sights.describe(camera, decision.reference or "")
        after = before and sights.describe(camera, decision.frame.path, once=True)
    else:
        before = describe_again(record, camera, decision.reference or "")
        after = before and describe_again(record, camera, decision.frame.path)
    if before is None or after is None or before.descriptor.shape != after.descriptor.shape:
        return None
    return comparator_of(record.settings, camera).examine(before.descriptor, after.descriptor)


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
