"""A run decided again with other thresholds and nothing written: what would be kept, exactly."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from framesift.comparators.thresholds import Threshold
from framesift.errors import show
from framesift.filtering.opening import open_source
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.run import Run as FilterRun
from framesift.filtering.sections import drop_changes
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.review.refusals import Conflict
from framesift.review.runs.commands import write_command
from framesift.review.runs.confines import OUTSIDE, Confines
from framesift.review.runs.manifest.index import VERDICTS
from framesift.review.runs.runs import Run
from framesift.review.runs.summary import MOST_CAMERAS

T = TypeVar("T")
Follow = Callable[[Iterable[T], int], Iterable[T]]
"""`follow(items, total)`: the items, while somebody watches them go by."""

LISTED = 300
"""So many frames that change their verdict are listed."""


@dataclass(slots=True)
class _Comparison:
    """What comes out now, beside what the manifest says."""

    run: Run
    cameras: dict[str, Counter[str]] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    changed: int = 0
    known: int = 0
    """Frames that the manifest has too."""
    frames: int = 0

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self.frames += 1
        counts = self.cameras.setdefault(show(decision.frame.camera), Counter())
        counts["frames"] += 1
        counts["kept"] += decision.verdict is Verdict.KEEP
        number = self.run.decisions.find(decision.frame.path)
        if number is None:
            return
        self.known += 1
        before = VERDICTS[self.run.decisions.verdicts[number - 1]]
        counts["kept_before"] += before is Verdict.KEEP
        if before is decision.verdict:
            return
        self.changed += 1
        if len(self.changes) < LISTED:
            change = {"number": number, "path": show(decision.frame.path), "score": decision.score}
            self.changes.append({**change, "before": str(before), "now": str(decision.verdict)})


def rehearse(
    run: Run, confines: Confines, area: Threshold, score: Threshold, follow: Follow[Decision]
) -> dict[str, Any]:
    """Decide the frames of a run again with other thresholds and return what differs. Writes nothing.

    Raises Conflict for a run whose frames are not all within what is served, StorageError.
    """
    sections = drop_changes(run.record.settings.sections, "min_contour_area", "score_threshold")
    settings = replace(run.record.settings, min_contour_area=area, score_threshold=score, sections=sections)
    require_frames(run, confines)
    compared = _Comparison(run)
    for decision in _decide(run, settings, follow):
        compared.add(decision)
    cameras = [{"camera": name, **{key: counts[key] for key in ("frames", "kept_before", "kept")}}
               for name, counts in list(compared.cameras.items())[:MOST_CAMERAS]]  # fmt: skip
    return {
        "run_id": run.place.id,
        "min_contour_area": str(area),
        "score_threshold": str(score),
        "cameras": cameras,
        "frames": compared.frames,
        "kept_before": sum(counts["kept_before"] for counts in compared.cameras.values()),
        "kept": sum(counts["kept"] for counts in compared.cameras.values()),
        "changed": compared.changed,
        "changes": compared.changes,
        "missing": len(run.decisions) - compared.known,
        "added": compared.frames - compared.known,
        "command": write_command(run.record, area, score),
    }


def require_frames(run: Run, confines: Confines) -> None:
    """Raise Conflict where not all frames of a run are within what is served, or its manifest is damaged."""
    if not run.within:
        raise Conflict(OUTSIDE)
    if run.decisions.problem:
        raise Conflict(run.decisions.problem)
    confines.require_tree(run.record.source)


def _decide(run: Run, settings: Settings, follow: Follow[Decision]) -> Iterator[Decision]:
    source = open_source(run.record.source, settings)
    with FilterRun(source, Sink(), settings) as filtering:
        filtering.levels = CameraLevels(settings, run.decisions.levels.get)
        yield from follow(filtering.decide(), source.expected)
