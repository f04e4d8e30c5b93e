"""How the routes of runs answer, as their documentation has it."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel

from framesift.web.problems import errors
from framesift.web.responses import Responses

_READING = (404, 409, 422)
"""Of a run that is gone, has been changed meanwhile, or is asked for what makes no sense."""


def reading(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a route that only reads."""
    return {"responses": {200: {"model": model}, **errors(*_READING)}}


def changing(model: type[BaseModel], status: int = 200) -> dict[str, Any]:
    """Describe a route that changes something."""
    return {"status_code": status, "responses": {status: {"model": model}, **errors(*_READING, 413, 415)}}


def drawing(kind: str) -> dict[str, Any]:
    """Describe a route that sends a picture."""
    told: Responses = {200: {"description": "The picture.", "content": {kind: {}}}, **errors(*_READING)}
    return {"response_class": Response, "responses": told}


def send_picture(kind: str, picture: bytes) -> Response:
    """Return a picture, which may be kept for a minute."""
    return Response(picture, media_type=kind, headers={"Cache-Control": "private, max-age=60"})
