"""The API of removals."""

from fastapi import APIRouter, Response

from framesift.review import Review, describe_removal
from framesift.web.answers import Page
from framesift.web.bodies import Limit, Nothing, Offset
from framesift.web.duplicates.answers import RemovalAnswer
from framesift.web.duplicates.bodies import RemovalBody
from framesift.web.problems import errors
from framesift.web.responses import ACCEPTED, accept, answer

_SENT = errors(404, 409, 413, 415, 422)


def make_removal_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["removals"])

    @router.post(
        "/api/removals",
        summary="Remove what the groups have too many",
        status_code=202,
        responses={**ACCEPTED, **_SENT},
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
        responses={**ACCEPTED, **_SENT},
    )
    def undo(removal_id: str, _: Nothing | None = None) -> Response:
        return accept(review.removals.undo(removal_id))

    return router
