"""How routes answer: with JSON, or with the job that will do it."""

import json
from dataclasses import asdict
from typing import Any

from fastapi import Response

from framesift.review import Job
from framesift.web.answers import JobAnswer

Responses = dict[int | str, dict[str, Any]]
"""By status, for the documentation of a route."""
ACCEPTED: Responses = {
    202: {"model": JobAnswer, "headers": {"Location": {"schema": {"type": "string"}, "description": "The job."}}}
}


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON. That it is what `answers` says is for the tests to see, not at each request."""
    return Response(json.dumps(value, separators=(",", ":")), status, headers, "application/json")


def accept(job: Job) -> Response:
    """Answer that a job will do it."""
    return answer(asdict(job), 202, {"Location": f"/api/jobs/{job.id}"})
