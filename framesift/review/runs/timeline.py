"""The scores of a camera over time, as values for JSON."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.filtering.selection import Verdict
from framesift.review.runs.manifest.index import VERDICTS, Decisions
from framesift.review.runs.runs import Run

POINTS = 4000
"""So many decisions a timeline shows at most."""


def view_timeline(run: Run, camera: str | None) -> dict[str, Any]:
    """Return the scores of a camera, or of the first, over time; the most telling ones where there are many."""
    decisions = run.decisions
    place = run.find_camera(camera) or 0
    rows = decisions.choose(place, None, doubtful=False)
    shown = rows if len(rows) <= POINTS else _thin(decisions, rows)
    times, limits = decisions.times[shown], decisions.line_limits[shown]
    timed = not np.isnan(decisions.times[rows]).any()
    areas = np.append(decisions.areas, -1)[decisions.chains[shown]]
    return {
        "camera": decisions.names[place] if decisions.names else "",
        "decisions": len(rows),
        "shown": len(shown),
        "timed": bool(timed) and len(rows) > 0,
        "numbers": (shown + 1).tolist(),
        "times": times.tolist() if timed else None,
        "scores": _nulls(decisions.scores[shown]),
        "verdicts": [str(VERDICTS[verdict]) for verdict in decisions.verdicts[shown]],
        "changes": (decisions.changes[shown] != 0).tolist(),
        "limits": _nulls(limits),
        "areas": [None if area < 0 else area for area in areas.tolist()],
    }


def _thin(decisions: Decisions, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose of equal stretches the highest drop, the lowest and the highest keep, a skip, and a change of it all."""
    chosen: list[NDArray[np.intp]] = []
    stretch = np.arange(len(rows)) * (POINTS // 5) // len(rows)
    scores = np.nan_to_num(decisions.scores[rows], nan=0.0)
    drops, keeps, skips = (
        decisions.verdicts[rows] == VERDICTS.index(verdict) for verdict in (Verdict.DROP, Verdict.KEEP, Verdict.SKIP)
    )
    for kind, sign in ((drops, -1), (keeps, 1), (keeps, -1), (skips, 1), (decisions.changes[rows], -1)):
        of_kind = np.flatnonzero(kind)
        order = of_kind[np.lexsort((sign * scores[of_kind], stretch[of_kind]))]
        first = np.unique(stretch[order], return_index=True)[1]
        chosen.append(rows[order[first]])
    return np.unique(np.concatenate(chosen))


def _nulls(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]
