"""The API of collections and their images."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from framesift.review import Review
from framesift.web.answers import JobAnswer, Page
from framesift.web.bodies import Limit, Nothing, Offset
from framesift.web.duplicates.answers import CollectionAnswer, CollectionPage, ImageAnswer
from framesift.web.duplicates.bodies import Width
from framesift.web.duplicates.descriptions import describe_collection, describe_image
from framesift.web.duplicates.thumbnails import SMALL, Placeholder, has_tag, keep_for, send_thumbnail
from framesift.web.problems import errors
from framesift.web.responses import Responses, accept, answer

_CHUNK = 2**18
_PICTURES: Responses = {
    200: {
        "description": "The picture.",
        "content": {kind: {} for kind in ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp")},
    },
    304: {"description": "It is what the client has."},
}


def make_collection_routes(review: Review) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/collections", tags=["collections"])
    _add_collections(router, review)
    _add_images(router, review)
    return router


def _add_collections(router: APIRouter, review: Review) -> None:
    @router.get("", summary="List collections", responses={200: {"model": CollectionPage}, **errors(422)})
    async def list_collections(
        query: Annotated[str, Query(max_length=200, description="A part of the name.")] = "",
        persons: Annotated[bool | None, Query(description="Only persons, or only others.")] = None,
        offset: Offset = 0,
        limit: Limit = 60,
    ) -> Response:
        totals, found = review.collections.page(query, persons, offset, limit)
        items = [describe_collection(collection) for collection in found]
        return answer({**totals, "scanning": review.jobs.is_pending("scan"), "items": items})

    @router.post("/scans", summary="Look for folders again", status_code=202, responses=_accepted())
    def scan(_: Nothing | None = None) -> Response:
        return accept(review.jobs.submit("scan", {}))

    @router.get(
        "/{collection_id}", summary="One collection", responses={200: {"model": CollectionAnswer}, **errors(404)}
    )
    async def show_collection(collection_id: str) -> Response:
        return answer(describe_collection(review.collections.find(collection_id)))


def _add_images(router: APIRouter, review: Review) -> None:
    @router.get(
        "/{collection_id}/images",
        summary="List the images of a collection",
        responses={200: {"model": Page[ImageAnswer]}, **errors(404, 422)},
    )
    def list_images(collection_id: str, offset: Offset = 0, limit: Limit = 60) -> Response:
        total, images = review.collections.images(review.collections.find(collection_id), offset, limit)
        return answer({"total": total, "items": [describe_image(image) for image in images]})

    @router.get("/{collection_id}/images/{image_id}", summary="A picture", responses={**_PICTURES, **errors(404)})
    def show_image(collection_id: str, image_id: str, request: Request) -> Response:
        path = review.collections.find_image(review.collections.find(collection_id), image_id)
        return _send_picture(review, path, request)

    @router.get(
        "/{collection_id}/images/{image_id}/thumbnail",
        summary="A small picture",
        responses={**SMALL, **errors(404, 422)},
    )
    def show_thumbnail(
        collection_id: str,
        image_id: str,
        request: Request,
        width: Width = 240,
        placeholder: Placeholder = False,
    ) -> Response:
        collection = review.collections.find(collection_id)
        return send_thumbnail(
            review, lambda: review.collections.find_image(collection, image_id), width, request, placeholder
        )


def _accepted() -> Responses:
    return {202: {"model": JobAnswer}, **errors(409, 413, 415, 422)}


def _send_picture(review: Review, path: str, request: Request) -> Response:
    status = os.lstat(path)
    tag = f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"
    if has_tag(request, tag):
        return Response(status_code=304, headers=keep_for(tag, 0))
    kind, picture = review.pictures.full(path)
    if isinstance(picture, bytes):
        return Response(picture, headers=keep_for(tag, 0), media_type=kind)
    return StreamingResponse(_read(picture), headers=keep_for(tag, 0), media_type=kind)


def _read(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
