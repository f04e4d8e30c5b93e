"""Decisions of a run, as values for JSON. Every text is printable, every list bounded."""

from datetime import UTC
from typing import Any

from framesift.errors import show
from framesift.filtering.selection import Decision, Verdict
from framesift.review.runs.manifest.index import Decisions
from framesift.review.runs.runs import Run


def list_decisions(
    run: Run, camera: str | None, verdict: Verdict | None, doubtful: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Return decisions in the order of the manifest, or those nearest to their threshold first."""
    rows = run.decisions.choose(run.find_camera(camera), verdict, doubtful)
    page = rows[offset : offset + limit].tolist()
    items = [view_decision(run.decisions, place + 1, run.decisions.read(place + 1)) for place in page]
    return {"total": len(rows), "items": items}


def view_decision(decisions: Decisions, number: int, decision: Decision) -> dict[str, Any]:
    """Return one decision."""
    limit = float(decisions.line_limits[number - 1])
    scored = decision.score is not None and limit == limit
    return {
        "number": number,
        "path": show(decision.frame.path),
        "camera": show(decision.frame.camera),
        "time": decision.frame.time and decision.frame.time.astimezone(UTC).isoformat(),
        "verdict": str(decision.verdict),
        "score": decision.score,
        "limit": limit if scored else None,
        "area": int(decisions.areas[decisions.chains[number - 1]]) if scored else None,
        "reference": None if decision.reference is None else show(decision.reference),
        "reason": show(decision.reason),
        "size": None if decision.size is None else list(decision.size),
        "extent": decision.extent,
    }


def view_whole_decision(run: Run, number: int) -> dict[str, Any]:
    """Return one decision with the numbers of those it leads to. Raises Unknown for no such number."""
    decisions = run.decisions
    decision = run.read_decision(number)
    before, after = decisions.neighbours(number)
    reference = None if decision.reference is None else decisions.find(decision.reference, number)
    whole = view_decision(decisions, number, decision)
    return {**whole, "reference_number": reference, "previous": before, "next": after, "pictures": run.within}
