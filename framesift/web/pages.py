"""What all pages of the review are made with."""

from collections.abc import Callable
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from framesift.looking.page import read_asset
from framesift.review import Review, Unknown
from framesift.web.home import find_home


class Pages:
    """Makes pages out of templates. What they show and change goes through the API, as for any other client."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._templates = Environment(loader=PackageLoader("framesift.web"), autoescape=True, undefined=StrictUndefined)
        self._templates.globals.update(head=Markup(read_asset("head.html")))

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page. `current` is the word of its tab, if it has one."""
        home = find_home(self._review)
        return HTMLResponse(self._templates.get_template(template).render(values, home=home), status)

    def show_known(
        self, find: Callable[[str], object], identity: str, template: str, missing: str, **values: Any
    ) -> HTMLResponse:
        """Return the page of what `find` knows by this id, or the one that says that it is not there."""
        try:
            find(identity)
        except Unknown:
            return self.show(missing, 404, **values)
        return self.show(template, **values)
