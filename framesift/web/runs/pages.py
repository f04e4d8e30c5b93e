"""The pages of the list of runs, of a run, and of two runs compared."""

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

    @app.get("/runs/{run_id}/compared/{other_id}", include_in_schema=False)
    def show_comparison(run_id: str, other_id: str) -> HTMLResponse:
        def find(_: str) -> None:
            review.runs.runs.find(run_id)
            review.runs.runs.find(other_id)

        values = {"current": "Runs", "run_id": run_id, "other_id": other_id}
        return pages.show_known(find, run_id, "runs/comparison.html", "runs/no_run.html", **values)
