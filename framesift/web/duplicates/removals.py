"""The API of removals, and the one call that does it all for persons."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.concurrency import run_in_threadpool

from framesift.errors import StorageError
from framesift.review import Collection, Conflict, Job, Review, Unknown, describe_removal
from framesift.web.answers import JobAnswer, Page, PersonsAnswer, RemovalAnswer
from framesift.web.bodies import Limit, Nothing, Offset, PersonsBody, RemovalBody
from framesift.web.duplicates.descriptions import accept, answer
from framesift.web.problems import errors

_PAUSE = 0.05
"""Seconds between two looks at a job."""
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": JobAnswer, "headers": {"Location": {"schema": {"type": "string"}, "description": "The job."}}}
}
_SENT = errors(401, 404, 409, 413, 415, 422)


def make_removal_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["removals"])
    _add_removals(router, review)
    _add_persons(router, review)
    return router


def _add_removals(router: APIRouter, review: Review) -> None:
    @router.post(
        "/api/removals",
        summary="Remove what the groups have too many",
        status_code=202,
        responses={**_ACCEPTED, **_SENT},
    )
    def remove(body: RemovalBody) -> Response:
        collections = [review.collections.find(identity) for identity in dict.fromkeys(body.collection_ids)]
        return accept(review.removals.remove(collections, body.group_ids, body.create_backup))

    @router.get(
        "/api/removals",
        summary="List removals, the newest first",
        responses={200: {"model": Page[RemovalAnswer]}, **errors(422)},
    )
    async def list_removals(offset: Offset = 0, limit: Limit = 60) -> Response:
        total, removals = review.removals.page(offset, limit)
        return answer({"total": total, "items": [describe_removal(removal) for removal in removals]})

    @router.get(
        "/api/removals/{removal_id}", summary="One removal", responses={200: {"model": RemovalAnswer}, **errors(404)}
    )
    async def show_removal(removal_id: str) -> Response:
        return answer(describe_removal(review.removals.find(removal_id)))

    @router.post(
        "/api/removals/{removal_id}/undo",
        summary="Give back what a removal took",
        status_code=202,
        responses={**_ACCEPTED, **_SENT},
    )
    def undo(removal_id: str, _: Nothing | None = None) -> Response:
        return accept(review.removals.undo(removal_id))


def _add_persons(router: APIRouter, review: Review) -> None:
    @router.post(
        "/persons/remove-duplicates",
        summary="Search persons and remove their duplicates",
        responses={200: {"model": PersonsAnswer}, **_ACCEPTED, **_SENT},
    )
    async def remove_duplicates(
        body: PersonsBody,
        prefer: Annotated[str, Header(description="`respond-async`: answer at once with a job.")] = "",
    ) -> Response:
        job = await run_in_threadpool(_remove_of_persons, review, body)
        if "respond-async" in prefer.lower():
            return accept(job)
        return answer(_describe_persons(await _wait(review, job), body.create_backup))


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
            }
            for part in parts
        ],
        "total_removed": job.result["removed"],
        "backup_created": create_backup,
    }
