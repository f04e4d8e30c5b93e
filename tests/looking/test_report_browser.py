"""The report in a real browser: no error, keys, small screens, dark mode, names that look like HTML."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift import cli
from tests.conftest import encode, make_image, until
from tests.filtering.test_run import MOVED, NEW, name, scene, views

HOSTILE = "<img src=x onerror=alert(1)>&\"'"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A page of two cameras, one with a hostile name, with a frame that is damaged and one that has vanished."""
    folder = tmp_path_factory.mktemp("report")
    tree = scene(*[None, (10, 10, 8, 8), NEW, None, None] * 11) | scene(None, NEW, None, camera=HOSTILE)
    tree |= {path.replace("c1", "moved"): content for path, content in views(*MOVED).items()}
    tree[f"c1/{name(59)}"] = encode(make_image())[:-20]
    for path, content in tree.items():
        target = folder / "frames" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    cli.main(["filter", str(folder / "frames"), str(folder / "results"), "--quiet"])
    (folder / "frames" / "c1" / name(4)).unlink()
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
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.append(request.url) if request.url[:5] == "http:" else None)
        page.goto(report.as_uri())
        page.locator("#camera-1").scroll_into_view_if_needed()
        page.wait_for_selector("#camera-1 .timeline canvas")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def scroll_through(page: Any) -> None:
    """Show every part, so that whatever is made late is made."""
    for section in page.query_selector_all("section.camera"):
        section.scroll_into_view_if_needed()
        until(page, "section => section.querySelector('.timeline canvas') !== null", section)
    for more in page.query_selector_all(".more"):
        more.evaluate("button => button.click()")
    for summary in page.query_selector_all("summary"):
        summary.scroll_into_view_if_needed()
        if summary.evaluate("element => !element.parentElement.open"):
            summary.click()
    page.evaluate("""async () => {
        for (const image of document.querySelectorAll("img[data-picture]")) {
            image.scrollIntoView();
            while (!image.naturalWidth) await new Promise(requestAnimationFrame);
        }
    }""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_fits_the_screen(open_page, width, scheme):
    page = open_page(width, scheme)
    scroll_through(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    back, ink = (page.evaluate(f"getComputedStyle(document.body).{side}") for side in ("backgroundColor", "color"))
    brightness = [sum(map(int, color[4:-1].split(","))) for color in (back, ink)]
    assert abs(brightness[0] - brightness[1]) > 500 and (brightness[0] < brightness[1]) == (scheme == "dark")
    assert page.locator(".histogram, .chart[role=img] canvas").count() >= 2


def test_hovering_tells_name_time_score_and_verdict(open_page):
    page = open_page()
    page.locator("#camera-1 .timeline .u-over").hover(position={"x": 2, "y": 50})
    assert page.locator("#camera-1 .reading").inner_text().splitlines()[-3:] == [
        "kept: first frame to compare with",
        f"c1/{name(0)} 2021-03-27 10:00:00",
        "stands for itself alone",
    ]


def test_a_change_of_the_whole_picture_is_marked_and_said(open_page):
    page = open_page()
    camera = page.locator("section.camera", has=page.get_by_role("heading", name="moved", exact=True))
    camera.scroll_into_view_if_needed()
    camera.locator(".timeline canvas").wait_for()
    chart = camera.locator(".chart[tabindex]")
    chart.focus()
    for key in ("Home", "ArrowRight"):
        chart.press(key)
    assert camera.locator(".reading").inner_text().splitlines()[0].endswith(": the whole picture has changed (100%)")
    purple = """canvas => {
        const shown = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const wanted = [0x7a, 0x3d, 0xb8];
        for (let n = 0; n < shown.length; n += 4) if (wanted.every((value, k) => shown[n + k] === value)) return true;
        return false;
    }"""
    assert camera.locator(".timeline canvas").evaluate(purple)
    assert not page.locator("#camera-1 .timeline canvas").evaluate(purple), "nothing changed wholly there"


def test_keys_walk_and_zoom(open_page):
    page = open_page()
    chart = page.locator("#camera-1 .chart[tabindex]")
    chart.focus()
    for key in ("Home", "ArrowRight", "ArrowRight"):
        chart.press(key)
    reading = page.locator("#camera-1 .reading")
    assert f"c1/{name(2)}" in reading.inner_text() and "kept: changed " in reading.inner_text()
    chart.press("PageDown")
    assert f"c1/{name(3)}" in reading.inner_text()
    before = chart.screenshot()
    for key in "+++":
        chart.press(key)
    assert chart.screenshot() != before
    chart.press("End")
    assert "skipped: truncated PNG" in reading.inner_text()
    chart.press("0")


def test_all_can_be_reached_with_tab(open_page):
    page = open_page()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("e => (e = document.activeElement, e.tagName + '.' + e.className)"))
    assert reached[0] == "A.skip"
    assert {"SUMMARY.", "BUTTON.", "DIV.chart", "SPAN.picture", "BUTTON.shot"} <= {r.split(" ")[0] for r in reached}


def test_a_picture_opens_large_and_flips(open_page):
    page = open_page()
    picture = page.locator("#camera-1 details[open] .pair:has(.picture + .picture) .picture").first
    picture.focus()
    picture.press("Enter")
    large = page.locator("dialog .pane img:visible")
    assert large.count() == 1 and not large.get_attribute("alt").startswith("reference: ")
    page.get_by_role("button", name="Flip").press("Enter")
    assert large.count() == 1 and large.get_attribute("alt").startswith("reference: ")
    page.get_by_role("button", name="Side by side").press("Enter")
    assert large.count() == 2
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


def test_from_a_picture_to_the_timeline(open_page):
    page = open_page()
    item = page.locator("#camera-1 .pairs li").first
    row = item.get_attribute("data-row")
    item.get_by_role("button", name="Show on the timeline").click()
    assert f"c1/{name(int(row))}" in page.locator("#camera-1 .reading").inner_text()


def test_the_table_lists_and_finds_every_frame(open_page):
    page = open_page()
    table = page.locator("#camera-1 details.table")
    table.locator("summary").click()
    assert table.locator("[role=status]").inner_text() == "1 to 50 of 56"
    table.get_by_role("button", name="Next").click()
    assert table.locator("tbody tr").count() == 6
    shown = page.locator("#camera-1 .filter")
    shown.locator("[name=verdict]").select_option("skipped")
    assert table.locator("tbody tr").all_inner_texts() == [
        f"c1/{name(59)}\t2021-03-27 10:59:00\tskipped\ttruncated PNG\t"
    ]
    shown.get_by_role("button", name="Show all").click()
    shown.locator("input").fill(name(7))
    assert table.locator("tbody tr").count() == 1
    assert shown.get_by_role("status").inner_text() == "1 of 56 frames"


def test_names_stay_text_and_what_is_gone_is_told(open_page):
    page = open_page()
    scroll_through(page)
    assert set(page.locator(".camera h2").all_text_contents()) == {HOSTILE, "c1", "moved"}
    assert page.locator("img[src=x]").count() == 0
    assert "no picture: No such file or directory" in page.locator(".missing").first.text_content()


def open_first_pair(page: Any) -> Any:
    page.locator("#camera-1 details[open] .pair .picture").first.scroll_into_view_if_needed()
    page.locator("#camera-1 details[open] .pair:has(.picture + .picture) .picture").first.press("Enter")
    return page.locator("dialog.large")


def test_the_picture_of_a_point_is_in_view_with_its_chart(open_page):
    page = open_page()
    page.set_viewport_size({"width": 1280, "height": 860})
    page.evaluate("document.getElementById('camera-1').scrollIntoView()")
    page.locator("#camera-1 .timeline .u-over").hover(position={"x": 300, "y": 50})
    until(page, "() => document.querySelector('#camera-1 .shot:nth-child(2) img').naturalWidth > 0")
    for part in (".shot:nth-child(2) img", ".chart canvas", ".strip"):
        box = page.locator(f"#camera-1 {part}").first.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 860, part


def test_a_first_frame_is_no_point_below_the_threshold(open_page):
    green = """canvas => {
        const shown = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const rows = new Set();
        for (let n = 0; n < shown.data.length; n += 4)
            if ([0x0a, 0x7a, 0x3d].every((value, k) => shown.data[n + k] === value))
                rows.add(Math.floor(n / 4 / shown.width));
        return rows.size;
    }"""
    assert open_page().locator("#camera-1 .timeline canvas").evaluate(green) > 100, "a line from top to bottom"


def test_the_zoom_says_what_it_shows_and_walks_by_keys(open_page):
    page = open_page()
    large = open_first_pair(page)
    first, said = large.locator("figcaption:visible").inner_text(), large.locator(".words").inner_text()
    assert first.startswith("dropped c1/") and "2021-03-27 10:" in first
    assert said.startswith("Dropped: changed ") and "needed more than 0.75 %" in said
    page.keyboard.press("f")
    assert large.locator("figcaption:visible").inner_text().startswith("reference c1/")
    page.keyboard.press("ArrowRight")
    assert (
        large.locator("[role=status]").inner_text().startswith("2 of ")
        and large.locator("figcaption:visible").inner_text() != first
    )
    page.keyboard.press("k")
    assert large.locator("figcaption:visible").inner_text() == first
    for key, toggled in (("o", "Outlines"), ("z", "1:1"), ("w", "Wipe"), (" ", "Flicker"), ("b", "Side by side")):
        button = large.get_by_role("button", name=toggled)
        before = button.get_attribute("aria-pressed")
        page.keyboard.press(key)
        assert button.get_attribute("aria-pressed") != before, key
    page.keyboard.press("Escape")
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#c1/{first.split(' ')[1]}"


def test_one_to_one_shows_the_frame_itself(open_page):
    page = open_page()
    large = open_first_pair(page)
    page.keyboard.press("z")
    above = large.locator(".after img")
    until(page, "() => document.querySelector('.after img').src.startsWith('file:')")
    assert above.evaluate("image => [image.naturalWidth, image.clientWidth]") == [64, 64]


def test_kept_frames_open_with_their_reference(open_page):
    page = open_page()
    page.locator("#camera-1 .contacts li .picture").nth(1).press("Enter")
    large = page.locator("dialog.large")
    assert (
        large.locator("figcaption:visible").inner_text().startswith("kept ")
        and "It stands for " in large.locator(".words").inner_text()
    )
    page.keyboard.press("f")
    assert large.locator("figcaption:visible").inner_text().startswith("reference ")


def test_rows_of_the_table_open(open_page):
    page = open_page()
    page.locator("#camera-1 details.table summary").click()
    page.locator("#camera-1 tbody .name").nth(2).click()
    large = page.locator("dialog.large")
    assert f"c1/{name(2)}" in large.locator("figcaption:visible").inner_text()
    assert large.locator("[role=status]").inner_text() == "3 of 56"


def test_space_plays_the_kept_frames_with_the_charts_cursor(open_page):
    page = open_page()
    chart, film = page.locator("#camera-1 .chart[tabindex]"), page.locator("#camera-1 .film")
    assert film.locator(".strip button").count() >= 3 and film.locator(".ticks i").count() > 0
    film.locator("select").select_option("8")
    chart.press("Home")
    chart.press(" ")
    until(page, "name => document.querySelector('#camera-1 .reading').innerText.includes(name)", name(3))
    chart.press(" ")
    assert film.get_by_role("button", name="Play").count() == 1
    assert "kept" in page.locator("#camera-1 .reading").inner_text()


def test_an_address_leads_to_a_decision(open_page, report):
    page = open_page()
    page.goto("about:blank")
    page.goto(f"{report.as_uri()}#c1/{name(7)}")
    page.wait_for_selector("#camera-1 .timeline canvas")
    assert f"c1/{name(7)}" in page.locator("#camera-1 .reading").inner_text()


def test_a_list_of_cameras_stays_in_view(open_page):
    page = open_page()
    page.evaluate("scrollTo(0, 3000)")
    line = page.locator("nav.cameras")
    assert line.bounding_box()["y"] == 0 and "c1" in line.inner_text() and "%" in line.inner_text()


def test_kept_frames_come_before_drops(open_page):
    heads = open_page().locator("#camera-1 h3").all_text_contents()
    assert heads.index("Kept frames") < heads.index("What would I lose?")


def test_words_of_the_table_stay_whole_on_a_small_screen(open_page):
    page = open_page(400)
    page.locator("#camera-1 details.table summary").click()
    verdict = page.locator("#camera-1 tbody tr").first.locator("td").nth(2)
    assert verdict.evaluate(
        "cell => cell.getClientRects().length === 1 && cell.clientHeight < 32 && cell.clientWidth > 100"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_serious(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = open_page(width, scheme)
    page.locator("#camera-1 details.table summary").click()
    for opened in (False, True):
        if opened:
            open_first_pair(page)
        faults = axe.Axe().run(page).response["violations"]
        assert [(f["id"], f["nodes"][0]["html"]) for f in faults if f["impact"] in ("serious", "critical")] == []


def test_a_page_without_its_frames_says_so_and_shows_its_small_pictures(browser, report, tmp_path):
    (tmp_path / "moved.html").write_bytes(report.read_bytes())
    page = browser.new_context(offline=True).new_page()
    page.goto((tmp_path / "moved.html").as_uri())
    page.locator("#camera-1").scroll_into_view_if_needed()
    page.wait_for_selector("#camera-1 .timeline canvas")
    large = open_first_pair(page)
    large.locator(".faint", has_text="does not see the frames themselves").wait_for(timeout=5000)
    assert large.locator(".after img").evaluate("image => image.naturalWidth") > 0
    page.context.close()
