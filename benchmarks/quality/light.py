"""How the light falls in a frame, and how it changes: nothing of this is an object.

A light says how strong daylight and lamplight are, each as an array that the (height, width, 3) layers are multiplied
with. An effect takes the lit picture, (height, width, 3) float32 BGR of 0 to 255, and returns it changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.background import cast_background
from benchmarks.scenes.geometry import Size
from benchmarks.scenes.rendering import light_at, sky_tint
from benchmarks.scenes.timetable import Scene

Picture = NDArray[np.floating[Any]]
"""(height, width, 3) BGR of 0 to 255, or a part of it."""
GREY: Final = np.array((0.114, 0.587, 0.299), np.float32)
"""Weights of blue, green and red."""


@dataclass(frozen=True)
class Moment:
    """One frame of a scene while it is made."""

    scene: Scene
    index: int
    size: Size
    objects: NDArray[np.bool_]
    """(height, width): where cars, persons and luggage are seen."""

    def draw(self, topic: int) -> Generator:
        """Random numbers of this frame."""
        return np.random.default_rng([self.scene.seed, topic, self.index])

    def draw_all(self, topic: int) -> Generator:
        """Random numbers that are the same in all frames of the scene."""
        return np.random.default_rng([self.scene.seed, topic])

    @property
    def share(self) -> float:
        """How much of the scene is over, 0 to 1."""
        return self.index / max(1, len(self.scene.times) - 1)

    @property
    def grid(self) -> tuple[Picture, Picture]:
        """x, (1, width), and y, (height, 1), from 0 to 1."""
        width, height = self.size
        x, y = np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
        return x[None, :], y[:, None]


Light = Callable[[Moment], tuple[Picture, Picture]]
Effect = Callable[[Picture, Moment], Picture]


def by_hour(moment: Moment) -> tuple[Picture, Picture]:
    """The light of the hour, as in the sample frames."""
    day, lamp = light_at(moment.scene.times[moment.index], moment.scene.deck.roofed)
    return np.array(sky_tint(day), np.float32), np.full(3, lamp, np.float32)


def by_levels(day: float, lamp: float) -> Light:
    """The same light all the time."""
    return lambda moment: (np.full(3, day, np.float32), np.full(3, lamp, np.float32))


def drifting(moment: Moment, topic: int, cells: int, speed: float) -> Picture:
    """A part of a wide soft field that moves past by `speed` picture widths from frame to frame."""
    width, height = moment.size
    frames = len(moment.scene.times)
    length = int(width * (1 + abs(speed) * frames)) + 1
    columns = max(cells, round(cells * length / width))
    coarse = moment.draw_all(topic).random((cells, columns)).astype(np.float32)
    left = moment.index * abs(speed) * width
    x = ((np.arange(width, dtype=np.float32) + left) / length * columns)[None, :].repeat(height, 0)
    y = (np.arange(height, dtype=np.float32) / height * cells)[:, None].repeat(width, 1)
    return np.asarray(cv2.remap(coarse, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.float32).clip(0, 1)


def cast_clouds(picture: Picture, moment: Moment) -> Picture:
    """Soft shadows of clouds that drift over everything, and a sky that is now bright, now dull."""
    dull = 0.82 + 0.18 * float(np.sin(moment.index / 5.3 + moment.scene.seed))
    shade = 1 - 0.5 * drifting(moment, 1, 3, 0.06)
    return picture * (shade * dull)[:, :, None]


def shine_sun(picture: Picture, moment: Moment) -> Picture:
    """The sharp shadow of a building that wanders over the ground, while the sun comes and goes."""
    deck = moment.scene.deck
    ground = (cast_background(deck, moment.size).floor > 0) | moment.objects
    x, y = moment.grid
    sun = float(np.clip(0.6 + 0.7 * np.sin(moment.index / 4.1 + moment.scene.seed), 0, 1))
    edge = 0.15 + 0.9 * moment.share
    band = np.clip((edge - 0.35 * y - x) * 160, 0, 1) * np.clip((x - edge + 0.35 * y + 0.38) * 160, 0, 1)
    shadow = 1 - 0.5 * sun * band * ground
    return picture * ((0.8 + 0.25 * sun) * shadow)[:, :, None]


def switch_lamps(picture: Picture, moment: Moment) -> Picture:
    """Three groups of lamps, of which every few frames one goes on or off; a worn tube flickers."""
    rng = moment.draw_all(2)
    x, _ = moment.grid
    level = np.full_like(x, 0.34)
    for middle in (0.12, 0.5, 0.88):
        switches = np.cumsum(rng.integers(4, 16, len(moment.scene.times)))
        on = (int(np.searchsorted(switches, moment.index, side="right")) + int(rng.integers(0, 2))) % 2
        level += 0.62 * on * np.exp(-(((x - middle) / 0.26) ** 2))
    flicker = 1 - 0.12 * float(moment.draw(2).random())
    return picture * np.asarray(level * flicker, np.float32)[:, :, None]


def throw_headlights(picture: Picture, moment: Moment) -> Picture:
    """Pools of light that cars out of view throw on the ground and that sweep through the picture."""
    rng = moment.draw_all(3)
    x, y = moment.grid
    start = int(rng.integers(0, 4))
    while start <= moment.index:
        length, way = int(rng.integers(3, 7)), 1 if rng.integers(0, 2) else -1
        row, wide = 0.62 + 0.3 * rng.random(), 0.10 + 0.08 * rng.random()
        if moment.index < start + length:
            along = (moment.index - start + 0.5) / length
            middle = along if way > 0 else 1 - along
            pool: Picture = np.exp(-(((x - middle) / wide) ** 2) - ((y - row) / 0.10) ** 2)[:, :, None]
            return picture * (1 + 1.5 * pool) + pool * np.array((34, 44, 48), np.float32)
        start += length + int(rng.integers(2, 8))
    return picture


def see_infrared(picture: Picture, moment: Moment) -> Picture:
    """The camera turns to infra-red and back: grey, lit by its own lamp from the middle, with other contrasts."""
    switches = np.cumsum(moment.draw_all(4).integers(7, 22, len(moment.scene.times)))
    if int(np.searchsorted(switches, moment.index, side="right")) % 2 == 0:
        return picture
    x, y = moment.grid
    lamp = 0.35 + 1.5 * np.exp(-(((x - 0.5) / 0.42) ** 2) - ((y - 0.6) / 0.5) ** 2)
    # Cloth and paint throw back more infra-red than visible light: dark tones rise.
    grey = 255 * ((picture @ GREY) / 255) ** 0.8 * lamp + 4
    return np.asarray(grey[:, :, None].repeat(3, 2), np.float32)


def expose_anew(picture: Picture, moment: Moment) -> Picture:
    """The camera's exposure hunts: it steps up and down and drifts."""
    steps = np.cumsum(moment.draw_all(5).integers(3, 12, len(moment.scene.times)))
    step = int(np.searchsorted(steps, moment.index, side="right"))
    gain = 0.65 + 0.7 * float(np.random.default_rng([moment.scene.seed, 6, step]).random())
    return picture * np.float32(gain * (1 + 0.05 * np.sin(moment.index)))
