"""The API of runs: their decisions and pictures, other thresholds, audits and questions. And the two pages of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from framesift.review import Review, Unknown
from framesift.web.answers import JobAnswer
from framesift.web.bodies import Offset, Strict
from framesift.web.duplicates.descriptions import accept, answer
from framesift.web.pages import make_renderer
from framesift.web.problems import errors
from framesift.web.runs.answers import (
    AnswerWord,
    AuditAnswer,
    AuditList,
    ChangesAnswer,
    DecisionPage,
    DrawnFrame,
    EstimateAnswer,
    RunAnswer,
    RunPage,
    TimelineAnswer,
    TuningAnswer,
    VerdictName,
    WholeDecision,
)

Answers = dict[int | str, dict[str, Any]]
Camera = Annotated[str | None, Query(max_length=4096, description="A camera as the run names it; left out: all.")]
Number = Annotated[int, Path(ge=1, le=2**31, description="Number of a decision, from 1 on.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to give at most.")]
Width = Annotated[int, Query(ge=40, le=1600, description="px at most.")]
_THRESHOLD = r"^(?:[0-9]{1,12}(?:\.[0-9]{1,9})?|(?:[0-9]{1,2}(?:\.[0-9]{1,9})?|100)%)$"
Area = Annotated[str, Field(pattern=_THRESHOLD, examples=["0.75%"], description="px, or a share of the compared area.")]


def _as_whole(value: Any) -> Any:
    """Return 3 for 3.0, which in JSON is the same number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_as_whole)]


class RehearsalBody(Strict):
    """Which thresholds are tried."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"score_threshold": "1.5%"}]})
    min_contour_area: Area | None = Field(None, description="Left out: that of the run.")
    score_threshold: Area


class AuditBody(Strict):
    """How many dropped frames are drawn."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 100, "seed": 0}]})
    number: Whole = Field(300, ge=1, le=1000)
    seed: Whole = Field(0, ge=0, le=2**31)


class TuningBody(Strict):
    """How many questions are asked in all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"questions": 10}]})
    questions: Whole = Field(10, ge=1, le=200)


class AnswerBody(Strict):
    """What a person says; empty takes it back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "no"}]})
    answer: AnswerWord


def make_run_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api", tags=["runs"])
    _add_reading(router, review)
    _add_pictures(router, review)
    _add_thresholds(router, review)
    _add_audits(router, review)
    _add_tunings(router, review)
    return router


def add_run_pages(app: FastAPI, review: Review, token: str) -> None:
    """Add the pages of runs to `app`."""
    render = make_renderer(token)

    @app.get("/runs", include_in_schema=False)
    def show_runs() -> HTMLResponse:
        return render("runs/runs.html", current="/runs")

    @app.get("/runs/{run_id}", include_in_schema=False)
    def show_run(run_id: str) -> HTMLResponse:
        try:
            review.runs.runs.find(run_id)
        except Unknown:
            return render("runs/no_run.html", 404, current="/runs")
        return render("runs/run.html", current="/runs", run_id=run_id)


