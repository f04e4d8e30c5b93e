"""The API as its users walk it: list, search, look, change, remove, undo."""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.duplicates import Watch
from framesift.review import image_id
from framesift.web.answers import JobAnswer
from framesift.web.duplicates import answers
from tests.actions.removals import snapshot
from tests.conftest import encode, read_tree
from tests.web.duplicates.review_pages import check_access, find_duplicates
from tests.web.serving import Api, Server, finish_all, open_review, paint, people_tree, search

BIG, MID, SMALL, ALONE = (image_id(f"{name}.png") for name in ("big", "mid", "small", "alone"))


@pytest.fixture
def people(write_tree) -> Path:
    return write_tree(people_tree(3), "people")


@pytest.fixture
def api(people) -> Iterator[Api]:
    with open_review(people) as review:
        made = Api(review)
        with made.client:
            yield made


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system: /dev/shm")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_what_another_disk_loses_is_said_before(people, other_disk, visits, tmp_path):
    """In the API and in the dialog that asks, as the terminal says it."""
    for name in ("mid", "small"):
        os.link(people / f"PERSON-0001/{name}.png", tmp_path / f"{name}.png")
    told = "2 files with another name that stays will come back as one of its own"
    with Server(people, "--output", str(other_disk / "output")) as server:
        server.wait_for_scan()
        everyone = [each["id"] for each in server.client.get("/api/collections").json()["items"]]
        asked = {"collection_ids": everyone}
        assert server.client.post("/api/removals/crossing", json=asked).json() == {"note": ""}  # nothing is found yet
        page = visits.open(server)
        dialog = find_duplicates(page, "PERSON-0001")
        dialog.get_by_text(f"{told}.").wait_for()
        check_access(page)
        dialog.get_by_role("button", name="Cancel").click()
        assert not dialog.get_by_text(f"{told}.").is_visible()
        assert server.client.post("/api/removals/crossing", json=asked).json() == {"note": told}
        page = visits.open(server)
        find_duplicates(page, "PERSON-0002").wait_for()
        assert not page.locator("#confirming-crossing").is_visible()
        page.keyboard.press("Escape")
        assert server.client.get("/api/removals").json()["total"] == 0
        visits.close()  # a page complains where its server goes first


def first(api: Api) -> str:
    return str(api.get("/api/collections")["items"][0]["id"])


def group_of(api: Api, collection_id: str) -> dict:
    search(api.review)
    [group] = api.get(f"/api/collections/{collection_id}/groups")["items"]
    return group


def test_collections_are_listed_in_natural_order_with_totals(api, people):
    (people / "PERSON-10").mkdir()
    (people / "PERSON-9").mkdir()
    for name in ("PERSON-10/a.png", "PERSON-9/b.png", "top.png"):
        (people / name).write_bytes(encode(paint(5)))
    api.do("POST", "/api/collections/scans", {})
    page = api.get("/api/collections?limit=2&offset=1")
    assert [each["name"] for each in page["items"]] == ["PERSON-0002", "PERSON-0003"]
    assert (page["total"], page["images"], page["scanning"]) == (6, 15, False)
    names = [each["name"] for each in api.get("/api/collections")["items"]]
    assert names == ["PERSON-0001", "PERSON-0002", "PERSON-0003", "PERSON-9", "PERSON-10", "people"]
    assert [each["name"] for each in api.get("/api/collections?query=son-1")["items"]] == ["PERSON-10"]
    assert [each["person_id"] for each in api.get("/api/collections?persons=false")["items"]] == [None]
    assert api.get("/api/collections?query=%25")["total"] == 0, "a sign of the query language is a letter like others"


def test_a_collection_that_is_gone_leaves_the_list_with_the_next_scan(api, people):
    for path in (people / "PERSON-0002").iterdir():
        path.unlink()
    api.do("POST", "/api/collections/scans", {})
    assert api.get("/api/collections")["total"] == 2


