"""The pages of the review for a browser: what they show and change goes through the API, as for any other client."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from framesift.review import Review, Unknown

Render = Callable[..., HTMLResponse]
"""`render(template, status=200, **values)`: a page out of a template."""

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FOLDERS = ("looking/page/assets", "web/static")
"""Where scripts and styles lie below the package; a name in a later folder wins."""


def make_renderer(token: str) -> Render:
    """Return what makes a page out of a template; each page carries the token that its changes need."""
    environment = Environment(loader=PackageLoader("framesift.web"), autoescape=True, undefined=StrictUndefined)

    def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(environment.get_template(template).render(values, token=token), status)

    return render


def add_pages(app: FastAPI, review: Review, token: str) -> None:
    """Add the pages for persons, groups and removals, and the scripts and styles of all pages, to `app`."""
    render, assets = make_renderer(token), _list_assets()

    @app.get("/", include_in_schema=False)
    def show_persons() -> HTMLResponse:
        return render("duplicates/persons.html", current="/")

    @app.get("/collections/{collection_id}", include_in_schema=False)
    def show_groups(collection_id: str) -> HTMLResponse:
        try:
            review.collections.find(collection_id)
        except Unknown:
            return render("duplicates/no_folder.html", 404, current="")
        return render("duplicates/groups.html", current="", collection_id=collection_id)

    @app.get("/removals", include_in_schema=False)
    def show_removals() -> HTMLResponse:
        return render("duplicates/removals.html", current="/removals")

    @app.get("/static/{name:path}", include_in_schema=False)
    def send_asset(name: str) -> Response:
        if name not in assets:
            raise HTTPException(404)
        return Response(assets[name].read_bytes(), media_type=_KINDS[PurePosixPath(name).suffix])


def _list_assets() -> dict[str, Traversable]:
    """Return all that a request may ask for, by name: what it says is looked up here and never on the disk."""
    root = files("framesift")
    return {name: asset for folder in _FOLDERS for name, asset in _walk(root.joinpath(folder))}


def _walk(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{above}{entry.name}/")
        elif PurePosixPath(entry.name).suffix in _KINDS:
            yield f"{above}{entry.name}", entry
