"""The review pages in a real browser where things do not go as they should: one plain sentence each."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift.cli.browser import open_secret
from tests.conftest import encode, make_image, read_tree
from tests.web.duplicates.review_folders import write_person
from tests.web.duplicates.review_pages import Visits, check_access, find_duplicates, serve, shown, tick
from tests.web.serving import Server


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory) -> Iterator[Server]:
    """A few persons, one without duplicates, and a folder with a damaged image."""
    root = tmp_path_factory.mktemp("review") / "persons"
    for number in range(11, 16):
        write_person(root, f"PERSON-{number:04}", [3, 2, 1], number)
    write_person(root, "PERSON-0900", [1, 1], 900)
    (write_person(root, "damaged", [2], 901) / "a.jpg").write_bytes(encode(make_image(), ".jpg")[:-20])
    with serve(root) as running:
        yield running


@pytest.fixture
def visits(browser) -> Iterator[Visits]:
    """Opens pages; whatever they complained of fails the test, but for what it has made fail itself."""
    made = Visits(browser)
    yield made
    made.close("the server responded with a status of 409", "net::ERR_CONNECTION_REFUSED")


def test_without_events_the_page_asks_again_and_again(served, visits):
    page = visits.open(served)
    page.route("**/events", lambda route: route.fulfill(status=200, body="", content_type="text/plain"))
    page.evaluate("delete globalThis.EventSource")
    assert "Remove 3 images of 1 person?" in find_duplicates(page, "PERSON-0011").inner_text()


def test_a_file_leads_the_browser_in(served, browser, tmp_path, monkeypatch):
    """A page from elsewhere: the cookie has to be there at the first page all the same, and not in its address."""
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    path = Path(open_secret(f"{served.address}/?token={served.token}", str(tmp_path)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    page.get_by_role("button", name="Select Mode").wait_for(timeout=10_000)
    assert page.url == f"{served.address}/"
    context.close()


def test_who_comes_without_the_token_sees_how_to_come_in(served, browser):
    context = browser.new_context(viewport={"width": 400, "height": 900})
    page = context.new_page()
    page.goto(served.address)
    assert "Open the address that framesift has printed" in page.inner_text("main")
    check_access(page)
    context.close()


def test_nothing_to_remove_is_said(served, visits):
    page = visits.open(served)
    page.get_by_role("button", name="Select Mode").click()
    tick(page, "PERSON-0900")
    page.get_by_role("button", name="Remove Duplicates (1)", exact=True).click()
    shown(page, "^No duplicates found$")
    check_access(page)


BUSY = {"status": 409, "content_type": "application/problem+json", "body": '{"detail": "another removal is under way"}'}


@pytest.mark.parametrize(
    ("answer", "sentence"), [(BUSY, "Another removal is under way."), (None, "framesift does not answer")]
)
def test_what_goes_wrong_is_one_plain_sentence(served, visits, answer, sentence):
    page = visits.open(served)
    fail = (lambda route: route.fulfill(**answer)) if answer else (lambda route: route.abort("connectionrefused"))
    page.route("**/api/removals", fail)
    find_duplicates(page, "PERSON-0012").get_by_role("button", name="Confirm").click()
    shown(page, sentence)
    check_access(page)
    assert page.locator("#remove").is_enabled(), "it can be tried again"


@pytest.mark.parametrize(
    ("state", "problem", "sentence"),
    [
        ("failed", "the disk is full", "Looking for duplicates did not succeed. The disk is full."),
        ("stopped", None, "Looking for duplicates was stopped. Nothing was removed by it."),
    ],
)
def test_work_that_does_not_come_to_its_end_says_why(served, visits, state, problem, sentence):
    page = visits.open(served)

    def end(route: Any) -> None:
        job = route.fetch().json() | {"state": state, "problem": problem, "result": None}
        route.fulfill(json=job)

    page.route(re.compile("/api/jobs/[0-9a-f]+$"), end)
    page.get_by_role("button", name="Select Mode").click()
    tick(page, "PERSON-0014")
    page.get_by_role("button", name="Remove Duplicates (1)", exact=True).click()
    shown(page, sentence)
    check_access(page)


def test_a_server_that_comes_back_is_waited_for(served, visits):
    page = visits.open(served)
    page.route("**/api/jobs/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Select Mode").click()
    tick(page, "PERSON-0015")
    page.get_by_role("button", name="Remove Duplicates (1)", exact=True).click()
    page.locator(".stage", has_text="framesift does not answer").wait_for()
    page.unroute("**/api/jobs/**")
    page.get_by_role("dialog").wait_for()


@pytest.mark.parametrize("asked", ["kind=%5D", "offset=-5", "offset=1e99", "offset=99999", "query=" + "x" * 300])
def test_an_address_that_makes_no_sense(served, visits, asked):
    page = visits.open(served, f"/?{asked}")
    page.locator(".card, .empty:visible").first.wait_for()
    assert not page.locator("#work").is_visible()


def test_what_cannot_be_read_is_shown_as_such_and_left_alone(served, visits):
    page = visits.open(served, "/?kind=all&query=damaged")
    assert page.locator(".cover img").evaluate("async (image) => (await image.decode(), image.naturalWidth > 0)")
    dialog = find_duplicates(page, "damaged")
    assert "Left alone, for they could not be read: 1 image." in dialog.inner_text()
    dialog.get_by_role("button", name="Confirm: remove 1 image").click()
    shown(page, "^1 image removed$")
    assert set(read_tree(served.root / "damaged")) == {"a.jpg", "frame_00_0.jpg"}


def test_a_folder_without_images_says_what_to_do(browser, visits, tmp_path):
    root = tmp_path / "empty"
    root.mkdir()
    with serve(root) as running:
        page = visits.open(running)
        page.get_by_text("There are no images here yet").wait_for()
        check_access(page)
        write_person(root, "PERSON-0001", [2], 1)
        page.get_by_role("button", name="Look again").click()
        page.get_by_text("1 person, 2 images").wait_for()
        removed = visits.open(running, "/removals")
        removed.get_by_text("Nothing has been removed yet").wait_for()
        check_access(removed)