def test_images_and_pictures(api, people):
    base = f"/api/collections/{first(api)}/images"
    page = api.get(f"{base}?limit=2")
    assert page["total"] == 4 and [image["name"] for image in page["items"]] == ["alone.png", "big.png"]
    assert page["items"][1] | {"modified": ""} == {
        "id": BIG, "name": "big.png", "width": 96, "height": 72, "modified": "",
        "bytes": (people / "PERSON-0001" / "big.png").stat().st_size,
    }  # fmt: skip
    full = api.client.get(f"{base}/{BIG}")
    assert full.headers["content-type"] == "image/png"
    assert full.content == (people / "PERSON-0001" / "big.png").read_bytes()
    again = api.client.get(f"{base}/{BIG}", headers={"If-None-Match": full.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_small_pictures_are_kept_by_content(api, people):
    (people / "PERSON-0001" / "wide.png").write_bytes(encode(paint(9, 1000, 300)))
    base = f"/api/collections/{first(api)}/images"
    small = api.client.get(f"{base}/{image_id('wide.png')}/thumbnail?width=200")
    assert small.headers["content-type"] == "image/jpeg"
    assert cv2.imdecode(np.frombuffer(small.content, np.uint8), cv2.IMREAD_COLOR).shape == (72, 240, 3)
    (people / "PERSON-0001" / "wide.png").rename(people / "PERSON-0001" / "renamed.png")
    again = api.client.get(f"{base}/{image_id('renamed.png')}/thumbnail?width=240")
    assert again.headers["etag"] == small.headers["etag"] and again.content == small.content
    assert len(list((Path(api.review.output) / "thumbnails").iterdir())) == 1
    same = {"If-None-Match": small.headers["etag"]}
    assert api.client.get(f"{base}/{image_id('renamed.png')}/thumbnail", headers=same).status_code == 304
    (people / "PERSON-0001" / "renamed.png").write_bytes(encode(paint(10, 1000, 300)))
    assert api.client.get(f"{base}/{image_id('renamed.png')}/thumbnail", headers=same).status_code == 200


def test_what_is_no_picture_is_none(api, people):
    for name, content in (("page.png", b"<script>alert(1)</script>"), ("torn.png", encode(paint(3))[:300])):
        (people / "PERSON-0001" / name).write_bytes(content)
        api.ask("GET", f"/api/collections/{first(api)}/images/{image_id(name)}/thumbnail", 404)
    api.ask("GET", f"/api/collections/{first(api)}/images/{image_id('page.png')}", 404)
    (people / "PERSON-0001" / "film.tif").write_bytes(encode(paint(3), ".tiff"))
    shown = api.client.get(f"/api/collections/{first(api)}/images/{image_id('film.tif')}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert [each["width"] for each in api.get(f"/api/collections/{first(api)}/images")["items"]].count(None) == 1


def test_a_search_and_its_groups(api):
    ids = [each["id"] for each in api.get("/api/collections")["items"]]
    job = api.do("POST", "/api/searches", {"collection_ids": ids})
    assert job["result"]["surplus"] == 6 and job["result"]["backup"].endswith("people-output/duplicates_backup")
    assert [each["surplus"] for each in job["result"]["collections"]] == [2, 2, 2]
    assert api.get(f"/api/collections/{ids[0]}")["surplus"] == 2
    [group] = api.get(f"/api/collections/{ids[0]}/groups")["items"]
    assert group["keeper"]["id"] == BIG and group["reason"] == "largest resolution 96x72"
    assert [member["id"] for member in group["members"]] == [MID, SMALL]
    shown = api.get(f"/api/groups/{group['id']}")
    assert answers.ScoredGroupAnswer.model_validate(shown)
    for member in shown["members"]:
        scores = member["scores"]
        assert scores["combined"]["near"] and 90 <= scores["combined"]["similarity"] <= 100
        assert scores["combined"]["similarity"] == pytest.approx(member["similarity"], abs=0.01)
        parts = [scores["combined"][name] * weight for name, weight in (("hash", 0.4), ("ssim", 0.3), ("colours", 0.3))]
        assert sum(parts) == pytest.approx(scores["combined"]["similarity"], abs=0.02)
        assert scores["hash"] == {"distance": scores["hash"]["distance"], "limit": 8, "near": True}
        assert scores["framediff"]["limit"] == 1000


def test_another_keeper(api):
    group = group_of(api, first(api))
    changed = api.ask("PATCH", f"/api/groups/{group['id']}", 200, json={"keeper": SMALL})
    assert changed["keeper"]["id"] == SMALL and changed["reason"] == "chosen by you" and changed["reviewed"]
    assert {member["id"]: member["within"] for member in changed["members"]} == {BIG: True, MID: True}
    assert api.get(f"/api/groups/{group['id']}")["keeper"]["id"] == SMALL
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    assert job["result"]["removed"] == 2
    assert [each["id"] for each in api.get(f"/api/collections/{first(api)}/images")["items"]] == [ALONE, SMALL]


def test_what_is_excluded_stays_by_content(api, people):
    group = group_of(api, first(api))
    api.ask("PATCH", f"/api/groups/{group['id']}", 200, json={"excluded": [MID]})
    assert api.get(f"/api/collections/{first(api)}")["surplus"] == 1
    (people / "PERSON-0001" / "mid.png").rename(people / "PERSON-0001" / "other.png")
    again = group_of(api, first(api))
    assert {each["name"]: each["excluded"] for each in again["members"]} == {"other.png": True, "small.png": False}
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    assert job["result"]["removed"] == 1 and (people / "PERSON-0001" / "other.png").exists()
    api.do("POST", f"/api/removals/{job['result']['id']}/undo", {})
    again = group_of(api, first(api))
    api.ask("PATCH", f"/api/groups/{again['id']}", 200, json={"excluded": []})
    assert not any(each["excluded"] for each in group_of(api, first(api))["members"])


@pytest.mark.parametrize("method", ["combined", "hash", "framediff"])
def test_what_is_no_duplicate_is_never_asked_again(api, people, method):
    group = group_of(api, first(api))
    verdict = api.ask("POST", f"/api/groups/{group['id']}/not-duplicates", 201, json={"image_ids": [SMALL]})
    [left] = verdict["groups"]
    assert left["id"] == group["id"] and [member["id"] for member in left["members"]] == [MID]
    (people / "PERSON-0001" / "small.png").rename(people / "PERSON-0001" / "renamed.png")
    search(api.review, method=method)
    for group in api.get(f"/api/collections/{first(api)}/groups")["items"]:
        names = {group["keeper"]["name"], *(member["name"] for member in group["members"])}
        assert "renamed.png" not in names
    assert api.ask("DELETE", f"/api/verdicts/{verdict['id']}", 200)["groups"] == [], (
        "another search has been made since"
    )
    api.ask("DELETE", f"/api/verdicts/{verdict['id']}", 404)
    assert len(group_of(api, first(api))["members"]) == 2


def test_a_group_that_is_split_into_two(api, people):
    (people / "PERSON-0001" / "tiny.png").write_bytes(
        encode(cv2.resize(paint(1), (48, 36), interpolation=cv2.INTER_AREA))
    )
    group = group_of(api, first(api))
    body = {"image_ids": [SMALL, image_id("tiny.png")]}
    verdict = api.ask("POST", f"/api/groups/{group['id']}/not-duplicates", 201, json=body)
    assert [each["keeper"]["id"] for each in verdict["groups"]] == [BIG, SMALL]
    assert api.get(f"/api/collections/{first(api)}")["groups"] == 2
    assert api.get(f"/api/collections/{first(api)}")["surplus"] == 2


def test_changes_that_mean_nothing(api, people):
    group = group_of(api, first(api))
    address = f"/api/groups/{group['id']}"
    api.ask("PATCH", address, 422, json={"keeper": ALONE})
    api.ask("PATCH", address, 422, json={"excluded": ["nothing"]})
    api.ask("POST", f"{address}/not-duplicates", 422, json={"image_ids": [BIG, MID, SMALL]})
    (people / "PERSON-0001" / "small.png").write_bytes(encode(paint(77)))
    api.ask("PATCH", address, 409, json={"keeper": MID})
    (people / "PERSON-0001" / "small.png").unlink()
    api.ask("PATCH", address, 409, json={"keeper": SMALL})
    assert [member["scores"] for member in api.get(address)["members"]] == [None, None]


def test_copies_with_the_same_bytes_cannot_be_told_apart(api, people):
    (people / "PERSON-0001" / "copy.png").write_bytes((people / "PERSON-0001" / "big.png").read_bytes())
    group = group_of(api, first(api))
    body = {"image_ids": [image_id("copy.png")]}
    assert (
        "exclude it instead" in api.ask("POST", f"/api/groups/{group['id']}/not-duplicates", 422, json=body)["detail"]
    )


def test_an_undo_of_what_another_user_has_removed(api, people, monkeypatch, tmp_path):
    """Its backup has not their mark, and it goes where who serves the folder wants it: below that folder."""
    before = read_tree(people)
    search(api.review)
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of another"))
    undone = api.do("POST", f"/api/removals/{job['result']['id']}/undo", {})["result"]
    assert (undone["left"], undone["state"]) == ([], "undone") and read_tree(people) == before


def test_a_removal_and_its_undo(api, people):
    (people / "PERSON-0001" / "metadata.json").write_text(json.dumps({"files": ["small.png", "big.png"]}))
    before = snapshot(people)
    search(api.review)
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    removal = api.get(f"/api/removals/{job['result']['id']}")
    assert removal == job["result"] and answers.RemovalAnswer.model_validate(removal)
    assert (removal["state"], removal["removed"]) == ("removed", 2)
    [part] = removal["collections"]
    backup = Path(api.review.output) / "duplicates_backup" / "PERSON-0001" / removal["id"]
    assert part["backup"] == str(backup) and {path.name for path in backup.glob("*.png")} == {"mid.png", "small.png"}
    collection = api.get(f"/api/collections/{first(api)}")
    assert (collection["images"], collection["groups"], collection["surplus"]) == (2, 0, 0)
    undone = api.do("POST", f"/api/removals/{removal['id']}/undo", {})
    assert undone["result"] == {"id": removal["id"], "restored": 2, "left": [], "state": "undone"}
    assert snapshot(people) == before and api.get(f"/api/collections/{first(api)}")["images"] == 4
    api.ask("POST", f"/api/removals/{removal['id']}/undo", 409)
    assert api.get("/api/removals")["items"][0]["state"] == "undone"


def test_a_place_that_was_taken_is_not_overwritten(api, people):
    search(api.review)
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    (people / "PERSON-0001" / "small.png").write_bytes(b"new")
    undone = api.do("POST", f"/api/removals/{job['result']['id']}/undo", {})["result"]
    assert (undone["restored"], undone["state"]) == (1, "partly")
    assert [each["name"] for each in undone["left"]] == ["small.png"]
    assert (people / "PERSON-0001" / "small.png").read_bytes() == b"new"
    (people / "PERSON-0001" / "small.png").unlink()
    assert api.do("POST", f"/api/removals/{job['result']['id']}/undo", {})["result"]["state"] == "undone"


def test_only_some_groups(api):
    search(api.review)
    ids = [each["id"] for each in api.get("/api/collections")["items"]]
    groups = [api.get(f"/api/collections/{each}/groups")["items"][0]["id"] for each in ids]
    api.ask("POST", "/api/removals", 404, json={"collection_ids": ids[:1], "group_ids": groups[1:2]})
    job = api.do("POST", "/api/removals", {"collection_ids": ids[:2], "group_ids": groups[1:2]})
    assert [part["removed"] for part in job["result"]["collections"]] == [0, 2]


def test_persons_as_source_000_has_them(api, people):
    before = snapshot(people)
    body = {"person_ids": ["PERSON-0003", "PERSON-0001", "PERSON-0003"], "create_backup": True}
    answer = run_in_time(api, body)
    assert answer == {
        "success": True,
        "results": [
            {"person_id": "PERSON-0003", "duplicates_found": 2, "duplicates_removed": 2},
            {"person_id": "PERSON-0001", "duplicates_found": 2, "duplicates_removed": 2},
        ],
        "total_removed": 4,
        "backup_created": True,
    }
    [removal] = api.get("/api/removals")["items"]
    api.do("POST", f"/api/removals/{removal['id']}/undo", {})
    assert snapshot(people) == before
    api.ask("POST", "/persons/remove-duplicates", 404, json={"person_ids": ["PERSON-0001", "PERSON-9"]})
    assert snapshot(people) == before


def run_in_time(api: Api, body: dict) -> dict:
    return api.ask("POST", "/persons/remove-duplicates", 200, json=body)


def test_without_a_backup_only_what_is_pixel_for_pixel_the_same_goes(api, people):
    folder = people / "PERSON-0002"
    big = (folder / "big.png").read_bytes()
    (folder / "same.png").write_bytes(big)
    pixels = cv2.imdecode(np.frombuffer(big, np.uint8), cv2.IMREAD_COLOR)
    (folder / "stored.png").write_bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 0])[1].tobytes())
    (folder / "bitmap.bmp").write_bytes(encode(pixels, ".bmp"))
    before = read_tree(folder)
    answer = run_in_time(api, {"person_ids": ["PERSON-0002"], "create_backup": False})
    [result] = answer["results"]
    kept = max(["big.png", "same.png", "stored.png", "bitmap.bmp"], key=lambda name: len(before[name]))
    stays = {each["name"]: each["reason"] for each in result["left"]}
    reason = f"is not pixel for pixel {kept}, which is kept: without a backup it stays"
    assert stays == {"mid.png": reason, "small.png": reason}
    assert (result["duplicates_found"], answer["backup_created"]) == (5, False)
    assert set(read_tree(folder)) == {kept, "mid.png", "small.png", "alone.png"}
    assert all(before[name] == content for name, content in read_tree(folder).items())
    backups = Path(api.review.output) / "duplicates_backup"
    assert {path.rsplit("/", 1)[-1] for path in read_tree(backups)} == {"journal.jsonl"}
    removal = api.get("/api/removals")["items"][0]
    assert (removal["state"], removal["removed"]) == ("emptied", 3)
    api.ask("POST", f"/api/removals/{removal['id']}/undo", 409)


