"""The persons page in a real browser, served by a process of its own: select, remove, look, undo."""

import os
from collections.abc import Iterator

import pytest

from tests.actions.removals import snapshot
from tests.conftest import encode, make_image, read_tree, until
from tests.web.duplicates.review_folders import HOSTILE, UNDECODABLE, render_picture, versions_of, write_person
from tests.web.duplicates.review_pages import check_access, find_duplicates, press, serve, shown, tick
from tests.web.serving import Server

HOSTILE_FOLDER = "<img src=x onerror=alert(2)>"
MANY = 65
"""More folders than one page of the list shows."""


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory) -> Iterator[Server]:
    """Persons for each test, a folder with hostile names, and many small ones."""
    root = tmp_path_factory.mktemp("review") / "persons"
    for number in range(1, 16):
        write_person(root, f"PERSON-{number:04}", [3, 2, 1], number)
    write_person(root, "PERSON-0900", [1, 1], 900)
    hostile = root / HOSTILE_FOLDER
    hostile.mkdir()
    for name, content in zip((HOSTILE, os.fsdecode(UNDECODABLE)), versions_of(render_picture(1), 2), strict=True):
        (hostile / name).write_bytes(content)
    for number in range(MANY):
        folder = root / f"walk {number:03}"
        folder.mkdir()
        (folder / "one.png").write_bytes(encode(make_image(16, 12, number)))
    with serve(root) as running:
        yield running


def persons(served: Server, *numbers: int) -> dict[str, tuple]:
    """What lies in the folders of these persons."""
    found = {}
    for number in numbers:
        folder = served.root / f"PERSON-{number:04}"
        found |= {f"{folder.name}/{path}": value for path, value in snapshot(folder).items()}
    return found


def check_removed(served: Server, before: dict[str, tuple], *numbers: int) -> None:
    """Of a group of 3 and one of 2 the largest stay; the other three lie in the backup, bit for bit."""
    after = persons(served, *numbers)
    assert len(after) == 3 * len(numbers) and after.items() <= before.items()
    for name in (f"PERSON-{number:04}" for number in numbers):
        gone = {value[0] for path, value in before.items() if path.startswith(name) and path not in after}
        backed_up = {value[0] for value in snapshot(served.output / "duplicates_backup" / name).values()}
        assert len(gone) == 3 and gone <= backed_up


def test_the_whole_way_by_mouse(served, visits):
    before = persons(served, 1, 2, 3)
    page = visits.open(served)
    page.locator(".card", has_text="PERSON-0001").wait_for()
    check_access(page)
    dialog = find_duplicates(page, "PERSON-0001", "PERSON-0002", "PERSON-0003")
    check_access(page)
    going = dialog.locator(".strip").first.locator("li")
    going.nth(2).wait_for()
    names = dialog.locator(".strip").first.locator(".file").all_inner_texts()
    assert names == ["frame_00_1.jpg", "frame_00_2.jpg", "frame_01_1.jpg"], "what goes, and nothing that stays"
    assert going.first.locator("img").evaluate("async (image) => (await image.decode(), image.naturalWidth > 100)")
    text = dialog.inner_text()
    assert "Remove 9 images of 3 persons?" in text and "duplicates_backup" in text
    assert text.count("3 of 6 images, in 2 groups") == 3
    assert persons(served, 1, 2, 3) == before, "nothing goes before somebody has confirmed"
    dialog.get_by_role("button", name="Confirm").click()
    shown(page, "^9 images removed$")
    check_access(page)
    rows = [row.split("\t") for row in page.locator("#work tbody tr").all_inner_texts()]
    assert rows == [[f"PERSON-000{number}", "3", "3", "0"] for number in (1, 2, 3)]
    check_removed(served, before, 1, 2, 3)
    page.locator(".card", has_text="PERSON-0001").get_by_text("3 images").wait_for()
    page.locator("#work").get_by_role("button", name="Undo").click()
    shown(page, "^9 images came back$")
    check_access(page)
    assert persons(served, 1, 2, 3) == before
    page.get_by_role("button", name="Close").click()
    assert not page.locator("#work").is_visible()


