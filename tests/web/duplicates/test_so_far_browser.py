"""The groups page while a search goes on: what it has found so far is looked at, and found again when it is done."""

import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import until
from tests.web.duplicates.held_searches import HeldServer
from tests.web.duplicates.review_folders import render_picture, versions_of, write_person
from tests.web.duplicates.review_pages import Visits, check_access, shown

TOP = "name => document.querySelector(`[data-image='${name}']`).getBoundingClientRect().top"
FOCUS = "document.activeElement.dataset.focus"


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory) -> Iterator[HeldServer]:
    """A person for each test."""
    root = tmp_path_factory.mktemp("review")
    for number in (1, 2, 3, 4, 6):
        write_person(root / "persons", f"PERSON-{number:04}", [3, 2, 1, 2], number)
    write_person(root / "persons", "PERSON-0005", [2] * 26, 5)
    last = write_person(root / "persons", "PERSON-0007", [2] * 25, 7)
    for version, content in enumerate(versions_of(render_picture(8, (640, 480)), 2)):
        (last / f"last_{version}.jpg").write_bytes(content)
    with HeldServer(root / "persons", root / "gates") as running:
        running.wait_for_scan()
        yield running
        code, said = running.end(signal.SIGTERM)
        assert code == 0 and "Traceback" not in said, said


@pytest.fixture(autouse=True)
def no_gate(request) -> Iterator[None]:
    """No search of a test that has failed is left waiting."""
    yield
    for gate in request.getfixturevalue("served").gates.iterdir():
        gate.unlink()


def open_searching(served: HeldServer, visits: Visits, name: str, *gates: int, **view: Any) -> Any:
    """Begin the search of a person on its own page; it waits at the first gate, and the page shows that."""
    served.shut(*gates)
    page = visits.open(served, f"/?query={name}", **view)
    page.locator(".card a").click()
    page.get_by_role("button", name="Find duplicates").click()
    see_so_far(page, gates[0])
    return page


def see_so_far(page: Any, number: int) -> None:
    page.get_by_role("heading", name=re.compile(f"^Found so far: {number} groups?$")).wait_for()


@pytest.mark.parametrize(("name", "width", "scheme"), [("PERSON-0001", 1280, "light"), ("PERSON-0002", 390, "dark")])
def test_a_group_is_seen_before_the_search_is_over_and_only_looked_at(served, visits, name, width, scheme):
    page = open_searching(served, visits, name, 1, width=width, scheme=scheme)
    check_access(page)
    assert "1 group so far" in page.locator("#work").inner_text()
    images = page.locator("#found .image")
    assert images.locator(".badge").all_inner_texts()[0] == "Keeper so far"
    assert set(images.locator(".badge").all_inner_texts()[1:]) == {"Duplicate so far"}
    assert page.locator("#found button:not(.picture)").count() == 0, "nothing to press but the pictures"
    assert not page.locator("#bar").is_visible() and page.locator("#groups > li").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    focus = page.evaluate(FOCUS)
    page.keyboard.press("d")
    page.locator("#told", has_text="when the search is done").wait_for()
    served.open(1)
    page.locator("#groups > li").nth(2).wait_for()
    shown(page, "^4 duplicates found$")
    assert not page.locator("#so-far").is_visible() and page.locator("#found > li").count() == 0
    until(page, f"focus => {FOCUS} === focus", focus)
    assert page.locator("#groups :focus").count() == 1, "the same picture, where it can be said what it is"
    page.get_by_role("button", name="Remove Duplicates (4)").wait_for()
    check_access(page)


def test_what_is_looked_at_stays_in_view_and_in_the_viewer(served, visits):
    page = open_searching(served, visits, "PERSON-0005", 2, 22)
    page.locator("#found .picture").first.click()
    page.locator("#viewer").get_by_text(re.compile("^Duplicate so far: ")).wait_for()
    check_access(page)
    page.keyboard.press("Escape")
    first = page.locator("#found > li").first.element_handle()
    served.open(2)
    see_so_far(page, 22)
    assert first.evaluate("element => element.isConnected"), "what was there is not made anew"
    page.get_by_role("button", name="Show more (2 left)").click()
    page.locator("#found > li").nth(21).wait_for()
    last = page.locator("#found > li").nth(20)
    last.evaluate("element => element.scrollIntoView({ block: 'start' })")
    image = last.locator("[data-image]").first.get_attribute("data-image")
    before = page.evaluate(TOP, image)
    last.locator(".picture").nth(1).click()
    served.open(22)
    page.locator("#viewer").get_by_text(re.compile("^To be removed: ")).wait_for()
    page.keyboard.press("Escape")
    page.locator("#groups :focus").wait_for()
    assert page.locator(f"#groups [data-image='{image}']").count() == 1
    assert abs(page.evaluate(TOP, image) - before) < 100, "the head of a group is all that comes above it"


def test_the_viewer_finds_its_two_far_down(served, visits):
    """The largest picture is the first keeper, and by its name the last of 26."""
    page = open_searching(served, visits, "PERSON-0007", 1)
    page.locator("#found [data-image]").nth(1).locator(".picture").click()
    page.locator("#viewer").get_by_text("Duplicate so far: last_1.jpg").wait_for()
    served.open(1)
    page.locator("#viewer").get_by_text("To be removed: last_1.jpg").wait_for()
    assert page.locator("#groups > li").count() == 26


def test_a_page_that_is_loaded_again_and_another_one_see_the_same(served, visits):
    page = open_searching(served, visits, "PERSON-0003", 2)
    page.reload()
    see_so_far(page, 2)
    other = visits.open(served, page.url.removeprefix(served.address))
    see_so_far(other, 2)
    served.open(2)
    for each in (page, other):
        each.locator("#groups > li").nth(2).wait_for()
        each.get_by_text("3 groups of duplicates").wait_for()
        assert not each.locator("#so-far").is_visible()


def test_a_search_that_is_stopped_leaves_no_group(served, visits):
    page = open_searching(served, visits, "PERSON-0004", 1)
    page.get_by_role("button", name="Stop").click()
    shown(page, "was stopped. Nothing was removed by it.$")
    page.get_by_text("Not searched yet.").wait_for()
    assert not page.locator("#so-far").is_visible() and page.locator("#groups > li").count() == 0


def test_groups_of_the_search_before_are_told_from_those_so_far(served, visits):
    page = open_searching(served, visits, "PERSON-0006", 1)
    served.open(1)
    page.get_by_role("button", name="Search again").wait_for()
    assert not page.get_by_text("Groups of the search before").is_visible()
    served.shut(2)
    page.get_by_role("button", name="Search again").click()
    see_so_far(page, 2)
    page.get_by_role("heading", name="Groups of the search before").wait_for()
    assert page.locator("#groups > li").count() == 3 and page.locator("#remove").is_disabled()
    check_access(page)
    served.open(2)
    page.get_by_text("Groups of the search before").wait_for(state="hidden")
    assert page.locator("#groups > li").count() == 3
