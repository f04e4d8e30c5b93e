"""What the surfaces of a deck look like: worn concrete, paint, reflections, the town outside."""

from typing import Final

import cv2
import numpy as np

from benchmarks.scenes.deck import BAY_BACK, BAY_FRONT, BAY_WIDTH, CEILING, LINTEL, PARAPET, WALL_BACK, Box, Deck
from benchmarks.scenes.geometry import Bytes, Floats, Vector
from benchmarks.scenes.texture import draw_sign, fractal_noise, make_lattice, sample, value_noise

Points = tuple[Floats, Floats, Floats]
"""x, y, z of many points, each (n,)."""
Colours = tuple[Floats, Floats]
"""Daylight and lamplight colours of many points, each (n, 3), BGR, 0 to 255 and above."""

PAINT_SCALE: Final = 64
"""Px of the paint picture for each metre of floor."""
PAINT_LEFT: Final = -16.0
PAINT_TOP: Final = -3.0
"""The metres at which the paint picture begins."""
LAMP_TINT: Final = np.array([0.86, 0.97, 1.0])
"""Blue, green, red of the lamps."""


def draw_paint() -> Bytes:
    """The floor's markings from above, 255 where painted: bay lines and numbers, arrows, the walkway's edge."""
    picture = np.zeros((16 * PAINT_SCALE, 32 * PAINT_SCALE), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return int((x - PAINT_LEFT) * PAINT_SCALE), int((y - PAINT_TOP) * PAINT_SCALE)

    for bay in range(-5, 6):
        x = bay * BAY_WIDTH
        cv2.rectangle(picture, at(x - 0.06, BAY_FRONT), at(x + 0.06, BAY_BACK), 255, -1)
        number = np.zeros((40, 72), np.uint8)
        cv2.putText(number, str(206 + bay), (2, 34), cv2.FONT_HERSHEY_DUPLEX, 1.1, 255, 3, cv2.LINE_8)
        left, top = at(x + 0.75, BAY_FRONT + 0.15)
        picture[top : top + 40, left : left + 72] = number[::-1]
    cv2.rectangle(picture, at(-13.0, 1.15), at(13.0, 1.25), 200, -1)
    for x in (-6.5, 1.3, 9.1):
        shaft = [at(x - 1.0, 3.92), at(x + 0.4, 3.92), at(x + 0.4, 3.65), at(x + 1.1, 4.0), at(x + 0.4, 4.35),
                 at(x + 0.4, 4.08), at(x - 1.0, 4.08)]  # fmt: skip
        cv2.fillPoly(picture, [np.array(shaft, np.int32)], 235)
    return picture


class Surfaces:
    """The colours of one deck's surfaces at points in metres."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.lattice = make_lattice(3)
        self.town = make_lattice(8)
        self.paint = draw_paint()

    def lit(self, colour: Floats, x: Floats, y: Floats, normal: Vector) -> Colours:
        """Colours (n, 3) under the deck's two lights."""
        day = colour * self.deck.daylight(x, y, normal)[:, None] * (1.85 if self.deck.roofed else 1.2)
        lamp = colour * self.deck.lamplight(x, y, normal)[:, None] * LAMP_TINT
        return day, lamp * (1.12 if self.deck.roofed else 1.25)

    def plane(self, axis: int, value: float, at: Points, ray: Points) -> Colours:
        """Floor, ceiling, back wall or a side wall."""
        if axis == 2 and value == 0.0:
            return self.floor(at, ray)
        x, y, z = at
        stain = fractal_noise(self.lattice, (x + y) * 0.7, z * 1.7 + 31)
        grey = 132 + 46 * (stain - 0.5)
        if axis == 2:
            grey = 128 + 26 * (fractal_noise(self.lattice, x, y + 60) - 0.5)
            grey -= 12 * (np.abs(y - np.floor(y / 1.25) * 1.25) < 0.02)
            return self.lit(tinted(grey), x, y, (0.0, 0.0, -1.0))
        grey -= 30 * value_noise(self.lattice, (x + y) * 3.1, z * 0.25) * (z < PARAPET)
        colour = tinted(grey)
        band = (z > 0.55) & (z < 0.80)
        colour[band] = np.array([150.0, 112.0, 60.0]) * (0.8 + 0.4 * stain[band])[:, None]
        if axis == 1:
            return self.lit(colour, x, y - 1.2, (0.0, -0.7, 0.7))
        return self.lit(colour, x, y, (-1.0 if value > 0 else 1.0, 0.0, 0.0))

    def floor(self, at: Points, ray: Points) -> Colours:
        """Concrete with joints, stains, tyre marks and worn paint, and the shine of light along it."""
        x, y, _ = at
        rough = fractal_noise(self.lattice, x * 0.55, y * 0.55)
        grain = value_noise(self.lattice, x * 23, y * 23) - 0.5
        patch = value_noise(self.lattice, x * 0.21 + 40, y * 0.33)
        tone = 1.0 + 0.36 * (rough - 0.5) + 0.10 * grain + 0.14 * (patch - 0.5)
        tone *= self.wear(x, y)
        colour = np.array(self.deck.floor) * tone[:, None]
        cover = sample(self.paint, (x - PAINT_LEFT) * PAINT_SCALE, (y - PAINT_TOP) * PAINT_SCALE) / 255
        painted = cover > 0
        worn = fractal_noise(self.lattice, x[painted] * 2.3 + 90, y[painted] * 2.3)
        cover[painted] *= np.clip((0.80 - worn) * 4.0, 0.12, 0.88)
        colour += cover[:, None] * (np.array([205.0, 212.0, 214.0]) - colour)
        day, lamp = self.lit(colour, x, y, (0.0, 0.0, 1.0))
        return self.shine(day, lamp, at, ray, rough)

    def wear(self, x: Floats, y: Floats) -> Floats:
        """Factor of darkness: tyre lanes along the aisle, oil in the bays, joints, dirt along walls and pillars."""
        factor = np.ones_like(x)
        ripple = value_noise(self.lattice, x * 0.6, y * 5.0 + 17)
        for lane in (3.2, 4.75):
            factor -= 0.17 * ripple / (1 + (y - lane) * (y - lane) * 9)
        across = x - np.floor(x / BAY_WIDTH) * BAY_WIDTH - BAY_WIDTH / 2
        bay = np.floor(x / BAY_WIDTH)
        drip = value_noise(self.town, bay * 3.7, bay * 0 + 5) * fractal_noise(self.lattice, x * 3, y * 3)
        for along in (7.9, 10.2):
            factor -= 0.55 * drip / (1 + across * across * 12 + (y - along) * (y - along) * 5)
        joint = np.minimum(np.abs(x - np.floor(x / 5.2 + 0.5) * 5.2), np.abs(y - np.floor(y / 4.1 + 0.5) * 4.1))
        factor -= 0.30 * (joint < 0.018)
        factor -= 0.25 / (1 + (WALL_BACK - y) * (WALL_BACK - y) * 6)
        return np.maximum(factor, 0.25)

    def shine(self, day: Floats, lamp: Floats, at: Points, ray: Points, rough: Floats) -> Colours:
        """Add what a sealed floor mirrors: the bright opening at the back, and the tubes on the ceiling."""
        if not self.deck.roofed:
            return day, lamp
        x, y, _ = at
        rise, ahead = -ray[2], np.maximum(ray[1], 1e-3)
        height = (WALL_BACK - y) / ahead * rise
        opening = np.clip((height - PARAPET + 0.3) * 1.5, 0, 1) * np.clip((LINTEL + 0.8 - height) * 0.8, 0, 1)
        grazing = 1.0 - rise / np.sqrt(ray[0] * ray[0] + ray[1] * ray[1] + rise * rise)
        gloss = grazing * grazing * grazing * (0.35 + 0.9 * rough)
        day = day + (opening * gloss * 95)[:, None]
        up = CEILING / np.maximum(rise, 1e-3)
        glow = np.zeros_like(x)
        for lamp_x, lamp_y in self.deck.lamps:
            across = np.maximum(np.abs(x + ray[0] * up - lamp_x) - 0.85, 0.0)
            along = (y + ray[1] * up - lamp_y) * 0.8
            glow += 1.0 / (1.0 + 7 * across * across + 7 * along * along)
        lamp = lamp + (glow * (0.3 + 0.7 * grazing) * (0.4 + 0.8 * rough))[:, None] * 30 * LAMP_TINT
        return day, lamp

    def box(self, box: Box, normal: Vector, at: Points) -> Colours:
        """One side of a box."""
        x, y, z = at
        dirt = fractal_noise(self.lattice, (x + y) * 1.9, z * 1.9 + 11)
        colour = np.array(box.colour) * (0.84 + 0.32 * dirt)[:, None]
        if box.hazard:
            phase = (x + y + z) * 2.6
            yellow = (phase - np.floor(phase)) < 0.5
            stripes = np.where(yellow[:, None], np.array([40.0, 178.0, 214.0]), np.array([38.0, 38.0, 38.0]))
            low = (z < 1.0) & (dirt < 0.68)
            colour[low] = stripes[low] * (0.75 + 0.4 * dirt[low])[:, None]
        if box.sign and normal[1] != 0:
            board = draw_sign(box.sign, (int(box.colour[0]), int(box.colour[1]), int(box.colour[2])))
            column = (x - box.low[0]) / (box.high[0] - box.low[0]) * (board.shape[1] - 1)
            row = (box.high[2] - z) / (box.high[2] - box.low[2]) * (board.shape[0] - 1)
            colour = board[np.clip(row, 0, 95).astype(np.int64), np.clip(column, 0, 319).astype(np.int64)].astype(float)
        day, lamp = self.lit(colour, x, y, normal)
        if box.sign:
            day = day + colour * 0.30
        return day + box.glow * 0.12, lamp + (colour * (box.glow / 235) if box.glow else 0.0)

    def outside(self, dx: Floats, dy: Floats, dz: Floats) -> Colours:
        """Sky with clouds over a town and trees, from the direction of the rays."""
        level = np.sqrt(dx * dx + dy * dy)
        turn = dx / (np.abs(dx) + np.maximum(dy, 1e-3))
        rise = dz / level
        cloud = fractal_noise(self.town, turn * 5, rise * 14 + 3)
        bright = np.clip((cloud - 0.40) * 3.0, 0, 1)[:, None]
        blue = np.array([222.0, 196.0, 168.0]) - np.maximum(rise, 0)[:, None] * np.array([45.0, 75.0, 100.0])
        day = blue + bright * (np.array([232.0, 230.0, 228.0]) - blue)
        lamp = np.tile(np.array([16.0, 11.0, 9.0]), (len(dx), 1))
        scale = 0.5 if self.deck.roofed else 1.0
        rise = rise + (0.15 if self.deck.roofed else 0.24)
        for width, height, tone, haze in ((19.0, 0.36, 150.0, 0.5), (11.0, 0.30, 128.0, 0.3), (6.5, 0.21, 108.0, 0.15)):
            self.build_houses(day, lamp, turn * width + height * 100, rise / scale, height, tone, haze)
        trees = rise < scale * (0.05 + 0.14 * fractal_noise(self.town, turn * 26, turn * 0))
        leaf = 0.55 + 0.9 * fractal_noise(self.lattice, turn * 70, rise * 60 / scale)
        day[trees] = np.array([62.0, 88.0, 78.0]) * leaf[trees][:, None]
        lamp[trees] = np.array([6.0, 9.0, 10.0]) * leaf[trees][:, None]
        if self.deck.roofed:
            day += 0.45 * (np.array([244.0, 242.0, 238.0]) - day)
        return day, lamp

    def build_houses(
        self, day: Floats, lamp: Floats, along: Floats, rise: Floats, height: float, tone: float, haze: float
    ) -> None:
        """Paint one row of house fronts with windows over the sky; some windows are lit at night."""
        block = np.floor(along)
        dice = self.town[block.astype(np.int64) % 256, 17]
        wall = rise < height * (0.35 + 0.8 * dice)
        column, row = (along - block) * 7, rise * 75
        cell = self.town[(np.floor(column) + block * 7).astype(np.int64) % 256, np.floor(row).astype(np.int64) % 256]
        u, v = column - np.floor(column), row - np.floor(row)
        window = wall & (u > 0.25) & (u < 0.75) & (v > 0.3) & (v < 0.8) & (rise > 0.01)
        hue = np.stack([tone * (0.80 + 0.3 * dice), tone * (0.92 + 0.1 * dice), tone * (1.1 - 0.1 * dice)], axis=1)
        hazy = hue + haze * (np.array([215.0, 210.0, 205.0]) - hue)
        day[wall] = hazy[wall]
        day[window] = hazy[window] * (0.74 + 0.2 * cell[window])[:, None]
        lamp[wall] = np.array([12.0, 10.0, 10.0])
        glowing = window & (cell > 0.62)
        lamp[glowing] = np.array([70.0, 140.0, 185.0]) * cell[glowing][:, None]


def tinted(grey: Floats) -> Floats:
    """Concrete of this grey, a little warm, (n, 3)."""
    colour: Floats = grey[:, None] * np.array([0.97, 1.0, 1.01])
    return colour
