"""The page on which labels are checked, as a person uses it: by keys, by mouse, and with what it saves."""

import csv
from pathlib import Path

import pytest

from framesift import carry_labels
from tests.conftest import until
from tests.looking.labelled_run import name, read_names, write_labels, write_run


@pytest.fixture
def checked(browser, tmp_path):
    """The page, opened, and whatever it complained of fails the test."""
    results, labels, out = write_run(tmp_path), write_labels(tmp_path, name(0)), tmp_path / "out"
    carry_labels(results, labels, out)
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((out / "check.html").as_uri())
    yield page, results, labels, out
    context.close()
    assert complaints == []


def save(page, folder: Path) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(folder / "checked.csv")
    with open(folder / "checked.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_the_answers_by_keys_are_what_a_second_call_takes(checked, tmp_path):
    page, results, labels, out = checked
    assert page.inner_text("#question") == "car: does it fit the right picture?"
    page.keyboard.press("y")
    assert page.inner_text("#question") == "Something changed where no label is near: is there nothing to label?"
    assert page.inner_text('[data-answer="no"] span') == "Something to label"
    page.keyboard.press("n")
    page.keyboard.press("n")
    rows = save(page, tmp_path)
    assert [(row["path"], row["item"], row["fits"]) for row in rows] == [
        (name(2), "label 1", "yes"),
        (name(3), "change", "no"),
        (name(4), "label 1", "no"),
    ]
    carried = carry_labels(results, labels, out, only_certain=True, checked=[tmp_path / "checked.csv"])
    assert (carried.whole, carried.to_check, carried.to_label) == (3, 0, 1)
    assert read_names(out / "certain" / "kept.json")[name(2)] == ["car", "person"]


def test_both_pictures_have_the_labels_and_the_dropped_one_what_changed(checked):
    page, *_ = checked
    until(page, "() => [...document.images].every((image) => image.naturalWidth === 200)")
    shapes = page.evaluate(
        "() => [...document.querySelectorAll('.comparer figure')].map((figure) =>"
        " [...figure.querySelectorAll('path')].map((path) => path.getAttribute('class')))"
    )
    assert sorted(shapes[0]) == ["asked", "behind", "label"]
    assert {"asked", "behind", "label", "counted"} == set(shapes[1])
    box = page.evaluate("() => document.querySelector('.comparer .after .asked').getAttribute('d')")
    assert box == "M200 333L440 333L440 547L200 547Z"
    page.keyboard.press("o")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.after .outline')).display") == "none"


def test_a_frame_is_accepted_as_a_whole_and_answers_outlive_the_page(checked, tmp_path):
    page, *_ = checked
    page.keyboard.press("a")
    assert "1 answered" in page.inner_text("#state") and page.inner_text("#state").startswith("Question 2 of 3")
    page.reload()
    assert page.inner_text("#state").startswith("Question 2 of 3, 1 answered")
    page.click('[data-step="-1"]')
    assert page.get_attribute('[data-answer="yes"]', "aria-pressed") == "true"
    assert [row["fits"] for row in save(page, tmp_path)] == ["yes", "", ""]


@pytest.mark.parametrize("width", [400, 1280])
def test_nobody_is_shut_out(checked, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page, *_ = checked
    page.set_viewport_size({"width": width, "height": 900})
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
