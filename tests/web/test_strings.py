"""Strings that lead elsewhere, as every id of every path and every text of every body: nothing outside is touched."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from framesift.errors import FramesiftError
from framesift.review.duplicates.collections import decode_image_id
from tests.conftest import encode, read_tree
from tests.web.serving import PROBLEM, Api, Server, finish_all, open_review, paint, people_tree, search

SOURCES = Path(__file__).resolve().parents[2]
JSON = {"Content-Type": "application/json"}
SECRET = b"nobody may read this"


@pytest.fixture
def strings(shared: Path) -> list[str]:
    lines = (shared / "bad_inputs" / "api" / "path_strings.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def root(write_tree) -> Path:
    root: Path = write_tree(people_tree(1), "people")
    write_tree({"x": SECRET, "x.png": encode(paint(7)), "secret/y.png": encode(paint(8))}, "outside")
    (root.parent / "x").write_bytes(SECRET)
    (root / "PERSON-0001" / "link.png").symlink_to(root.parent / "outside" / "x.png")
    (root / "linked").symlink_to(root.parent / "outside" / "secret")
    return root


@pytest.fixture
def api(root: Path) -> Iterator[Api]:
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


def list_paths(client: Any) -> list[tuple[str, str]]:
    document = client.get("/openapi.json").json()
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods if "{" in path]


def test_as_ids_of_every_path(api, strings):
    outside = read_tree(Path(api.review.root).parent / "outside")
    collection = api.review.collections.page()[1][0]
    with OPENED.watched() as paths:
        ask_with_all(api.client, list_paths(api.client), collection.id, strings)
        finish_all(api.review)
    assert len(paths) > 2, "something was looked for"
    assert find_strays(paths, Path(api.review.root)) == []
    assert read_tree(Path(api.review.root).parent / "outside") == outside


def ask_with_all(client: Any, paths: list[tuple[str, str]], collection_id: str, strings: list[str]) -> None:
    for method, path in paths:
        known = path.replace("{collection_id}", collection_id, 1) if "{image_id}" in path else path
        for text in strings:
            for form in {escape(text, ""), escape(text, "/"), as_id(text)}:
                name = known[known.index("{") : known.index("}") + 1]
                body = None if method == "GET" else {}
                check(client.request(method, known.replace(name, form), json=body))


def as_id(text: str) -> str:
    """The id that a file of this name would have."""
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def escape(text: str, safe: str) -> str:
    return quote(text, safe, errors="surrogatepass")


@pytest.fixture
def strace(tmp_path: Path) -> list[str]:
    command = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", "trace=%file"]
    command += ["-o", str(tmp_path / "trace")]
    if shutil.which("strace") is None or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("needs strace, and leave to use it, to watch the server from outside")
    return command


def read_trace(text: str) -> tuple[set[str], set[str]]:
    """The paths behind all descriptors that were opened, links resolved, and those that were to be changed."""
    opened = set(re.findall(r"open(?:at)?\(.*\) = \d+<([^>]*)>", text))
    changes = re.findall(r"\b(?:unlink|rename|link|symlink|mkdir|rmdir|chmod|truncate)\w*\((.*)\) = 0", text)
    return opened, {path for change in changes for path in re.findall(r'"([^"]*)"', change)}


def test_watched_from_outside(root, strings, strace, tmp_path):
    """Not by Python's word, but by the system's: with links that would lead out, and an image that may be seen."""
    with Server(root, before=strace) as server:
        server.wait_for_scan()
        collection = server.client.get("/api/collections").json()["items"][0]
        shown = f"/api/collections/{collection['id']}/images/{collection['cover']}"
        assert server.client.get(shown).status_code == 200
        paths = [(method, path) for method, path in list_paths(server.client) if method == "GET"]
        ask_with_all(server.client, paths, collection["id"], [*strings, "PERSON-0001/link.png", "link.png"])
        server.end(signal.SIGTERM)
    opened, changed = read_trace((tmp_path / "trace").read_text(errors="replace"))
    assert any(path.startswith(f"{root}/PERSON-0001/") for path in opened)
    own = str(root.parent / "index.sqlite"), f"{root}-output"
    assert find_strays({path for path in opened if path.startswith(str(tmp_path))}, root) == []
    assert [path for path in changed if path.startswith("/") and not path.startswith(own)] == []


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
