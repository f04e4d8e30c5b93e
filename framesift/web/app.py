"""The application: pages and API of a review behind the guard."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from framesift import __version__
from framesift.review import Review
from framesift.web import answers, bodies
from framesift.web.assets import add_assets
from framesift.web.duplicates import answers as duplicate_answers
from framesift.web.duplicates import bodies as duplicate_bodies
from framesift.web.duplicates.collections import make_collection_routes
from framesift.web.duplicates.groups import make_group_routes
from framesift.web.duplicates.pages import add_duplicate_pages
from framesift.web.duplicates.persons import make_person_routes
from framesift.web.duplicates.removals import make_removal_routes
from framesift.web.entrance import write_problem
from framesift.web.jobs import make_job_routes
from framesift.web.pages import Pages
from framesift.web.problems import Problem, add_problems
from framesift.web.runs.audits import make_audit_routes
from framesift.web.runs.comparisons import make_comparison_routes
from framesift.web.runs.decisions import make_decision_routes
from framesift.web.runs.pages import add_run_pages
from framesift.web.runs.pictures import make_picture_routes
from framesift.web.runs.runs import make_run_routes
from framesift.web.runs.thresholds import make_threshold_routes
from framesift.web.runs.tunings import make_tuning_routes
from framesift.web.security import Access, Guard

DESCRIPTION = """\
Near-duplicates in the folders that `framesift serve` serves: look at them, remove them to a backup, bring them back.

Every request takes the token that the program prints: `Authorization: Bearer TOKEN`. Bodies are `application/json`, at
most 1 MB. Long work answers 202 with a job; `GET /api/jobs/{id}/events` sends its progress.
"""
_ROUTES = (
    make_collection_routes,
    make_group_routes,
    make_job_routes,
    make_removal_routes,
    make_person_routes,
    make_run_routes,
    make_decision_routes,
    make_picture_routes,
    make_comparison_routes,
    make_threshold_routes,
    make_audit_routes,
    make_tuning_routes,
)
"""In the order of the description."""
_DOCUMENTED = (answers, bodies, duplicate_answers, duplicate_bodies)


def create_app(review: Review, access: Access) -> FastAPI:
    """Return the application that serves a review to those whom `access` lets in."""
    app = FastAPI(title="framesift", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None)
    add_problems(app, write_problem)
    for make in _ROUTES:
        app.include_router(make(review))
    pages = Pages(review)
    add_duplicate_pages(app, review, pages)
    add_run_pages(app, review, pages)
    add_assets(app)
    app.add_middleware(Guard, access=access, confine=review.confine)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """Return the description of the API, with the errors and the token that FastAPI does not know of."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        parts = document.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        _complete_examples(schemas)
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path in document["paths"].values():
            for operation in path.values():
                operation["security"] = [{"token": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _complete_examples(schemas: dict[str, Any]) -> None:
    """Put the examples back as they were written: FastAPI leaves out every null of them."""
    for name, schema in schemas.items():
        model = next((found for module in _DOCUMENTED if (found := getattr(module, name, None))), None)
        if model is not None and "examples" in schema:
            schema["examples"] = model.model_config["json_schema_extra"]["examples"]
