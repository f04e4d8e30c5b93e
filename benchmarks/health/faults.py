"""Faults laid over drawn frames: what the lens, the mast and the wire do to a picture, with the truth beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.health.footage import BORDER, SEEN

Picture = NDArray[np.uint8]
"""(height, width, 3) BGR."""
Lay = Callable[[Picture, int], Picture]
"""Returns what a camera sees of a frame at `DRAWN`, so many frames after the fault has begun."""


@dataclass(frozen=True)
class Laid:
    """A fault that has been drawn by lot."""

    kind: str
    """As framesift names it."""
    sort: str
    """What of that kind."""
    lay: Lay
    amount: float | None = None
    """px, where that is known."""
    lasts: int = 100
    """Frames."""


def see(drawn: Picture, right: int = 0, down: int = 0) -> Picture:
    """What a camera sees that has been moved by so many px."""
    top, left = BORDER + down, BORDER + right
    return drawn[top : top + SEEN[1], left : left + SEEN[0]].copy()


def add_grain(picture: Picture, seed: int, deviation: float) -> Picture:
    """The noise of the sensor, over what came before it."""
    noise = np.random.default_rng(seed).normal(0, deviation, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def cover_by(colour: NDArray[np.float64], seed: int, gradient: float) -> Lay:
    """Something close before the lens: nothing of it is sharp."""
    height, width = SEEN[1], SEEN[0]
    slope = np.linspace(-gradient, gradient, width)[None, :, None] + np.zeros((height, 1, 1))
    folds = np.random.default_rng(seed).normal(0, 1, (4, 5)).astype(np.float32)
    folded = cv2.resize(folds, SEEN, interpolation=cv2.INTER_CUBIC)[:, :, None] * gradient
    cloth = colour[None, None] + slope + folded

    def lay(drawn: Picture, index: int) -> Picture:
        return add_grain(np.asarray(np.clip(cloth, 0, 255), np.uint8), seed + index, 2.2)

    return lay


def cover(rng: Generator) -> Laid:
    """A bag, a hand or spray: grey levels of any height, and hardly a slope."""
    level = float(rng.uniform(4, 190))
    colour = np.clip(level * rng.uniform(0.8, 1.2, 3), 2, 230)
    return Laid("covered", "cloth", cover_by(colour, int(rng.integers(2**31)), float(rng.uniform(1, 12))))


def cover_mostly(rng: Generator) -> Laid:
    """Four fifths of the picture, or more."""
    full, rest = cover(rng).lay, int(SEEN[0] * rng.uniform(0.05, 0.18))
    side = bool(rng.integers(2))

    def lay(drawn: Picture, index: int) -> Picture:
        covered, seen = full(drawn, index), see(drawn)
        part = np.s_[:, :rest] if side else np.s_[:, -rest:]
        covered[part] = seen[part]
        return covered

    return Laid("covered", "mostly", lay)


def move(rng: Generator) -> Laid:
    """By a hand's breadth: the view is shifted, by 2 to 10 % of its width."""
    while True:
        right, down = (int(each) for each in rng.integers(-BORDER + 2, BORDER - 1, 2))
        if 10 <= np.hypot(right, down) <= BORDER:
            break
    return Laid("moved", "shifted", lambda drawn, index: see(drawn, right, down), float(np.hypot(right, down)))