def test_a_removal_without_a_backup_that_was_stopped_comes_to_the_same(api, people):
    folder = people / "PERSON-0002"
    (folder / "same.png").write_bytes((folder / "big.png").read_bytes())
    search(api.review)
    [identity] = [each["id"] for each in api.get("/api/collections?query=0002")["items"]]
    removing = api.review.jobs.kinds["removal"]
    jobs = removing.__self__
    stopped = []

    def stop(part, progress):
        stopped.append(part)

    emptying, jobs._empty = jobs._empty, stop
    removal_id = api.do("POST", "/api/removals", {"collection_ids": [identity], "create_backup": False})["result"]["id"]
    first = api.review.removals.find(removal_id)
    assert len(stopped) == 1 and first.removed == 1
    jobs._update(jobs._parts(removal_id)[0], state="planned", removed=0, found=0)  # killed before it was noted
    jobs._empty = emptying
    again = removing({"removal": removal_id}, Watching())["collections"][0]
    assert (again["found"], again["removed"], again["state"]) == (3, 1, "emptied")
    assert again["left"] == first.collections[0].left
    assert len(again["left"]) == 2 and len(read_tree(folder)) == 4


def test_groups_outlive_a_remount(api, people):
    before = snapshot(people)
    search(api.review)
    ids = [each["id"] for each in api.get("/api/collections")["items"]]
    shutil.copytree(people, people.with_name("fresh"))
    shutil.rmtree(people)
    people.with_name("fresh").rename(people)
    group = api.get(f"/api/collections/{ids[0]}/groups")["items"][0]
    api.ask("PATCH", f"/api/groups/{group['id']}", 200, json={"keeper": MID})
    small = people / "PERSON-0002" / "small.png"
    status = small.stat()
    small.write_bytes(bytes(status.st_size))
    os.utime(small, ns=(status.st_atime_ns, status.st_mtime_ns))
    job = api.do("POST", "/api/removals", {"collection_ids": ids})["result"]
    assert [part["removed"] for part in job["collections"]] == [2, 1, 2]
    assert job["collections"][1]["left"] == [{"name": "small.png", "reason": "changed since the scan"}]
    assert (people / "PERSON-0001" / "mid.png").exists() and not (people / "PERSON-0001" / "big.png").exists()
    api.do("POST", f"/api/removals/{job['id']}/undo", {})
    changed = "PERSON-0002/small.png"
    assert {**snapshot(people), changed: before[changed]} == before


