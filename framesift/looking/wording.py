"""Why a frame was kept, dropped or skipped, in words for people who have never seen a score."""

from framesift.comparators.comparison import Bearing
from framesift.comparators.thresholds import format_number
from framesift.errors import counted
from framesift.filtering.selection import Decision, Verdict, describe_extent
from framesift.looking.evidence import Evidence

VERDICTS = {Verdict.KEEP: "Kept", Verdict.DROP: "Dropped", Verdict.SKIP: "Skipped"}
_NAMED = 4
"""So many areas are named one by one."""


def state_verdict(decision: Decision, limit: float | None) -> str:
    """Return the verdict with its numbers, from the manifest alone; `limit` is the score threshold in px."""
    if decision.verdict is Verdict.SKIP:
        return f"Skipped: {decision.reason}"
    if decision.score is None or limit is None:
        return f"Kept: {decision.reason}"
    score, threshold = format_number(decision.score), format_number(limit)
    if decision.verdict is Verdict.KEEP or decision.extent is not None:
        above = f"its score, {score} px of changed area, is above the threshold, {threshold} px"
        if decision.extent is None:
            return f"Kept: {above}"
        extent = describe_extent(decision.extent)
        return f"Left out: {above}, but {extent}" if decision.left_out else f"Kept: {above}; {extent}"
    return f"Dropped: its score, {score} px of changed area, is not above the threshold, {threshold} px"


def title_verdict(decision: Decision, evidence: Evidence | None) -> str:
    """Return the verdict and its cause in a few words."""
    if decision.verdict is Verdict.SKIP:
        return "SKIPPED: this file was not compared"
    if decision.reference is None:
        return "KEPT: the first frame of its camera and size"
    if decision.left_out:
        return "LEFT OUT: too much of the picture has changed since the reference"
    if decision.is_another_picture:
        return "KEPT: the whole picture has changed since the reference"
    if decision.verdict is Verdict.KEEP:
        return "KEPT: enough has changed since the reference"
    if evidence is None or evidence.counted:
        return "DROPPED: too little has changed since the reference"
    if any(region.bearing is Bearing.LIGHT for region in evidence.ignored):
        return "DROPPED: only the light has changed"
    if evidence.ignored:
        return "DROPPED: what changed is too small to count"
    return "DROPPED: nothing has changed enough to be marked"


def describe_changes(evidence: Evidence) -> str:
    """Return which regions count, and why others do not."""
    if not evidence.counted and not evidence.ignored:
        return f"No pixel changed by more than {evidence.comparison.level}."
    parts = []
    if areas := _areas(evidence, Bearing.COUNTED):
        number = len(areas)
        parts.append(f"{counted(number, 'region')} {'counts' if number == 1 else 'count'} (red): {_add_up(areas)}.")
    if areas := _areas(evidence, Bearing.LIGHT):
        parts.append(f"{counted(len(areas), 'region')} changed in light alone (yellow): {_add_up(areas)}.")
    if areas := _areas(evidence, Bearing.SMALL):
        least, largest = format_number(evidence.comparison.min_contour_area), format_number(areas[0])
        many = f"the largest {largest} px, " if len(areas) > 1 else f"{largest} px, "
        parts.append(f"{counted(len(areas), 'region')} too small to count (yellow): {many}and {least} px would count.")
    return " ".join(parts)


def _areas(evidence: Evidence, bearing: Bearing) -> list[float]:
    return sorted((region.area for region in evidence.comparison.regions if region.bearing is bearing), reverse=True)


def _add_up(areas: list[float]) -> str:
    text = " + ".join(map(format_number, areas[:_NAMED]))
    rest = sum(areas[_NAMED:])
    if rest:
        text += f" + {format_number(rest)} in {len(areas) - _NAMED} more"
    return f"{text} px"
