"""Every error as `application/problem+json` (RFC 9457): what is wrong, and never what was sent nor a path."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match

from framesift.errors import FramesiftError, ResultsInUse, StorageError, UnreadableFrame, UsageError
from framesift.review import Conflict, Unknown

MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[type[FramesiftError], int], ...] = (
    (Unknown, 404),
    (Conflict, 409),
    (ResultsInUse, 409),
    (UnreadableFrame, 404),
    (StorageError, 503),
    (UsageError, 422),
)
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_REASONS = {
    400: "the request cannot be read",
    401: "takes the token that framesift serve has printed: Authorization: Bearer TOKEN",
    403: "comes from another page",
    404: "there is nothing of this name",
    405: "this method does nothing here",
    409: "something else is under way, or has been done meanwhile",
    413: "is larger than 1 MB",
    415: "takes application/json",
    421: "is not for this host",
    422: "is not what is taken here",
    503: "the disk refuses, or framesift is being stopped",
}


class Problem(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no such collection"}
            ]
        }
    )
    type: str
    title: str
    status: int
    detail: str


def describe_problem(status: int, detail: str = "") -> dict[str, Any]:
    """Return what is answered."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail or _REASONS.get(status, title)}


def encode_problem(status: int, detail: str = "") -> bytes:
    """Return the answer's body."""
    return json.dumps(describe_problem(status, detail)).encode()


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe, for the documentation of a route, the errors that it can give beside those that all can."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": describe_problem(status),
                }
            },
        }
        for status in sorted({*statuses, 401, 403, 421, 503})
    }


def is_for_person(method: str, accept: str) -> bool:
    """Tell whether a request comes from a link or the address field of a browser: who looks wants a page, not JSON."""
    return method == "GET" and "text/html" in accept


def add_problems(app: FastAPI, write_page: Callable[[int, str], bytes]) -> None:
    """Make `app` answer every error so; a person sees the page that `write_page` makes of it."""

    def answer(request: Request, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
        if is_for_person(request.method, request.headers.get("accept", "")):
            return HTMLResponse(write_page(status, detail), status, headers)
        return Response(encode_problem(status, detail), status, headers, MEDIA_TYPE)

    @app.exception_handler(FramesiftError)
    def refuse(request: Request, error: FramesiftError) -> Response:
        return answer(request, next(status for kind, status in STATUSES if isinstance(error, kind)), error.reason)

    @app.exception_handler(RequestValidationError)
    def explain(request: Request, error: RequestValidationError) -> Response:
        return answer(request, 422, "; ".join(dict.fromkeys(map(_describe, error.errors()[:5]))))

    @app.exception_handler(HTTPException)
    def pass_on(request: Request, error: HTTPException) -> Response:
        headers = {"Allow": ", ".join(_list_methods(app, request))} if error.status_code == 405 else {}
        return answer(request, error.status_code, headers=headers)

    @app.exception_handler(Exception)
    def apologize(request: Request, _: Exception) -> Response:
        return answer(request, 500, "a mistake of framesift")


def _describe(error: Mapping[str, Any]) -> str:
    """Say what is wrong with which part; of parts that we do not know, not even the name, which is not ours."""
    kind = error["type"]
    known = [str(part) for part in error["loc"][1:] if kind != "extra_forbidden"]
    place = ".".join(known) or str(error["loc"][0])
    told = {
        "extra_forbidden": "has a part that is not known",
        "missing": "is missing",
        "json_invalid": "is not JSON",
    }.get(kind)
    return f"{place} {told or 'is not what is taken here (' + kind.replace('_', ' ') + ')'}"


def _list_methods(app: FastAPI, request: Request) -> list[str]:
    """Return all methods that the path takes: a router names those of the first route alone."""
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
