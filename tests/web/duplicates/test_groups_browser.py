"""The groups page in a real browser: look, change what is kept, say what is no duplicate, then remove."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.actions.removals import snapshot
from tests.conftest import read_tree
from tests.web.duplicates.review_folders import write_person
from tests.web.duplicates.review_pages import Visits, check_access, press, serve, shown
from tests.web.serving import Server


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory) -> Iterator[Server]:
    """A person for each test."""
    root = tmp_path_factory.mktemp("review") / "persons"
    for number in range(1, 12):
        write_person(root, f"PERSON-{number:04}", [3, 2, 1], number)
    write_person(root, "PERSON-0100", [2] * 23, 100)
    with serve(root) as running:
        yield running


def open_groups(served: Server, visits: Visits, name: str, width: int = 1280, scheme: str = "light") -> Any:
    """Search a person on its own page."""
    page = visits.open(served, f"/?query={name}", width, scheme)
    page.locator(".card a").click()
    page.get_by_role("button", name="Find duplicates").click()
    shown(page, "duplicates found$")
    page.locator(".group").first.wait_for()
    return page


def files(served: Server, name: str) -> set[str]:
    return set(read_tree(served.root / name))


def image(page: Any, name: str) -> Any:
    return page.locator(".image", has_text=name)


def remove(page: Any, number: int) -> None:
    page.get_by_role("button", name=f"Remove Duplicates ({number})", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    shown(page, f"^{number} images? removed$")


def test_each_group_shows_its_keeper_and_why(served, visits):
    page = open_groups(served, visits, "PERSON-0001")
    check_access(page)
    first = page.locator(".group").first
    assert first.locator(".keeper .file").inner_text() == "frame_00_0.jpg"
    assert "largest resolution 320x240" in first.locator(".keeper").inner_text()
    assert first.locator(".image:not(.keeper) .badge").all_inner_texts() == ["To be removed"] * 2
    first.get_by_text("Scores of each method").click()
    rows = first.locator(".scores tbody tr")
    rows.nth(1).wait_for()
    for text in rows.all_inner_texts():
        cells = text.split("\t")
        assert "near" in cells[1] and "%" in cells[1] and "bits" in cells[5] and "px" in cells[6]
        assert "near" in cells[5] and "near" in cells[6] and float(cells[2].split()[0]) > 80
    check_access(page)


def test_changing_what_is_kept(served, visits):
    before = snapshot(served.root / "PERSON-0002")
    page = open_groups(served, visits, "PERSON-0002")
    image(page, "frame_00_2").get_by_role("button", name="Make keeper").click()
    page.locator(".keeper", has_text="frame_00_2").wait_for()
    image(page, "frame_01_1").get_by_role("button", name="Leave in place").click()
    image(page, "frame_01_1").get_by_text("Stays: you leave it").wait_for()
    check_access(page)
    page.reload()
    page.locator(".keeper", has_text="frame_00_2").wait_for()
    image(page, "frame_01_1").get_by_text("Stays: you leave it").wait_for()
    remove(page, 2)
    assert files(served, "PERSON-0002") == {"frame_00_2.jpg", "frame_01_0.jpg", "frame_01_1.jpg", "frame_02_0.jpg"}
    page.locator("#work").get_by_role("button", name="Undo").click()
    shown(page, "^2 images came back$")
    assert snapshot(served.root / "PERSON-0002") == before


def test_leaving_can_be_taken_back(served, visits):
    page = open_groups(served, visits, "PERSON-0003")
    image(page, "frame_01_1").get_by_role("button", name="Leave in place").click()
    page.get_by_text("2 images to remove").wait_for()
    image(page, "frame_01_1").get_by_role("button", name="Remove after all").click()
    page.get_by_text("3 images to remove").wait_for()


def test_what_is_no_duplicate_is_never_asked_again(served, visits):
    page = open_groups(served, visits, "PERSON-0004")
    image(page, "frame_01_1").get_by_role("button", name="Not a duplicate").click()
    notice = page.locator(".notice", has_text="frame_01_1.jpg is not a duplicate: remembered.")
    notice.wait_for()
    page.get_by_text("2 images to remove").wait_for()
    check_access(page)
    notice.get_by_role("button", name="Undo").click()
    page.get_by_text("3 images to remove").wait_for()
    image(page, "frame_01_1").get_by_role("button", name="Not a duplicate").click()
    page.get_by_text("2 images to remove").wait_for()
    (served.root / "PERSON-0004" / "frame_01_1.jpg").rename(served.root / "PERSON-0004" / "renamed.jpg")
    page.get_by_text("Search again in another way").click()
    page.get_by_label("Method").select_option("hash")
    page.get_by_role("button", name="Search again").click()
    shown(page, "^2 duplicates found$")
    page.get_by_text("1 group of duplicates").wait_for()
    assert page.locator(".group .file").all_inner_texts() == [f"frame_00_{version}.jpg" for version in range(3)]


def test_two_images_at_full_size(served, visits):
    page = open_groups(served, visits, "PERSON-0005")
    picture = image(page, "frame_00_2").locator(".picture")
    picture.click()
    viewer = page.locator("#viewer")
    sides = page.locator("#viewer img").all()
    widths = [side.evaluate("async (image) => (await image.decode(), image.naturalWidth)") for side in sides]
    assert widths == [320, 224], "whole images, not thumbnails"
    assert sides[0].bounding_box()["x"] < sides[1].bounding_box()["x"]
    assert "frame_00_2.jpg" in page.locator("#viewer .after figcaption").inner_text()
    check_access(page)
    page.keyboard.press("f")
    assert [side.is_visible() for side in sides] == [False, True]
    page.keyboard.press("f")
    assert [side.is_visible() for side in sides] == [True, False]
    page.keyboard.press("b")
    assert [side.is_visible() for side in sides] == [True, True]
    page.keyboard.press("ArrowLeft")
    page.locator("#viewer .after figcaption", has_text="frame_00_1.jpg").wait_for()
    page.keyboard.press("Escape")
    assert not viewer.is_visible()
    image(page, "frame_00_2").locator(".picture:focus").wait_for()  # the focus comes back


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_whole_way_by_keyboard_on_a_phone(served, visits, scheme):
    name = {"light": "PERSON-0006", "dark": "PERSON-0007"}[scheme]
    before = snapshot(served.root / name)
    page = visits.open(served, f"/?query={name}", 400, scheme)
    page.locator(".card", has_text=name).wait_for()
    press(page, name)
    page.get_by_text("Not searched yet").wait_for()
    check_access(page)
    press(page, "Find duplicates")
    shown(page, "^3 duplicates found$")
    page.locator(".group").nth(1).wait_for()
    check_access(page)
    keys = page.keyboard.press
    keys("j")
    keys("ArrowRight")
    keys("l")
    image(page, "frame_00_1").get_by_text("Stays: you leave it").wait_for()
    keys("j")
    keys("m")
    page.locator(".keeper", has_text="frame_01_1").wait_for()
    keys("d")
    page.locator(".notice").wait_for()
    keys("Enter")
    page.get_by_text("2 images to remove").wait_for()
    keys("k")
    keys("v")
    page.locator("#viewer").wait_for()
    check_access(page)
    keys("Escape")
    press(page, "Remove Duplicates (2)")
    page.get_by_role("dialog").wait_for()
    press(page, "Confirm")
    shown(page, "^2 images removed$")
    check_access(page)
    assert set(before) - files(served, name) == {"frame_00_2.jpg", "frame_01_0.jpg"}
    press(page, "Undo")
    shown(page, "^2 images came back$")
    assert snapshot(served.root / name) == before


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_a_person_shows_its_pictures_before_any_search(served, visits, width, scheme):
    page = visits.open(served, "/?query=PERSON-0010", width, scheme)
    page.locator(".card a").click()
    pictures = page.locator("#pictures img")
    pictures.nth(5).wait_for()
    names = page.locator("#pictures .file").all_inner_texts()
    assert names == sorted(files(served, "PERSON-0010")), "the one without duplicates too"
    assert pictures.nth(5).evaluate(
        "async (image) => (image.loading = 'eager', await image.decode(), image.naturalWidth)"
    )
    check_access(page)
    page.locator("#pictures button").nth(4).press("Enter")
    page.locator("#single-title", has_text=names[4]).wait_for()
    check_access(page)
    page.keyboard.press("ArrowRight")
    page.locator("#single-title", has_text=names[5]).wait_for()
    page.keyboard.press("Escape")
    page.locator("#pictures button:focus", has_text=names[5]).wait_for()


def test_a_search_under_way_says_one_thing_and_offers_nothing_else(served, visits):
    page = visits.open(served, "/?query=PERSON-0010")
    page.locator(".card a").click()
    page.get_by_text("Not searched yet").wait_for()
    going = {"state": "running", "stage": "describing", "done": 79, "total": 5000, "result": None}
    page.evaluate("delete globalThis.EventSource")
    page.route(re.compile("/api/jobs/[0-9a-f]+$"), lambda route: route.fulfill(json=route.fetch().json() | going))
    page.get_by_role("button", name="Find duplicates").click()
    page.locator(".stage", has_text="Describing: 79 of 5,000").wait_for()
    assert not page.get_by_text("Not searched yet").is_visible()
    assert not page.get_by_role("button", name="Find duplicates").is_visible()
    assert page.locator("#pictures li").count() == 6, "there is something to look at meanwhile"
    check_access(page)
    page.unroute_all(behavior="ignoreErrors")  # one may be on its way
    shown(page, "^3 duplicates found$")
    page.locator(".group").first.wait_for()
    assert page.get_by_text("Search again in another way").is_visible()


CLOCK = """async () => {
    const { makeClock } = await import("/static/clock.js");
    let time = 0;
    const clock = makeClock(() => time);
    const at = (seconds, stage, done, total) => (time = 1000 * seconds, clock({ stage, done, total }));
    return [at(0, "a", 0, 5000), at(1, "a", 50, 5000), at(10, "a", 500, 5000), at(97, "a", 4850, 5000),
            at(98, "a", 5000, 5000), at(99, "b", 0, 100), at(110, "b", 0, 100),
            at(200, "b", 1, 100), at(201, "c", 0, null)];
}"""


def test_the_time_left_follows_the_pace_of_the_stage(served, visits):
    page = visits.open(served)
    said = ["", "", ", about 2 min left", ", about 5 s left", "", "", "", ", about 3 h left", ""]
    assert page.evaluate(CLOCK) == said


def fates(page: Any) -> list[str]:
    """What each image of the first group is, by its name."""
    return sorted(page.locator(".group").first.locator(".image").all_inner_texts())


def test_keys_act_on_the_image_that_has_the_focus_and_on_no_other(served, visits):
    page = open_groups(served, visits, "PERSON-0009")
    before, told = fates(page), page.locator("#told")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert "the keeper" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    for key, words in (("m", " already."), ("l", ": choose another"), ("d", ": choose another")):
        page.keyboard.press(key)
        told.get_by_text(f"frame_00_0.jpg is the keeper{words}").wait_for()
        assert fates(page) == before
    page.keyboard.press("j")
    page.keyboard.press("k")
    for key in "mld":
        page.keyboard.press(key)
        told.get_by_text("Choose an image of the group first").wait_for()
        assert fates(page) == before, "of a group of three no image is taken for the one that is meant"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("m")
    page.locator(".keeper", has_text="frame_00_2").wait_for()
    told.get_by_text("frame_00_2.jpg is the keeper now.").wait_for()
    assert "frame_00_2.jpg, the keeper" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("m")
    told.get_by_text("frame_00_2.jpg is the keeper already").wait_for()
    page.locator(".keeper", has_text="frame_00_2").wait_for()


def test_the_keys_are_shown_on_every_page(served, visits):
    page = visits.open(served)
    identity = page.locator(".card a").first.get_attribute("href")
    for path, words in (("/", "search by name"), (identity, "next, previous group"), ("/removals", "what was removed")):
        page.goto(f"{served.address}{path}")
        page.locator("#help-open").wait_for()
        page.keyboard.press("?")
        page.locator("#help").get_by_text(words).wait_for()
        check_access(page)
        page.keyboard.press("Escape")
        assert not page.locator("#help").is_visible()


def test_many_groups_come_in_parts(served, visits):
    page = open_groups(served, visits, "PERSON-0100")
    page.get_by_text("23 groups of duplicates").wait_for()
    assert page.locator(".group").count() == 20
    for _ in range(21):
        page.keyboard.press("j")
    page.locator(".group").nth(22).wait_for()
    assert not page.get_by_role("button", name="Show more").is_visible()


def test_the_tick_for_turned_pictures_is_heeded(served, visits):
    page = open_groups(served, visits, "PERSON-0011")
    page.get_by_text("Search again in another way").click()
    page.get_by_label("Turned and mirrored pictures too").check()
    with page.expect_request(lambda request: request.method == "POST" and '"turned":true' in (request.post_data or "")):
        page.get_by_role("button", name="Search again").click()


def test_the_method_can_be_chosen(served, visits):
    page = open_groups(served, visits, "PERSON-0008")
    page.get_by_text("Search again in another way").click()
    page.get_by_label("Method").select_option("hash")
    assert page.get_by_label("At most so many bits differ").is_visible()
    assert not page.get_by_label("At least so similar").is_visible()
    check_access(page)
    page.locator("#keep").select_option("name")
    page.get_by_role("button", name="Search again").click()
    shown(page, "duplicates found$")
    page.locator(".keeper", has_text="first name").first.wait_for()


def test_a_folder_that_is_not_there(served, visits):
    page = visits.open(served, "/collections/0123456789abcdef")
    page.get_by_role("heading", name="There is no such folder").wait_for()
    check_access(page)
    page.get_by_role("link", name="All persons").click()
    page.locator(".card").first.wait_for()
    visits.complaints[:] = [text for text in visits.complaints if "status of 404" not in text]
