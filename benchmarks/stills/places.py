"""The places: what stands there for good, what the ground is made of, and where the camera hangs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.scenes.geometry import Bytes, Floats, View
from benchmarks.scenes.texture import fractal_noise, sample, value_noise
from benchmarks.stills.buffer import Lamp
from benchmarks.stills.patches import Patch, block, heap, hedge, lamp_post, linear, post, tree
from benchmarks.stills.shadows import Area
from benchmarks.stills.surfaces import LATTICE, asphalt, bare_earth, grass

GREENS: Final = ((48, 84, 70), (54, 98, 84), (42, 70, 58), (62, 108, 98), (36, 56, 48))
BROWNS: Final = ((52, 84, 112), (58, 94, 118), (48, 70, 92), (60, 98, 104))
BAY: Final = 2.6
ROWS: Final = (8.5, 19.5, 25.6, 36.5)
"""Middles of the rows of bays of the car park, metres."""
PAINT_SCALE: Final = 24
"""Px of the picture of lines for each metre."""
ARROW: Final = ((-1.2, -0.1), (0.4, -0.1), (0.4, -0.4), (1.2, 0), (0.4, 0.4), (0.4, 0.1), (-1.2, 0.1))
PAINT_ORIGIN: Final = (-25.0, 0.0)
Standing = tuple[list[Patch], list[Lamp]]


@dataclass(frozen=True)
class Place:
    """What a camera looks at."""

    name: str
    view: View
    area: Area
    """The ground on which shadows are followed."""
    north: float
    """Degrees by which y lies to the east of north."""
    stand: Callable[[Generator], Standing]
    ground: Callable[[Floats, Floats], Floats]
    """Colours (n, 3), linear BGR, of points of the ground."""
    lamp: float
    """Strength of its lamps at 1 m, where the sky of a clear day gives 1."""


def stand_lot(rng: Generator) -> Standing:
    """A car park before a building: an island with trees and lamps, a hedge, houses behind and to the right."""
    patches = block((-40, -20, 0), (4, -8.5, 13), (140, 150, 156))
    patches += block((30, 6, 0), (44, 44, 11), (126, 140, 158), "windows")
    for left, near, right, far in ((-16, 22.1, 27, 23.0), (-16, 39.2, 27, 39.5), (-17.2, 5, -16.7, 39)):
        patches += block((left, near, 0), (right, far, 0.13), (150, 152, 150))
    lamps: list[Lamp] = []
    for x, y, way in ((-9.0, 22.5, -1), (6.0, 22.5, 1), (20.0, 22.5, -1), (-2.0, 40.0, -1), (14.0, 40.0, -1)):
        made, spot = lamp_post(x, y, 7.5, way)
        patches += made
        lamps.append((spot, 1.0))
    for x, y, height, wide in ((-13, 22.5, 5.2, 1.6), (-3.0, 22.6, 4.4, 1.3), (12.5, 22.5, 4.8, 1.5), (25, 22.6, 6, 2),
                               (-21, 12, 9, 3), (-22, 27, 10, 3.2), (26, 1.5, 8, 2.6)):  # fmt: skip
        patches += tree(rng, x, y, height, wide, GREENS if x < 0 else BROWNS)
    for x in range(-24, 40, 8):
        patches += tree(rng, x + 3 * float(rng.random()), 49 + 5 * float(rng.random()), 8.5, 3, GREENS, 280)
    patches += hedge(rng, (-18, 42.2, 0), (29, 43.4, 1.3), GREENS, 900)
    for x in (-45, -20, 6, 31, 60):
        tone = 120 + 60 * float(rng.random())
        patches += block((x, 66, 0), (x + 19, 80, 8 + 6 * float(rng.random())), (tone, tone + 8, tone + 18), "windows")
    return patches, lamps


@lru_cache(maxsize=1)
def draw_lines() -> Bytes:
    """The lines of the car park from above, 255 where painted."""
    picture = np.zeros((45 * PAINT_SCALE, 60 * PAINT_SCALE), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return int((x - PAINT_ORIGIN[0]) * PAINT_SCALE), int((y - PAINT_ORIGIN[1]) * PAINT_SCALE)

    for middle in ROWS:
        for bay in range(-6, 11):
            cv2.rectangle(picture, at(bay * BAY - 0.06, middle - 2.5), at(bay * BAY + 0.06, middle + 2.5), 255, -1)
    for x in (-10.0, 3.0, 16.0):
        for y, way in ((14.0, 1), (31.0, -1)):
            tips = [at(x + way * dx, y + dy) for dx, dy in ARROW]
            cv2.fillPoly(picture, [np.array(tips, np.int32)], 255)
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.uint8)


def lay_lot(x: Floats, y: Floats) -> Floats:
    """Asphalt with worn lines, lawns about it."""
    colours = asphalt(x, y)[:, None] * np.array(linear((118, 118, 117)))
    cover = sample(draw_lines(), (x - PAINT_ORIGIN[0]) * PAINT_SCALE, (y - PAINT_ORIGIN[1]) * PAINT_SCALE) / 255
    cover *= np.clip((0.82 - fractal_noise(LATTICE, x * 2.1 + 90, y * 2.1)) * 3.2, 0.1, 0.85)
    colours += cover[:, None] * (np.array(linear((214, 218, 218))) - colours)
    edge = 0.5 * value_noise(LATTICE, x * 1.3, y * 1.3)
    green = ((y > 39.5 + edge) & (y < 54)) | ((y > 22.15) & (y < 22.95) & (x > -15.9) & (x < 26.9)) | (x < -17.3 - edge)
    colours[green] = grass(x[green], y[green])[:, None] * np.array(linear((44, 96, 84)))
    return np.asarray(colours)


def stand_yard(rng: Generator) -> Standing:
    """A yard between a hall and a house, with gates, a fence, containers, a tree and two lamps."""
    patches = block((-14, 19, 0), (26, 32, 6.5), (168, 170, 166), "ribs")
    for x in (-8.0, -2.5, 3.0, 8.5):
        patches += block((x, 18.93, 0), (x + 3.4, 19, 3.8), (92, 104, 116), "ribs")
        patches += block((x - 0.3, 18.2, 0), (x, 19, 0.9), (40, 170, 200))
    patches += block((-20, -14, 0), (1.5, -2.6, 9), (120, 130, 150)) + block(
        (15.5, -6, 0), (26, 9, 7.5), (120, 132, 152)
    )
    patches += block((10.4, 14.2, 0), (16.4, 16.7, 2.6), (116, 76, 44), "ribs")
    patches += block((11.4, 14.4, 2.6), (17.4, 16.8, 5.2), (52, 60, 150), "ribs")
    patches += block((-11.5, 12, 0), (-9.1, 18, 2.6), (58, 110, 66), "ribs")
    for x in range(-13, 0, 2):
        patches += post(x + 0.5, 1.2, 1.9, 0.03, (96, 100, 96))
    patches += tree(rng, -8.2, 6.8, 6.5, 1.7, GREENS) + tree(rng, 19, 11.5, 9, 2.5, GREENS)
    lamps: list[Lamp] = []
    for x, y, way in ((-4.6, 11.5, 1), (9.6, 9.0, -1)):
        made, spot = lamp_post(x, y, 6.2, way)
        patches += made
        lamps.append((spot, 1.0))
    return patches, lamps


def lay_yard(x: Floats, y: Floats) -> Floats:
    """Slabs of concrete with joints, mended with asphalt, a strip of grass along the fence."""
    joint = np.minimum(np.abs(x - np.floor(x / 4 + 0.5) * 4), np.abs(y - np.floor(y / 4 + 0.5) * 4)) < 0.025
    slab = 0.85 + 0.25 * value_noise(LATTICE, np.floor(x / 4) * 3.1, np.floor(y / 4) * 7.3)
    colours = (asphalt(x * 0.8, y * 0.8) * slab * (1 - 0.45 * joint))[:, None] * np.array(linear((140, 146, 148)))
    line = (np.abs(y - 12.4) < 0.06) | ((np.abs(x - np.floor(x / 5.5 + 0.5) * 5.5) < 0.06) & (y > 12.4) & (y < 18))
    worn = np.clip((0.8 - fractal_noise(LATTICE, x * 2.7, y * 2.7)) * 3, 0, 0.8) * line
    colours += worn[:, None] * (np.array(linear((60, 190, 215))) - colours)
    green = (y < 1.0 + 0.6 * fractal_noise(LATTICE, x, y)) & (x < 0)
    colours[green] = grass(x[green], y[green])[:, None] * np.array(linear((46, 96, 88)))
    return np.asarray(colours)


def stand_site(rng: Generator) -> Standing:
    """A building site: a shell of slabs and columns, a crane, cabins, heaps, floodlights, a town behind."""
    patches: list[Patch] = []
    for floor in range(4):
        z: float = 3.4 * floor
        patches += block((-6, 58, z + 3.0), (34 - 6 * floor, 76, z + 3.4), (170, 172, 172))
        for x in range(-5, 33 - 6 * floor, 6):
            patches += block((x, 58.3, z), (x + 0.6, 58.9, z + 3.0), (150, 152, 152))
        patches += block((-5.8, 66, z), (33 - 6 * floor, 66.3, z + 3.0), (78, 80, 82))
    patches += stand_crane(-12, 55, 34)
    for left, tone in ((-27.0, (150, 156, 160)), (-20.6, (146, 120, 70)), (-14.2, (150, 156, 160))):
        patches += block((left, 16, 0), (left + 6.1, 18.5, 2.7), tone, "ribs")
    patches += block((-26.5, 16, 2.7), (-20.4, 18.5, 5.4), (160, 166, 168), "ribs")
    for x, y, radius, height in ((16, 44, 6, 3.4), (24, 40, 5, 2.6), (-19, 38, 5, 2.2), (21, 21, 3, 1.4)):
        patches += heap(rng, x, y, radius, height, (112, 138, 158) if x > 0 else (128, 132, 134))
    lamps: list[Lamp] = []
    for x, y, way, strength in ((-17, 24, 1, 2.5), (20, 30, -1, 2.5), (3, 57, -1, 4.0), (24, 57, -1, 4.0)):
        made, spot = lamp_post(x, y, 9.0, way)
        patches += made
        lamps.append((spot, strength))
    for x in range(-30, 36, 3):
        patches += post(x, 6.0, 1.8, 0.04, (140, 140, 136))
    return patches + stand_town(rng), lamps


def stand_crane(x: float, y: float, height: float) -> list[Patch]:
    """A tower crane: a mast of bars, a long jib, a counterweight."""
    yellow = (40, 150, 190)
    patches: list[Patch] = []
    for dx, dy in ((0, 0), (1.4, 0), (0, 1.4), (1.4, 1.4)):
        patches += block((x + dx, y + dy, 0), (x + dx + 0.2, y + dy + 0.2, height), yellow, "")
    for z in range(2, int(height), 2):
        patches += block((x, y, z), (x + 1.6, y + 0.15, z + 0.15), yellow, "")
    patches += block((x - 10, y + 0.5, height), (x + 26, y + 1.1, height + 0.9), yellow, "")
    return patches + block((x - 10, y, height - 2.5), (x - 6, y + 1.6, height), (130, 130, 130))


def stand_town(rng: Generator) -> list[Patch]:
    """Rows of houses towards the horizon."""
    patches: list[Patch] = []
    for y, low, high, step in ((120, 8, 20, 24), (190, 15, 55, 30), (320, 30, 90, 44)):
        for x in range(-int(y * 0.8), int(y * 0.8), step):
            tone = 110 + 80 * float(rng.random()) + y * 0.1
            top = low + (high - low) * float(rng.random()) ** 2
            colour = (tone + 0.06 * y, tone + 4, tone + 8 - 0.04 * y)
            patches += block((x, y, 0), (x + step * (0.6 + 0.5 * float(rng.random())), y + 14, top), colour, "windows")
    return patches


def lay_site(x: Floats, y: Floats) -> Floats:
    """Driven-over earth; a road of gravel."""
    colours = bare_earth(x, y)[:, None] * np.array(linear((134, 151, 164)))
    bend = 2 * fractal_noise(LATTICE, x * 0.07, y * 0.07)
    road = np.abs(y - 0.35 * x - 27 - bend) < 3.2
    colours[road] = colours[road] * 0.6 + 0.4 * bare_earth(x[road] * 3, y[road] * 3)[:, None] * linear((150, 152, 152))
    return np.asarray(colours)


LOT: Final = Place("lot", View((-12.5, -7.5, 10.5), (2.0, 17.0, 0.0), 1.12), Area(-32, -6, 36, 56), 20.0, stand_lot,
                   lay_lot, 2.6)  # fmt: skip
YARD: Final = Place("yard", View((-3.4, -1.6, 4.8), (1.6, 9.0, 0.5), 1.0), Area(-16, -3, 24, 24), -25.0, stand_yard,
                    lay_yard, 2.2)  # fmt: skip
SITE: Final = Place("site", View((-3.0, -14.0, 12.0), (0.0, 22.0, 2.4), 1.0), Area(-45, -8, 50, 80), 40.0, stand_site,
                    lay_site, 3.5)  # fmt: skip


def ground_at(place: Place, x: Floats, y: Floats) -> Floats:
    """Colours (3, n) of the ground at points in metres."""
    return np.ascontiguousarray(place.ground(x, y).T)
