"""The scripts and styles of the pages."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from fastapi import FastAPI, HTTPException, Response

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FOLDERS = ("looking/page/assets", "web/static")
"""Where they lie below the package; a name in a later folder wins."""


def add_assets(app: FastAPI) -> None:
    """Add them to `app`."""
    assets = _list_assets()

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
