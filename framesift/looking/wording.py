"""Why a frame was kept, dropped or skipped, in words for people who have never seen a score."""

from framesift.comparators.comparison import Bearing
from framesift.errors import counted
from framesift.filtering.comparator_choice import comparator_of, limit_of
from framesift.filtering.selection import Decision, Verdict, describe_extent
from framesift.filtering.settings import Settings
from framesift.looking.evidence import Evidence
from framesift.looking.numbers import describe_score, format_px, tell_apart

VERDICTS = {Verdict.KEEP: "Kept", Verdict.DROP: "Dropped", Verdict.SKIP: "Skipped"}
_NAMED = 4
"""So many areas are named one by one."""


def state_verdict(decision: Decision, limit: float | None, area: int | None) -> str:
    """Return the verdict with its numbers, from the manifest alone.

    `limit` is the score threshold in px, `area` the px that are compared.
    """
    if decision.verdict is Verdict.SKIP:
        return f"Skipped: {decision.reason}"
    if decision.score is None or limit is None or area is None:
        return f"Kept: {decision.reason}"
    score = describe_score(decision.score, limit, area)
    if decision.extent is None:
        return f"{VERDICTS[decision.verdict]}: {score}"
    extent = describe_extent(decision.extent)
    return f"Left out: {score}, but {extent}" if decision.left_out else f"Kept: {score}; {extent}"


def describe_decision(settings: Settings, decision: Decision) -> str:
    """Return the same for a run with these settings."""
    if decision.score is None or decision.size is None:
        return state_verdict(decision, None, None)
    area = comparator_of(settings, decision.frame).compared_area_of(decision.size)
    return state_verdict(decision, limit_of(settings, decision).px(area), area)


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
        largest, least = tell_apart(areas[0], evidence.comparison.min_contour_area, whole=True)
        many = f"the largest {largest} px, " if len(areas) > 1 else f"{largest} px, "
        parts.append(f"{counted(len(areas), 'region')} too small to count (yellow): {many}and {least} px would count.")
    return " ".join(parts)


def _areas(evidence: Evidence, bearing: Bearing) -> list[float]:
    return sorted((region.area for region in evidence.comparison.regions if region.bearing is bearing), reverse=True)


def _add_up(areas: list[float]) -> str:
    text = " + ".join(map(format_px, areas[:_NAMED]))
    rest = sum(areas[_NAMED:])
    if rest:
        text += f" + {format_px(rest)} in {len(areas) - _NAMED} more"
    return f"{text} px"
