"""The API of runs over HTTP: every answer as it is described, and errors that tell neither paths nor what was sent."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from framesift import filter_frames
from framesift.filtering.manifest import open_record
from tests.filtering.test_run import scene
from tests.review.runs.test_runs import FORGED_LINES, FORGED_SETTINGS, SCENE, forge, identify, line

httpx = pytest.importorskip("httpx2", reason="needs httpx2: pip install '.[test]'")
uvicorn = pytest.importorskip("uvicorn", reason="needs the extra web")

from framesift.review import Review  # noqa: E402
from framesift.web.app import create_app  # noqa: E402
from framesift.web.security import Access  # noqa: E402
from framesift.web.serving import listen  # noqa: E402


@contextmanager
def serve(site: Path) -> Iterator[tuple[str, str]]:
    """Serve a folder for a while; yields address and token."""
    access = Access.make()
    with Review(site, site.parent / f"{site.name}-output", site.parent / "index.sqlite") as review:
        config = uvicorn.Config(create_app(review, access), log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        listening = listen("127.0.0.1", 0)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", access.token
        review.jobs.stop()
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    root: Path = tmp_path_factory.mktemp("web") / "site"
    for path, content in {**scene(*SCENE), **scene(*SCENE[::-1], camera="c2")}.items():
        (root / "deck" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "deck" / path).write_bytes(content)
    list(filter_frames(root / "deck", root / "kept"))
    for number, forged in enumerate(FORGED_LINES):
        forge(root / f"line{number}", [line("c1/0.png", verdict="keep"), forged])
    for settings in FORGED_SETTINGS:
        forge(root / next(iter(settings)), [line("c1/0.png", verdict="keep")], **settings)
    forge(root / "away", [line("c1/0.png", verdict="keep"), line("../../etc/passwd", 1)], "/etc")
    return root


@pytest.fixture(scope="module")
def client(site) -> Iterator[Any]:
    with serve(site) as (address, token):
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=headers, timeout=20) as client:
            yield client


RUN = f"/api/runs/{identify('kept')}"


def finish(client: Any, job: dict[str, Any]) -> dict[str, Any]:
    for _ in range(500):
        state: dict[str, Any] = client.get(f"/api/jobs/{job['id']}").json()
        if state["state"] not in ("queued", "running"):
            return state
        time.sleep(0.02)
    raise AssertionError("the job does not end")


@pytest.fixture(scope="module")
def document(client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def check_described(document: dict[str, Any], template: str, method: str, response: Any) -> None:
    """The answer has exactly the parts that its model says, all the way down."""
    model = document["paths"][template][method]["responses"][str(response.status_code)]["content"]["application/json"]
    compare(document, model["schema"], response.json(), template)


def compare(document: dict[str, Any], schema: dict[str, Any], value: Any, place: str) -> None:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value is None:
            assert {"type": "null"} in schema["anyOf"], place
            return
        schema = next(option for option in schema["anyOf"] if option != {"type": "null"})
        compare(document, schema, value, place)
    elif schema.get("type") == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"]), place
        for name, part in schema["properties"].items():
            compare(document, part, value[name], f"{place} {name}")
    elif schema.get("type") == "array":
        for part in value:
            compare(document, schema["items"], part, place)
    elif "type" in schema:
        kinds = {"string": str, "integer": int, "number": int | float, "boolean": bool, "object": dict}
        assert isinstance(value, kinds[schema["type"]]), place


READS = {
    "/api/runs": "",
    "/api/runs/{run_id}": "",
    "/api/runs/{run_id}/timeline": "?camera=c2",
    "/api/runs/{run_id}/decisions": "?order=doubtful&limit=3",
    "/api/runs/{run_id}/decisions/{number}": "",
    "/api/runs/{run_id}/decisions/{number}/changes": "",
    "/api/runs/{run_id}/estimate": "?score_threshold=1%25",
}


@pytest.mark.parametrize("template", READS)
def test_reads_answer_as_described(client, document, template):
    path = template.replace("{run_id}", identify("kept")).replace("{number}", "5") + READS[template]
    response = client.get(path)
    assert response.status_code == 200, response.text
    check_described(document, template, "get", response)


def test_every_route_has_examples_and_errors(document):
    paths = {
        path: item for path, item in document["paths"].items() if "runs" in path or "audit" in path or "tuning" in path
    }
    assert len(paths) == 22
    for path, item in paths.items():
        for method, operation in item.items():
            assert operation["summary"] and {"404", "409", "422"} <= set(operation["responses"]), path
            if method != "get":
                assert {"401", "413", "415"} <= set(operation["responses"]), path


@pytest.mark.parametrize(
    ("part", "kind", "start"),
    [
        ("picture", "image/png", b"\x89PNG"),
        ("thumbnail?width=100", "image/jpeg", b"\xff\xd8\xff"),
        ("reference-thumbnail", "image/jpeg", b"\xff\xd8\xff"),
    ],
)
def test_pictures(client, part, kind, start):
    response = client.get(f"{RUN}/decisions/5/{part}")
    assert response.headers["content-type"] == kind and response.content.startswith(start)
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_rehearsal_is_a_job(client, document):
    response = client.post(f"{RUN}/rehearsals", json={"score_threshold": "3%"})
    assert response.status_code == 202 and response.headers["location"] == f"/api/jobs/{response.json()['id']}"
    check_described(document, "/api/runs/{run_id}/rehearsals", "post", response)
    job = finish(client, response.json())
    assert job["state"] == "done" and job["kind"] == "rehearsal" and job["result"]["frames"] == 16
    assert job["result"]["kept"] < job["result"]["kept_before"] == client.get(RUN).json()["verdicts"]["keep"]


def test_an_audit(client, document):
    response = client.post(f"{RUN}/audits", json={"number": 5, "seed": 1})
    assert response.status_code == 201
    check_described(document, "/api/runs/{run_id}/audits", "post", response)
    audit = response.json()
    item = client.get(f"/api/audits/{audit['id']}/items/1")
    check_described(document, "/api/audits/{audit_id}/items/{place}", "get", item)
    told = client.put(f"/api/audits/{audit['id']}/answers/1", json={"answer": "yes"})
    check_described(document, "/api/audits/{audit_id}/answers/{place}", "put", told)
    assert told.json()["lost"] == 1 and client.get(f"/api/audits/{audit['id']}").json() == told.json()
    listed = client.get(f"{RUN}/audits")
    check_described(document, "/api/runs/{run_id}/audits", "get", listed)
    assert listed.json()["items"][0]["id"] == audit["id"]
    assert client.get(f"/api/audits/{audit['id']}/items/9").status_code == 404


def test_a_tuning(client, document):
    response = client.post(f"{RUN}/tunings", json={"questions": 2})
    assert finish(client, response.json())["state"] == "done"
    state = client.get(f"/api/tunings/{identify('kept')}")
    check_described(document, "/api/tunings/{tuning_id}", "get", state)
    side = client.get(f"/api/tunings/{identify('kept')}/questions/1/path")
    assert side.status_code == 200 and side.headers["content-type"] == "image/jpeg"
    told = client.put(f"/api/tunings/{identify('kept')}/answers/1", json={"answer": "no"})
    check_described(document, "/api/tunings/{tuning_id}/answers/{number}", "put", told)
    assert told.json()["answered"] == 1


def test_one_job_of_a_kind_for_a_run(client, monkeypatch):
    waiting = threading.Event()
    monkeypatch.setattr("framesift.review.runs.review.rehearse", lambda *_: waiting.wait(20) and {})
    first = client.post(f"{RUN}/rehearsals", json={"score_threshold": "3%"})
    again = client.post(f"{RUN}/rehearsals", json={"score_threshold": "4%"})
    waiting.set()
    assert (first.status_code, again.status_code) == (202, 409)
    assert finish(client, first.json())["state"] == "done"


UNKNOWN = ["0" * 16, "%2e%2e%2fkept", "%00", "a" * 5000, "\u202e", "'", "kept"]


@pytest.mark.parametrize("unknown", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_is_not_there_is_a_problem(client, unknown):
    for path in (f"/api/runs/{unknown}", f"/api/audits/{unknown}", f"/api/tunings/{unknown}"):
        response = client.get(path)
        assert response.status_code == 404 and response.headers["content-type"] == "application/problem+json", path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/decisions/0", 422),
        ("/decisions/-1", 422),
        ("/decisions/99999999999999999999", 422),
        ("/decisions/17", 404),
        ("/decisions/nan", 422),
        ("/decisions?limit=0", 422),
        ("/decisions?offset=-1", 422),
        ("/decisions?order=best", 422),
        ("/decisions?verdict=lost", 422),
        ("/decisions?camera=none", 404),
        ("/timeline?camera=%ff%00", 404),
        ("/estimate", 422),
        ("/estimate?score_threshold=NaN", 422),
        ("/estimate?score_threshold=1e400", 422),
        ("/decisions/1/reference-thumbnail", 409),
        ("/decisions/5/thumbnail?width=100000", 422),
    ],
)
def test_what_makes_no_sense_is_a_problem(client, site, path, status):
    response = client.get(RUN + path)
    assert response.status_code == status and response.headers["content-type"] == "application/problem+json"
    assert str(site) not in response.text and set(response.json()) == {"type", "title", "status", "detail"}


BODIES = [
    ("rehearsals", {"score_threshold": "lots"}),
    ("rehearsals", {"score_threshold": 5}),
    ("rehearsals", {}),
    ("rehearsals", {"score_threshold": "1%", "min_contour_area": "", "more": 1}),
    ("audits", {"number": 0}),
    ("audits", {"number": 10**9}),
    ("audits", {"seed": -1}),
    ("audits", {"number": True}),
    ("tunings", {"questions": "ten"}),
    ("tunings", {"questions": 2.5}),
    ("rehearsals", {"score_threshold": "101%"}),
    ("rehearsals", {"score_threshold": "1" * 13}),
    ("tunings", []),
]


@pytest.mark.parametrize(("part", "body"), BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_none(client, part, body):
    assert client.post(f"{RUN}/{part}", json=body).status_code == 422


def test_changes_take_the_token(client):
    for method, path in (("POST", f"{RUN}/audits"), ("POST", f"{RUN}/rehearsals"), ("PUT", "/api/audits/1/answers/1")):
        assert client.request(method, path, json={}, headers={"Authorization": "Bearer no"}).status_code == 401


def test_forged_manifests_never_break_the_server(client, site):
    for item in client.get("/api/runs?limit=200").json()["items"]:
        run = f"/api/runs/{item['id']}"
        for path in ("", "/timeline", "/decisions?order=doubtful", "/decisions/2/picture"):
            response = client.get(run + path)
            assert response.status_code in (200, 404, 409), (item["name"], path, response.text)
            assert str(site) not in response.text or response.headers["content-type"].startswith("image/")
        if item["name"] != "kept":
            response = client.post(f"{run}/rehearsals", json={"score_threshold": "1%"})
            assert response.status_code == 409, (item["name"], response.text)


def test_pages(client):
    for path, status in (("/runs", 200), (f"/runs/{identify('kept')}", 200), ("/runs/%3Cscript%3E", 404)):
        response = client.get(path)
        assert response.status_code == status and "<script>" not in response.text
        assert "style=" not in response.text and "unsafe" not in response.headers["content-security-policy"]


def test_the_command_of_a_rehearsal_names_the_run(client, site):
    job = finish(client, client.post(f"{RUN}/rehearsals", json={"score_threshold": "3%"}).json())
    assert json.dumps(str(site / "kept-new"))[1:-1] in job["result"]["command"]
    assert open_record(site / "kept").source in job["result"]["command"]
