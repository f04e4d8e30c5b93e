"""A scene that is drawn in no time: boxes on a ground, under any light, with the noise of a sensor."""

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.differencing import find_compared
from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import Fault
from framesift.filtering.health.vitals import Vitals, measure_vitals
from framesift.frames.frame import Frame
from imaging_interview import preprocess_image_change_detection

SIZE = 320, 240
BORDERS = (5.0, 10.0, 5.0, 0.0)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
Picture = NDArray[np.uint8]


def draw_scene(seed: int = 0) -> Picture:
    """A yard of sharp boxes, larger than what the camera sees by 40 px to all sides; (height, width, 3)."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIZE[1] + 80, SIZE[0] + 80, 3), 90, np.uint8)
    for _ in range(70):
        x, y = (int(each) for each in rng.integers(0, (SIZE[0] + 60, SIZE[1] + 60)))
        width, height = (int(each) for each in rng.integers(8, 50, 2))
        colour = [int(each) for each in rng.integers(20, 220, 3)]
        cv2.rectangle(picture, (x, y), (x + width, y + height), colour, cv2.FILLED)
    return picture


SCENE = draw_scene()


def see(number: int, right: int = 0, down: int = 0, light: float = 1.0, scene: Picture = SCENE) -> Picture:
    """What the camera sees in frame `number`, moved by so many px, under so much light."""
    seen = scene[40 + down : 40 + down + SIZE[1], 40 + right : 40 + right + SIZE[0]] * light
    noise = np.random.default_rng(number).normal(0, 2.0, seen.shape)
    return np.asarray(np.clip(seen + noise, 0, 255), np.uint8)


def measure(picture: Picture) -> Vitals:
    """What a run measures of it."""
    height, width = picture.shape[:2]
    descriptor = preprocess_image_change_detection(picture, [5], BORDERS)
    vitals = measure_vitals(descriptor, find_compared(width, height, BORDERS, ()), width)
    assert vitals is not None
    return vitals


def name(number: int) -> Frame:
    """Frame `number`, one a minute."""
    return Frame(f"c1/{number:03}.jpg", "c1", NOON + timedelta(minutes=number))


def follow(checkup: Checkup, pictures: list[Picture], start: int = 0) -> list[Fault]:
    """What is told of pictures, one after the other."""
    frames = enumerate(pictures, start)
    return [fault for number, each in frames for fault in checkup.follow(name(number), None, measure(each))]
