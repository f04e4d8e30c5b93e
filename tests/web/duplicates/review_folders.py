"""Folders of persons for the tests of the review pages: rendered pictures, and versions of them that show the same."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.conftest import encode

SIZE = (320, 240)
HOSTILE = "<img src=x onerror=alert(1)>.jpg"
UNDECODABLE = b"caf\xe9 1.jpg"
"""A name that is no UTF-8."""


def render_picture(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A picture that nothing of another seed resembles: a shaded ground with a few large shapes."""
    generator = np.random.default_rng(seed)
    width, height = size
    small = generator.integers(30, 226, (6, 8, 3), dtype=np.uint8)
    image = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    for _ in range(7):
        colour = tuple(int(level) for level in generator.integers(0, 256, 3))
        x, y = int(generator.integers(0, width)), int(generator.integers(0, height))
        cv2.circle(image, (x, y), int(generator.integers(height // 12, height // 4)), colour, -1, cv2.LINE_AA)
    return image


def versions_of(image: np.ndarray, number: int) -> list[bytes]:
    """So many JPEG files that show the same, the first the largest in px."""
    made = []
    for place in range(number):
        scale = 1 - 0.15 * place
        smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        made.append(encode(np.asarray(smaller, np.uint8), ".jpg"))
    return made


def write_person(root: Path, name: str, groups: Sequence[int], seed: int) -> Path:
    """A folder with a group of so many images for each number of `groups`; 1 is an image without duplicates."""
    folder = root / name
    folder.mkdir(parents=True)
    for place, number in enumerate(groups):
        for version, content in enumerate(versions_of(render_picture(100 * seed + place), number)):
            (folder / f"frame_{place:02}_{version}.jpg").write_bytes(content)
    return folder
