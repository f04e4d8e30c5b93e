"""The API of the list of runs and of a run: its settings and its scores over time."""

from fastapi import APIRouter, Response

from framesift.review import Review
from framesift.web.bodies import Offset
from framesift.web.responses import answer
from framesift.web.runs.answers import RunAnswer, RunPage, TimelineAnswer
from framesift.web.runs.bodies import Camera, Limit
from framesift.web.runs.responses import reading


def make_run_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.get("/runs", summary="List the runs", **reading(RunPage))
    def list_runs(offset: Offset = 0, limit: Limit = 60) -> Response:
        return answer(review.runs.list_runs(offset, limit))

    @router.get("/runs/{run_id}", summary="One run: settings, counts by camera", **reading(RunAnswer))
    def read_run(run_id: str) -> Response:
        return answer(review.runs.view(run_id))

    @router.get(
        "/runs/{run_id}/timeline",
        summary="The scores of a camera over time, at most about 4,000",
        **reading(TimelineAnswer),
    )
    def read_timeline(run_id: str, camera: Camera = None) -> Response:
        return answer(review.runs.timeline(run_id, camera))

    return router
