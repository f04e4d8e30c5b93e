"""The parking decks: their measures, what stands on them, and how daylight and lamps fall.

Every surface has two colours, by full daylight and by the lamps alone; a frame is their weighted sum, so that dusk
costs two look-up tables and no new rendering.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.scenes.geometry import Floats, Vector, View, unit

BAY_WIDTH: Final = 2.6
BAY_FRONT: Final = 6.6
BAY_BACK: Final = 11.6
WALL_BACK: Final = 12.3
PARAPET: Final = 1.05
CEILING: Final = 3.5
LINTEL: Final = 3.05
"""Metres: the bays lie from BAY_FRONT to BAY_BACK, the aisle before them; the back wall is open from PARAPET to
LINTEL."""

Colour = tuple[float, float, float]
"""Blue, green, red from 0 to 255, before light."""


@dataclass(frozen=True)
class Box:
    """An upright block of the building."""

    low: Vector
    high: Vector
    colour: Colour
    glow: float = 0.0
    """Grey levels of its own light."""
    occludes: bool = False
    """Whether cars and persons can be behind it."""
    hazard: bool = False
    """Black and yellow stripes up to 1 m."""
    sign: str = ""
    """Text on the side that faces the aisle."""


@dataclass(frozen=True)
class Deck:
    """One camera's place."""

    roofed: bool
    view: View
    half_width: float
    """Metres from the middle to the side walls."""
    floor: Colour
    bays: tuple[int, ...]
    """Bays that cars use; bay 0 begins at x = 0."""
    drive: tuple[float, float]
    """Range of x in metres where cars on the aisle are wholly in view."""
    start_hour: float
    """Hour of the day (UTC) of the first frame."""
    clock_on_top: bool
    epoch_names: bool

    @property
    def lamps(self) -> tuple[tuple[float, float], ...]:
        """x, y in metres of the lamps."""
        if self.roofed:
            return tuple((x, y) for y in (4.6, 9.2) for x in (-7.8, -2.6, 2.6, 7.8))
        return tuple((x, WALL_BACK - 0.3) for x in (-10.4, 0.0, 10.4))

    @property
    def sun(self) -> Vector:
        """The direction that most daylight comes from."""
        return unit((0.15, 0.85, 0.75)) if self.roofed else unit((-0.5, 0.25, 0.8))

    def boxes(self) -> tuple[Box, ...]:
        """What stands on the deck and hangs from its ceiling."""
        return tuple(indoor_boxes(self) if self.roofed else outdoor_boxes(self))

    def daylight(self, x: Floats, y: Floats, normal: Vector) -> Floats:
        """Share of full daylight that reaches surfaces at `x`, `y` with this unit normal."""
        facing = max(0.0, sum(n * s for n, s in zip(normal, self.sun, strict=True)))
        if not self.roofed:
            return (0.52 + 0.55 * facing) * np.ones_like(x + y)
        inward = np.maximum(WALL_BACK - y, 0.0) / 5.0
        return (0.26 + 0.95 * facing - 0.22 * min(0.0, normal[2])) * (0.25 + 0.68 / (1.0 + inward * inward))

    def lamplight(self, x: Floats, y: Floats, normal: Vector) -> Floats:
        """Share of full lamplight there, from 0 to about 1."""
        total = np.zeros_like(x + y)
        height = CEILING - 0.3 if self.roofed else 4.6
        for lamp_x, lamp_y in self.lamps:
            square = ((x - lamp_x) * (x - lamp_x) * 0.7 + (y - lamp_y) * (y - lamp_y)) / (height * height)
            total += 1.0 / ((1.0 + square) * (1.0 + square))
        light: Floats = (0.40 + 0.45 * max(0.0, normal[2])) * np.minimum(total + 0.12, 1.25)
        return light


