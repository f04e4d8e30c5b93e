"""The page for masks in a real browser: drawing with mouse, finger and keys, and the file that it saves."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift import cli, filter_frames
from tests.filtering.test_run import NEW, letters, scene

HOSTILE = "<img src=x onerror=alert(1)>&\"'"
RIGHT = (52, 10, 10, 30)
BOXES = (None, NEW, None, NEW, None, RIGHT, RIGHT, NEW)
"""Like a tree at the left that waves all day, and something new at the right."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """masks.html of a run of two cameras, one with a hostile name, and plain.html without a run."""
    folder = tmp_path_factory.mktemp("masks")
    for path, content in (scene(*BOXES) | scene(None, NEW, None, camera=HOSTILE)).items():
        target = folder / "frames" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    cli.main(["filter", str(folder / "frames"), str(folder / "results"), "--quiet"])
    page = ["mask", str(folder / "frames"), "--page"]
    cli.main([*page, str(folder / "masks.html"), "--results", str(folder / "results")])
    cli.main([*page, str(folder / "plain.html")])
    return folder


@pytest.fixture
def open_page(browser, folder) -> Iterator[Any]:
    """A function that opens a page and shows c1; on leaving, whatever it complained of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_at(path: str = "masks.html", width: int = 1280, scheme: str = "light", **more: Any) -> Any:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, offline=True, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto((folder / path).as_uri())
        page.locator("#camera").select_option(label="c1")
        page.locator("#editor").scroll_into_view_if_needed()
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def point(page: Any, x: float, y: float) -> tuple[float, float]:
    page.locator("#editor").scroll_into_view_if_needed()
    box = page.locator("#editor").bounding_box()
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*point(page, *start))
    page.mouse.down()
    page.mouse.move(*point(page, *((a + b) / 2 for a, b in zip(start, end, strict=True))))
    page.mouse.move(*point(page, *end))
    page.mouse.up()


def draw_box(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.locator("#draw").click()
    drag(page, start, end)


def save(page: Any, target: Path) -> dict[str, Any]:
    with page.expect_download() as download:
        page.locator("#save").click()
    assert download.value.suggested_filename == "mask.json"
    download.value.save_as(target)
    return json.loads(target.read_text())


def estimated(page: Any) -> int:
    return int(re.search(r"about (\d+)", page.locator("#kept").inner_text())[1])


def test_a_box_of_the_mouse_is_a_mask_that_filter_takes_and_keeps_what_was_said(open_page, folder, tmp_path):
    page = open_page()
    assert page.locator("#kept").inner_text() == "The run kept 7 of 8 frames of this camera."
    draw_box(page, (0.001, 0.001), (0.75, 0.999))
    page.locator("#regions input").fill("the <b>tree</b>")
    assert re.search("7[0-9]|8[0-9]", page.locator("#regions p").inner_text()), "most of the change lies there"
    saved = save(page, tmp_path / "mask.json")
    [region] = saved["cameras"]["c1"]["ignore"]
    assert region["name"] == "the <b>tree</b>" and len(region["points"]) == 4
    assert set(saved["cameras"]) == {"c1", HOSTILE}
    decisions = list(filter_frames(folder / "frames", mask=tmp_path / "mask.json"))
    assert estimated(page) == letters(d for d in decisions if d.frame.camera == "c1").count("k") == 3
    command = page.locator("pre").first.inner_text()
    assert command.endswith(f"filter {folder}/frames 0.05% 0.75% --mask mask.json --dry-run")
    done = ["filter", str(folder / "frames"), "--mask", str(tmp_path / "mask.json"), "--dry-run", "--quiet"]
    assert cli.main(done) == 0


def test_corners_of_the_mouse(open_page, tmp_path):
    page = open_page()
    page.locator("#draw").click()
    for corner in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7), (0.2, 0.2)):
        page.mouse.click(*point(page, *corner))
    [triangle] = save(page, tmp_path / "mask.json")["cameras"]["c1"]["ignore"]
    assert [[round(side, 1) for side in corner] for corner in triangle] == [[0.2, 0.2], [0.6, 0.2], [0.6, 0.7]]
    drag(page, (0.5, 0.3), (0.6, 0.4))
    drag(page, (0.7, 0.8), (0.9, 0.9))
    drag(page, (0.5, 0.3), (0.5, 0.1))
    [moved] = save(page, tmp_path / "moved.json")["cameras"]["c1"]["ignore"]
    rounded = [[round(side, 1) for side in corner] for corner in moved]
    assert rounded == [[0.3, 0.3], [0.5, 0.1], [0.7, 0.3], [0.9, 0.9]], "the region, a corner, and one between two"
    drag(page, (0.5, 0.3), (0.0, 0.0))
    [pushed] = save(page, tmp_path / "pushed.json")["cameras"]["c1"]["ignore"]
    assert min(x for x, _ in pushed) == 0 and min(y for _, y in pushed) == 0, "it stays in the picture"
    for _ in range(4):
        page.locator("#undo").click()
    [first] = save(page, tmp_path / "first.json")["cameras"]["c1"]["ignore"]
    assert first == triangle