def test_the_whole_way_by_keyboard_on_a_phone(served, visits):
    before = persons(served, 4, 5, 6)
    page = visits.open(served, "", 400, "dark")
    page.locator(".card", has_text="PERSON-0004").wait_for()
    check_access(page)
    press(page, "Select Mode")
    for key in ("ArrowRight", "ArrowDown", "Space", "ArrowLeft", "ArrowDown", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)  # two in a row: from 1 over 2 to 4, over 3 to 5, to 6
    press(page, "Remove Duplicates (3)")
    page.get_by_role("dialog").wait_for()
    check_access(page)
    press(page, "Confirm")
    shown(page, "^9 images removed$")
    check_access(page)
    check_removed(served, before, 4, 5, 6)
    press(page, "Undo")
    shown(page, "^9 images came back$")
    assert persons(served, 4, 5, 6) == before
    press(page, "Close")
    assert "Select Mode" in page.evaluate("document.activeElement.innerText"), "the keyboard goes on from the start"


def test_cancelling_removes_nothing_and_keeps_the_selection(served, visits):
    before = persons(served, 7)
    page = visits.open(served)
    find_duplicates(page, "PERSON-0007").get_by_role("button", name="Cancel").click()
    assert shown(page, "^3 duplicates found in 1 person$").is_visible()
    assert page.locator("#remove").inner_text() == "Remove Duplicates (1)"
    until(page, "document.activeElement.innerText.includes('Remove 3 images')")  # the focus comes back
    assert persons(served, 7) == before
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible() and persons(served, 7) == before


def test_looking_first_and_coming_back(served, visits):
    page = visits.open(served)
    find_duplicates(page, "PERSON-0008").get_by_role("link", name="See the groups of PERSON-0008").click()
    page.locator(".group").nth(1).wait_for()
    page.locator(".group").first.get_by_role("button", name="Leave in place").first.click()
    page.get_by_text("2 images to remove").wait_for()
    page.get_by_role("link", name="← Persons").click()
    shown(page, "^2 duplicates found in 1 person$")
    page.get_by_role("button", name="Remove 2 images").click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm: remove 2 images").click()
    shown(page, "^2 images removed$")
    assert len(persons(served, 8)) == 4


def test_a_page_loaded_anew_finds_the_work_again(served, visits):
    page = visits.open(served)
    page.get_by_role("button", name="Select Mode").click()
    tick(page, "PERSON-0009", "PERSON-0010")
    with page.expect_response("**/api/searches"):
        page.get_by_role("button", name="Remove Duplicates (2)", exact=True).click()
    page.reload()
    shown(page, "^6 duplicates found in 2 persons$")
    assert page.locator("#remove").inner_text() == "Remove Duplicates (2)", "what was selected still is"


def test_ranges_and_all_that_was_found(served, visits):
    page = visits.open(served)
    page.get_by_role("button", name="Select Mode").click()
    boxes = page.locator(".tick")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.locator("#remove").inner_text() == "Remove Duplicates (4)"
    boxes.nth(3).focus()
    page.keyboard.press("Space")
    boxes.nth(2).focus()
    page.keyboard.press("Shift+Space")
    assert page.locator("#remove").inner_text() == "Remove Duplicates (2)"
    page.get_by_role("button", name="Clear").click()
    assert page.locator("#remove").inner_text() == "Remove Duplicates (0)" and page.locator("#remove").is_disabled()
    page.get_by_label("All folders").check()
    page.get_by_role("searchbox").fill("walk 0")
    page.get_by_text(f"{MANY} folders").wait_for()
    page.get_by_role("button", name=f"Select all {MANY} found").click()
    page.get_by_role("button", name=f"Remove Duplicates ({MANY})", exact=True).wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Page 2 of 2").wait_for()
    assert page.locator(".tick:checked").count() == MANY - 60


