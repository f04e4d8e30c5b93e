"""The pages as they are served: what is there, what is not, and what each carries."""

import re
from collections.abc import Iterator

import pytest

from framesift import filter_frames
from tests.conftest import encode
from tests.filtering.test_run import NEW, scene
from tests.web.serving import PROBLEM, Api, finish_all, open_review, paint, people_tree, search


@pytest.fixture
def api(write_tree) -> Iterator[Api]:
    with open_review(write_tree(people_tree(1))) as review:
        search(review)
        made = Api(review)
        with made.client:
            yield made


def collection(api: Api) -> dict:
    return api.get("/api/collections")["items"][0]


@pytest.mark.parametrize("path", ["/", "/removals", "/collections/{id}"])
def test_a_page_carries_neither_the_token_nor_anything_inline(api, path):
    response = api.client.get(path.format(**collection(api)))
    assert response.status_code == 200 and response.headers["content-type"] == "text/html; charset=utf-8"
    assert api.access.token not in response.text
    assert "style=" not in response.text and "onclick" not in response.text
    assert all('src="/static/' in part for part in response.text.split("<script")[1:])


def test_a_page_of_what_is_not_there(api):
    response = api.client.get("/collections/%3Cscript%3E")
    assert response.status_code == 404 and "There is no such folder" in response.text
    assert "<script>" not in response.text


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/api/collections/none", "/api/collections?limit=0"])
def test_what_is_not_there_is_a_page_for_people_and_json_for_programs(api, path):
    assert api.client.get(path).headers["content-type"] == PROBLEM
    response = api.client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.status_code in (404, 422) and response.headers["content-type"] == "text/html; charset=utf-8"
    assert '<a href="/">' in response.text and "about:blank" not in response.text


def test_a_page_of_what_is_not_there_says_nothing_of_what_was_asked(api):
    response = api.client.get("/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": "text/html"})
    assert "alert" not in response.text and "There is no such page." in response.text


def tabs(api: Api, path: str = "/removals") -> list[str]:
    """The pages that a page leads to, in their order."""
    return re.findall(r'<a href="[^"]+"(?: aria-current="page")?>(\w+)</a>', api.client.get(path).text)


def test_persons_come_first_where_there_are_any(api):
    assert api.client.get("/").status_code == 200 and tabs(api) == ["Persons", "Removed", "Runs"]


def test_runs_come_first_where_there_are_runs_and_no_person(write_tree):
    root = write_tree(scene(None, NEW))
    list(filter_frames(root, root / "kept"))
    with open_review(root) as review:
        api = Api(review)
        answer = api.client.get("/")
        assert answer.status_code == 303 and answer.headers["location"] == "/runs"
        assert tabs(api) == ["Runs", "Folders", "Removed"]
        page = api.client.get("/?kind=all")
        assert page.status_code == 200 and '<h1 id="title">Folders</h1>' in page.text
        assert 'aria-current="page">Folders' in page.text


def test_folders_are_called_folders(write_tree):
    with open_review(write_tree({"walk/one.png": encode(paint(1))})) as review:
        api = Api(review)
        assert api.client.get("/").status_code == 200 and tabs(api) == ["Folders", "Removed", "Runs"]


def test_results_that_are_served_open_on_their_run(write_tree, tmp_path):
    list(filter_frames(write_tree(scene(None, NEW)), tmp_path / "kept"))
    with open_review(tmp_path / "kept") as review:
        assert Api(review).client.get("/").headers["location"] == "/runs"


@pytest.mark.parametrize(
    "name",
    [
        "pages.py",
        "..%2Fpages.py",
        "",
        "runs",
        "runs/",
        "runs/none.js",
        "runs%2F..%2Fapi.js",
        "%2Fetc%2Fpasswd",
        "a%00.js",
    ],
)
def test_no_path_leads_to_other_files(api, name):
    api.ask("GET", f"/static/{name}", 404)


def test_scripts_and_styles_come_as_what_they_are(api):
    names = ("duplicates/persons.js", "runs/run.js", "api.js", "runs/runs.css", "page.css")
    kinds = [api.client.get(f"/static/{name}").headers["content-type"].split(";")[0] for name in names]
    assert kinds == ["text/javascript", "text/javascript", "text/javascript", "text/css", "text/css"]


def test_what_a_removal_took_can_be_seen_before_and_after_it_came_back(api):
    folder = collection(api)["id"]
    removal = api.do("POST", "/api/removals", {"collection_ids": [folder]})["result"]["id"]
    path = f"/api/removals/{removal}/collections/{folder}/images"
    items = api.get(path)["items"]
    assert [(each["name"], each["keeper"], each["in_backup"]) for each in items] == [
        ("mid.png", "big.png", True),
        ("small.png", "big.png", True),
    ]
    before = api.client.get(f"{path}/{items[0]['id']}/thumbnail")
    assert before.status_code == 200 and before.headers["content-type"] == "image/jpeg"
    api.do("POST", f"/api/removals/{removal}/undo", {})
    assert [each["in_backup"] for each in api.get(path)["items"]] == [False, False]
    assert api.client.get(f"{path}/{items[0]['id']}/thumbnail").content == before.content
    for other in ("YmlnLnBuZw", "Li4", "Li4vLi4veA", "none"):  # big.png, which it left; .., ../../x
        api.ask("GET", f"{path}/{other}/thumbnail", 404)
    api.ask("GET", f"/api/removals/{removal}/collections/none/images", 404)


def test_a_sign_for_what_is_no_picture(api):
    folder = f"/api/collections/{collection(api)['id']}/images"
    api.ask("GET", f"{folder}/bm9uZS5wbmc/thumbnail", 404)
    response = api.client.get(f"{folder}/bm9uZS5wbmc/thumbnail?placeholder=true")
    assert response.status_code == 200 and response.headers["content-type"] == "image/svg+xml"


def test_a_verdict_that_is_taken_back_gives_the_group_back(api):
    path = f"/api/collections/{collection(api)['id']}/groups"
    before = api.get(path)
    [group] = before["items"]
    split = f"/api/groups/{group['id']}/not-duplicates"
    verdicts = [api.ask("POST", split, 201, json={"image_ids": [member["id"]]}) for member in group["members"]]
    assert [len(verdict["groups"]) for verdict in verdicts] == [1, 0]
    assert collection(api)["surplus"] == 0 and api.get(path)["items"] == []
    for verdict in reversed(verdicts):
        restored = api.ask("DELETE", f"/api/verdicts/{verdict['id']}", 200)["groups"]
    assert restored == [group] and api.get(path) == before
    assert collection(api)["surplus"] == 2


def test_a_verdict_on_a_group_that_has_changed_since_is_only_forgotten(api):
    path = f"/api/collections/{collection(api)['id']}/groups"
    [group] = api.get(path)["items"]
    split = f"/api/groups/{group['id']}/not-duplicates"
    verdict = api.ask("POST", split, 201, json={"image_ids": [group["members"][0]["id"]]})
    api.ask("PATCH", f"/api/groups/{group['id']}", 200, json={"excluded": [group["members"][1]["id"]]})
    assert api.ask("DELETE", f"/api/verdicts/{verdict['id']}", 200)["groups"] == []
    assert len(api.get(path)["items"][0]["members"]) == 1
    finish_all(api.review)
    assert search(api.review)["surplus"] == 1, "the one that stays stays, the other counts again"
