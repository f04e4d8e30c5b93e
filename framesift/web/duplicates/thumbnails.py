"""How small pictures are sent: with what lets the browser keep them, or with a sign for what is no picture."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Request, Response

from framesift.errors import UnreadableFrame
from framesift.review import Review, Unknown
from framesift.web.responses import Responses

Placeholder = Annotated[bool, Query(description="Whether to draw a sign for what is no picture.")]
_NO_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" width="240" height="180">
<g fill="none" stroke="#8a939d" stroke-width=".8"><rect x="13" y="9" width="14" height="12" rx="1.5"/>
<path d="M13 18l4-4 4 4 2-2 4 3M11 24 29 6"/></g></svg>
"""
SMALL: Responses = {
    200: {
        "description": "A JPEG, at most so wide and twice as high; a sign as SVG where one was asked for.",
        "content": {"image/jpeg": {}, "image/svg+xml": {}},
    },
    304: {"description": "It is what the client has."},
}


def send_thumbnail(
    review: Review, find: Callable[[], str], width: int, request: Request, placeholder: bool
) -> Response:
    """Return the small picture of the file that `find` names.

    Raises UnreadableFrame and Unknown where no placeholder is wanted.
    """
    try:
        return _send(review, find(), width, request)
    except (UnreadableFrame, Unknown):
        if not placeholder:
            raise
        return Response(_NO_PICTURE, media_type="image/svg+xml")


def _send(review: Review, path: str, width: int, request: Request) -> Response:
    known = review.pictures.tag(path, width)
    if known and has_tag(request, known):
        return Response(status_code=304, headers=keep_for(known, 300))
    content, tag = review.pictures.thumbnail(path, width)
    return Response(content, headers=keep_for(tag, 300), media_type="image/jpeg")


def has_tag(request: Request, tag: str) -> bool:
    """Tell whether the client has what this tag stands for."""
    return f'"{tag}"' in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]


def keep_for(tag: str, seconds: int) -> dict[str, str]:
    """Return headers that let the browser keep a picture: for some seconds without asking, then as long as it stays."""
    age = f"max-age={seconds}" if seconds else "no-cache"
    return {"ETag": f'"{tag}"', "Cache-Control": f"private, {age}"}
