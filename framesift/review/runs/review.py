"""All that the pages of runs ask for, behind one door: runs, their pictures, rehearsals, audits and questions."""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.selection import Verdict
from framesift.review.jobs import Progress, Work
from framesift.review.refusals import Conflict
from framesift.review.runs.audits import Audits
from framesift.review.runs.comparison import Comparison, compare_runs, list_others
from framesift.review.runs.decisions import list_decisions, view_whole_decision
from framesift.review.runs.estimate import view_estimate
from framesift.review.runs.listing import Counts, view_place
from framesift.review.runs.pictures import RunPictures
from framesift.review.runs.places import Place
from framesift.review.runs.rehearsals import rehearse
from framesift.review.runs.runs import Run, Runs
from framesift.review.runs.summary import view_run
from framesift.review.runs.timeline import view_timeline
from framesift.review.runs.tunings import Tunings
from framesift.review.store import Store

LARGEST_THRESHOLD = 10**12
"""px."""


class RunReview:
    """The runs below a folder, with what people say of them. Its methods may be called from any thread.

    Each may raise Unknown, Conflict, UsageError for a value that means nothing, and StorageError.
    """

    def __init__(self, root: str, output: str, store: Store) -> None:
        self.runs = Runs(root, output)
        self.pictures = RunPictures(self.runs.confines)
        self.audits = Audits(store, self.runs)
        self.tunings = Tunings(self.runs.confines, output)
        self._counts = Counts()
        self._store = store
        self.kinds: dict[str, Work] = {
            "rehearsal": self._rehearse,
            "tuning": self._tune,
        }
        """The work that jobs do, by the kind of job."""

    def list_runs(self, offset: int, limit: int) -> dict[str, Any]:
        """Return the runs, the latest first."""
        places = self.runs.list_places()
        return {"total": len(places), "items": [self._view(place) for place in places[offset : offset + limit]]}

    def _view(self, place: Place) -> dict[str, Any]:
        record = self.runs.read_record(place)
        within = record is not None and self.runs.confines.hold(record.source)
        return view_place(place, self._counts.count(place), record, within)

    def view(self, run_id: str) -> dict[str, Any]:
        """Return a run with its settings and cameras."""
        return view_run(self.runs.open(run_id))

    def timeline(self, run_id: str, camera: str | None) -> dict[str, Any]:
        """Return the scores of a camera over time."""
        return view_timeline(self.runs.open(run_id), camera)

    def estimate(self, run_id: str, score_threshold: str, camera: str | None) -> dict[str, Any]:
        """Return what another threshold would keep by the recorded scores."""
        return view_estimate(self.runs.open(run_id), parse_threshold(score_threshold), camera)

    def decisions(
        self, run_id: str, camera: str | None, verdict: str | None, doubtful: bool, offset: int, limit: int
    ) -> dict[str, Any]:
        """Return a page of decisions."""
        wanted = None if verdict is None else Verdict(verdict)
        return list_decisions(self.runs.open(run_id), camera, wanted, doubtful, offset, limit)

    def list_others(self, run_id: str) -> dict[str, Any]:
        """Return the other runs over the same frames."""
        return list_others(self.runs, run_id)

    def compare(self, run_id: str, other_id: str) -> Comparison:
        """Return what two runs over the same frames decided."""
        return compare_runs(self.runs.open(run_id), self.runs.open(other_id))

    def decision(self, run_id: str, number: int) -> dict[str, Any]:
        """Return one decision."""
        return view_whole_decision(self.runs.open(run_id), number)

    def sheet(self, run_id: str, number: int) -> bytes:
        """Return the four pictures of a decision, PNG."""
        return self.pictures.sheet(self.runs.open(run_id), number)

    def thumbnail(self, run_id: str, number: int, reference: bool, width: int) -> bytes:
        """Return a decision's frame or reference, JPEG."""
        return self.pictures.frame(self.runs.open(run_id), number, reference, width)

    def changes(self, run_id: str, number: int) -> dict[str, Any]:
        """Return what changed, as outlines and in words."""
        return self.pictures.changes(self.runs.open(run_id), number)

    def audit(self, run_id: str, number: int, seed: int) -> dict[str, Any]:
        """Draw frames to be looked at."""
        return self.audits.begin(self.runs.open(run_id), number, seed)

    def list_audits(self, run_id: str) -> list[dict[str, Any]]:
        """Return the latest audits of a run."""
        self.runs.find(run_id)
        return self.audits.list_of(run_id)

    def plan_rehearsal(self, run_id: str, min_contour_area: str | None, score_threshold: str) -> dict[str, Any]:
        """Return what a job of the kind `rehearsal` has to be told."""
        run = self._require_idle(run_id, "rehearsal")
        area = run.record.settings.min_contour_area if min_contour_area is None else parse_threshold(min_contour_area)
        score = parse_threshold(score_threshold)
        return {"run_id": run_id, "min_contour_area": str(area), "score_threshold": str(score)}

    def plan_tuning(self, run_id: str, questions: int) -> dict[str, Any]:
        """Return what a job of the kind `tuning` has to be told."""
        self._require_idle(run_id, "tuning")
        return {"run_id": run_id, "questions": questions}

    def _require_idle(self, run_id: str, kind: str) -> Run:
        """Return a run whose frames may be opened and about which no job of this kind is waiting. Raises Conflict."""
        run = self.runs.open(run_id)
        if not run.within or run.decisions.problem:
            raise Conflict(view_run(run)["problem"])
        query = "SELECT spec FROM jobs WHERE kind = ? AND state IN ('queued', 'running')"
        if any(json.loads(row[0])["run_id"] == run_id for row in self._store.read(query, kind)):
            raise Conflict("the same is under way for this run: wait for its end, or stop it")
        return run

    def _rehearse(self, spec: dict[str, Any], progress: Progress) -> dict[str, Any]:
        run = self.runs.open(spec["run_id"])
        area, score = (Threshold.parse(spec[name]) for name in ("min_contour_area", "score_threshold"))
        follow = partial(_follow, progress, "deciding frames")
        return rehearse(run, self.runs.confines, area, score, follow)

    def _tune(self, spec: dict[str, Any], progress: Progress) -> dict[str, Any]:
        follow = partial(_follow, progress, "trying thresholds")
        return self.tunings.sweep(self.runs.open(spec["run_id"]), spec["questions"], follow)


def parse_threshold(text: str) -> Threshold:
    """Read `5000` or `0.75%`. Raises UsageError, which does not repeat the text."""
    told = UsageError("a threshold is a number of px such as 5000, or a share such as 0.75%")
    try:
        threshold = Threshold.parse(text)
    except (UsageError, ValueError):  # more digits than Python reads
        raise told from None
    if threshold.value > LARGEST_THRESHOLD:
        raise told
    return threshold


def _follow(progress: Progress, stage: str, items: Iterable[Any], total: int) -> Iterator[Any]:
    return progress.follow(items, stage, total)
