"""The API of audits: dropped frames that are drawn and looked at, and what was lost at most."""

from fastapi import APIRouter, Response

from framesift.review import Review
from framesift.web.responses import answer
from framesift.web.runs.answers import AuditAnswer, AuditList, DrawnFrame
from framesift.web.runs.bodies import AnswerBody, AuditBody, Number
from framesift.web.runs.responses import changing, reading


def make_audit_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.post("/runs/{run_id}/audits", summary="Draw dropped frames to be looked at", **changing(AuditAnswer, 201))
    def begin_audit(run_id: str, body: AuditBody) -> Response:
        return answer(review.runs.audit(run_id, body.number, body.seed), 201)

    @router.get("/runs/{run_id}/audits", summary="The latest audits of a run", **reading(AuditList))
    def list_audits(run_id: str) -> Response:
        return answer({"items": review.runs.list_audits(run_id)})

    @router.get("/audits/{audit_id}", summary="One audit, with the bound", **reading(AuditAnswer))
    def read_audit(audit_id: str) -> Response:
        return answer(review.runs.audits.view(audit_id))

    @router.get("/audits/{audit_id}/items/{place}", summary="One frame of an audit", **reading(DrawnFrame))
    def read_item(audit_id: str, place: Number) -> Response:
        return answer(review.runs.audits.view_item(audit_id, place))

    @router.put(
        "/audits/{audit_id}/answers/{place}", summary="Say whether a dropped frame is lost", **changing(AuditAnswer)
    )
    def answer_audit(audit_id: str, place: Number, body: AnswerBody) -> Response:
        return answer(review.runs.audits.answer(audit_id, place, body.answer))

    return router
