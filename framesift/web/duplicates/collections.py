"""The API of collections and their images."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from framesift.errors import UnreadableFrame
from framesift.review import Review, Unknown
from framesift.web.answers import JobAnswer, Page
from framesift.web.bodies import Limit, Nothing, Offset
from framesift.web.duplicates.answers import CollectionAnswer, CollectionPage, ImageAnswer
from framesift.web.duplicates.bodies import Width
from framesift.web.duplicates.descriptions import describe_collection, describe_image
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
_NO_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" width="240" height="180">
<g fill="none" stroke="#8a939d" stroke-width=".8"><rect x="13" y="9" width="14" height="12" rx="1.5"/>
<path d="M13 18l4-4 4 4 2-2 4 3M11 24 29 6"/></g></svg>
"""
_SMALL: Responses = {
    200: {
        "description": "A JPEG, at most so wide and twice as high; a sign as SVG where one was asked for.",
        "content": {"image/jpeg": {}, "image/svg+xml": {}},
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
        responses={**_SMALL, **errors(404, 422)},
    )
    def show_thumbnail(
        collection_id: str,
        image_id: str,
        request: Request,
        width: Width = 240,
        placeholder: Annotated[bool, Query(description="Whether to draw a sign for what is no picture.")] = False,
    ) -> Response:
        collection = review.collections.find(collection_id)
        try:
            return _send_thumbnail(review, review.collections.find_image(collection, image_id), width, request)
        except (UnreadableFrame, Unknown):
            if not placeholder:
                raise
            return Response(_NO_PICTURE, media_type="image/svg+xml")


def _send_thumbnail(review: Review, path: str, width: int, request: Request) -> Response:
    known = review.pictures.tag(path, width)
    if known and _has(request, known):
        return Response(status_code=304, headers=_keep(known, 300))
    content, tag = review.pictures.thumbnail(path, width)
    return Response(content, headers=_keep(tag, 300), media_type="image/jpeg")


def _accepted() -> Responses:
    return {202: {"model": JobAnswer}, **errors(409, 413, 415, 422)}


def _send_picture(review: Review, path: str, request: Request) -> Response:
    status = os.lstat(path)
    tag = f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"
    if _has(request, tag):
        return Response(status_code=304, headers=_keep(tag, 0))
    kind, picture = review.pictures.full(path)
    if isinstance(picture, bytes):
        return Response(picture, headers=_keep(tag, 0), media_type=kind)
    return StreamingResponse(_read(picture), headers=_keep(tag, 0), media_type=kind)


def _read(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _has(request: Request, tag: str) -> bool:
    return f'"{tag}"' in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]


def _keep(tag: str, seconds: int) -> dict[str, str]:
    """Return headers that let the browser keep a picture: for some seconds without asking, then as long as it stays."""
    age = f"max-age={seconds}" if seconds else "no-cache"
    return {"ETag": f'"{tag}"', "Cache-Control": f"private, {age}"}
