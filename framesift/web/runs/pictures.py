"""The API of the pictures of a decision."""

from fastapi import APIRouter, Response

from framesift.review import Review
from framesift.web.runs.bodies import Number, Width
from framesift.web.runs.responses import drawing, send_picture

_DECISION = "/runs/{run_id}/decisions/{number}"


def make_picture_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.get(
        f"{_DECISION}/picture",
        summary="The four pictures of a decision, as framesift explain draws them",
        **drawing("image/png"),
    )
    def send_sheet(run_id: str, number: Number) -> Response:
        return send_picture("image/png", review.runs.sheet(run_id, number))

    @router.get(f"{_DECISION}/thumbnail", summary="The frame of a decision, small", **drawing("image/jpeg"))
    def send_thumbnail(run_id: str, number: Number, width: Width = 240) -> Response:
        return send_picture("image/jpeg", review.runs.thumbnail(run_id, number, False, width))

    @router.get(
        f"{_DECISION}/reference-thumbnail",
        summary="The frame that it was compared with, small",
        **drawing("image/jpeg"),
    )
    def send_reference(run_id: str, number: Number, width: Width = 240) -> Response:
        return send_picture("image/jpeg", review.runs.thumbnail(run_id, number, True, width))

    return router
