"""The pages of runs in a real browser: keys, small screens, light and dark, names that look like HTML."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framesift import filter_frames
from framesift.filtering.manifest import NAME, open_record
from tests.conftest import until
from tests.filtering.test_run import NEW, scene
from tests.review.runs.test_runs import FRAMES, forge, identify, line
from tests.web.runs.test_runs import serve
from tests.web.serving import name_cookie

axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")

HOSTILE = "<img src=x onerror=alert(1)>&\"'"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A run of the sample frames, and one whose folder, camera and frames have names that look like HTML."""
    root: Path = tmp_path_factory.mktemp("runs") / "site"
    shutil.copytree(FRAMES, root / "deck")
    list(filter_frames(root / "deck", root / "kept"))
    for path, content in scene(None, NEW, NEW, None, camera=HOSTILE, width=320, height=240).items():
        (root / "odd" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "odd" / path).write_bytes(content)
    list(filter_frames(root / "odd", root / f"{HOSTILE} kept"))
    return root


@pytest.fixture(scope="module")
def served(site) -> Iterator[tuple[str, str]]:
    with serve(site) as address_and_token:
        yield address_and_token


@pytest.fixture
def open_page(browser, served) -> Iterator[Any]:
    """A function that opens a page; on leaving, whatever it complained of fails the test."""
    complaints: list[str] = []
    expected: list[str] = []
    contexts = []

    def open_at(path: str, width: int = 1280, scheme: str = "light", *complaint: str) -> Any:
        expected.extend(complaint)
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        contexts[-1].add_cookies([name_cookie(*served)])
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(served[0] + path, wait_until="networkidle")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert [text for text in complaints if not any(each in text for each in expected)] == []


def open_run(open_page: Any, name: str = "kept", width: int = 1280, scheme: str = "light") -> Any:
    page = open_page(f"/runs/{identify(name)}", width, scheme)
    page.locator("#doubts li").first.wait_for(timeout=5000)
    return page


