"""Takes the README's picture of a report: the page on the sample frames, in a headless Chromium.

python -m benchmarks.scenes.readme.report images

Needs Playwright (the extra `test`) and a Chromium on the path.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from framesift import filter_frames
from framesift.filtering.manifest import open_record
from framesift.looking.report import write_report

FRAMES = Path(__file__).resolve().parents[3] / "images" / "frames"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1000, 690


def take_picture(folder: Path) -> None:
    """Write `report.png`: the top of the first camera's part, with the cursor on the most doubtful keep."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    with TemporaryDirectory() as results, sync_playwright() as driver:
        for _ in filter_frames(FRAMES, results):
            pass
        target = Path(results) / "report.html"
        write_report(open_record(results), target, name="results")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(target.as_uri())
        _point_at_a_frame(page)
        page.screenshot(path=folder / "report.png")
        browser.close()


def _point_at_a_frame(page: Page) -> None:
    kept = page.locator("details", has_text="score nearest above").first
    kept.locator("summary").click()
    kept.get_by_role("button", name="Show on the timeline").first.click()
    page.evaluate("document.querySelector('.camera').scrollIntoView()")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(1000)  # until the pictures have come into view and are decoded


if __name__ == "__main__":
    take_picture(Path(sys.argv[1]))