def test_persons_by_keys(served, visits):
    page = visits.open(served)
    page.locator(".card").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert "PERSON-0001" in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("s")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Remove Duplicates (1)", exact=True).wait_for()
    page.keyboard.press("s")
    page.keyboard.press("/")
    page.keyboard.type("0900")
    page.get_by_text("1 person,").wait_for()


def test_searching_by_name(served, visits):
    page = visits.open(served)
    page.get_by_text("16 persons").wait_for()
    page.get_by_role("searchbox").fill("0900")
    page.get_by_text("1 person,").wait_for()
    assert page.locator(".name").all_inner_texts() == ["PERSON-0900"]
    page.reload()
    page.get_by_text("1 person,").wait_for()
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_text("Nothing is called “nobody”.").wait_for()
    check_access(page)
    page.get_by_role("button", name="Show all").click()
    page.get_by_text("16 persons").wait_for()


def test_names_are_text(served, visits):
    page = visits.open(served)
    page.get_by_label("All folders").check()
    page.get_by_role("searchbox").fill("onerror")
    page.get_by_text("1 folder,").wait_for()
    assert page.locator(".name").all_inner_texts() == [HOSTILE_FOLDER]
    page.locator(".card a").click()
    page.get_by_role("button", name="Find duplicates").click()
    page.locator(".group .file").nth(1).wait_for()
    names = page.locator(".group .file").all_inner_texts()
    assert HOSTILE in names and any(name.startswith("caf") and name.endswith("1.jpg") for name in names)
    page.locator(".group .picture img").nth(1).wait_for()
    assert page.locator("img[src=x]").count() == 0
    page.get_by_role("button", name="Remove Duplicates (1)", exact=True).click()
    page.get_by_role("button", name="Confirm: remove 1 image").click()
    shown(page, "^1 image removed$")
    assert len(read_tree(served.root / HOSTILE_FOLDER)) == 1
    page.locator("#work").get_by_role("button", name="Undo").click()
    shown(page, "^1 image came back$")
    assert len(read_tree(served.root / HOSTILE_FOLDER)) == 2


def test_every_removal_can_be_undone_later(served, visits):
    before = persons(served, 13)
    page = visits.open(served)
    find_duplicates(page, "PERSON-0013").get_by_role("button", name="Confirm").click()
    shown(page, "^3 images removed$")
    later = visits.open(served, "/removals", 400, "dark")
    item = later.locator(".removal", has_text="PERSON-0013")
    item.locator("summary").click()
    assert item.locator("th").all_inner_texts()[:4] == ["Name", "Found", "Removed", "Not moved"]
    small = item.locator(".strip li")
    small.nth(2).wait_for()
    assert small.locator(".file").all_inner_texts() == ["frame_00_1.jpg", "frame_00_2.jpg", "frame_01_1.jpg"]
    assert small.first.locator("img").evaluate(
        "async (image) => (await image.decode(), image.src.includes('removals'))"
    )
    check_access(later)
    item.get_by_role("button", name="Undo").click()
    shown(later, "^3 images came back$")
    assert persons(served, 13) == before
    item.get_by_text("Brought back").wait_for()
    assert item.get_by_role("button", name="Undo").count() == 0
    page.reload()
    page.locator(".card", has_text="PERSON-0013").wait_for()
    assert not page.locator("#work").is_visible(), "what has been brought back is no news any more"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_fits_the_screen(served, visits, width, scheme):
    page = visits.open(served, "", width, scheme)
    page.locator(".cover img").first.wait_for()
    check_access(page)
    page.get_by_role("button", name="Select Mode").click()
    check_access(page)
    back, ink = (page.evaluate(f"getComputedStyle(document.body).{side}") for side in ("backgroundColor", "color"))
    brightness = [sum(map(int, color[4:-1].split(","))) for color in (back, ink)]
    assert abs(brightness[0] - brightness[1]) > 500 and (brightness[0] < brightness[1]) == (scheme == "dark")
