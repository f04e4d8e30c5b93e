"""The pages as they are served: what is there, what is not, and what each carries."""

from collections.abc import Iterator

import pytest

from tests.web.serving import Api, finish_all, open_review, people_tree, search


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
