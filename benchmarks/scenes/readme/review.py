"""Takes the README's picture of the review page: persons selected, and the question before anything is removed.

python -m benchmarks.scenes.readme.review images

Needs Playwright (the extra `test`) and a Chromium on the path. The pictures are the sample frames, some of them twice.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
from playwright.sync_api import sync_playwright

from benchmarks.scenes.readme.report import BROWSERS, FRAMES

PROGRAM = [sys.executable, "-c", "from framesift.cli import run; run()"]
PERSONS, PICTURES, COPIES = 4, 5, 2
WIDTH, HEIGHT = 1000, 620


def take_picture(folder: Path) -> None:
    """Write `review.png`."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    with TemporaryDirectory() as place, sync_playwright() as driver:
        root = Path(place) / "photos"
        _write_persons(root)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with _serve(root) as address:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(address)
            page.get_by_role("button", name="Select Mode").click()
            for number in range(1, PERSONS):
                page.get_by_text(f"PERSON-{number:04}").click()
            page.get_by_role("button", name=f"Remove Duplicates ({PERSONS - 1})").click()
            page.get_by_role("dialog").get_by_role("button", name="Confirm").wait_for()
            shorten = "(text, place) => { text.textContent = text.textContent.replace(place, '/data') }"
            page.locator("#confirming-text").evaluate(shorten, place)
            page.screenshot(path=folder / "review.png")
        browser.close()


def _write_persons(root: Path) -> None:
    """Different frames for each person, some of them again in a smaller version."""
    frames = sorted(FRAMES.rglob("*.jpg"))
    for number in range(PERSONS):
        person = root / f"PERSON-{number + 1:04}"
        person.mkdir(parents=True)
        for place in range(PICTURES):
            image = cv2.imread(str(frames[(number * PICTURES + place) * 7 % len(frames)]))
            assert image is not None
            cv2.imwrite(str(person / f"picture-{place}.png"), image)
            if place < COPIES:
                small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                cv2.imwrite(str(person / f"picture-{place}-small.jpg"), small)


@contextmanager
def _serve(root: Path) -> Iterator[str]:
    options = ["--port", "0", "--no-browser", "--index", str(root.with_name("index.sqlite"))]
    with subprocess.Popen([*PROGRAM, "serve", str(root), *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found
        yield found[0]
        server.terminate()


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]))
