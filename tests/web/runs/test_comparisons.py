"""Two runs compared over HTTP: every answer as it is described, and only of runs within what is served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift import filter_frames
from tests.filtering.test_run import scene
from tests.review.runs.test_runs import FORGED_LINES, SCENE, forge, identify, line

pytest.importorskip("httpx2", reason="needs httpx2: pip install '.[test]'")
pytest.importorskip("uvicorn", reason="needs the extra web")

from tests.web.runs.test_runs import UNKNOWN, check_described, client, document

__all__ = ["client", "document"]

FIRST, SECOND = identify("run-default"), identify("run-tolerance")
COMPARISON = "/api/runs/{run_id}/comparisons/{other_id}"
PATH = f"/api/runs/{FIRST}/comparisons/{SECOND}"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Path]:
    root: Path = tmp_path_factory.mktemp("web") / "site"
    for path, content in {**scene(*SCENE), **scene(*SCENE[::-1], camera="c2")}.items():
        (root / "deck" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "deck" / path).write_bytes(content)
    list(filter_frames(root / "deck", root / "run-default"))
    list(filter_frames(root / "deck", root / "run-tolerance", "5%", "5%", method="tolerance"))
    for number, forged in enumerate(FORGED_LINES):
        forge(root / f"line{number}", [line("c1/0.png", verdict="keep"), forged])
    forge(root / "away", [line("c1/0.png", verdict="keep"), line("../../etc/passwd", 1)], "/etc")
    yield root


@pytest.mark.parametrize(
    ("template", "query"),
    [
        ("/api/runs/{run_id}/others", ""),
        (COMPARISON, ""),
        (f"{COMPARISON}/frames", "?kept_by=first&camera=c2&limit=3"),
    ],
)
def test_reads_answer_as_described(client, document, template, query):
    response = client.get(template.replace("{run_id}", FIRST).replace("{other_id}", SECOND) + query)
    assert response.status_code == 200, response.text
    assert response.json().get("items", ["it has none"])
    check_described(document, template, "get", response)


def test_the_list_is_what_is_counted(client):
    counts: dict[str, Any] = client.get(PATH).json()
    for side in ("first", "second"):
        assert client.get(f"{PATH}/frames?kept_by={side}").json()["total"] == counts[f"only_{side}"]
    assert counts["first"]["method"] == "framediff" and counts["second"]["score_threshold"] == "5%"
    assert len(client.get(f"{PATH}/frames?limit=1").json()["items"]) == 1


@pytest.mark.parametrize("unknown", UNKNOWN, ids=range(len(UNKNOWN)))
def test_only_runs_that_are_served(client, site, unknown):
    for path in (f"/api/runs/{unknown}/others", f"/api/runs/{FIRST}/comparisons/{unknown}/frames"):
        response = client.get(path)
        assert response.status_code == 404 and str(site) not in response.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("kept_by=both", 422), ("limit=201", 422), ("offset=-1", 422), ("camera=none", 404), ("camera=%ff%00", 404)],
)
def test_what_makes_no_sense_is_a_problem(client, query, status):
    assert client.get(f"{PATH}/frames?{query}").status_code == status


def test_other_frames_and_forged_manifests_are_refused_or_compared(client, site):
    assert client.get(f"/api/runs/{FIRST}/comparisons/{identify('away')}").status_code == 409
    for number in range(len(FORGED_LINES)):
        for path in ("", "/frames"):
            response = client.get(f"/api/runs/{FIRST}/comparisons/{identify(f'line{number}')}{path}")
            assert response.status_code in (200, 409) and str(site) not in response.text


def test_pages(client):
    for other, status in ((SECOND, 200), ("%3Cscript%3E", 404)):
        response = client.get(f"/runs/{FIRST}/compared/{other}")
        assert response.status_code == status and "<script>" not in response.text and "style=" not in response.text
