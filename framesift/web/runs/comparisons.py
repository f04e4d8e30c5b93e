"""The API of two runs over the same frames: what one keeps and the other does not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from framesift.review import Review
from framesift.web.bodies import Offset
from framesift.web.responses import answer
from framesift.web.runs.bodies import Camera, Limit
from framesift.web.runs.comparison_answers import ComparedPage, ComparisonAnswer, OtherRuns
from framesift.web.runs.responses import reading

Side = Annotated[Literal["first", "second"] | None, Query(description="Which run alone keeps it; left out: either.")]


def make_comparison_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.get(
        "/runs/{run_id}/others",
        summary="Other runs over the same frames, at most 200 of the latest",
        **reading(OtherRuns),
    )
    def list_others(run_id: str) -> Response:
        return answer(review.runs.list_others(run_id))

    @router.get(
        "/runs/{run_id}/comparisons/{other_id}",
        summary="What two runs keep, by camera",
        **reading(ComparisonAnswer),
    )
    def compare(run_id: str, other_id: str) -> Response:
        return answer(review.runs.compare(run_id, other_id).view())

    @router.get(
        "/runs/{run_id}/comparisons/{other_id}/frames",
        summary="Frames that only one of two runs keeps, in the order of the first",
        **reading(ComparedPage),
    )
    def list_frames(
        run_id: str, other_id: str, kept_by: Side = None, camera: Camera = None, offset: Offset = 0, limit: Limit = 60
    ) -> Response:
        return answer(review.runs.compare(run_id, other_id).list_frames(kept_by, camera, offset, limit))

    return router
