"""The page of questions in a real browser: keys, small screens, dark mode, names that look like HTML."""

from collections.abc import Iterator
from typing import Any

import pytest

from framesift.tuning import Session, draw_frame
from framesift.web.questions import QuestionServer
from tests.conftest import until
from tests.filtering.test_run import scene
from tests.tuning.test_tuning import sweep_folder
from tests.web.test_questions import LARGE

HOSTILE = "<img src=x onerror=alert(1)>&\"'"


@pytest.fixture
def server(write_tree) -> Iterator[QuestionServer]:
    folder = write_tree(scene(*LARGE, *LARGE[::-1], camera=HOSTILE, width=320, height=240))
    session = Session(sweep_folder(folder))
    lines = [f"framesift filter '{HOSTILE}' kept"]
    made = QuestionServer(session, 3, lambda path: draw_frame(folder / path), lambda: None, lambda: lines)
    with made:
        made.session = session
        yield made


@pytest.fixture
def open_page(browser, server) -> Iterator[Any]:
    """A function that opens the page; on leaving, whatever it complained of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_at(width: int = 1280, scheme: str = "light") -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(server.address, wait_until="networkidle")
        return page

    yield open_at
    for context in contexts:
        context.close()
    # The browser's own note of a request that a test has made fail on purpose.
    assert [text for text in complaints if "net::ERR_CONNECTION_REFUSED" not in text] == []


def place(page: Any, text: str) -> None:
    page.locator("#place", has_text=text).wait_for(timeout=5000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_fits_the_screen(open_page, width, scheme):
    page = open_page(width, scheme)
    place(page, f"1 of 3, camera {HOSTILE}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("Array.from(document.images).every((image) => image.naturalWidth === 320)")
    sides = [side.bounding_box() for side in page.locator("#pair img").all()]
    assert (sides[0]["y"] == sides[1]["y"]) == (width == 1280), "beside each other where there is room"
    assert sides[1]["y"] + sides[1]["height"] <= 900, "both are in view"
    back, ink = (page.evaluate(f"getComputedStyle(document.body).{side}") for side in ("backgroundColor", "color"))
    brightness = [sum(map(int, color[4:-1].split(","))) for color in (back, ink)]
    assert abs(brightness[0] - brightness[1]) > 500 and (brightness[0] < brightness[1]) == (scheme == "dark")


def test_answering_with_the_keyboard(open_page, server):
    page = open_page()
    place(page, "1 of 3")
    page.keyboard.press("y")
    place(page, "2 of 3")
    page.keyboard.press("ArrowLeft")
    place(page, "1 of 3")
    assert page.locator('[data-answer="yes"]').get_attribute("aria-pressed") == "true"
    for number, key in ((2, "u"), (3, "n")):
        page.keyboard.press(key)
        place(page, f"{number} of 3")
    page.keyboard.press("n")
    place(page, "3 answered")
    assert page.locator("#command").inner_text() == f"framesift filter '{HOSTILE}' kept"
    page.locator("#copy").click()
    until(page, "() => document.getElementById('copy').textContent !== 'Copy the command'")
    assert not page.locator("#pair").is_visible() and page.locator("#end").is_visible()
    page.keyboard.press("ArrowLeft")
    place(page, "3 of 3")
    page.get_by_role("button", name="Something new").click()
    place(page, "3 answered")
    page.keyboard.press("Enter")
    place(page, "Finished")
    server.wait()
    assert [str(question.answer) for question in server.session.questions] == ["unsure", "no", "yes"]


def test_one_over_the_other(open_page):
    page = open_page()
    place(page, "1 of 3")
    sides = page.locator("#pair img").all()
    shown = lambda: [side.is_visible() for side in sides]  # noqa: E731
    page.keyboard.press("f")
    assert sides[0].bounding_box() == sides[1].bounding_box() and shown() == [False, True]
    page.keyboard.press("f")
    assert shown() == [True, False]
    page.keyboard.press(" ")
    for state in ("hidden", "visible"):
        page.locator("#pair .after img").wait_for(state=state, timeout=5000)
    page.get_by_role("button", name="Side by side").click()
    assert shown() == [True, True]


def test_says_so_when_the_program_has_gone(open_page, server):
    page = open_page()
    place(page, "1 of 3")
    page.route("**/answers", lambda route: route.abort("connectionrefused"))
    page.keyboard.press("y")
    page.locator("#trouble", has_text="framesift is not running any more").wait_for(timeout=20_000)