class Watching(Watch):
    """Progress that nobody follows."""

    job_id = "0"


def test_what_belongs_to_a_picture_goes_and_comes_back_with_it(api, people):
    for path in sorted((people / "PERSON-0002").glob("*.png")):
        path.with_suffix(".xmp").write_text("<x/>")
    before = snapshot(people)
    answer = run_in_time(api, {"person_ids": ["PERSON-0002"], "create_backup": False})
    assert answer["total_removed"] == 0 and snapshot(people) == before  # they exist once
    answer = run_in_time(api, {"person_ids": ["PERSON-0002"], "create_backup": True})
    assert answer["total_removed"] == 2
    assert len(list((people / "PERSON-0002").glob("*.xmp"))) == len(list((people / "PERSON-0002").glob("*.png")))
    removal = next(each for each in api.get("/api/removals")["items"] if each["removed"])
    api.do("POST", f"/api/removals/{removal['id']}/undo", {})
    assert snapshot(people) == before


def test_two_folders_of_one_person(api, people):
    (people / "deep").mkdir()
    (people / "PERSON-0001").rename(people / "deep" / "PERSON-0002")
    api.do("POST", "/api/collections/scans", {})
    api.ask("POST", "/persons/remove-duplicates", 409, json={"person_ids": ["PERSON-0002"]})
    ids = [each["id"] for each in api.get("/api/collections?query=PERSON-0002")["items"]]
    job = api.do("POST", "/api/removals", {"collection_ids": ids})
    assert [part["removed"] for part in job["result"]["collections"]] == [2, 2]
    assert len({part["backup"] for part in job["result"]["collections"]}) == 2


