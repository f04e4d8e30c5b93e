"""What is said of a run as values for JSON. Every text is printable, every list bounded."""

import os
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.thresholds import Threshold
from framesift.errors import StorageError, show
from framesift.filtering.manifest import NAME
from framesift.filtering.options import Method
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.confines import OUTSIDE
from framesift.review.runs.manifest.index import VERDICTS, Decisions
from framesift.review.runs.manifest.lines import open_manifest
from framesift.review.runs.runs import Place, Run

POINTS = 4000
"""So many decisions a timeline shows at most."""
_CAMERAS = 1000
"""So many cameras of a run are listed."""
_COUNTED = 64_000_000
"""Bytes of a manifest that are counted for a list."""
NOTE = "an estimate: the recorded scores are against the frames that this run kept"


class Counts:
    """How many frames were kept and dropped, counted in the text of manifests and remembered while they stay as is."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, datetime], dict[str, int] | None] = OrderedDict()

    def count(self, place: Place) -> dict[str, int] | None:
        """Return the frames by verdict; None for a manifest too large to be counted for a list."""
        key = place.id, place.bytes, place.modified
        if key not in self._known:
            self._known[key] = None if place.bytes > _COUNTED else _count_verdicts(place)
            while len(self._known) > 1000:
                self._known.popitem(last=False)
        return self._known[key]


def _count_verdicts(place: Place) -> dict[str, int] | None:
    """Within a text of JSON the quotes are escaped, so that these bytes stand nowhere else."""
    counts = dict.fromkeys(VERDICTS, 0)
    try:
        with open_manifest(os.path.join(place.folder, NAME)) as file:
            while lines := file.readlines(1 << 20):
                text = b"".join(lines)
                for verdict in counts:
                    counts[verdict] += text.count(b'"verdict": "%b"' % verdict.encode())
    except OSError:
        return None
    return {str(verdict): number for verdict, number in counts.items()}


def view_place(place: Place, counts: dict[str, int] | None) -> dict[str, Any]:
    """Return a run as a list shows it."""
    modified = place.modified.isoformat(timespec="seconds")
    return {"id": place.id, "name": place.name, "modified": modified, "bytes": place.bytes, "verdicts": counts}


def view_run(run: Run) -> dict[str, Any]:
    """Return a run with its settings and what was decided of each camera."""
    decisions, settings = run.decisions, run.record.settings
    table = _count_cameras(decisions)
    total = table.sum(axis=0) if len(decisions) else np.zeros(len(VERDICTS), int)
    modified = run.place.modified.isoformat(timespec="seconds")
    return {
        "id": run.place.id,
        "name": run.place.name,
        "modified": modified,
        "bytes": run.place.bytes,
        "settings": describe_settings(settings),
        "method": str(settings.method),
        "min_contour_area": str(settings.min_contour_area),
        "score_threshold": str(settings.score_threshold),
        "largest_area": int(decisions.areas.max(initial=0)),
        "verdicts": _by_verdict(total),
        "cameras": [
            {"camera": name, "frames": int(table[place].sum()), **_by_verdict(table[place])}
            for place, name in enumerate(decisions.names[:_CAMERAS])
        ],
        "more_cameras": max(0, len(decisions.names) - _CAMERAS),
        "pictures": run.within,
        "problem": decisions.problem or None if run.within else "; ".join(filter(None, (OUTSIDE, decisions.problem))),
    }


def describe_settings(settings: Settings) -> list[str]:
    """Return in sentences what a run decided by."""
    at = f"at {settings.size[0]}x{settings.size[1]} px" if settings.size else "at its own size"
    if settings.method is Method.TOLERANCE:
        at = f"by tolerance, at most {settings.width} px wide"
    strips = ", ".join(f"{side:g}" for side in settings.border_mask)
    blur = ",".join(map(str, settings.blur)) or "none"
    masked = ", and what a mask leaves out" if settings.masks else ""
    return [
        f"Each frame is compared with its reference, the last kept frame of its camera, {at}.",
        f"Changed regions of at least {_say(settings.min_contour_area)} count; their areas together are the score.",
        f"A frame is kept when its score is above {_say(settings.score_threshold)}.",
        f"Blur {blur}; not compared are strips of {strips} % at the left, top, right and bottom{masked}.",
    ]


def _say(threshold: Threshold) -> str:
    return f"{threshold} of the compared area" if threshold.relative else f"{threshold} px"


def _count_cameras(decisions: Decisions) -> NDArray[np.intp]:
    kinds = len(VERDICTS)
    flat = np.bincount(decisions.cameras * kinds + decisions.verdicts, minlength=len(decisions.names) * kinds)
    return flat.reshape(-1, kinds)


def _by_verdict(counts: NDArray[np.intp]) -> dict[str, int]:
    return {str(verdict): int(counts[place]) for place, verdict in enumerate(VERDICTS)}


def find_camera(run: Run, camera: str | None) -> int | None:
    """Return the place of a camera by its printable name; None for None. Raises Unknown for one that is not there."""
    if camera is None:
        return None
    try:
        return run.decisions.names.index(camera)
    except ValueError:
        raise Unknown("no such camera") from None


def view_timeline(run: Run, camera: str | None) -> dict[str, Any]:
    """Return the scores of a camera, or of the first, over time; the most telling ones where there are many."""
    decisions = run.decisions
    place = find_camera(run, camera) or 0
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
        "limits": _nulls(limits),
        "areas": [None if area < 0 else area for area in areas.tolist()],
    }


def _thin(decisions: Decisions, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Choose of equal stretches the highest drop, the lowest and the highest keep, and a skip."""
    chosen: list[NDArray[np.intp]] = []
    stretch = np.arange(len(rows)) * (POINTS // 4) // len(rows)
    scores = np.nan_to_num(decisions.scores[rows], nan=0.0)
    kinds = decisions.verdicts[rows]
    for verdict, sign in ((Verdict.DROP, -1), (Verdict.KEEP, 1), (Verdict.KEEP, -1), (Verdict.SKIP, 1)):
        of_kind = np.flatnonzero(kinds == VERDICTS.index(verdict))
        order = of_kind[np.lexsort((sign * scores[of_kind], stretch[of_kind]))]
        first = np.unique(stretch[order], return_index=True)[1]
        chosen.append(rows[order[first]])
    return np.unique(np.concatenate(chosen))


def _nulls(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def view_estimate(run: Run, threshold: Threshold, camera: str | None) -> dict[str, Any]:
    """Return how many frames of each camera have a recorded score above another threshold."""
    decisions, only = run.decisions, find_camera(run, camera)
    limits = np.array([threshold.px(int(area)) for area in decisions.areas] + [np.nan])[decisions.chains]
    before = decisions.verdicts == VERDICTS.index(Verdict.KEEP)
    scored = ~np.isnan(decisions.scores)
    after = np.where(scored, np.nan_to_num(decisions.scores) > limits, before)
    size = len(decisions.names)
    frames, kept, estimated = (
        np.bincount(decisions.cameras, weights, minlength=size).astype(int) for weights in (None, before, after)
    )
    places = range(min(size, _CAMERAS)) if only is None else [only]
    return {
        "score_threshold": str(threshold),
        "cameras": [
            {
                "camera": decisions.names[place],
                "frames": int(frames[place]),
                "kept": int(kept[place]),
                "estimated": int(estimated[place]),
            }
            for place in places
        ],
        "frames": int(frames.sum() if only is None else frames[only]),
        "kept": int(kept.sum() if only is None else kept[only]),
        "estimated": int(estimated.sum() if only is None else estimated[only]),
        "note": NOTE,
    }


def list_decisions(
    run: Run, camera: str | None, verdict: Verdict | None, doubtful: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Return decisions in the order of the manifest, or those nearest to their threshold first."""
    rows = run.decisions.choose(find_camera(run, camera), verdict, doubtful)
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
        "reference": None if decision.reference is None else show(decision.reference),
        "reason": show(decision.reason),
        "size": None if decision.size is None else list(decision.size),
    }


def view_whole_decision(run: Run, number: int) -> dict[str, Any]:
    """Return one decision with the numbers of those it leads to. Raises Unknown for no such number."""
    decisions = run.decisions
    decision = read_decision(run, number)
    before, after = decisions.neighbours(number)
    reference = None if decision.reference is None else decisions.find(decision.reference, number)
    whole = view_decision(decisions, number, decision)
    return {**whole, "reference_number": reference, "previous": before, "next": after, "pictures": run.within}


def read_decision(run: Run, number: int) -> Decision:
    """Return a decision. Raises Unknown for no such number."""
    try:
        return run.decisions.read(number)
    except IndexError:
        raise Unknown("no such decision") from None
    except StorageError as error:
        raise Conflict(error.reason) from None
