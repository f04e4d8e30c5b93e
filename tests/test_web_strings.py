"""Strings that lead elsewhere, as every id of every path and every text of every body: nothing outside is touched."""

import base64
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from framesift.errors import FramesiftError
from framesift.review.collections import decode_image_id
from tests.conftest import encode, read_tree
from tests.serving import PROBLEM, Api, finish_all, open_review, paint, people_tree, search

SOURCES = Path(__file__).resolve().parents[1]
JSON = {"Content-Type": "application/json"}
SECRET = b"nobody may read this"


@pytest.fixture
def strings(shared: Path) -> list[str]:
    lines = (shared / "bad_inputs" / "api" / "path_strings.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def api(write_tree) -> Iterator[Api]:
    root = write_tree(people_tree(1), "people")
    write_tree({"x": SECRET, "x.png": encode(paint(7)), "secret/y.png": encode(paint(8))}, "outside")
    (root.parent / "x").write_bytes(SECRET)
    (root / "PERSON-0001" / "link.png").symlink_to(root.parent / "outside" / "x.png")
    (root / "linked").symlink_to(root.parent / "outside" / "secret")
    with open_review(root) as review:
        search(review)
        made = Api(review)
        with made.client:
            yield made


class Opened:
    """The paths that this process opens or lists while it is looked at: told by Python itself, not by our code."""

    def __init__(self) -> None:
        self._paths: set[str] | None = None
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._paths is not None and event in ("open", "os.scandir", "os.listdir"):
            self._paths.add(os.path.realpath(os.fsdecode(arguments[0])) if isinstance(arguments[0], str) else "")

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        self._paths = found = set()
        yield found
        self._paths = None


OPENED = Opened()


def find_strays(paths: set[str], root: Path) -> list[str]:
    """Those that are neither served nor our own."""
    allowed = (
        str(root),
        f"{root}-output",
        str(root.parent / "index.sqlite"),
        sys.prefix,
        sys.base_prefix,
        str(SOURCES),
    )
    return [path for path in paths if path and not path.startswith(allowed)]


def check(response: Any) -> None:
    """Refused without a word of the disk, or answered with what may be seen."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == PROBLEM
        assert "/" not in response.json()["detail"].replace("application/json", "")
    for secret in (SECRET.decode(), "root:", "outside"):
        assert secret not in response.text


def list_paths(api: Api) -> list[tuple[str, str]]:
    document = api.get("/openapi.json")
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods if "{" in path]


def test_as_ids_of_every_path(api, strings):
    outside = read_tree(Path(api.review.root).parent / "outside")
    collection = api.review.collections.page()[1][0]
    with OPENED.watched() as paths:
        ask_with_all(api, collection.id, strings)
        finish_all(api.review)
    assert len(paths) > 2, "something was looked for"
    assert find_strays(paths, Path(api.review.root)) == []
    assert read_tree(Path(api.review.root).parent / "outside") == outside


def ask_with_all(api: Api, collection_id: str, strings: list[str]) -> None:
    for method, path in list_paths(api):
        known = path.replace("{collection_id}", collection_id, 1) if "{image_id}" in path else path
        for text in strings:
            for form in {escape(text, ""), escape(text, "/"), as_id(text)}:
                name = known[known.index("{") : known.index("}") + 1]
                body = None if method == "GET" else {}
                check(api.client.request(method, known.replace(name, form), json=body))


def as_id(text: str) -> str:
    """The id that a file of this name would have."""
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def escape(text: str, safe: str) -> str:
    return quote(text, safe, errors="surrogatepass")


def test_as_texts_of_every_body(api, strings):
    before = read_tree(Path(api.review.root))
    collection = api.review.collections.page()[1][0]
    [group] = api.review.groups.page(collection.id)[1]
    for text in strings:
        for each in (text, as_id(text)):
            bodies = [
                ("POST", "/api/searches", {"collection_ids": [each]}),
                ("POST", "/api/searches", {"collection_ids": [collection.id], "method": each}),
                ("POST", "/api/searches", {"collection_ids": [collection.id], "similarity": each}),
                ("POST", "/api/searches", {"collection_ids": [collection.id], "keep": each}),
                ("POST", "/api/searches", {"collection_ids": [collection.id], each: each}),
                ("PATCH", f"/api/groups/{group.id}", {"keeper": each}),
                ("PATCH", f"/api/groups/{group.id}", {"excluded": [each]}),
                ("POST", f"/api/groups/{group.id}/not-duplicates", {"image_ids": [each]}),
                ("POST", "/api/removals", {"collection_ids": [each]}),
                ("POST", "/api/removals", {"collection_ids": [collection.id], "group_ids": [each]}),
                ("POST", "/persons/remove-duplicates", {"person_ids": [each], "create_backup": True}),
            ]
            for method, path, body in bodies:
                response = api.client.request(method, path, content=json.dumps(body), headers=JSON)
                check(response)
                assert response.status_code in (404, 422), (path, body, response.text)
        for name in ("query", "persons", "offset"):
            check(api.client.get(f"/api/collections?{name}={escape(text, '')}"))
    finish_all(api.review)
    assert read_tree(Path(api.review.root)) == before
    assert api.get("/api/removals")["total"] == 0


def test_no_string_is_the_name_of_a_file_elsewhere(strings):
    for text in strings:
        try:
            name = decode_image_id(as_id(text))
        except FramesiftError:
            continue
        assert (
            os.fsencode(name) == text.encode("utf-8", "surrogatepass")
            and "/" not in name
            and "\0" not in name
            and name not in ("", ".", "..")
        )


def test_links_are_not_followed(api):
    [collection] = api.review.collections.page()[1]
    assert collection.images == 4, "the folder behind a link is none of ours, and the link is no image"
    base = f"/api/collections/{collection.id}/images"
    for ending in ("", "/thumbnail"):
        api.ask("GET", f"{base}/{as_id('link.png')}{ending}", 404)
    assert as_id("link.png") not in [image["id"] for image in api.get(base)["items"]]


def test_a_folder_that_a_link_has_replaced_is_gone(api):
    [collection] = api.review.collections.page()[1]
    root = Path(api.review.root)
    (root / "PERSON-0001").rename(root.parent / "moved")
    (root / "PERSON-0001").symlink_to(root.parent / "moved")
    base = f"/api/collections/{collection.id}"
    for path in (f"{base}/images", f"{base}/images/{as_id('big.png')}", f"{base}/images/{as_id('big.png')}/thumbnail"):
        api.ask("GET", path, 404)
    job = api.do("POST", "/api/searches", {"collection_ids": [collection.id]})
    assert job["result"]["collections"][0]["images"] == 0
    api.ask("POST", "/api/removals", 404, json={"collection_ids": [collection.id]})
    assert len(list((root.parent / "moved").iterdir())) == 5