def test_one_removal_at_a_time(api):
    search(api.review)
    ids = [each["id"] for each in api.get("/api/collections")["items"]]
    going_on, held = threading.Event(), threading.Event()
    remove = api.review.jobs.kinds["removal"]

    def wait_first(spec, progress):
        held.set()
        assert going_on.wait(20)
        return remove(spec, progress)

    api.review.jobs.kinds["removal"] = wait_first
    accepted = api.client.post("/api/removals", json={"collection_ids": ids[:2]})
    assert accepted.status_code == 202 and accepted.headers["location"] == f"/api/jobs/{accepted.json()['id']}"
    assert held.wait(20)
    api.ask("POST", "/api/removals", 409, json={"collection_ids": ids[1:]})
    api.ask("POST", "/persons/remove-duplicates", 409, json={"person_ids": ["PERSON-0001"]})
    api.ask("POST", f"/api/jobs/{accepted.json()['id']}/cancel", 409)
    other = api.client.post("/api/removals", json={"collection_ids": ids[2:]})
    assert other.status_code == 202
    queued = api.client.post("/api/searches", json={"collection_ids": ids}).json()
    assert api.ask("POST", f"/api/jobs/{queued['id']}/cancel", 200)["state"] == "stopped"
    going_on.set()
    finish_all(api.review)
    assert [each["surplus"] for each in api.get("/api/collections")["items"]] == [0, 0, 0]