def turn(rng: Generator) -> Laid:
    """Tilted by 4 to 12 degrees about its axis."""
    angle = float(rng.uniform(4, 12)) * (1 if rng.integers(2) else -1)

    def lay(drawn: Picture, index: int) -> Picture:
        height, width = drawn.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        return see(np.asarray(cv2.warpAffine(drawn, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8))

    return Laid("moved", "tilted", lay)


def look_away(rng: Generator) -> Laid:
    """Turned to what lies beside: the mirrored scene, upside down or not, has the same light and none of its places."""
    flip = int(rng.integers(0, 2)) * 2 - 1

    def lay(drawn: Picture, index: int) -> Picture:
        grown = cv2.resize(drawn, None, fx=1.4, fy=1.4)
        top, left = (grown.shape[0] - SEEN[1]) // 2, (grown.shape[1] - SEEN[0]) // 3
        return np.asarray(cv2.flip(grown[top : top + SEEN[1], left : left + SEEN[0]], flip), np.uint8)

    return Laid("moved", "turned away", lay)


def defocus(rng: Generator) -> Laid:
    """A ring of focus that was turned, or a drop on the lens: a disc of 5 to 17 px in place of each px."""
    radius = float(rng.uniform(2.5, 8.5))
    side = 2 * int(np.ceil(radius)) + 1
    y, x = np.mgrid[:side, :side] - side // 2
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    seed = int(rng.integers(2**31))

    def lay(drawn: Picture, index: int) -> Picture:
        return add_grain(see(np.asarray(cv2.filter2D(drawn, -1, disc / disc.sum()), np.uint8)), seed + index, 2.2)

    return Laid("defocused", "disc", lay)


def blind(rng: Generator) -> Laid:
    """A lamp shines into the lens, or the infrared light is thrown back by a web before it."""
    x, y = (float(rng.uniform(0.2, 0.8) * each) for each in SEEN)
    reach = float(rng.uniform(0.35, 0.8)) * SEEN[0]
    across, down = np.meshgrid(np.arange(SEEN[0]), np.arange(SEEN[1]))
    glare = 900 * np.exp(-((np.hypot(across - x, down - y) / reach) ** 2) * 2)

    def lay(drawn: Picture, index: int) -> Picture:
        return np.asarray(np.clip(see(drawn) + glare[:, :, None], 0, 255), np.uint8)

    return Laid("blinded", "glare", lay)


def overexpose(rng: Generator) -> Laid:
    """The exposure is stuck: all is white but the darkest part, of 5 to 30 %."""
    left = float(rng.uniform(5, 30))

    def lay(drawn: Picture, index: int) -> Picture:
        picture = see(drawn)
        gain = 255 / max(float(np.percentile(picture, left)), 4.0)
        return np.asarray(np.clip(picture * gain, 0, 255), np.uint8)

    return Laid("blinded", "overexposed", lay)


class Frozen:
    """The first picture, again and again; a recorder may write its clock over it."""

    def __init__(self, clock: bool) -> None:
        self._clock, self._first = clock, np.zeros((0,), np.uint8)

    def __call__(self, drawn: Picture, index: int) -> Picture:
        if index == 0:
            self._first = see(drawn)
        picture = self._first.copy()
        if self._clock:
            text, place = f"2026-05-01 12:{index:02}:{7 * index % 60:02}", (6, SEEN[1] - 8)
            cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (240, 240, 240), 1, cv2.LINE_8)
        return picture


def freeze(rng: Generator) -> Laid:
    """The same picture."""
    return Laid("frozen", "same", Frozen(clock=False))


def freeze_below_clock(rng: Generator) -> Laid:
    """The same picture below a clock that runs."""
    return Laid("frozen", "clock runs", Frozen(clock=True))


def tear(rng: Generator) -> Laid:
    """From some row on the picture is grey, shifted, or the row itself again and again."""
    row, sort = int(SEEN[1] * rng.uniform(0.25, 0.75)), ("grey", "shifted", "smeared")[int(rng.integers(3))]
    shift = int(rng.integers(SEEN[0] // 6, SEEN[0] // 2)) * (1 if rng.integers(2) else -1)

    def lay(drawn: Picture, index: int) -> Picture:
        picture = see(drawn)
        if sort == "grey":
            picture[row:] = 128
        elif sort == "shifted":
            picture[row:] = np.roll(picture[row:], shift, axis=1)
        else:
            picture[row:] = picture[row]
        return picture

    return Laid("torn", sort, lay, lasts=1)


DRAWS: Final = (
    cover,
    cover_mostly,
    move,
    turn,
    look_away,
    defocus,
    blind,
    overexpose,
    freeze,
    freeze_below_clock,
    tear,
)
"""Each draws a fault by lot."""
