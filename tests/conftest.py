"""Shared by the tests: folder trees as dicts, frames as arrays, and where the measured corpora lie."""

import re
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import cv2
import hypothesis
import numpy as np
import pytest

from framesift.actions.marks import make_mark

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Real frames and bad input, beside the checkout. Not part of a user's clone."""

cv2.setNumThreads(1)
"""The pictures are small, and tests run beside each other: threads would only wait for one another."""


hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
"""A machine that has much else to do is no fault of what is tested."""

MOST_WORKERS = 8
"""Of a run of all tests: beyond it each worker spends its time on starting servers."""


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Return how many workers `-n auto` starts: more than cores, for many tests wait for a browser or a server."""
    return min((yield) * 3 // 2, MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: else one worker would be busy with it when all others have ended."""
    items.sort(key=lambda item: item.path.stem != "test_fuzzing")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's cache folder as it is, and workers apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for the key that tells own backups, which is there before the calls of a run are counted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        make_mark("/")
        yield


@pytest.fixture
def shared() -> Path:
    """The folder with real frames and the bad-input corpus; skips where it is missing."""
    if not (SHARED / "frames").is_dir():
        pytest.skip("needs the real frames and bad inputs in ../shared, which a clone does not carry")
    return SHARED


def make_image(
    width: int = 64, height: int = 48, level: int = 60, box: tuple[int, int, int, int] | None = None
) -> np.ndarray:
    """A BGR picture of one grey level, with a bright `box` (x, y, width, height) where something new stands."""
    image = np.full((height, width, 3), level, np.uint8)
    if box is not None:
        x, y, box_width, box_height = box
        image[y : y + box_height, x : x + box_width] = 220
    return image


def encode(image: np.ndarray, suffix: str = ".png") -> bytes:
    """The bytes of `image` in the format of `suffix`."""
    done, content = cv2.imencode(suffix, image)
    assert done
    return content.tobytes()


@pytest.fixture
def write_tree(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """A function that writes {relative path: bytes} below a fresh folder and returns that folder."""

    def write(tree: dict[str, bytes], name: str = "frames") -> Path:
        root = tmp_path / name
        for path, content in tree.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return root

    return write


def read_tree(root: Path) -> dict[str, bytes]:
    """{relative path: bytes} of every file below `root`; in manifests nothing stands of the files that were decided."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): without_files(path.name, path.read_bytes()) for path in files}


def read_decided(root: Path) -> dict[str, bytes]:
    """The same but for the faults of cameras: a run that was stopped, or one that waits, tells them otherwise."""
    return {name: content for name, content in read_tree(root).items() if name != "health.jsonl"}


def without_files(name: str, content: bytes) -> bytes:
    """A manifest without the states of the files, which two copies of a folder do not share; other content as it is."""
    return re.sub(rb', "file": \[[-0-9, ]*\]', b"", content) if name.endswith("manifest.jsonl") else content


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium, driven by Playwright; skips where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs a browser, on Debian or Ubuntu: apt-get install chromium-headless-shell (or chromium)")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def visits(browser) -> Iterator[Any]:
    """Opens the pages of a review; whatever they complained of fails the test."""
    from tests.web.duplicates.review_pages import Visits

    made = Visits(browser)
    yield made
    made.close()


def until(page: Any, expression: str, value: Any = None) -> None:
    """Wait for something to be so. Playwright's own way to do it is code from a string, which the page refuses."""
    for _ in range(250):
        if page.evaluate(expression, value):
            return
        page.wait_for_timeout(20)
    raise AssertionError(expression)
