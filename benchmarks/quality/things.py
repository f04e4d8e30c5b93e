"""Things of known size, drawn on a picture: upright persons, cars, boxes."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Size

Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x, y, width, height in px."""


def draw_person(tones: NDArray[np.float32], width: int, height: int) -> None:
    """Head, coat and two legs; in place, each part in its share of the contrast, NaN where nothing is."""
    middle = width // 2
    cv2.ellipse(tones, (middle, height // 9), (max(1, width // 4), max(1, height // 9)), 0, 0, 360, -0.5, -1)
    cv2.rectangle(tones, (0, height // 5), (width - 1, height * 11 // 20), 1.0, -1)
    cv2.rectangle(tones, (width // 8, height * 11 // 20), (middle - width // 16, height - 1), -0.6, -1)
    cv2.rectangle(tones, (middle + width // 16, height * 11 // 20), (width - 1 - width // 8, height - 1), -0.6, -1)


def draw_car(tones: NDArray[np.float32], width: int, height: int) -> None:
    """A body with a cabin, panes and wheels."""
    cabin = np.array([(0.2, 0.45), (0.32, 0.0), (0.72, 0.0), (0.86, 0.45)]) * (width - 1, height - 1)
    cv2.rectangle(tones, (0, height * 2 // 5), (width - 1, height * 17 // 20), 1.0, -1)
    cv2.fillPoly(tones, [np.asarray(np.rint(cabin), np.int32)], 1.0)
    cv2.rectangle(tones, (width * 3 // 10, height // 10), (width * 7 // 10, height * 2 // 5), -0.7, -1)
    for x in (0.2, 0.8):
        cv2.circle(tones, (round(width * x), height * 17 // 20), max(1, height * 3 // 20), -0.8, -1)


def draw_box(tones: NDArray[np.float32], width: int, height: int) -> None:
    """A side and a lid: a thing of one colour."""
    tones[:] = 1.0
    tones[: height // 3] = 0.75


THINGS: Final[dict[str, tuple[float, Callable[[NDArray[np.float32], int, int], None]]]] = {
    "person": (0.4, draw_person),
    "car": (2.2, draw_car),
    "box": (1.25, draw_box),
}
"""Width for a height of 1, and how it is drawn."""


def put(thing: str, after: Picture, box: Box, contrast: float, noise: float, rng: Generator) -> Picture:
    """The frame, (height, width, 3), with a thing in a box; with edges as of a lens and noise of this deviation."""
    x, y, width, height = box
    margin = 3
    tones = np.full((height + 2 * margin, width + 2 * margin), np.nan, np.float32)
    THINGS[thing][1](tones[margin:-margin, margin:-margin], width, height)
    cover = cv2.GaussianBlur((~np.isnan(tones)).astype(np.float32), (0, 0), 0.8)[:, :, None]
    tones = np.asarray(
        cv2.GaussianBlur(np.nan_to_num(tones), (0, 0), 0.8) / np.maximum(cover[:, :, 0], 0.01), np.float32
    )
    image = after.copy()
    part = image[y - margin : y + height + margin, x - margin : x + width + margin]
    level = float(part.mean())
    towards = 1 if rng.random() < 0.5 else -1
    if not 4 <= level + towards * contrast <= 251:
        towards = -towards
    grain = rng.normal(0, noise, tones.shape)
    shown = (level + towards * contrast * tones + grain)[:, :, None]
    part[:] = np.clip(np.rint(part + cover * (shown - part)), 0, 255)
    return image


def place_box(thing: str, share: float, size: Size, rng: Generator) -> Box:
    """Somewhere within what is compared by default, below the skyline."""
    width, height = size
    ratio = THINGS[thing][0]
    tall = max(2, round(float(np.sqrt(share / 100 * width * height / ratio))))
    wide = max(2, round(tall * ratio))
    left, right = width * 0.06, width * 0.94 - wide
    top, bottom = min(height * 0.3, height * 0.97 - tall), height * 0.97 - tall
    return round(rng.uniform(left, max(left, right))), round(rng.uniform(max(top, height * 0.11), bottom)), wide, tall