def indoor_boxes(deck: Deck) -> list[Box]:
    """Pillars, beams, tubes, pipes, signs, kerbs and the railing of a roofed deck."""
    concrete: Colour = (150, 153, 154)
    steel: Colour = (92, 90, 86)
    boxes = wheel_stops(deck)
    for x in (-10.4, -5.2, 0.0, 5.2, 10.4):
        boxes.append(Box((x - 0.2, 6.3, 0.0), (x + 0.2, 6.75, CEILING), concrete, occludes=True, hazard=True))
        boxes.append(Box((x - 0.22, WALL_BACK - 0.45, 0.0), (x + 0.22, WALL_BACK, CEILING), concrete))
        boxes.append(Box((x - 0.2, -1.0, CEILING - 0.4), (x + 0.2, WALL_BACK, CEILING), concrete))
    boxes.append(Box((-deck.half_width, 6.35, CEILING - 0.12), (deck.half_width, 6.7, CEILING), concrete))
    for x, y in deck.lamps:
        boxes.append(
            Box((x - 0.85, y - 0.07, CEILING - 0.26), (x + 0.85, y + 0.07, CEILING - 0.17), (235, 240, 240), 250)
        )
    for y, z in ((5.5, 0.20), (5.72, 0.24)):
        low, high = (-deck.half_width, y, CEILING - z), (deck.half_width, y + 0.1, CEILING - z + 0.1)
        boxes.append(Box(low, high, (70, 74, 150) if y < 5.6 else steel))
    boxes += railing(deck, steel)
    boxes.append(Box((1.3, 6.3, 2.55), (3.7, 6.38, 3.2), (150, 90, 30), 26, sign="EXIT  >"))
    boxes.append(Box((-4.3, 6.3, 2.55), (-1.9, 6.38, 3.2), (70, 120, 40), 26, sign="LEVEL 2"))
    return boxes


def outdoor_boxes(deck: Deck) -> list[Box]:
    """Lamp posts, kerbs, the stair house, signs and the railing of the top deck."""
    steel: Colour = (110, 108, 104)
    boxes = wheel_stops(deck) + railing(deck, steel)
    for x, y in deck.lamps:
        boxes.append(Box((x - 0.3, y - 0.3, 0.0), (x + 0.3, y + 0.3, 0.5), (150, 152, 152), hazard=True))
        boxes.append(Box((x - 0.07, y - 0.07, 0.0), (x + 0.07, y + 0.07, 5.0), steel))
        boxes.append(Box((x - 0.15, y - 1.2, 5.0), (x + 0.15, y + 0.1, 5.12), (200, 205, 205), 230))
    boxes.append(Box((10.6, 8.6, 0.0), (deck.half_width, WALL_BACK, 3.1), (118, 138, 158)))
    boxes.append(Box((10.45, 8.45, 3.1), (deck.half_width, WALL_BACK, 3.3), (96, 96, 96)))
    boxes.append(Box((11.3, 8.57, 0.0), (12.4, 8.62, 2.1), (120, 82, 52)))
    boxes.append(Box((11.0, 8.55, 2.3), (12.8, 8.6, 2.9), (150, 90, 30), 20, sign="STAIRS"))
    boxes.append(Box((4.3, WALL_BACK - 0.2, 1.3), (6.6, WALL_BACK - 0.12, 2.1), (70, 120, 40), 14, sign="LEVEL 5"))
    return boxes


def wheel_stops(deck: Deck) -> list[Box]:
    """A low kerb at the head of every bay."""
    count = int(deck.half_width / BAY_WIDTH)
    return [
        Box(
            (bay * BAY_WIDTH + 0.45, BAY_BACK - 0.15, 0.0),
            ((bay + 1) * BAY_WIDTH - 0.45, BAY_BACK, 0.11),
            (60, 170, 190),
        )
        for bay in range(-count, count)
    ]


def railing(deck: Deck, colour: Colour) -> list[Box]:
    """Posts and rails on the parapet."""
    y = WALL_BACK - 0.06
    rails = [
        Box((-deck.half_width, y, z), (deck.half_width, y + 0.05, z + 0.05), colour)
        for z in (PARAPET + 0.2, PARAPET + 0.42)
    ]
    count = int(deck.half_width / 1.3)
    posts = [
        Box((i * 1.3 - 0.03, y, PARAPET), (i * 1.3 + 0.03, y + 0.05, PARAPET + 0.45), colour)
        for i in range(-count, count + 1)
    ]
    return rails + posts


DECKS: Final = (
    Deck(True, View((-1.6, -1.4, 3.05), (0.3, 8.2, 0.55), 0.86), 13.0, (122, 126, 127),
         (-2, -1, 0, 1, 2), (-2.0, 2.6), 16.2, True, False),
    Deck(False, View((-7.6, -1.8, 4.6), (1.0, 9.0, 0.55), 0.88), 15.6, (132, 136, 138),
         (-3, -2, -1, 0, 1), (-2.5, 2.5), 17.2, False, True),
    Deck(True, View((7.4, -1.4, 3.1), (-0.4, 8.6, 0.5), 0.85), 13.0, (116, 122, 128),
         (-2, -1, 0, 1), (-4.5, 1.5), 6.2, False, False),
    Deck(False, View((2.4, -1.2, 4.2), (0.6, 8.8, 0.5), 0.82), 15.6, (126, 128, 128),
         (-2, -1, 0, 1, 2), (-1.5, 3.5), 12.0, True, True),
)  # fmt: skip
"""The places; camera c10 has the first, c20 the second, c30 the third, and so on round."""
