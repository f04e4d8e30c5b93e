"""What the API answers whatever it is about, as its documentation has it: parts of lists, and jobs."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

JOB = {
    "id": "0f47f8423bc3c92f", "kind": "search", "state": "running", "stage": "describing", "done": 3, "total": 12,
    "collections": ["1f712ffba28d76f9"], "created": "2021-03-27T10:40:00.000Z", "finished": None, "result": None,
    "problem": None, "groups_so_far": 1,
}  # fmt: skip


def example(value: Any) -> ConfigDict:
    """Return the configuration of a model that is documented by this value."""
    return ConfigDict(json_schema_extra={"examples": [value]})


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    total: int
    items: list[T]


class JobAnswer(BaseModel):
    """Long work."""

    model_config = example(JOB)
    id: str
    kind: Literal["search", "removal", "undo", "scan", "audit", "tuning", "rehearsal"]
    state: Literal["queued", "running", "done", "failed", "stopped"]
    stage: str
    done: int
    total: int | None
    collections: list[str] = Field(description="Ids; at most the first hundred.")
    created: str
    finished: str | None
    result: Any = Field(description="Depends on the kind; null in lists and events.")
    problem: str | None = Field(description="Why the job has failed.")
    groups_so_far: int | None = Field(
        description="Groups found while it searches, which may change to the end; null where it does not."
    )
