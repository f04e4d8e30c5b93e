"""What may be sent: JSON that every reader reads alike, and of it only what is known."""

import json
import math
import re
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict

MEDIA_TYPE = "application/json"
MOST_DEPTH = 32
_MOST = 2**63
_HALF = re.compile("[\ud800-\udfff]")

Offset = Annotated[int, Query(ge=0, lt=2**31, description="How many to pass over.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many to give at most.")]


class RefusedBody(ValueError):
    """The body is not plain JSON; says why."""


class Strict(BaseModel):
    """A body of which every part is known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Strict):
    """An empty object, or no body at all."""


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
