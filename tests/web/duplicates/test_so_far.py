"""What a search of a collection has found while it goes on: to be looked at, and nothing that anybody could act on."""

import threading
from pathlib import Path

import cv2
import pytest

from framesift.duplicates import Group, Member, Watch
from framesift.review import Progress, Request, Review
from framesift.review.duplicates.so_far import SoFar
from framesift.web.answers import JobAnswer
from framesift.web.duplicates.answers import GroupsSoFar
from framesift.web.duplicates.descriptions import describe_group, describe_scored_group
from tests.actions.removals import snapshot
from tests.duplicates.test_preference import item
from tests.web.duplicates.held_searches import held
from tests.web.serving import Api, finish, finish_all, open_review, write_people


@pytest.fixture
def root(tmp_path):
    """One folder: five persons' pictures, four of each."""
    write_people(tmp_path / "people", 5)
    folder = tmp_path / "root" / "PERSON-0001"
    folder.mkdir(parents=True)
    for path in sorted((tmp_path / "people").rglob("*.png")):
        path.rename(folder / f"{path.parent.name}_{path.name}")
    return folder.parent


@pytest.fixture
def review(root):
    with open_review(root) as opened:
        yield opened


@pytest.fixture
def api(review):
    made = Api(review)
    with made.client:
        yield made


def only(review: Review):
    [collection] = review.collections.page("", True, 0, 10)[1]
    return collection


def begin(api: Api) -> str:
    """Ask for a search; return the id of its job."""
    asked = {"collection_ids": [only(api.review).id]}
    return str(api.ask("POST", "/api/searches", 202, json=asked)["id"])


def so_far(api: Api, query: str = "") -> dict:
    found = api.get(f"/api/collections/{only(api.review).id}/groups/so-far{query}")
    assert GroupsSoFar.model_validate(found) and found["complete"] is False
    return found


class TestGroupsSoFar:
    def make(self) -> tuple[SoFar, list[int]]:
        counts = list[int]()
        return SoFar("job", "collection", counts.append), counts

    def group(self, *names: str) -> Group:
        return Group(item(names[0]), tuple(Member(item(name), 1.0) for name in names[1:]), "first")

    def test_one_takes_the_place_of_those_that_share_a_file_with_it(self):
        found, counts = self.make()
        for names in (("a", "b"), ("c", "d", "e"), ("f", "g"), ("b", "a", "e")):
            found.add(self.group(*names))
        assert [group.group for group in found.groups()] == [self.group("b", "a", "e"), self.group("f", "g")]
        found.add(self.group("c", "d"))
        assert [group.group.keeper.path for group in found.groups()] == ["b", "c", "f"]
        assert counts == [1, 2, 3, 2, 3]

    def test_the_same_again_is_one(self):
        found, counts = self.make()
        for _ in range(3):
            found.add(self.group("a", "b", "c"))
        assert counts == [1, 1, 1] and len(found.groups()) == 1

    def test_they_stand_in_natural_order(self):
        found, _ = self.make()
        for name in ("p10", "p9", "p1"):
            found.add(self.group(name, f"{name}b"))
        assert [group.group.keeper.path for group in found.groups()] == ["p1", "p9", "p10"]


def test_groups_are_there_while_the_search_goes_on(api, monkeypatch):
    with held(monkeypatch, 2) as gate:
        job = begin(api)
        gate.wait()
        state = api.get(f"/api/jobs/{job}")
        assert JobAnswer.model_validate(state) and (state["state"], state["groups_so_far"]) == ("running", 2)
        found = so_far(api)
        assert (found["total"], found["job"]) == (2, job) and len(found["items"]) == 2
        assert so_far(api, "?offset=1&limit=1")["items"] == found["items"][1:]
        assert api.get(f"/api/collections/{only(api.review).id}/groups")["total"] == 0
        assert api.get(f"/api/collections/{only(api.review).id}")["searched"] is None
    finish_all(api.review)
    state = api.get(f"/api/jobs/{job}")
    assert (state["state"], state["groups_so_far"], state["result"]["collections"][0]["groups"]) == ("done", None, 5)
    groups = api.get(f"/api/collections/{only(api.review).id}/groups")["items"]
    assert so_far(api) == {"total": 0, "complete": False, "job": None, "items": []}

    def nameless(group):
        return {name: value for name, value in group.items() if name != "id"}

    in_the_end = [nameless(each) for each in groups]
    assert all(nameless(each) in in_the_end for each in found["items"]), "what is formed at the end is as it stays"


def test_they_are_there_while_pictures_are_described(api, monkeypatch):
    """Of what is described so far, and fewer pictures of a group than in the end."""
    monkeypatch.setattr("framesift.duplicates.glances.FIRST", 3)
    monkeypatch.setattr("framesift.duplicates.glances.Glances._allow", lambda *_: 1e9)
    with held(monkeypatch) as gate:
        begin(api)
        gate.wait()
        [job] = [each for each in api.get("/api/jobs")["items"] if each["state"] == "running"]
        assert (job["stage"], job["total"]) == ("describing", 20) and job["done"] < 5
        [group] = so_far(api)["items"]
        assert [each["name"][-7:] for each in (group["keeper"], *group["members"])] == ["big.png", "mid.png"]
    finish_all(api.review)
    group = api.get(f"/api/collections/{only(api.review).id}/groups")["items"][0]
    assert [each["name"][-9:] for each in group["members"]] == ["1_mid.png", "small.png"]


