"""What the API answers about runs, as it is documented. The values are made in `framesift.review.runs`."""

from typing import Literal

from pydantic import BaseModel, Field

from framesift.web.answers import example
from framesift.web.runs import examples

VerdictName = Literal["keep", "drop", "skip"]
AnswerWord = Literal["yes", "no", "unsure", ""]


class VerdictCounts(BaseModel):
    """Frames by verdict."""

    keep: int
    drop: int
    skip: int


class RunItem(BaseModel):
    """A run in a list."""

    id: str
    name: str = Field(description="Its path below what is served, printable.")
    modified: str
    bytes: int = Field(description="Of its manifest.")
    verdicts: VerdictCounts | None = Field(description="Null where the manifest is too large to be counted for a list.")
    method: Literal["framediff", "tolerance"] | None = Field(
        description="Null, as the thresholds, where it is unknown."
    )
    min_contour_area: str | None
    score_threshold: str | None
    pictures: bool = Field(description="Whether its frames lie within what is served.")


class RunPage(BaseModel):
    """A part of the list of runs, the latest first."""

    model_config = example(examples.RUNS)
    total: int
    items: list[RunItem]


class CameraCounts(VerdictCounts):
    """The frames of a camera."""

    camera: str
    frames: int


class RunAnswer(BaseModel):
    """A run."""

    model_config = example(examples.RUN)
    id: str
    name: str
    modified: str
    bytes: int
    settings: list[str] = Field(description="What was decided by, in sentences.")
    method: Literal["framediff", "tolerance"]
    min_contour_area: str
    score_threshold: str
    largest_area: int = Field(description="px: the largest compared area of its frames.")
    verdicts: VerdictCounts
    cameras: list[CameraCounts]
    more_cameras: int = Field(description="So many more are not listed.")
    pictures: bool = Field(description="Whether its frames lie within what is served.")
    problem: str | None = Field(description="Why not everything can be shown.")


class TimelineAnswer(BaseModel):
    """The scores of a camera; each list has an entry for each decision that is shown."""

    model_config = example(examples.TIMELINE)
    camera: str
    decisions: int
    shown: int
    timed: bool
    numbers: list[int]
    times: list[float] | None = Field(description="Seconds since 1970; null where not every frame has a time.")
    scores: list[float | None] = Field(description="px.")
    verdicts: list[VerdictName]
    changes: list[bool] = Field(description="Whether the whole picture has changed, or the frame was left out.")
    limits: list[float | None] = Field(description="The score threshold in px.")
    areas: list[int | None] = Field(description="px that are compared.")


class DecisionAnswer(BaseModel):
    """A decision."""

    number: int
    path: str
    camera: str
    time: str | None
    verdict: VerdictName
    score: float | None = Field(description="px; null where there was nothing to compare.")
    limit: float | None
    area: int | None = Field(description="px that are compared: what score and limit are shares of.")
    reference: str | None
    reason: str
    size: list[int] | None
    extent: float | None = Field(
        description="Share of the picture that has changed, 0 to 1: of a whole change, or of a frame that was left out."
    )


class DecisionPage(BaseModel):
    """A part of a list of decisions."""

    model_config = example(examples.DECISIONS)
    total: int
    items: list[DecisionAnswer]


class WholeDecision(DecisionAnswer):
    """A decision, and the numbers of those that it leads to."""

    model_config = example(examples.DECISION)
    reference_number: int | None
    previous: int | None = Field(description="Of the same camera, as is `next`.")
    next: int | None
    pictures: bool


class ChangesAnswer(BaseModel):
    """What changed between a frame and its reference, seen again."""

    model_config = example(examples.CHANGES)
    change: str = Field(description="How the files differ from what was decided; empty where they do not.")
    words: str
    size: list[int] | None = Field(description="Width and height that the outlines are in.")
    counted: list[str] = Field(description="SVG paths around what counts.")
    ignored: list[str]


class Kept(BaseModel):
    """Frames kept by the run and by an estimate."""

    frames: int
    kept: int
    estimated: int


class CameraEstimate(Kept):
    """Of one camera."""

    camera: str


class EstimateAnswer(Kept):
    """What another threshold would keep by the recorded scores."""

    model_config = example(examples.ESTIMATE)
    score_threshold: str
    cameras: list[CameraEstimate]
    note: str


class AuditItem(BaseModel):
    """An audit: what its answers come to by now."""

    id: str
    run_id: str
    created: str
    seed: int
    drawn: int
    dropped: int = Field(description="Frames that they were drawn from.")
    given: int = Field(description="Answers.")
    answered: int = Field(description="Frames up to the last answer; those passed over among them count as lost.")
    lost: int
    at_most: int | None = Field(description="So many of the dropped frames are lost at most.")
    at_most_share: float | None
    confidence: float


class AuditAnswer(AuditItem):
    """An audit with its answers, in the order drawn."""

    model_config = example(examples.AUDIT)
    answers: list[AnswerWord]


class AuditList(BaseModel):
    """The latest audits of a run."""

    model_config = example(examples.AUDITS)
    items: list[AuditItem]


class DrawnFrame(BaseModel):
    """One frame of an audit."""

    model_config = example(examples.ITEM)
    place: int
    answer: AnswerWord
    decision: DecisionAnswer


class QuestionAnswer(BaseModel):
    """A pair of frames."""

    number: int
    camera: str
    reference: str
    path: str
    answer: AnswerWord


class Advice(BaseModel):
    """The thresholds that fit the answers."""

    answers: int
    min_contour_area: str
    score_threshold: str
    px: dict[str, list[float]] = Field(description="Both in px, by camera.")
    kept: int
    frames: int
    command: str


class LeftOut(BaseModel):
    """A frame about which nothing can be asked."""

    path: str
    reason: str


class TuningAnswer(BaseModel):
    """Where the questions stand."""

    model_config = example(examples.TUNING)
    id: str
    run_id: str
    total: int
    asked: int
    answered: int
    finished: bool
    question: QuestionAnswer | None
    advice: Advice
    lines: list[str]
    left_out: list[LeftOut]
