"""The pages of `overview` and `audit` in a real browser: keys, small screens, dark mode, names that look like HTML."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift import cli
from tests.conftest import encode, make_image, until
from tests.filtering.test_run import NEW, name, scene

HOSTILE = "<img src=x onerror=alert(1)>&\"'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """overview.html and audit.html of two cameras, one with a hostile name, and a damaged frame."""
    folder = tmp_path_factory.mktemp("pages")
    tree = scene(*[None, (10, 10, 8, 8), (10, 10, 8, 8)] * 4) | scene(None, (10, 10, 8, 8), NEW, camera=HOSTILE)
    tree[f"c1/{name(500)}"] = tree[f"c1/{name(0)}"]
    tree[f"{HOSTILE}/{name(59, HOSTILE)}"] = encode(make_image())[:-20]
    for path, content in tree.items():
        target = folder / "frames" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    cli.main(["filter", str(folder / "frames"), str(folder / "results"), "0.1%", "20%", "--quiet"])
    cli.main(["overview", str(folder / "frames"), "--report", str(folder / "overview.html"), "--quiet"])
    cli.main(["audit", str(folder / "results"), "--output", str(folder / "audit")])
    return folder


@pytest.fixture
def open_page(browser, folder) -> Iterator[Any]:
    """A function that opens a page; on leaving, whatever it complained of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_at(path: str, width: int = 1280, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto((folder / path).as_uri())
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("path", ["overview.html", "audit/audit.html"])
def test_fits_the_screen(open_page, path, width, scheme):
    page = open_page(path, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f"text={HOSTILE}").count() or path != "overview.html"
    assert page.evaluate("Array.from(document.images).every((image) => /^(data|file):/.test(image.src))")
    back, ink = (page.evaluate(f"getComputedStyle(document.body).{side}") for side in ("backgroundColor", "color"))
    brightness = [sum(map(int, color[4:-1].split(","))) for color in (back, ink)]
    assert abs(brightness[0] - brightness[1]) > 500 and (brightness[0] < brightness[1]) == (scheme == "dark")


def test_the_timeline_is_drawn_and_zooms_with_the_keyboard(open_page):
    page = open_page("overview.html")
    assert page.locator(".chart canvas").count() == 2
    button = page.get_by_role("button", name="Zoom in").first
    before = page.locator(".chart canvas").first.screenshot()
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.locator(".chart canvas").first.screenshot() != before
    page.get_by_role("button", name="All").first.press("Enter")
    page.wait_for_timeout(100)
    assert page.locator(".chart canvas").first.screenshot() == before


def test_the_timeline_names_the_frame_under_the_pointer(open_page):
    page = open_page("overview.html")
    chart = page.locator(".chart .u-over").first
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    assert f"<img src=x onerror=alert(1)>&\"'/{name(0, HOSTILE)}" in page.locator(".pointed").first.inner_text()


def test_answering_with_the_keyboard(open_page, folder, tmp_path, capsys):
    page = open_page("audit/audit.html")
    number = page.locator("[data-number]").count()
    state = page.locator("#state")
    assert state.inner_text() == f"1 of {number}, 0 answered"
    page.keyboard.press("n")
    page.keyboard.press("y")
    page.keyboard.press("ArrowLeft")
    assert page.locator('[data-answer="yes"]').get_attribute("aria-pressed") == "true"
    page.keyboard.press("u")
    for _ in range(number - 2):
        page.keyboard.press("n")
    assert state.inner_text() == f"{number} of {number}, {number} answered"
    for _ in range(20):  # a browser stores what it was given in its own time
        page.reload()
        if state.inner_text() != f"1 of {number}, 0 answered":
            break
    assert state.inner_text() == f"1 of {number}, {number} answered", "the browser keeps the answers"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save answers.csv").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    with open(saved, newline="") as file:
        assert [row["lost"] for row in csv.DictReader(file)] == ["no", "unsure", *["no"] * (number - 2)]
    capsys.readouterr()
    assert cli.main(["audit", str(folder / "results"), "--answers", str(saved)]) == 0
    assert capsys.readouterr().out.startswith(f"1 of {number} frames looked at were lost or unsure\n")


def test_one_to_one_shows_the_frames_themselves_where_the_page_sees_them(browser, write_tree, tmp_path):
    size = {"width": 1000, "height": 750}
    frames = write_tree(scene(None, (10, 10, 8, 8), (300, 300, 8, 8), **size))
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"])
    cli.main(["audit", str(tmp_path / "results"), "--output", str(tmp_path / "audit")])
    moved = tmp_path / "elsewhere" / "deep" / "audit.html"
    moved.parent.mkdir(parents=True)
    moved.write_bytes((tmp_path / "audit" / "audit.html").read_bytes())
    for place, width in ((tmp_path / "audit" / "audit.html", 1000), (moved, 720)):
        page = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True).new_page()
        page.goto(place.as_uri())
        page.keyboard.press("z")
        for side in ("before", "after"):
            until(page, f"() => document.querySelector('.{side} img').clientWidth === {width}")
        until(page, "() => document.querySelector('.before img').naturalWidth > 0")
        panes = page.locator(".pane")
        panes.nth(1).evaluate("pane => pane.scrollTo(40, 30)")
        until(page, "() => document.querySelector('.before .pane').scrollLeft > 30")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("j")
        until(page, f"() => document.querySelector('.after img').clientWidth === {width}")
        page.context.close()


