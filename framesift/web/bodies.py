"""What may be sent: JSON that every reader reads alike, and of it only what is known."""

import json
import math
import re
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from framesift.duplicates.preference import CRITERIA

MEDIA_TYPE = "application/json"
MOST_DEPTH = 32
_MOST = 2**63
_HALF = re.compile("[\ud800-\udfff]")

Ids = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=50_000)]
ImageIds = Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=50_000)]
Offset = Annotated[int, Query(ge=0, lt=2**31, description="How many to pass over.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many to give at most.")]
Width = Annotated[int, Query(ge=16, le=4096, description="px; rounded up to 120, 240, 480 or 960.")]


class RefusedBody(ValueError):
    """The body is not plain JSON; says why."""


class Strict(BaseModel):
    """A body of which every part is known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Strict):
    """An empty object, or no body at all."""


class SearchBody(Strict):
    """What to search, and how."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"collection_ids": ["1f712ffba28d76f9"], "method": "combined"}]}
    )
    collection_ids: Ids
    method: Literal["combined", "hash", "framediff"] = "combined"
    similarity: Annotated[str, Field(max_length=20, examples=["90%"])] | None = Field(
        None, description="For the method combined: near-duplicates are at least so similar (default 90%)."
    )
    distance: Annotated[int, Field(ge=0, le=64)] | None = Field(
        None, description="For the method hash: bits of 64 that may differ (default 8)."
    )
    keep: Annotated[str, Field(max_length=200)] = Field(
        "largest-resolution", description=f"Which of a group is kept: {', '.join(CRITERIA)}; several with commas."
    )


class GroupBody(Strict):
    """What to change of a group."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"keeper": "cDEucG5n"}, {"excluded": ["cDIucG5n"]}, {"excluded": []}]}
    )
    keeper: Annotated[str, Field(max_length=400)] | None = Field(None, description="Id of the image to keep instead.")
    excluded: ImageIds | None = Field(None, description="Ids of all members that stay.")


class NotDuplicatesBody(Strict):
    """Images that show something else than the rest of their group."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"image_ids": ["cDIucG5n"]}]})
    image_ids: Annotated[ImageIds, Field(min_length=1)]


class RemovalBody(Strict):
    """What to remove."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"collection_ids": ["1f712ffba28d76f9"], "group_ids": None, "create_backup": True}]
        }
    )
    collection_ids: Ids
    group_ids: Ids | None = Field(None, description="Only these groups; left out: all of the collections.")
    create_backup: bool = Field(True, description="Whether the files stay in the backup, so that they can come back.")


class PersonsBody(Strict):
    """Whose duplicates to remove."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_ids": ["PERSON-0001", "PERSON-0002"], "create_backup": True}]}
    )
    person_ids: Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=10_000)]
    create_backup: bool = True


def check_json(body: bytes) -> None:
    """Raise RefusedBody for what some readers refuse and others take for one thing or another.

    That is: NaN and Infinity, numbers out of range, lone surrogates, a key that stands there twice, deep nesting, and
    anything but UTF-8.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole, parse_float=_real
        )
        _check_depth_and_texts(value)
    except RefusedBody:
        raise
    except RecursionError:
        raise RefusedBody("is nested too deeply") from None
    except ValueError:
        raise RefusedBody("is not JSON in UTF-8") from None


def _check_depth_and_texts(value: Any) -> None:
    pending = [(value, 1)]
    while pending:
        part, depth = pending.pop()
        if depth > MOST_DEPTH:
            raise RefusedBody("is nested too deeply")
        if isinstance(part, dict):
            pending += [(each, depth + 1) for pair in part.items() for each in pair]
        elif isinstance(part, list):
            pending += [(each, depth + 1) for each in part]
        elif isinstance(part, str) and _HALF.search(part):
            raise RefusedBody("has half of a character")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise RefusedBody("has a key twice")
    return dict(pairs)


def _refuse(_: str) -> None:
    raise RefusedBody("has a number that is none")


def _whole(text: str) -> int:
    if len(text) > 20 or not -_MOST <= int(text) < _MOST:
        raise RefusedBody("has a number that is too large")
    return int(text)


def _real(text: str) -> float:
    if not math.isfinite(float(text)):
        raise RefusedBody("has a number that is too large")
    return float(text)
