"""The pages of the list of runs and of a run."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from framesift.review import Review
from framesift.web.pages import Pages


def add_run_pages(app: FastAPI, review: Review, pages: Pages) -> None:
    """Add them to `app`."""

    @app.get("/runs", include_in_schema=False)
    def show_runs() -> HTMLResponse:
        return pages.show("runs/runs.html", current="Runs")

    @app.get("/runs/{run_id}", include_in_schema=False)
    def show_run(run_id: str) -> HTMLResponse:
        find = review.runs.runs.find
        return pages.show_known(find, run_id, "runs/run.html", "runs/no_run.html", current="Runs", run_id=run_id)