def test_nothing_is_done_to_what_may_change(api, root, monkeypatch):
    """No change, no verdict and no removal takes a group so far; its id is of no group in the end either."""
    before = snapshot(root)
    with held(monkeypatch, 5) as gate:
        begin(api)
        gate.wait()
        [group, *others] = so_far(api)["items"]
        member = group["members"][0]["id"]
        removal = {"collection_ids": [only(api.review).id], "group_ids": [group["id"]], "create_backup": True}
        for _ in range(2):
            api.ask("GET", f"/api/groups/{group['id']}", 404)
            api.ask("PATCH", f"/api/groups/{group['id']}", 404, json={"keeper": member})
            api.ask("POST", f"/api/groups/{group['id']}/not-duplicates", 404, json={"image_ids": [member]})
            api.ask("POST", "/api/removals", 404, json=removal)
            gate.opened.set()
            finish_all(api.review)
    assert {each["id"] for each in api.get(f"/api/collections/{only(api.review).id}/groups")["items"]}.isdisjoint(
        each["id"] for each in [group, *others]
    )
    assert snapshot(root) == before and api.get("/api/removals")["total"] == 0


def test_groups_of_the_search_before_stand_until_the_next_is_done(api, monkeypatch):
    begin(api)
    finish_all(api.review)
    before = api.get(f"/api/collections/{only(api.review).id}/groups")
    with held(monkeypatch) as gate:
        job = begin(api)
        gate.wait()
        assert api.get(f"/api/collections/{only(api.review).id}/groups") == before and before["total"] == 5
        assert so_far(api)["job"] == job
    finish_all(api.review)


def test_a_search_that_is_stopped_leaves_nothing(api, monkeypatch):
    with held(monkeypatch) as gate:
        job = begin(api)
        gate.wait()
        api.ask("POST", f"/api/jobs/{job}/cancel", 200, json={})
        gate.opened.set()
        finish_all(api.review)
    state = api.get(f"/api/jobs/{job}")
    assert (state["state"], state["groups_so_far"]) == ("stopped", None)
    assert so_far(api)["total"] == 0 and only(api.review).searched is None


def test_a_search_that_fails_leaves_nothing(api, monkeypatch):
    def fail(*_, meanwhile, **__):
        raise OSError

    monkeypatch.setattr("framesift.review.duplicates.searches.find_duplicates", fail)
    monkeypatch.setattr("framesift.review.jobs._LOG.exception", lambda *_: None)
    job = begin(api)
    finish_all(api.review)
    assert api.get(f"/api/jobs/{job}")["state"] == "failed" and so_far(api)["job"] is None


def test_a_restart_begins_again(root, monkeypatch):
    """What was so far is gone; the search is done from its beginning, with what the index knows."""
    with held(monkeypatch) as gate, open_review(root) as review:
        job = begin(Api(review))
        gate.wait()
        review.jobs.stop()
        gate.opened.set()
    with held(monkeypatch, 0) as gate, Review(root, index=root.parent / "index.sqlite") as review:
        gate.wait()
        assert review.searches.so_far(only(review).id)[1] == []
        gate.opened.set()
        assert finish(review, review.jobs.find(job)).result["surplus"] == 10
        assert review.groups.page(only(review).id)[0] == 5


def test_two_look_at_the_search_of_one(api, monkeypatch):
    """Another client, which has not begun it, finds the job and the same groups."""
    with held(monkeypatch, 3) as gate:
        job = begin(api)
        gate.wait()
        other = Api(api.review, api.access)
        assert [each["id"] for each in other.get("/api/jobs")["items"] if each["state"] == "running"] == [job]
        assert so_far(other) == so_far(api) and so_far(other)["total"] == 3
    finish_all(api.review)


def test_of_many_collections_all_groups_are_counted(tmp_path, monkeypatch):
    write_people(tmp_path / "people", 3)
    with open_review(tmp_path / "people") as review, held(monkeypatch, 1) as gate:
        progress, counts = Progress("job", threading.Event()), list[int | None]()
        gate.opened.set()

        class Onlooker(Watch):
            def follow(self, items, stage, total=None):
                counts.append(progress.groups_so_far)
                return items

        ids = [each.id for each in review.collections.page("", True, 0, 10)[1]]
        monkeypatch.setattr("framesift.review.duplicates.searches._Tally", lambda *_: Onlooker())
        summaries = review.searches.search(ids, Request(), progress)
        assert [summary.groups for summary in summaries] == [1, 1, 1] and progress.groups_so_far is None
        assert sorted(set(counts)) == [0, 1, 2]


def test_turned_pictures_are_found_where_that_is_asked_for(review):
    collection = only(review)
    folder = Path(review.collections.folder(collection))
    first = sorted(folder.iterdir())[0]
    cv2.imwrite(str(folder / "turned.png"), cv2.rotate(cv2.imread(str(first)), cv2.ROTATE_90_CLOCKWISE))
    for turned, expected in ((False, {}), (True, {"turned.png": "turned by 90 degrees"})):
        review.searches.search_one(collection, Request(turned=turned), Progress("job", threading.Event()))
        groups = review.groups.page(collection.id, 0, 10)[1]
        lies = {each["name"]: each["lies"] for group in groups for each in describe_group(group)["members"]}
        assert {name: how for name, how in lies.items() if how} == expected
        assert ("turned.png" in lies) == turned
    described = [describe_scored_group(group, review.groups.measure(group), Request(turned=True)) for group in groups]
    [scores] = [each["scores"] for group in described for each in group["members"] if each["lies"]]
    assert scores["combined"]["similarity"] > 95 and all(score["near"] for score in scores.values())
