"""What another threshold would keep by the recorded scores, as values for JSON."""

from typing import Any

import numpy as np

from framesift.comparators.thresholds import Threshold
from framesift.filtering.selection import Verdict
from framesift.review.runs.manifest.index import VERDICTS
from framesift.review.runs.runs import Run
from framesift.review.runs.summary import MOST_CAMERAS

NOTE = "an estimate: the recorded scores are against the frames that this run kept"


def view_estimate(run: Run, threshold: Threshold, camera: str | None) -> dict[str, Any]:
    """Return how many frames of each camera have a recorded score above another threshold."""
    decisions, only = run.decisions, run.find_camera(camera)
    limits = np.array([threshold.px(int(area)) for area in decisions.areas] + [np.nan])[decisions.chains]
    before = decisions.verdicts == VERDICTS.index(Verdict.KEEP)
    scored = ~np.isnan(decisions.scores) & ~decisions.left_out
    after = np.where(scored, np.nan_to_num(decisions.scores) > limits, before)
    size = len(decisions.names)
    frames, kept, estimated = (
        np.bincount(decisions.cameras, weights, minlength=size).astype(int) for weights in (None, before, after)
    )
    places = range(min(size, MOST_CAMERAS)) if only is None else [only]
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
