"""What the API answers about two runs compared, as it is documented."""

from typing import Literal

from pydantic import BaseModel, Field

from framesift.web.answers import example
from framesift.web.runs import examples
from framesift.web.runs.answers import DecisionAnswer


class RunSettings(BaseModel):
    """A run with what it decided by."""

    id: str
    name: str
    method: Literal["framediff", "tolerance"]
    min_contour_area: str
    score_threshold: str


class OtherRuns(BaseModel):
    """Other runs over the same frames, the latest first."""

    model_config = example(examples.OTHERS)
    items: list[RunSettings]


class ComparedRun(RunSettings):
    """One of two runs."""

    frames: int = Field(description="That it has decided.")
    kept: int
    pictures: bool = Field(description="Whether its frames lie within what is served.")
    problem: str | None = Field(description="Why not everything can be shown.")


class ComparedCounts(BaseModel):
    """Frames by what two runs did with them."""

    both: int = Field(description="Kept by both.")
    only_first: int = Field(description="Kept by the first run alone; the second has dropped or skipped them.")
    only_second: int
    neither: int
    lone_first: int = Field(description="Decided in the first run only, whatever it decided: in none of the others.")
    lone_second: int


class ComparedCamera(ComparedCounts):
    """Of one camera."""

    camera: str


class ComparisonAnswer(ComparedCounts):
    """Two runs over the same frames."""

    model_config = example(examples.COMPARISON)
    first: ComparedRun
    second: ComparedRun
    cameras: list[ComparedCamera]
    more_cameras: int = Field(description="So many more are not listed.")


class ComparedFrame(BaseModel):
    """A frame that one run keeps and the other does not, as each decided."""

    kept_by: Literal["first", "second"]
    first: DecisionAnswer
    second: DecisionAnswer


class ComparedPage(BaseModel):
    """A part of the list of such frames."""

    model_config = example(examples.COMPARED)
    total: int
    items: list[ComparedFrame]
