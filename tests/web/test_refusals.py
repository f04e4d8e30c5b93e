"""Whom and what the server refuses, before and behind the guard."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from framesift.web.bodies import RefusedBody, check_json
from framesift.web.security import Access
from tests.web.serving import HOST, Api, check_problem, open_review, write_people

JSON = {"Content-Type": "application/json"}
SEARCHES = "/api/searches"


@pytest.fixture(scope="module")
def api(tmp_path_factory) -> Iterator[Api]:
    root = tmp_path_factory.mktemp("refusals") / "people"
    write_people(root, 1)
    with open_review(root) as review:
        made = Api(review)
        with made.client:
            yield made


@pytest.fixture
def visitor(api) -> TestClient:
    """Somebody without the token."""
    return TestClient(api.app, f"http://{HOST}", raise_server_exceptions=False)


@pytest.mark.parametrize("who", ["api", "visitor"])
@pytest.mark.parametrize("path", ["/", "/api/collections", "/openapi.json", "/api/none", "/static/page.css"])
def test_every_answer_is_locked_down(api, visitor, who, path):
    headers = (api.client if who == "api" else visitor).get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin" and headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers and "server" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "a@localhost", "["]
)
def test_other_hosts(visitor, host):
    response = visitor.get("/api/collections", headers={"Host": host})
    assert response.status_code == 421
    check_problem(response)


@pytest.mark.parametrize("host", ["localhost:1", "LOCALHOST", "[::1]:8765", "127.0.0.1"])
def test_own_hosts_at_any_port(api, host):
    """A tunnel, such as that of ssh, has a port of its own."""
    assert api.client.get("/api/collections", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "", f"http://{HOST}.evil.example"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_origins(api, method, origin):
    response = api.client.request(method, "/api/collections/scans", headers={"Origin": origin})
    assert response.status_code == 403
    check_problem(response)


def test_the_own_origin(api):
    assert api.client.post("/api/collections/scans", headers={"Origin": f"http://{HOST}"}).status_code == 202


@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer x", "Basic TOKEN", "TOKEN", "Bearer TOKENx", "Bearer \xff"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SEARCHES),
        ("POST", "/api/removals"),
        ("POST", "/persons/remove-duplicates"),
        ("PATCH", "/api/groups/x"),
        ("DELETE", "/api/verdicts/x"),
        ("POST", "/api/none"),
    ],
)
def test_changes_without_the_token(api, visitor, method, path, token):
    headers = {} if token is None else {"Authorization": token.replace("TOKEN", api.access.token).encode("latin-1")}
    response = visitor.request(method, path, headers=headers, json={})
    assert response.status_code == 401 and response.headers["www-authenticate"] == "Bearer"
    check_problem(response)


LOOKING = ("/", "/runs", "/api/collections", "/openapi.json", "/?token=", "/?token=%ff", "/api/none")


def test_looking_takes_the_token_too(api, visitor):
    """Whoever is logged in to the machine can reach the port: a page must give nothing away, nor a picture."""
    [folder] = api.get("/api/collections")["items"]
    [picture, *_] = api.get(f"/api/collections/{folder['id']}/images")["items"]
    shown = f"/api/collections/{folder['id']}/images/{picture['id']}"
    assert api.client.get(shown).status_code == 200
    for path in (*LOOKING, shown, f"{shown}/thumbnail", f"/collections/{folder['id']}"):
        refused = visitor.get(path)
        assert refused.status_code == 401 and api.access.token not in refused.text, path


def test_who_comes_without_the_token_is_told_how_to_come_in(visitor):
    refused = visitor.get("/", headers={"Accept": "text/html,*/*"})
    assert refused.status_code == 401 and refused.headers["content-type"] == "text/html; charset=utf-8"
    assert "Open the address that framesift has printed" in refused.text
    assert visitor.get("/static/page.css").status_code == 200, "which shows nothing, and makes the page look right"


def enter(api: Api, visitor: TestClient) -> str:
    """Come in by the printed address; return the header that was set."""
    assert visitor.get("/?token=guess").status_code == 401
    entered = visitor.get(f"/?token={api.access.token}")
    assert entered.status_code == 200 and 'content="0; url=/"' in entered.text
    return entered.headers["set-cookie"]


def test_the_printed_address_becomes_a_cookie(api, visitor):
    name, *rest = enter(api, visitor).split("; ")
    assert name.startswith("framesift-8765=") and {"HttpOnly", "SameSite=Strict"} <= set(rest)
    assert visitor.get("/api/collections").status_code == 200
    assert visitor.get("/api/collections", headers={"Cookie": "framesift-8765=guess"}).status_code == 401


def test_with_the_cookie_alone_only_a_page_of_ours_changes_something(api, visitor):
    """To another port of this machine a browser sends the cookie as well, but says from where."""
    enter(api, visitor)
    scan = "/api/collections/scans"
    assert visitor.post(scan).status_code == 401
    assert visitor.post(scan, headers={"Origin": "http://127.0.0.1:9999"}).status_code == 403
    assert visitor.post(scan, headers={"Origin": f"http://{HOST}"}).status_code == 202


def test_names_by_which_a_server_is_called(api):
    named = Api(api.review, Access.make("192.168.0.7", ["Review.Example"]))
    for host, status in (("192.168.0.7:8765", 200), ("review.example", 200), ("192.168.0.8", 421)):
        assert named.client.get("/api/collections", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/json; charset=utf-16"],
)
def test_other_kinds_of_body(api, kind):
    api.ask("POST", SEARCHES, 415, content=b"{}", headers={"Content-Type": kind})
    packed = {**JSON, "Content-Encoding": "gzip"}
    api.ask("POST", SEARCHES, 415, content=b"{}", headers=packed)


def test_large_bodies(api):
    api.ask("POST", SEARCHES, 413, content=b" " * (2**20 + 1), headers=JSON)
    api.ask("POST", SEARCHES, 422, content=b" " * 2**20, headers=JSON)
    parts = (b" " * 2**16 for _ in range(17))  # without saying how many they are
    api.ask("POST", SEARCHES, 413, content=parts, headers=JSON)
    for length in ("99999999999999999999", "-1", "x"):
        response = api.client.request("POST", SEARCHES, content=b"{}", headers={**JSON, "Content-Length": length})
        assert response.status_code in (400, 413)


BAD = {
    "NaN": b'{"collection_ids": [NaN]}',
    "Infinity": b'{"distance": -Infinity}',
    "overflow": b'{"distance": 1e999}',
    "huge": b'{"distance": ' + b"9" * 5000 + b"}",
    "beyond 64 bit": b'{"distance": 9223372036854775808}',
    "half a character": b'{"collection_ids": ["\\ud800"]}',
    "half a key": b'{"\\udfff": 1}',
    "deep": b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
    "very deep": b"[" * 500_000,
    "twice": b'{"keep": "name", "keep": "name"}',
    "not UTF-8": b'{"keep": "\xff"}',
    "UTF-16": '{"keep": "name"}'.encode("utf-16"),
    "a mark": b'\xef\xbb\xbf{"keep": "name"}',
    "torn": b'{"keep": ',
    "two": b"{} {}",
    "nothing": b" ",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_bodies_that_are_not_plain_json(api, body):
    with pytest.raises(RefusedBody):
        check_json(body)
    for path in (SEARCHES, "/api/removals", "/persons/remove-duplicates", "/api/collections/scans", "/api/none"):
        api.ask("POST", path, 422, content=body, headers=JSON)


@pytest.mark.parametrize("text", ["{}", "[]", '"\\ud83d\\ude00"', "-9223372036854775808", "1e308", "[" * 32 + "]" * 32])
def test_plain_json(text):
    check_json(text.encode())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SEARCHES, {}),
        (SEARCHES, []),
        (SEARCHES, None),
        (SEARCHES, {"collection_ids": []}),
        (SEARCHES, {"collection_ids": "x"}),
        (SEARCHES, {"collection_ids": [1]}),
        (SEARCHES, {"collection_ids": ["x"], "other": 1}),
        (SEARCHES, {"collection_ids": ["x"], "method": "embedding"}),
        (SEARCHES, {"collection_ids": ["x"], "distance": 8}),
        (SEARCHES, {"collection_ids": ["x"], "method": "hash", "distance": 65}),
        (SEARCHES, {"collection_ids": ["x"], "method": "hash", "distance": True}),
        (SEARCHES, {"collection_ids": ["x"], "method": "hash", "distance": "8"}),
        (SEARCHES, {"collection_ids": ["x"], "method": "hash", "similarity": "90%"}),
        (SEARCHES, {"collection_ids": ["x"], "similarity": "0"}),
        (SEARCHES, {"collection_ids": ["x"], "keep": "best"}),
        ("/api/removals", {"collection_ids": ["x"], "create_backup": "no"}),
        ("/api/removals", {"collection_ids": ["x"], "create_backup": 0}),
        ("/persons/remove-duplicates", {"person_ids": []}),
        ("/api/collections/scans", {"now": True}),
    ],
)
def test_bodies_of_another_shape(api, path, body):
    answer = api.ask("POST", path, 422, content=json.dumps(body), headers=JSON)
    assert answer["detail"] and "best" not in answer["detail"] and "other" not in answer["detail"]


@pytest.mark.parametrize("query", ["offset=-1", "limit=0", "limit=501", f"offset={9**40}", "persons=so", "limit=1e3"])
def test_queries_out_of_range(api, query):
    api.ask("GET", f"/api/collections?{query}", 422)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/removals", {"GET", "POST"}),
        ("DELETE", "/api/groups/x", {"GET", "PATCH"}),
        ("GET", "/persons/remove-duplicates", {"POST"}),
        ("OPTIONS", "/api/jobs", {"GET"}),
        ("TRACE", "/api/jobs", {"GET"}),
    ],
)
def test_other_methods(api, method, path, allowed):
    response = api.client.request(method, path)
    assert response.status_code == 405 and set(response.headers["allow"].split(", ")) == allowed
    check_problem(response)


def test_a_mistake_of_ours_is_a_problem_too(api, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(api.review.collections, "page", fail)
    answer = api.ask("GET", "/api/collections", 500)
    assert "secret" not in json.dumps(answer)
