"""Labels of framesift's own sample frames, and the picture of how they are checked.

python -m benchmarks.labels.sample images      writes images/labels.json, COCO of the frames that a run keeps
python -m benchmarks.labels.sample images --picture      and images/labels.jpg; needs Playwright and a Chromium
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.scenes import Truth, make_deck, render_scene
from benchmarks.scenes.readme.report import BROWSERS, FRAMES
from benchmarks.scenes.writing import frame_stem
from framesift import carry_labels, filter_frames

SIZE: Final = (640, 480)
CLASSES: Final = ("car", "person", "luggage")
LEAST_AREA: Final = 80
"""px: of what shows less nobody labels."""


def see_sample() -> Iterator[tuple[str, tuple[Truth, ...]]]:
    """The name of each sample frame with what is seen in it, as `images/frames` was made."""
    for camera in ("c10", "c20"):
        scene = make_deck(camera, 4, 24, timedelta(seconds=300), 0.45)
        for index in range(24):
            yield f"{frame_stem(scene, index)}.jpg", render_scene(scene, index, SIZE).objects


def make_labels(kept: set[str]) -> dict[str, Any]:
    """COCO of some of them."""
    images: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for name, objects in see_sample():
        if name not in kept:
            continue
        images.append({"id": len(images) + 1, "file_name": name, "width": SIZE[0], "height": SIZE[1]})
        for each in objects:
            if each.area >= LEAST_AREA:
                label = {"id": len(labels) + 1, "image_id": len(images), "category_id": CLASSES.index(each.kind) + 1}
                labels.append(label | {"bbox": list(each.box), "area": each.area, "iscrowd": 0})
    categories = [{"id": number, "name": name} for number, name in enumerate(CLASSES, start=1)]
    return {"images": images, "annotations": labels, "categories": categories}


def take_picture(labels: Path, target: Path) -> None:
    """The page on which the labels are checked, at its first question."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with TemporaryDirectory() as work, sync_playwright() as driver:
        for _ in filter_frames(FRAMES, Path(work) / "results"):
            pass
        carry_labels(Path(work) / "results", labels, Path(work) / "labels")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 760})
        page.goto((Path(work) / "labels" / "check.html").as_uri())
        page.wait_for_timeout(500)  # until the pictures are decoded
        target.write_bytes(page.screenshot(type="jpeg", quality=80))
        browser.close()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labels.sample", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--picture", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory() as results:
        kept = {d.frame.path for d in filter_frames(FRAMES, Path(results) / "r") if d.verdict == "keep"}
    labels = arguments.folder / "labels.json"
    labels.write_text(json.dumps(make_labels(kept), indent=None, separators=(",", ":")) + "\n")
    if arguments.picture:
        take_picture(labels, arguments.folder / "labels.jpg")


if __name__ == "__main__":
    main()