def test_all_of_it_with_keys(open_page, tmp_path):
    page = open_page()
    page.keyboard.press("n")
    for keys in (["Shift+ArrowLeft"] * 3, ["Shift+ArrowRight"] * 4, ["Shift+ArrowDown", "ArrowDown"]):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press(" ")
    page.keyboard.press("Backspace")
    page.keyboard.press(" ")
    page.keyboard.press("Enter")
    [drawn] = save(page, tmp_path / "mask.json")["cameras"]["c1"]["ignore"]
    assert drawn == [[0.2, 0.5], [0.6, 0.5], [0.6, 0.61]]
    region = page.locator('#editor [data-key="r0"]')
    assert region.get_attribute("aria-label") == "region 1: do not look here, 3 corners"
    region.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.key") == "r0c0"
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("+")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    [moved] = save(page, tmp_path / "moved.json")["cameras"]["c1"]["ignore"]
    assert moved == [[0.1, 0.49], [0.35, 0.48], [0.6, 0.49], [0.6, 0.6]]
    page.locator('#editor [data-key="r0c1"]').focus()
    page.keyboard.press("Delete")
    region.focus()
    page.keyboard.press("Delete")
    assert page.locator("#regions li").count() == 0
    page.keyboard.press("Control+z")
    assert page.locator("#regions li").count() == 1


def test_a_finger_draws(open_page):
    page = open_page(width=400, has_touch=True)
    page.locator("#draw").tap()
    for corner in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7)):
        page.touchscreen.tap(*point(page, *corner))
    page.locator("#done").tap()
    assert page.locator("#regions li").count() == 1


def test_what_is_no_region_is_said(open_page):
    page = open_page()
    page.keyboard.press("n")
    for key in (" ", "ArrowLeft", " ", "ArrowLeft", " ", "Enter"):
        page.keyboard.press(key)
    assert page.locator("#said").inner_text() == "A region needs at least three corners that are not on one line."
    page.keyboard.press("Escape")
    draw_box(page, (0.001, 0.001), (0.999, 0.999))
    assert page.locator("#kept").inner_text() == "These regions leave nothing to compare of this camera."


def test_only_and_all_cameras(open_page, tmp_path):
    page = open_page()
    draw_box(page, (0.76, 0.001), (0.999, 0.999))
    page.get_by_label("kind of region 1").select_option("only")
    assert estimated(page) == 3
    page.get_by_label("cameras of region 1").select_option("all")
    saved = save(page, tmp_path / "mask.json")
    assert len(saved["all"]["only"]) == 1 and not saved["cameras"]["c1"]["only"]
    page.locator("#camera").select_option(label=HOSTILE)
    assert page.locator("#regions li").count() == 1 and estimated(page) == 1
    assert "All cameras: 10 kept. With these regions it would have kept about 4." in page.locator("#total").inner_text()


def test_the_browser_keeps_what_was_drawn_until_it_is_given_up(open_page):
    page = open_page()
    draw_box(page, (0.1, 0.1), (0.5, 0.5))
    for _ in range(20):  # a browser stores what it was given in its own time
        page.reload()
        page.locator("#camera").select_option(label="c1")
        if page.locator("#regions li").count():
            break
    assert page.locator("#regions li").count() == 1
    page.locator("#anew").click()
    assert page.locator("#regions li").count() == 0


def test_a_saved_mask_is_drawn_on(open_page, folder, tmp_path):
    page = open_page()
    draw_box(page, (0.1, 0.1), (0.5, 0.5))
    page.locator("#regions input").fill("tree")
    saved = save(page, tmp_path / "mask.json")
    again = [
        "mask",
        str(folder / "frames"),
        "--page",
        str(folder / "again.html"),
        "--mask",
        str(tmp_path / "mask.json"),
    ]
    assert cli.main(again) == 0
    page = open_page("again.html")
    assert page.locator("#regions input").input_value() == "tree"
    assert save(page, tmp_path / "again.json") == saved


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_fits_the_screen_and_axe_finds_nothing_serious(open_page, width, scheme):
    for path in ("masks.html", "plain.html"):
        page = open_page(path, width, scheme)
        draw_box(page, (0.1, 0.1), (0.5, 0.5))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
        faults = axe.Axe().run(page).response["violations"]
        assert [(f["id"], f["nodes"][0]["html"]) for f in faults if f["impact"] in ("serious", "critical")] == []
