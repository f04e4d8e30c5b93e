"""The API of tunings: questions about pairs of frames, and the thresholds that fit the answers."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from framesift.review import Review
from framesift.web.answers import JobAnswer
from framesift.web.responses import accept, answer
from framesift.web.runs.answers import TuningAnswer
from framesift.web.runs.bodies import AnswerBody, Number, TuningBody
from framesift.web.runs.responses import changing, drawing, reading, send_picture


def make_tuning_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])

    @router.post(
        "/runs/{run_id}/tunings",
        summary="Try all thresholds on the frames of a run, to ask about a few pairs then",
        **changing(JobAnswer, 202),
    )
    def tune(run_id: str, body: TuningBody) -> Response:
        return accept(review.jobs.submit("tuning", review.runs.plan_tuning(run_id, body.questions)))

    @router.get(
        "/tunings/{tuning_id}",
        summary="A question, the next one where none is named, and what is advised by now",
        **reading(TuningAnswer),
    )
    def read_tuning(tuning_id: str, number: Annotated[int | None, Query(ge=1, le=1000)] = None) -> Response:
        return answer(review.runs.tunings.view(tuning_id, number))

    @router.put(
        "/tunings/{tuning_id}/answers/{number}",
        summary="Say whether the second frame of a pair shows something new",
        **changing(TuningAnswer),
    )
    def answer_tuning(tuning_id: str, number: Number, body: AnswerBody) -> Response:
        return answer(review.runs.tunings.answer(tuning_id, number, body.answer))

    @router.get(
        "/tunings/{tuning_id}/questions/{number}/{side}", summary="A frame of a question", **drawing("image/jpeg")
    )
    def send_side(tuning_id: str, number: Number, side: Literal["reference", "path"]) -> Response:
        return send_picture("image/jpeg", review.runs.tunings.picture(tuning_id, number, side == "reference"))

    return router
