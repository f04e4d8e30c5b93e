"""A run as its page shows it, as values for JSON: what it decided by, and its counts by camera."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.thresholds import Threshold
from framesift.errors import show
from framesift.filtering.option_values import Method
from framesift.filtering.section_words import describe_sections
from framesift.filtering.settings import Settings
from framesift.review.runs.confines import OUTSIDE
from framesift.review.runs.manifest.index import VERDICTS, Decisions
from framesift.review.runs.runs import Run

MOST_CAMERAS = 1000
"""So many cameras of a run are listed."""


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
            for place, name in enumerate(decisions.names[:MOST_CAMERAS])
        ],
        "more_cameras": max(0, len(decisions.names) - MOST_CAMERAS),
        "pictures": run.within,
        "problem": describe_problem(run),
    }


def describe_problem(run: Run) -> str | None:
    """Return why not everything of a run can be shown; None where it can."""
    return "; ".join(filter(None, ("" if run.within else OUTSIDE, run.decisions.problem))) or None


def describe_settings(settings: Settings) -> list[str]:
    """Return in sentences what a run decided by."""
    at = f"at {settings.size[0]}x{settings.size[1]} px" if settings.size else "at its own size"
    if settings.method is Method.TOLERANCE:
        at = f"by tolerance, at most {settings.width} px wide"
    strips = ", ".join(f"{side:g}" for side in settings.border_mask)
    blur = ",".join(map(str, settings.blur)) or "none"
    masked = ", and what a mask leaves out" if settings.masks else ""
    most = f", and no more than {settings.text('most')} of the picture has changed" if settings.most is not None else ""
    return [
        f"Each frame is compared with its reference, {settings.reference_in_words} of its camera, {at}.",
        f"Changed regions of at least {_say(settings.min_contour_area)} count; their areas together are the score.",
        f"A frame is kept when its score is above {_say(settings.score_threshold)}{most}.",
        f"Blur {blur}; not compared are strips of {strips} % at the left, top, right and bottom{masked}.",
        *(f"Otherwise of some cameras: {show(line)}." for line in describe_sections(settings)),
    ]


def _say(threshold: Threshold) -> str:
    return f"{threshold} of the compared area" if threshold.relative else f"{threshold} px"


def _count_cameras(decisions: Decisions) -> NDArray[np.intp]:
    kinds = len(VERDICTS)
    flat = np.bincount(decisions.cameras * kinds + decisions.verdicts, minlength=len(decisions.names) * kinds)
    return flat.reshape(-1, kinds)


def _by_verdict(counts: NDArray[np.intp]) -> dict[str, int]:
    return {str(verdict): int(counts[place]) for place, verdict in enumerate(VERDICTS)}
