"""The one call that searches persons and removes their duplicates."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.concurrency import run_in_threadpool

from framesift.errors import StorageError
from framesift.review import Collection, Conflict, Job, Review, Unknown
from framesift.web.duplicates.answers import PersonsAnswer
from framesift.web.duplicates.bodies import PersonsBody
from framesift.web.problems import errors
from framesift.web.responses import ACCEPTED, accept, answer

_PAUSE = 0.05
"""Seconds between two looks at a job."""


def make_person_routes(review: Review) -> APIRouter:
    """Return the route."""
    router = APIRouter(prefix="/persons", tags=["removals"])

    @router.post(
        "/remove-duplicates",
        summary="Search persons and remove their duplicates",
        responses={200: {"model": PersonsAnswer}, **ACCEPTED, **errors(404, 409, 413, 415, 422)},
    )
    async def remove_duplicates(
        body: PersonsBody,
        prefer: Annotated[str, Header(description="`respond-async`: answer at once with a job.")] = "",
    ) -> Response:
        job = await run_in_threadpool(_remove_of_persons, review, body)
        if "respond-async" in prefer.lower():
            return accept(job)
        return answer(_describe_persons(await _wait(review, job), body.create_backup))

    return router


def _remove_of_persons(review: Review, body: PersonsBody) -> Job:
    collections = [_find_person(review, person_id) for person_id in dict.fromkeys(body.person_ids)]
    return review.removals.remove(collections, create_backup=body.create_backup, search_again=True)


def _find_person(review: Review, person_id: str) -> Collection:
    found = review.collections.find_person(person_id)
    if not found:
        raise Unknown("there is no such person")
    if len(found) > 1:
        raise Conflict("two folders are of one person: remove by collections")
    return found[0]


async def _wait(review: Review, job: Job) -> Job:
    while not job.is_over:
        await asyncio.sleep(_PAUSE)
        if review.jobs.is_closing:
            raise StorageError("framesift is being stopped; the next start goes on with it")
        job = review.jobs.find(job.id)
    if job.result is None:
        raise StorageError(job.problem or "the removal was stopped")
    return job


def _describe_persons(job: Job, create_backup: bool) -> dict[str, Any]:
    parts = job.result["collections"]
    return {
        "success": all(part["state"] != "failed" for part in parts),
        "results": [
            {
                "person_id": part["person_id"],
                "duplicates_found": part["found"],
                "duplicates_removed": part["removed"],
                **({"left": part["left"]} if part["left"] else {}),
            }
            for part in parts
        ],
        "total_removed": job.result["removed"],
        "backup_created": create_backup,
    }