def test_a_search_that_is_running_is_stopped(api):
    held, stopped = threading.Event(), threading.Event()

    def work(spec, progress):
        held.set()
        for _ in progress.follow(iter(int, 1), "waiting", 10):
            stopped.wait(0.01)

    api.review.jobs.kinds["search"] = work
    job = api.client.post("/api/searches", json={"collection_ids": [first(api)]}).json()
    assert held.wait(20)
    api.ask("POST", f"/api/jobs/{job['id']}/cancel", 200)
    finish_all(api.review)
    assert api.get(f"/api/jobs/{job['id']}")["state"] == "stopped"
    api.ask("POST", f"/api/jobs/{job['id']}/cancel", 409)


def test_the_events_of_a_job_end_with_it(api):
    job = api.client.post("/api/searches", json={"collection_ids": [first(api)]}).json()
    text = api.client.get(f"/api/jobs/{job['id']}/events").text
    events = [block.split("\n") for block in text.strip().split("\n\n")]
    assert events[-1][0] == "event: end" and all(event[0] == "event: progress" for event in events[:-1])
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert (last["id"], last["state"]) == (job["id"], "done")
    api.ask("GET", "/api/jobs/none/events", 404)


def test_names_are_text(api, people):
    name = "<img src=x onerror=alert(1)>\n\u202e.png"
    (people / "PERSON-0001" / name).write_bytes(encode(paint(1, 120, 90)))
    latin = Path(str(people / "PERSON-0001"), "\udcff.png")
    latin.write_bytes(encode(paint(1, 40, 30)))
    names = [image["name"] for image in api.get(f"/api/collections/{first(api)}/images")["items"]]
    assert "<img src=x onerror=alert(1)>\\n\\u202e.png" in names and "\\xff.png" in names
    job = api.do("POST", "/api/removals", {"collection_ids": [first(api)]})
    assert job["result"]["removed"] == 4 and not latin.exists()
    api.do("POST", f"/api/removals/{job['result']['id']}/undo", {})
    assert latin.exists()


def test_the_description_has_examples_that_are_true(api):
    document = api.get("/openapi.json")
    schemas = document["components"]["schemas"]
    names = ("CollectionAnswer", "ImageAnswer", "RemovalAnswer", "PersonsAnswer", "ScoredGroupAnswer")
    for model in (JobAnswer, *(getattr(answers, name) for name in names)):
        for example in schemas[model.__name__]["examples"]:
            assert model.model_validate(example).model_dump() == example
    for methods in document["paths"].values():
        for method, operation in methods.items():
            assert operation["summary"] and {"403", "421", "503"} <= set(operation["responses"])
            assert method == "get" or ({"401"} <= set(operation["responses"]) and operation["security"])
