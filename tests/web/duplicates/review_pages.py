"""The review pages for tests: a server in a process of its own, pages that may complain of nothing, the keyboard."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.web.serving import Server, name_cookie

WAIT = 20_000
"""ms after which something that was waited for counts as missing."""
NAME = "element => (element.getAttribute('aria-label') || element.innerText || element.parentElement.innerText || '')"


@contextmanager
def serve(root: Path) -> Iterator[Server]:
    """Serve a folder by a process of its own; on leaving it has to stop cleanly."""
    with Server(root) as server:
        server.wait_for_scan()
        yield server
        code, said = server.end(signal.SIGTERM)
        assert code == 0 and "Traceback" not in said, said


@dataclass
class Visits:
    """Opens pages, each in a session of its own, and hears what they complain of."""

    browser: Any
    complaints: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(self, server: Server, path: str = "", width: int = 1280, scheme: str = "light") -> Any:
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.add_cookies([name_cookie(server.address, server.token)])
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.goto(f"{server.address}{path}")
        return page

    def close(self, *expected: str) -> None:
        """End all sessions. No page may have complained, but of what a test has made fail on purpose."""
        for context in self.contexts:
            context.close()
        assert [text for text in self.complaints if not any(each in text for each in expected)] == []


def check_access(page: Any) -> None:
    """Fail for any serious or critical fault that axe finds in what is shown, and for a page wider than the screen."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    faults = axe.Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"]) for each in faults if each["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def shown(page: Any, text: str) -> Any:
    """Wait until the panel of the work says this."""
    heading = page.locator("#work-title", has_text=re.compile(text))
    heading.wait_for()
    return heading


def tab_to(page: Any, name: str) -> None:
    """Walk with Tab until what has the focus is called so: a person without a mouse comes there too."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in page.evaluate(f"({NAME})(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not reach {name!r}")


def press(page: Any, name: str, key: str = "Enter") -> None:
    """Go to a button with Tab and press it."""
    tab_to(page, name)
    page.keyboard.press(key)


def tick(page: Any, *names: str) -> None:
    for name in names:
        page.locator(".card", has_text=name).click()


def find_duplicates(page: Any, *names: str) -> Any:
    """Select persons and search; return the dialog that asks."""
    page.get_by_role("button", name="Select Mode").click()
    tick(page, *names)
    page.get_by_role("button", name=f"Remove Duplicates ({len(names)})", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    return dialog
