"""What the page of a run shows of it: filters, the heat map of days and hours, and paper, in a real browser."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framesift import cli
from tests.conftest import encode, make_image

DAY, NIGHT = (150, 120, 100), (60, 25, 15)
HOURS = [("27", 8, DAY), ("27", 9, DAY), ("27", 21, NIGHT), ("28", 9, DAY), ("28", 22, NIGHT)]


def picture(colour: tuple[int, int, int], minute: int) -> np.ndarray:
    """A coloured frame with shadows, and in the later ones something new."""
    image = make_image()
    image[:] = colour
    image[30:] //= 3
    if minute > 1:
        image[8:20, 10:26] = 220, 240, 255
    return image


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A page of one camera with four frames in each of some hours of two days, and a frame that is cut off."""
    folder = tmp_path_factory.mktemp("filter")
    (folder / "frames").mkdir()
    for day, hour, colour in HOURS:
        for minute in range(4):
            path = folder / "frames" / f"c1_2021_03_{day}__{hour:02}_{10 * minute:02}_00.png"
            path.write_bytes(encode(picture(colour, minute)))
    (folder / "frames" / "c1_2021_03_28__22_50_00.png").write_bytes(encode(make_image())[:-20])
    cli.main(["filter", str(folder / "frames"), str(folder / "results"), "--quiet"])
    cli.main(["report", str(folder / "results")])
    return folder / "results" / "report.html"


@pytest.fixture
def open_page(browser, report) -> Iterator[Any]:
    """A function that opens the page; on leaving, whatever the page complained of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_at(width: int = 1280, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(report.as_uri())
        page.wait_for_selector(".timeline canvas")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def status(page: Any) -> str:
    return page.locator(".filter [role=status]").inner_text()


def drawn(page: Any) -> str:
    """The chart without its cursor."""
    return page.locator(".timeline canvas").evaluate("canvas => canvas.toDataURL()")


def listed(page: Any) -> list[str]:
    """The days and hours of the frames in the table."""
    if not page.locator("details.table").evaluate("table => table.open"):
        page.locator("details.table summary").click()
        page.locator("tbody .name").first.wait_for()
    return sorted({text.split("_03_")[1][:6] for text in page.locator("tbody .name").all_text_contents()})


def counted(page: Any, what: str) -> dict[str, int]:
    """What can be chosen of a kind, with the number of frames of each."""
    texts = page.locator(f".filter select[name={what}] option").all_text_contents()
    return {text[: text.rindex(" (")]: int(text[text.rindex("(") + 1 : -1]) for text in texts[1:]}


def test_what_can_be_chosen_is_what_the_manifest_has(open_page, report):
    page = open_page()
    lines = [json.loads(line) for line in (report.parent / "manifest.jsonl").read_text().splitlines()[1:]]
    verdicts = [line["verdict"] for line in lines if "verdict" in line]
    assert counted(page, "verdict") == {
        "kept": verdicts.count("keep"),
        "dropped": verdicts.count("drop"),
        "skipped": 1,
    }
    assert verdicts.count("keep") >= 5 and verdicts.count("drop") >= 5
    assert counted(page, "day") == {"2021-03-27": 12, "2021-03-28": 9}
    assert counted(page, "hour") == {"08:00": 4, "09:00": 8, "21:00": 4, "22:00": 5}
    assert counted(page, "light") == {"day": 12, "night": 8}
    assert counted(page, "reason")["truncated PNG"] == 1
    assert sum(counted(page, "reason").values()) == 21


def test_the_filter_acts_on_chart_film_table_and_cards(open_page):
    page = open_page()
    shown = page.locator(".filter")
    before = drawn(page)
    shown.locator("[name=light]").select_option("night")
    assert status(page) == "8 of 21 frames" and drawn(page) != before
    assert listed(page) == ["27__21", "28__22"]
    chart = page.locator(".chart[tabindex]")
    for key in ("Home", "ArrowRight", "PageDown", "End", "ArrowLeft"):
        chart.press(key)
        assert re.search("27__21|28__22", page.locator(".reading .path").inner_text()), key
    for name in page.locator(".strip button").evaluate_all("all => all.map(({ title }) => title)"):
        assert re.search("27__21|28__22", name)
    cards = page.locator(".contacts li:visible .path").all_text_contents()
    assert cards and all(re.search("27__21|28__22", name) for name in cards)
    shown.locator("[name=verdict]").select_option("skipped")
    assert status(page) == "no such frame" and page.locator(".strip button").count() == 0
    shown.get_by_role("button", name="Show all").click()
    assert status(page) == "" and drawn(page) == before
    assert page.locator(".contacts li:visible").count() > len(cards)


def test_the_heat_map_says_and_chooses_an_hour_by_mouse_and_by_keys(open_page):
    page = open_page()
    grid = page.get_by_role("grid")
    assert grid.get_by_role("row").count() == 3 and grid.locator("td[data-frames]").count() == 5
    grid.get_by_role("gridcell", name="2021-03-28 22:00: 5 frames").click()
    assert status(page) == "5 of 21 frames" and listed(page) == ["28__22"]
    grid.get_by_role("gridcell", name="2021-03-28 22:00").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".hours .faint").inner_text().startswith("2021-03-27 21:00: 4 frames, ")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tabIndex") == 0 and listed(page) == ["27__21"]
    grid.get_by_role("gridcell", name="2021-03-27 21:00").focus()
    page.keyboard.press("Enter")
    assert status(page) == "", "a second time it lets go"
    grid.get_by_role("columnheader", name="09:00 of each day").click()
    assert listed(page) == ["27__09", "28__09"]
    grid.get_by_role("rowheader", name="all of 2021-03-27").click()
    assert listed(page) == ["27__08", "27__09", "27__21"]


def test_the_heat_map_shows_frames_kept_share_and_change(open_page):
    page = open_page()
    cell = page.get_by_role("gridcell", name="2021-03-28 22:00")
    full = page.get_by_role("gridcell", name="2021-03-27 08:00")
    seen = set()
    for measure in ("kept", "frames", "change"):
        page.get_by_label("colour").select_option(measure)
        back, other = (
            each.evaluate("cell => getComputedStyle(cell).backgroundColor")
            for each in (cell, page.get_by_role("gridcell", name="2021-03-27 10:00: no frame"))
        )
        assert back != other
        seen.add(back)
        if measure == "frames":
            share = [each.evaluate("cell => cell.style.getPropertyValue('--heat')") for each in (cell, full)]
            assert share == ["100%", f"{round(8 + 92 * 4 / 5)}%"]
    assert len(seen) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_serious_and_it_fits(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = open_page(width, scheme)
    page.get_by_role("gridcell", name="2021-03-28 22:00").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".heat").evaluate("box => box.scrollWidth <= box.clientWidth")
    faults = axe.Axe().run(page).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"]) for f in faults if f["impact"] in ("serious", "critical")] == []


def test_paper_is_white_and_has_no_buttons(open_page):
    page = open_page(1280, "dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("button:visible:not(.stands, .shot)").all_text_contents() == []
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("header details").evaluate("details => details.open")
    page.wait_for_function(  # the chart has the colours of paper once the browser has told it
        """() => {
            const canvas = document.querySelector(".timeline canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            for (let n = 0; n < data.length; n += 4)
                if ([0x0a, 0x7a, 0x3d].every((value, k) => data[n + k] === value)) return true;
            return false;
        }"""
    )
    pages = page.pdf()
    assert pages.startswith(b"%PDF") and 1 <= len(re.findall(rb"/Type\s*/Page\b", pages)) <= 6
