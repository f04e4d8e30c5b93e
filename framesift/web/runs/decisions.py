"""The API of the decisions of a run, and of what changed in each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from framesift.review import Review
from framesift.web.bodies import Offset
from framesift.web.responses import answer
from framesift.web.runs.answers import ChangesAnswer, DecisionPage, VerdictName, WholeDecision
from framesift.web.runs.bodies import Camera, Limit, Number
from framesift.web.runs.responses import reading


def make_decision_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.get(
        "/runs/{run_id}/decisions",
        summary="Decisions, in their order or those nearest to the threshold first",
        **reading(DecisionPage),
    )
    def list_decisions(
        run_id: str,
        camera: Camera = None,
        verdict: Annotated[VerdictName | None, Query()] = None,
        order: Annotated[Literal["time", "doubtful"], Query()] = "time",
        offset: Offset = 0,
        limit: Limit = 60,
    ) -> Response:
        return answer(review.runs.decisions(run_id, camera, verdict, order == "doubtful", offset, limit))

    @router.get("/runs/{run_id}/decisions/{number}", summary="One decision", **reading(WholeDecision))
    def read_decision(run_id: str, number: Number) -> Response:
        return answer(review.runs.decision(run_id, number))

    @router.get(
        "/runs/{run_id}/decisions/{number}/changes",
        summary="What changed, as outlines in px of the compared size",
        **reading(ChangesAnswer),
    )
    def read_changes(run_id: str, number: Number) -> Response:
        return answer(review.runs.changes(run_id, number))

    return router