def _add_reading(router: APIRouter, review: Review) -> None:
    @router.get("/runs", summary="List the runs", responses=_answers(RunPage))
    def list_runs(offset: Offset = 0, limit: Limit = 60) -> Response:
        return answer(review.runs.list_runs(offset, limit))

    @router.get("/runs/{run_id}", summary="One run: settings, counts by camera", responses=_answers(RunAnswer))
    def read_run(run_id: str) -> Response:
        return answer(review.runs.view(run_id))

    @router.get(
        "/runs/{run_id}/timeline",
        summary="The scores of a camera over time, at most about 4,000",
        responses=_answers(TimelineAnswer),
    )
    def read_timeline(run_id: str, camera: Camera = None) -> Response:
        return answer(review.runs.timeline(run_id, camera))

    @router.get(
        "/runs/{run_id}/decisions",
        summary="Decisions, in their order or those nearest to the threshold first",
        responses=_answers(DecisionPage),
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

    @router.get("/runs/{run_id}/decisions/{number}", summary="One decision", responses=_answers(WholeDecision))
    def read_decision(run_id: str, number: Number) -> Response:
        return answer(review.runs.decision(run_id, number))

    @router.get(
        "/runs/{run_id}/decisions/{number}/changes",
        summary="What changed, as outlines in px of the compared size",
        responses=_answers(ChangesAnswer),
    )
    def read_changes(run_id: str, number: Number) -> Response:
        return answer(review.runs.changes(run_id, number))


def _add_pictures(router: APIRouter, review: Review) -> None:
    decision = "/runs/{run_id}/decisions/{number}"

    @router.get(
        f"{decision}/picture",
        summary="The four pictures of a decision, as framesift explain draws them",
        response_class=Response,
        responses=_pictures("image/png"),
    )
    def send_sheet(run_id: str, number: Number) -> Response:
        return _send("image/png", review.runs.sheet(run_id, number))

    @router.get(
        f"{decision}/thumbnail",
        summary="The frame of a decision, small",
        response_class=Response,
        responses=_pictures("image/jpeg"),
    )
    def send_thumbnail(run_id: str, number: Number, width: Width = 240) -> Response:
        return _send("image/jpeg", review.runs.thumbnail(run_id, number, False, width))

    @router.get(
        f"{decision}/reference-thumbnail",
        summary="The frame that it was compared with, small",
        response_class=Response,
        responses=_pictures("image/jpeg"),
    )
    def send_reference(run_id: str, number: Number, width: Width = 240) -> Response:
        return _send("image/jpeg", review.runs.thumbnail(run_id, number, True, width))


def _add_thresholds(router: APIRouter, review: Review) -> None:
    @router.get(
        "/runs/{run_id}/estimate",
        summary="What another threshold would keep by the recorded scores",
        responses=_answers(EstimateAnswer),
    )
    def estimate(
        run_id: str, score_threshold: Annotated[str, Query(pattern=_THRESHOLD)], camera: Camera = None
    ) -> Response:
        return answer(review.runs.estimate(run_id, score_threshold, camera))

    @router.post(
        "/runs/{run_id}/rehearsals",
        summary="Decide the frames again with other thresholds; nothing is written",
        status_code=202,
        responses=_answers(JobAnswer, 202, changes=True),
    )
    def rehearse(run_id: str, body: RehearsalBody) -> Response:
        spec = review.runs.plan_rehearsal(run_id, body.min_contour_area, body.score_threshold)
        return accept(review.jobs.submit("rehearsal", spec))


def _add_audits(router: APIRouter, review: Review) -> None:
    @router.post(
        "/runs/{run_id}/audits",
        summary="Draw dropped frames to be looked at",
        status_code=201,
        responses=_answers(AuditAnswer, 201, changes=True),
    )
    def begin_audit(run_id: str, body: AuditBody) -> Response:
        return answer(review.runs.audit(run_id, body.number, body.seed), 201)

    @router.get("/runs/{run_id}/audits", summary="The latest audits of a run", responses=_answers(AuditList))
    def list_audits(run_id: str) -> Response:
        return answer({"items": review.runs.list_audits(run_id)})

    @router.get("/audits/{audit_id}", summary="One audit, with the bound", responses=_answers(AuditAnswer))
    def read_audit(audit_id: str) -> Response:
        return answer(review.runs.audits.view(audit_id))

    @router.get("/audits/{audit_id}/items/{place}", summary="One frame of an audit", responses=_answers(DrawnFrame))
    def read_item(audit_id: str, place: Number) -> Response:
        return answer(review.runs.audits.view_item(audit_id, place))

    @router.put(
        "/audits/{audit_id}/answers/{place}",
        summary="Say whether a dropped frame is lost",
        responses=_answers(AuditAnswer, changes=True),
    )
    def answer_audit(audit_id: str, place: Number, body: AnswerBody) -> Response:
        return answer(review.runs.audits.answer(audit_id, place, body.answer))


def _add_tunings(router: APIRouter, review: Review) -> None:
    @router.post(
        "/runs/{run_id}/tunings",
        summary="Try all thresholds on the frames of a run, to ask about a few pairs then",
        status_code=202,
        responses=_answers(JobAnswer, 202, changes=True),
    )
    def tune(run_id: str, body: TuningBody) -> Response:
        return accept(review.jobs.submit("tuning", review.runs.plan_tuning(run_id, body.questions)))

    @router.get(
        "/tunings/{tuning_id}",
        summary="A question, the next one where none is named, and what is advised by now",
        responses=_answers(TuningAnswer),
    )
    def read_tuning(tuning_id: str, number: Annotated[int | None, Query(ge=1, le=1000)] = None) -> Response:
        return answer(review.runs.tunings.view(tuning_id, number))

    @router.put(
        "/tunings/{tuning_id}/answers/{number}",
        summary="Say whether the second frame of a pair shows something new",
        responses=_answers(TuningAnswer, changes=True),
    )
    def answer_tuning(tuning_id: str, number: Number, body: AnswerBody) -> Response:
        return answer(review.runs.tunings.answer(tuning_id, number, body.answer))

    @router.get(
        "/tunings/{tuning_id}/questions/{number}/{side}",
        summary="A frame of a question",
        response_class=Response,
        responses=_pictures("image/jpeg"),
    )
    def send_side(tuning_id: str, number: Number, side: Literal["reference", "path"]) -> Response:
        return _send("image/jpeg", review.runs.tunings.picture(tuning_id, number, side == "reference"))


def _answers(model: type[BaseModel], status: int = 200, changes: bool = False) -> Answers:
    more = (401, 413, 415) if changes else ()
    return {status: {"model": model}, **errors(404, 409, 422, *more)}


def _pictures(kind: str) -> Answers:
    return {200: {"description": "The picture.", "content": {kind: {}}}, **errors(404, 409, 422)}


def _send(kind: str, picture: bytes) -> Response:
    return Response(picture, media_type=kind, headers={"Cache-Control": "private, max-age=60"})
