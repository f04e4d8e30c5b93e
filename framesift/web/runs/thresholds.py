"""The API of other thresholds for a run: what they would keep, as an estimate and exactly."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from framesift.review import Review
from framesift.web.answers import JobAnswer
from framesift.web.responses import accept, answer
from framesift.web.runs.answers import EstimateAnswer
from framesift.web.runs.bodies import THRESHOLD, Camera, RehearsalBody
from framesift.web.runs.responses import changing, reading


def make_threshold_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.get(
        "/runs/{run_id}/estimate",
        summary="What another threshold would keep by the recorded scores",
        **reading(EstimateAnswer),
    )
    def estimate(
        run_id: str, score_threshold: Annotated[str, Query(pattern=THRESHOLD)], camera: Camera = None
    ) -> Response:
        return answer(review.runs.estimate(run_id, score_threshold, camera))

    @router.post(
        "/runs/{run_id}/rehearsals",
        summary="Decide the frames again with other thresholds; nothing is written",
        **changing(JobAnswer, 202),
    )
    def rehearse(run_id: str, body: RehearsalBody) -> Response:
        spec = review.runs.plan_rehearsal(run_id, body.min_contour_area, body.score_threshold)
        return accept(review.jobs.submit("rehearsal", spec))

    return router
