"""The API of the decisions of a run, and of their pictures."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from framesift.review import Review
from framesift.web.bodies import Offset
from framesift.web.responses import answer
from framesift.web.runs.answers import ChangesAnswer, DecisionPage, VerdictName, WholeDecision
from framesift.web.runs.bodies import Camera, Limit, Number, Width
from framesift.web.runs.responses import drawing, reading, send_picture


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

    decision = "/runs/{run_id}/decisions/{number}"

    @router.get(
        f"{decision}/picture",
        summary="The four pictures of a decision, as framesift explain draws them",
        **drawing("image/png"),
    )
    def send_sheet(run_id: str, number: Number) -> Response:
        return send_picture("image/png", review.runs.sheet(run_id, number))

    @router.get(f"{decision}/thumbnail", summary="The frame of a decision, small", **drawing("image/jpeg"))
    def send_thumbnail(run_id: str, number: Number, width: Width = 240) -> Response:
        return send_picture("image/jpeg", review.runs.thumbnail(run_id, number, False, width))

    @router.get(
        f"{decision}/reference-thumbnail", summary="The frame that it was compared with, small", **drawing("image/jpeg")
    )
    def send_reference(run_id: str, number: Number, width: Width = 240) -> Response:
        return send_picture("image/jpeg", review.runs.thumbnail(run_id, number, True, width))

    return router
