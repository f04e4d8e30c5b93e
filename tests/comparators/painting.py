"""Places to compare, drawn in a few lines, and what happens there."""

import cv2
import numpy as np


def paint(width: int = 320, height: int = 240, shift: tuple[int, int] = (0, 0), noise: int = 0) -> np.ndarray:
    """A place with walls, windows and gravel, (height, width, 3) uint8, seen by a camera that was pushed."""
    random = np.random.default_rng(3)
    place = np.full((height + 80, width + 80, 3), 110, np.uint8)
    place[: height // 2] = cv2.resize(random.integers(60, 200, (9, 12, 3)).astype(np.uint8), (width + 80, height // 2))
    for x, y in random.integers(0, (width, height), (30, 2)):
        shade = tuple(int(v) for v in random.integers(20, 235, 3))
        cv2.rectangle(place, (int(x), int(y)), (int(x) + 30, int(y) + 24), shade, -1)
    right, down = shift
    seen = place[40 - down : 40 - down + height, 40 - right : 40 - right + width].astype(int)
    return np.clip(seen + np.random.default_rng(noise).normal(0, 2, seen.shape), 0, 255).astype(np.uint8)


def street(noise: int = 0) -> np.ndarray:
    """Plain ground before houses with windows, (240, 320, 3) uint8."""
    shades = np.random.default_rng(5)
    scene = np.full((240, 320), 150.0)
    for y in range(0, 110, 22):
        for x in range(0, 320, 20):
            scene[y + 5 : y + 17, x + 4 : x + 15] = shades.integers(20, 60)
            scene[y + 7 : y + 15, x + 6 : x + 13] = shades.integers(180, 240)
    seen = np.rint(scene + np.random.default_rng(noise).normal(0, 2, scene.shape))
    return seen.astype(np.uint8)[:, :, None].repeat(3, axis=2)


def shade(image: np.ndarray, gain: float, box: tuple[int, int, int, int], soft: float = 0) -> np.ndarray:
    """The picture with other light in a box: x, y, width, height; its border is so many px soft."""
    light = np.zeros(image.shape[:2])
    x, y, width, height = box
    light[y : y + height, x : x + width] = 1
    if soft:
        light = cv2.GaussianBlur(light, (0, 0), soft)
    return np.clip(image * (1 + (gain - 1) * light[:, :, None]), 0, 255).astype(np.uint8)


def add_person(image: np.ndarray, x: int = 150, y: int = 120, level: int = 20) -> np.ndarray:
    """A dark figure with a lighter middle, 24 x 60 px."""
    changed = image.copy()
    changed[y : y + 60, x : x + 24] = level
    changed[y + 15 : y + 35, x + 6 : x + 18] = 255 - level
    return changed