def check(page: Any) -> None:
    """Nothing wider than the screen, no grave fault for those who listen or see little."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe_core.Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found if v["impact"] in GRAVE] == []


SCREENS = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "light"), (1280, "dark"), (400, "dark")])


@SCREENS
def test_every_screen_shows_the_list_and_a_run(open_page, width, scheme):
    page = open_page("/runs", width, scheme)
    page.locator("#runs a").first.wait_for(timeout=5000)
    check(page)
    texts = page.locator("#runs .name").all_text_contents()
    assert set(texts) == {"kept", f"{HOSTILE} kept"} and page.locator("img[src=x]").count() == 0
    assert (
        page.locator("#runs .method").all_inner_texts() == ["Frame differencing, from 0.05% on, kept above 0.75%"] * 2
    )
    page.locator("#runs img").nth(1).wait_for(timeout=5000)
    assert page.locator("#runs img").first.evaluate("async (image) => (await image.decode(), image.naturalWidth > 200)")
    page.locator("#runs a", has_text="kept").filter(has_not_text="<img").focus()
    page.keyboard.press("Enter")
    page.locator("#doubts li").first.wait_for(timeout=5000)
    page.locator("#estimate", has_text="21 of 48 frames").wait_for(timeout=5000)
    check(page)


def test_the_first_page_is_that_of_the_runs(open_page):
    page = open_page("/")
    page.locator("#runs a").first.wait_for(timeout=5000)
    assert page.locator("nav a").all_inner_texts() == ["Runs", "Folders", "Removed"]
    page.get_by_role("link", name="Folders").click()
    page.locator(".card").first.wait_for(timeout=5000)
    assert page.locator("h1").inner_text() == "Folders" and page.locator("nav [aria-current]").inner_text() == "Folders"


def test_what_is_not_there_is_a_page(open_page):
    page = open_page("/nothing", 400, "dark", "the server responded with a status of 404")
    page.get_by_text("There is no such page.").wait_for(timeout=5000)
    check(page)
    page.get_by_role("link", name="To the first page").click()
    page.locator("#runs a").first.wait_for(timeout=5000)


def test_names_are_text(open_page):
    page = open_run(open_page, f"{HOSTILE} kept")
    assert page.locator("h1").text_content() == f"{HOSTILE} kept"
    assert page.locator("#camera option").text_content() == HOSTILE
    assert HOSTILE in page.locator("#doubts .file").first.text_content()
    page.locator("#doubts button").first.press("Enter")
    page.locator("#look-facts", has_text=f"camera {HOSTILE}").wait_for(timeout=5000)


@SCREENS
def test_decisions_open_with_their_four_pictures(open_page, width, scheme):
    page = open_run(open_page, width=width, scheme=scheme)
    page.locator("#doubts button").first.press("Enter")
    sides = page.locator("#look-pair img")
    sides.nth(1).wait_for(timeout=5000)
    for side in (0, 1):
        until(page, "(side) => document.querySelectorAll('#look-pair img')[side].naturalWidth > 500", side)
        top = sides.nth(side).bounding_box()["y"]
        assert top < 900 - (200 if width > 1000 else 0), "the pictures are on the screen"
    title = page.locator("#look-title").text_content()
    assert " % of the picture, needed more than 0.75 % (" in title
    assert page.locator("#look").inner_text().count("needed") == 1, "it is said once"
    page.locator("#look-pair .outline").wait_for(timeout=5000, state="attached")
    page.keyboard.press("o")
    assert not page.locator("#look-pair .outline").is_visible()
    page.keyboard.press("f")
    assert [sides.nth(side).is_visible() for side in (0, 1)] == [False, True]
    page.keyboard.press("f")
    assert [sides.nth(side).is_visible() for side in (0, 1)] == [True, False]
    check(page)
    page.keyboard.press("b")
    page.locator("#look-more summary").press("Enter")
    until(page, "document.querySelector('#look-sheet img')?.naturalWidth === 1488")
    first = page.locator("#look-facts").text_content()
    check(page)
    page.keyboard.press("ArrowRight")
    until(page, "(text) => document.querySelector('#look-facts').textContent !== text", first)
    page.keyboard.press("ArrowLeft")
    page.locator("#look-facts", has_text=first).wait_for(timeout=5000)
    page.keyboard.press("Escape")
    until(page, "document.activeElement === document.querySelector('#doubts button')")  # the focus comes back


def test_the_timeline_opens_what_is_clicked_and_walked_to(open_page):
    page = open_run(open_page)
    chart = page.locator("#timeline .chart")
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.locator("#timeline .reading", has_text="number 2").wait_for(timeout=5000)
    page.keyboard.press("Enter")
    page.locator("#look-facts", has_text="number 2").wait_for(timeout=5000)
    page.keyboard.press("ArrowRight")
    page.locator("#look-facts", has_text="number 3").wait_for(timeout=5000)
    page.keyboard.press("Escape")
    box = page.locator("#timeline .u-over").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
    page.locator("#look-facts", has_text="number 24").wait_for(timeout=5000)
    page.keyboard.press("Escape")
    page.locator("#camera").select_option("c20")
    until(page, "document.querySelector('#timeline .chart').getAttribute('aria-label').includes('c20')")
    page.locator("#timeline .chart").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.locator("#look-facts", has_text="number 48").wait_for(timeout=5000)


def await_run(page: Any, address: str, name: str) -> None:
    """Wait until the server has looked at the folders again."""
    for _ in range(250):
        if page.request.get(f"{address}/api/runs/{identify(name)}").ok:
            return
        page.wait_for_timeout(20)
    raise AssertionError(name)


def test_the_timeline_marks_a_change_of_the_whole_picture(open_page, served, site):
    lines = [line("c1/0.png", verdict="keep"), line("c1/1.png", 5)]
    lines += [line("c1/2.png", 3000, verdict="keep", extent=0.7), line("c1/3.png", 3000, extent=0.9)]
    forge(site / "moved", lines, "../../elsewhere", most=80)
    purple = """canvas => {
        const shown = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const wanted = [0x7a, 0x3d, 0xb8];
        for (let n = 0; n < shown.length; n += 4) if (wanted.every((value, k) => shown[n + k] === value)) return true;
        return false;
    }"""
    await_run(open_page("/runs"), served[0], "moved")
    page = open_run(open_page, "moved")
    chart, reading = page.locator("#timeline .chart"), page.locator("#timeline .reading")
    assert page.locator("#changes-mark").is_visible() and page.locator("#timeline canvas").evaluate(purple)
    chart.focus()
    for key, words in (("End", ": left out"), ("ArrowLeft", ": the whole picture changed")):
        page.keyboard.press(key)
        assert words in reading.text_content()
    page.keyboard.press("ArrowLeft")
    assert "dropped, changed 0.2 % of the picture, needed more than 0.75 % (5 px, 18 px)" in reading.text_content()
    assert reading.locator(".whole").count() == 0
    check(page)
    page = open_run(open_page)
    assert page.locator("#changes-mark").is_hidden() and not page.locator("#timeline canvas").evaluate(purple)
    shutil.rmtree(site / "moved")


def test_the_slider_shows_at_once_and_a_rehearsal_exactly(open_page, site):
    page = open_run(open_page)
    estimate, value = page.locator("#estimate"), page.locator("#value")
    estimate.get_by_text("21 of 48 frames").wait_for(timeout=5000)
    page.locator("#slider").focus()
    page.keyboard.press("End")
    estimate.get_by_text("2 of 48 frames").wait_for(timeout=5000)
    assert value.input_value() == "100" and "estimate" in page.locator("#note").text_content()
    page.keyboard.press("ArrowLeft")
    assert 95 < float(value.input_value()) < 100
    assert green(page) < 20, "the points have the colour of what they would be"
    value.fill("3")
    estimate.get_by_text("12 of 48 frames").wait_for(timeout=5000)
    assert green(page) > 100
    slider = page.locator("#slider").evaluate("e => e.getBoundingClientRect().bottom + scrollY")
    assert slider - page.locator("#timeline .chart").evaluate("e => e.getBoundingClientRect().top + scrollY") < 700
    page.locator("#unit").select_option("")
    assert abs(float(value.input_value()) - 0.03 * 247_825) < 10
    page.locator("#unit").select_option("%")
    value.fill("3")
    page.locator("#exact").press("Enter")
    estimate.get_by_text("13 of 48 frames").wait_for(timeout=20_000)
    kept = sum(d.verdict == "keep" for d in filter_frames(site / "deck", None, "0.05%", "3%"))
    assert kept == 13 and "Exactly" in estimate.text_content()
    assert page.evaluate("document.activeElement.id") == "exact", "the keyboard goes on where it was"
    line = page.locator("#line").text_content()
    assert line.startswith("framesift filter ") and line.endswith(" 0.05% 3%")
    page.locator("#changed summary").press("Enter")
    assert page.locator("#changes li").count() == 10
    page.locator("#changes button").first.press("Enter")
    page.locator("#look-pair img").first.wait_for(timeout=5000)
    page.keyboard.press("Escape")
    check(page)
    value.fill("-1")
    estimate.get_by_text("A threshold is a number").wait_for(timeout=5000)
    page.locator("#reset").press("Enter")
    estimate.get_by_text("As the run decided").wait_for(timeout=5000)


def green(page: Any) -> int:
    """How many px of the timeline have the colour of what is kept, beside the line of the first frame."""
    return page.locator("#timeline canvas").evaluate("""canvas => {
        const left = Math.round(canvas.width * 0.15);
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const shown = copy.getImageData(left, 0, canvas.width - left, canvas.height).data;
        let count = 0;
        for (let n = 0; n < shown.length; n += 4)
            count += [0x0a, 0x7a, 0x3d].every((value, k) => shown[n + k] === value);
        return count;
    }""")


def place(page: Any, dialog: str, text: str) -> None:
    page.locator(f"{dialog} [data-place]", has_text=text).wait_for(timeout=5000)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_the_audit_is_answered_with_keys(open_page, width, scheme):
    page = open_run(open_page, width=width, scheme=scheme)
    page.locator("#number").fill("4")
    page.locator("#audit").press("Enter")
    bound = page.locator("#auditing [data-bound]")
    for number, key in enumerate("nyu", start=1):
        place(page, "#auditing", f"{number} of 4")
        page.keyboard.press(key)
    place(page, "#auditing", "4 of 4")
    assert (
        "2 of 3 frames lost or unsure" in bound.text_content() and "at 95 % confidence at most" in bound.text_content()
    )
    check(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    place(page, "#auditing", "2 of 4")
    assert page.locator("#auditing [aria-pressed=true][data-answer]").get_attribute("data-answer") == "yes"
    page.keyboard.press("n")
    bound.get_by_text("1 of 3 frames lost or unsure").wait_for(timeout=5000)
    place(page, "#auditing", "3 of 4")
    page.keyboard.press("o")
    page.locator("#auditing .plain").wait_for(state="attached", timeout=5000)
    page.keyboard.press("Escape")
    page.locator("#audited", has_text="1 of 3 frames lost").wait_for(timeout=5000)
    page.reload(wait_until="networkidle")
    page.locator("#audit-on").press("Enter")
    place(page, "#auditing", "4 of 4")
    page.keyboard.press("n")
    bound.get_by_text("All are answered").wait_for(timeout=5000)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (400, "light")])
def test_questions_are_answered_with_keys_and_end_with_thresholds(open_page, width, scheme):
    page = open_run(open_page, f"{HOSTILE} kept", width, scheme)
    page.locator("#questions").fill("2")
    page.locator("#tune").press("Enter")
    page.locator("#tuning [data-place]").get_by_text("of 2").or_(page.locator("#tuning [data-try]")).first.wait_for(
        timeout=20_000
    )
    for _ in range(2):
        if page.locator("#tuning [data-end]").is_hidden():
            before = page.locator("#tuning [data-place]").text_content()
            check(page)
            page.keyboard.press("n")
            until(page, "(text) => document.querySelector('#tuning [data-place]').textContent !== text", before)
    page.locator("#tuning [data-try]").wait_for(timeout=5000)
    check(page)
    command = page.locator("#tuning [data-command]").text_content()
    assert command.startswith("framesift filter ") and "-new" in command
    page.keyboard.press("ArrowLeft")
    page.locator("#tuning figure").first.wait_for(timeout=5000)
    page.keyboard.press("n")
    page.locator("#tuning [data-try]").wait_for(timeout=5000)
    page.locator("#tuning [data-try]").press("Enter")
    words = command.split()
    assert page.locator("#value").input_value() + "%" == words[-1] and page.locator("#area").input_value() == words[-2]


def test_a_run_whose_frames_are_elsewhere_shows_no_pictures(open_page, served, site):
    forge(site / "away", [line("c1/0.png", verdict="keep"), line("c1/1.png", 5)], "../../elsewhere")
    await_run(open_page("/runs"), served[0], "away")
    page = open_run(open_page, "away")
    assert "outside of what is served" in page.locator("#trouble").text_content()
    assert page.locator("#doubts img").count() == 0
    page.locator("#doubts button").press("Enter")
    page.locator("#look-pair .missing").wait_for(timeout=5000)
    check(page)
    shutil.rmtree(site / "away")


def test_the_results_are_as_they_were(site):
    assert open_record(site / "kept").settings.score_threshold.relative and (site / "kept" / NAME).is_file()
