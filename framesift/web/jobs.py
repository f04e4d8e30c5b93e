"""The API of jobs: what is done, how far it is, and how to stop it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from framesift.review import Job, Review
from framesift.web.answers import JOB, JobAnswer, Page
from framesift.web.bodies import Limit, Nothing, Offset
from framesift.web.problems import errors
from framesift.web.responses import Responses, answer

_PAUSE = 0.2
"""Seconds between two looks at a job."""
_SILENCE = 15.0
"""Seconds after which a line is sent that says nothing: who has gone is noticed by it."""
_EVENTS: Responses = {
    200: {
        "description": "Server-sent events: `progress` whenever something changes, then `end`, each with the job.",
        "content": {
            "text/event-stream": {
                "example": f"event: progress\ndata: {json.dumps(JOB)}\n\n",
            }
        },
    }
}


def make_job_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/jobs", tags=["jobs"])

    @router.get("", summary="List jobs, the newest first", responses={200: {"model": Page[JobAnswer]}, **errors(422)})
    async def list_jobs(offset: Offset = 0, limit: Limit = 60) -> Response:
        total, jobs = review.jobs.page(offset, limit)
        return answer({"total": total, "items": [asdict(job) for job in jobs]})

    @router.get("/{job_id}", summary="One job", responses={200: {"model": JobAnswer}, **errors(404)})
    async def show_job(job_id: str) -> Response:
        return answer(asdict(review.jobs.find(job_id)))

    @router.get("/{job_id}/events", summary="Watch a job", responses={**_EVENTS, **errors(404)})
    async def watch_job(job_id: str) -> Response:
        return StreamingResponse(_follow(review, review.jobs.find(job_id)), media_type="text/event-stream")

    @router.post(
        "/{job_id}/cancel",
        summary="Stop a job that changes no file",
        responses={200: {"model": JobAnswer}, **errors(404, 409, 413, 415, 422)},
    )
    def cancel_job(job_id: str, _: Nothing | None = None) -> Response:
        return answer(asdict(review.jobs.cancel(job_id)))

    return router


async def _follow(review: Review, job: Job) -> AsyncIterator[str]:
    """Yield an event for each change of a job until it is over, or the server is being stopped."""
    silence = 0.0
    yield _event("progress", job)
    while not job.is_over and not review.jobs.is_closing:
        await asyncio.sleep(_PAUSE)
        before, job = job, review.jobs.find(job.id)
        silence = silence + _PAUSE if job == before else 0.0
        if job != before:
            yield _event("progress", job)
        elif silence >= _SILENCE:
            silence = 0.0
            yield ": still there\n\n"
    if job.is_over:
        yield _event("end", job)


def _event(name: str, job: Job) -> str:
    return f"event: {name}\ndata: {json.dumps(asdict(replace(job, result=None)))}\n\n"
