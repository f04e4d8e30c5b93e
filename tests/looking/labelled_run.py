"""A small run with labels: a camera before which a car and a person stand, and what happens then."""

import json
from pathlib import Path

import cv2
import numpy as np

from framesift import filter_frames

SIZE = (200, 150)
CAR, PERSON = (40, 50, 48, 32), (140, 60, 24, 48)
"""Left, top, width, height in px."""


def draw(seed: int, car: tuple[int, int] | None = CAR[:2], thing: tuple[int, int] | None = None) -> np.ndarray:
    """A textured ground with both, the car at a place, and perhaps a small new thing at another."""
    image = cv2.GaussianBlur(np.random.default_rng(3).normal(110, 40, (150, 200)), (0, 0), 2)
    for number, (place, (_, _, width, height)) in enumerate(((car, CAR), (PERSON[:2], PERSON)), start=4):
        if place is not None:
            x, y = place
            image[y : y + height, x : x + width] = 110 + cv2.resize(
                np.random.default_rng(number).normal(0, 60, (6, 9)), (width, height)
            )
    if thing is not None:
        x, y = thing
        image[y : y + 12, x : x + 12] = 250
    noisy = image + np.random.default_rng(seed).normal(0, 2, image.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)[:, :, None].repeat(3, axis=2)


FRAMES = {
    "a": draw(1),
    "b": draw(2),
    "c": draw(3, car=(45, 50)),
    "d": draw(4, thing=(100, 125)),
    "e": draw(5, car=None),
}
"""Kept; the same; the car a little further on; something new; the car gone."""


def write_run(root: Path, frames: dict[str, np.ndarray] | None = None, folder: str = "c1") -> Path:
    """The results folder of a run that keeps the first frame alone, beside the frames."""
    for number, image in enumerate((frames or FRAMES).values()):
        path = root / "frames" / folder / f"{folder}_2024_05_06__07_08_{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    list(filter_frames(root / "frames", root / "results", "10", "90%", border_mask="0,0,0,0"))
    return root / "results"


def name(number: int, folder: str = "c1") -> str:
    return f"{folder}/{folder}_2024_05_06__07_08_{number:02}.png"


def write_labels(root: Path, *names: str, boxes: tuple = (CAR, PERSON), size: tuple[int, int] = SIZE) -> Path:
    """COCO of some frames, each with the car and the person where they stand in the first one."""
    images = [{"id": n, "file_name": each, "width": size[0], "height": size[1]} for n, each in enumerate(names, 1)]
    labels = [
        {"id": 10 * n + k, "image_id": n, "category_id": k, "bbox": list(box)}
        for n in range(1, len(names) + 1)
        for k, box in enumerate(boxes, start=1)
    ]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "person"}]
    path = root / "kept.json"
    path.write_text(json.dumps({"images": images, "annotations": labels, "categories": categories}))
    return path


def read_names(path: Path) -> dict[str, list[str]]:
    """What is labelled in each picture of a COCO file."""
    data = json.loads(path.read_text())
    classes = {each["id"]: each["name"] for each in data["categories"]}
    found: dict[str, list[str]] = {image["file_name"]: [] for image in data["images"]}
    names = {image["id"]: image["file_name"] for image in data["images"]}
    for label in data["annotations"]:
        found[names[label["image_id"]]].append(classes[label["category_id"]])
    return found
