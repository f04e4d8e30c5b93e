"""The pages for persons, groups and removals."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from framesift.review import Review
from framesift.web.home import find_home
from framesift.web.pages import Pages


def add_duplicate_pages(app: FastAPI, review: Review, pages: Pages) -> None:
    """Add them to `app`."""

    @app.get("/", include_in_schema=False)
    def show_persons(request: Request) -> Response:
        first = find_home(review).first
        if first != "/" and not request.url.query:  # with a query it is the folders that are asked for
            return RedirectResponse(first, 303)
        return pages.show("duplicates/persons.html", current="folders")

    @app.get("/collections/{collection_id}", include_in_schema=False)
    def show_groups(collection_id: str) -> HTMLResponse:
        template, missing = "duplicates/groups.html", "duplicates/no_folder.html"
        find = review.collections.find
        return pages.show_known(find, collection_id, template, missing, current="", collection_id=collection_id)

    @app.get("/removals", include_in_schema=False)
    def show_removals() -> HTMLResponse:
        return pages.show("duplicates/removals.html", current="Removed")
