"""What may be sent and asked about runs."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator, ConfigDict, Field

from framesift.web.bodies import Strict
from framesift.web.runs.answers import AnswerWord

Camera = Annotated[str | None, Query(max_length=4096, description="A camera as the run names it; left out: all.")]
Number = Annotated[int, Path(ge=1, le=2**31, description="Number of a decision, from 1 on.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to give at most.")]
Width = Annotated[int, Query(ge=40, le=1600, description="px at most.")]
THRESHOLD = r"^(?:[0-9]{1,12}(?:\.[0-9]{1,9})?|(?:[0-9]{1,2}(?:\.[0-9]{1,9})?|100)%)$"
Area = Annotated[str, Field(pattern=THRESHOLD, examples=["0.75%"], description="px, or a share of the compared area.")]


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
