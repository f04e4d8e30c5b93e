"""The camera: it exposes anew in each frame, blooms, sharpens, and has noise."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Size
from benchmarks.stills.buffer import Layer

GREY: Final = np.array((0.114, 0.587, 0.299), np.float32)
BRIGHTEST: Final = 40.0
"""The most that the camera raises the light by night; by day it is about 0.3."""


def take_picture(light: Layer, rng: Generator, size: Size) -> NDArray[np.uint8]:
    """A picture, (height, width, 3) BGR, of linear light, (fine height, fine width, 3)."""
    sharp = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
    gain = expose(sharp, rng)
    exposed = sharp * gain
    exposed += bloom(exposed)
    shown = np.asarray(cv2.pow(develop(exposed), 1 / 2.2), np.float32) * 255
    shown += 0.45 * (shown - cv2.GaussianBlur(shown, (0, 0), 1.1))
    grain = 1.3 + 4.2 * min(1.0, float(gain) / BRIGHTEST) ** 0.5
    shown += noise(rng, shown.shape, grain)
    return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)


def expose(light: Layer, rng: Generator) -> np.float32:
    """The factor that brings the picture's middle to a usual level; not wholly, nor twice the same."""
    grey = cv2.resize(light, (64, 48), interpolation=cv2.INTER_AREA) @ GREY
    level = float(np.exp(np.log(grey + 1e-4).mean())) * 0.6 + float(grey.mean()) * 0.4
    hunting = 1 + 0.05 * float(rng.standard_normal())
    return np.float32(min(BRIGHTEST, 0.19 / level**0.93) * hunting)


def bloom(exposed: Layer) -> Layer:
    """Light that strays from what is too bright: lamps by night, glints."""
    over = np.maximum(exposed - 1.2, 0).clip(0, 12)
    height, width = exposed.shape[:2]
    small = cv2.resize(over, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(small, (0, 0), height / 160) * 0.10 + cv2.GaussianBlur(small, (0, 0), height / 40) * 0.035
    return np.asarray(cv2.resize(wide, (width, height)), np.float32)


def develop(exposed: Layer) -> Layer:
    """A film-like curve from light to 0 to 1: steep in the middle, soft at the top."""
    x = exposed * np.float32(0.75)
    return np.asarray(np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1), np.float32)


def noise(rng: Generator, shape: tuple[int, ...], deviation: float) -> Layer:
    """Partly grey, partly coloured and blotched, as cameras leave it after their own smoothing."""
    height, width, _ = shape
    grey = rng.standard_normal((height, width, 1), np.float32)
    blotches = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), np.float32)
    coloured = cv2.resize(blotches, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray((0.8 * grey + 0.6 * coloured) * np.float32(deviation), np.float32)
