"""The API of removals."""

from functools import partial

from fastapi import APIRouter, Request, Response

from framesift.review import Review, describe_removal
from framesift.web.answers import Page
from framesift.web.bodies import Limit, Nothing, Offset
from framesift.web.duplicates.answers import CrossingAnswer, RemovalAnswer, TakenAnswer
from framesift.web.duplicates.bodies import RemovalBody, Width
from framesift.web.duplicates.descriptions import describe_taken
from framesift.web.duplicates.thumbnails import SMALL, Placeholder, send_thumbnail
from framesift.web.problems import errors
from framesift.web.responses import ACCEPTED, accept, answer

_TAKEN = "/api/removals/{removal_id}/collections/{collection_id}/images"
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

    @router.post(
        "/api/removals/crossing",
        summary="Say what a removal to another disk loses",
        responses={200: {"model": CrossingAnswer}, **errors(404, 413, 415, 422)},
    )
    def describe_crossing(body: RemovalBody) -> Response:
        collections = [review.collections.find(identity) for identity in dict.fromkeys(body.collection_ids)]
        return answer({"note": review.removals.describe_crossing(collections, body.group_ids)})

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

    _add_taken(router, review)
    return router


def _add_taken(router: APIRouter, review: Review) -> None:
    @router.get(
        _TAKEN,
        summary="List what a removal took of a collection",
        responses={200: {"model": Page[TakenAnswer]}, **errors(404, 422)},
    )
    def list_taken(removal_id: str, collection_id: str, offset: Offset = 0, limit: Limit = 60) -> Response:
        total, taken = review.removals.list_taken(removal_id, collection_id, offset, limit)
        return answer({"total": total, "items": [describe_taken(each) for each in taken]})

    @router.get(
        f"{_TAKEN}/{{image_id}}/thumbnail",
        summary="A small picture of what a removal took",
        responses={**SMALL, **errors(404, 422)},
    )
    def show_taken(
        removal_id: str,
        collection_id: str,
        image_id: str,
        request: Request,
        width: Width = 240,
        placeholder: Placeholder = False,
    ) -> Response:
        find = partial(review.removals.find_taken, removal_id, collection_id, image_id)
        return send_thumbnail(review, find, width, request, placeholder)