def test_outlines_can_be_taken_off(open_page):
    page = open_page("audit/audit.html")
    with_outline = page.locator("[data-number]").filter(has=page.locator(".counted[d^=M]")).first
    for _ in range(int(with_outline.get_attribute("data-number")) - 1):
        page.keyboard.press("ArrowRight")
    outline = page.locator("#shown .outline")
    assert outline.is_visible()
    page.keyboard.press("o")
    assert not outline.is_visible()
    page.get_by_role("button", name="Outlines").click()
    assert outline.is_visible()


def test_a_pair_is_compared_as_on_all_pages(open_page):
    page = open_page("audit/audit.html")
    before, after = page.locator("#shown .before img"), page.locator("#shown .after img")
    both = lambda: [before.is_visible(), after.is_visible()]  # noqa: E731
    assert both() == [True, True] and before.bounding_box()["y"] == after.bounding_box()["y"]
    page.keyboard.press("f")
    assert both() == [False, True]
    page.keyboard.press("f")
    assert both() == [True, False] and before.bounding_box() == after.bounding_box()
    page.keyboard.press("w")
    assert both() == [True, True] and "inset" in page.locator("#shown .after .pane").evaluate("e => e.style.clipPath")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("#state").inner_text().startswith("2 of ")
    page.keyboard.press("b")
    page.keyboard.press("z")
    panes = page.locator("#shown .pane")
    panes.evaluate_all("panes => panes.forEach(({ style }) => { style.width = style.height = '30px'; })")
    panes.last.evaluate("pane => pane.scrollTo(12, 9)")
    for _ in range(100):  # the page is told in the browser's own time, and refuses code from a string
        if panes.evaluate_all("panes => panes.map((pane) => pane.scrollLeft)") == [12, 12]:
            break
        page.wait_for_timeout(20)
    else:
        raise AssertionError("both show the same part")
    panes.last.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#state").inner_text().startswith("2 of "), "at 1:1 the arrows move the picture"


def test_space_presses_the_button_that_was_walked_to(open_page):
    page = open_page("audit/audit.html")
    flicker = page.get_by_role("button", name="Flicker")
    page.keyboard.press(" ")
    assert flicker.get_attribute("aria-pressed") == "true"
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press(" ")
    assert page.locator("#state").inner_text().startswith("2 of ") and flicker.get_attribute("aria-pressed") == "true"


def test_both_pictures_are_in_view_on_a_phone(open_page):
    page = open_page("audit/audit.html", 400)
    bottom = page.locator("#shown .after .pane").evaluate("pane => pane.getBoundingClientRect().bottom")
    assert bottom <= page.viewport_size["height"]


def test_frames_are_walked_with_keys_and_the_keys_are_shown(open_page):
    page = open_page("overview.html")
    chart, reading = page.locator(".chart").first, page.locator(".pointed").first
    data = page.evaluate("JSON.parse(document.getElementById('data-0').text)")
    chart.focus()
    page.keyboard.press("End")
    assert reading.inner_text().startswith(data["names"][-1])
    page.keyboard.press("ArrowLeft")
    assert reading.inner_text().startswith(data["names"][-2])
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    assert " - " in reading.inner_text(), "an odd one"
    page.keyboard.press("?")
    assert "from frame to frame" in page.locator("dialog[open]").inner_text()
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0


def test_the_keys_of_the_audit_are_shown(open_page):
    page = open_page("audit/audit.html")
    page.get_by_role("button", name="Keys").click()
    keys = page.locator("dialog[open] dt").all_inner_texts()
    assert {"F", "Space", "W", "B", "O", "Z", "J K", "Y N U", "?"} == {" ".join(key.split()) for key in keys}


def test_the_legend_says_what_the_signs_mean(open_page):
    page = open_page("overview.html")
    legend = page.locator(".legend").first.inner_text()
    assert "●" in legend and "time" not in legend and "--" not in page.locator("main").inner_text()
    data = page.evaluate("JSON.parse(document.getElementById('data-0').text)")
    assert all(kind.lower() in legend for kind in data["marks"]) and "undefined" not in legend


def test_every_oddity_has_a_sign_of_its_own(open_page):
    signs = open_page("overview.html").evaluate("SIGNS")
    assert len(set(signs.values())) == len(signs)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_serious(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    for path in ("overview.html", "audit/audit.html"):
        faults = axe.Axe().run(open_page(path, width, scheme)).response["violations"]
        assert [(f["id"], f["nodes"][0]["html"]) for f in faults if f["impact"] in ("serious", "critical")] == []


def test_no_column_of_the_cameras_is_cut_off_on_a_small_screen(open_page):
    table = open_page("overview.html", 400).locator(".cells")
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
