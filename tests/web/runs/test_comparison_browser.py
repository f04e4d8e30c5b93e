"""The page of two runs compared in a real browser: keys, small screens, light and dark, names that look like HTML."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from framesift import filter_frames
from tests.conftest import until
from tests.review.runs.test_runs import FRAMES, forge, identify, line
from tests.web.runs.test_runs_browser import HOSTILE, SCREENS, check, open_page, open_run, served

__all__ = ["open_page", "served"]

SECOND = f"{HOSTILE} tolerance"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    root: Path = tmp_path_factory.mktemp("compared") / "site"
    shutil.copytree(FRAMES, root / "deck")
    list(filter_frames(root / "deck", root / "kept"))
    list(filter_frames(root / "deck", root / SECOND, "5%", "5%", method="tolerance"))
    lines = [line(f"c1/{n}.png", n, "keep", camera=HOSTILE) for n in range(1, 71)]
    forge(root / "many", lines, "../../gone")
    forge(root / "few", [{**each, "verdict": "drop"} for each in lines] + [line("c1/a.png", 5)], "../../gone")
    return root


def open_comparison(open_page: Any, first: str, second: str, *more: Any) -> Any:
    page = open_page(f"/runs/{identify(first)}/compared/{identify(second)}", *more)
    page.locator("#frames li").first.wait_for(timeout=5000)
    return page


@SCREENS
def test_two_runs_are_compared_by_keyboard(open_page, width, scheme):
    page = open_run(open_page, "kept", width, scheme)
    page.locator("#other option").wait_for(timeout=5000, state="attached")
    assert page.locator("#other option").text_content() == f"{SECOND}: By tolerance, from 5% on, kept above 5%"
    check(page)
    page.locator("#other").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#frames li").first.wait_for(timeout=5000)
    assert page.locator("#two a").all_text_contents() == ["kept", SECOND]
    assert page.locator("#summary").text_content().startswith("Both keep ")
    until(page, "document.querySelector('#frames img').naturalWidth > 200")
    check(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('#look-pair img')[1]?.naturalWidth > 500")
    title = page.locator("#look-title").text_content()
    assert title.startswith("Kept")
    check(page)
    for key, side in (("1", "A: "), ("2", "B: ")):
        page.keyboard.press(key)
        page.locator("#look-facts", has_text=f"in {side[0]}, ").wait_for(timeout=5000)
        assert page.locator(f"#look button[aria-pressed=true]:has-text('{side}')").count() == 1
    page.keyboard.press("f")
    first = page.locator("#look-facts").text_content()
    page.keyboard.press("ArrowRight")
    until(page, "(text) => document.querySelector('#look-facts').textContent !== text", first)
    page.keyboard.press("Escape")
    until(page, "document.activeElement === document.querySelector('#frames button')")  # the focus comes back


def test_pages_and_names_and_frames_of_one_run_only(open_page):
    page = open_comparison(open_page, "many", "few", 400, "dark")
    assert "1 in B" in page.locator("#lone").text_content() and page.locator("#frames img").count() == 0
    assert page.locator("#cameras th").first.text_content() == HOSTILE
    assert page.locator("#frames li").count() == 60 and page.locator("#page").text_content() == "Page 1 of 2"
    page.locator("#next").press("Enter")
    page.locator("#page", has_text="Page 2 of 2").wait_for(timeout=5000)
    assert page.locator("#frames li").count() == 10
    check(page)
    page.locator("#side").select_option("second")
    page.locator("#found", has_text="There is no such frame.").wait_for(timeout=5000)


def test_runs_of_other_frames_are_refused_in_words(open_page):
    page = open_page(f"/runs/{identify('kept')}/compared/{identify('few')}", 400, "light", "status of 409")
    page.locator("#trouble", has_text="The two runs are of frames in different folders.").wait_for(timeout=5000)
    check(page)
