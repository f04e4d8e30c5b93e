"""Rain, leaves, fog, shake, noise and a clock: what a camera sees besides its scene. None of it is an object."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.quality.light import Effect, Moment, Picture, drifting

LEAF_COLOURS: Final = ((46, 92, 62), (58, 122, 84), (40, 74, 48), (72, 142, 112), (36, 60, 40))
"""Blue, green, red."""
CLOCK_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def pour_rain(picture: Picture, moment: Moment) -> Picture:
    """Streaks that are elsewhere in each frame, before a duller, softer picture."""
    width, height = moment.size
    rng = moment.draw(10)
    dull = np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.float32) * 0.86 + 16
    streaks = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(120, 260))):
        x, y = int(rng.integers(-20, width)), int(rng.integers(-40, height))
        length = round(height * (0.02 + 0.05 * rng.random()))
        end = (x + length // 5 + int(rng.integers(-1, 2)), y + length)
        cv2.line(streaks, (x, y), end, int(rng.integers(30, 110)), 1 + int(height > 240), cv2.LINE_AA)
    strength = (np.asarray(cv2.blur(streaks, (2, 3)), np.float32) / 255)[:, :, None]
    return dull * (1 - strength) + 215 * strength


def grow_leaves(picture: Picture, moment: Moment) -> Picture:
    """A branch in the upper right corner: its leaves sway in the wind, more at the tips, each in its own time."""
    width, height = moment.size
    rng, gust = moment.draw_all(11), moment.draw(11)
    layer, cover = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    wind = 0.4 + 0.6 * float(gust.random())
    for _ in range(420):
        away, turn = float(np.sqrt(rng.random())), float(rng.random())
        x = width * (1.02 - 0.36 * away * np.cos(turn * np.pi / 2))
        y = height * (-0.02 + 0.42 * away * np.sin(turn * np.pi / 2))
        swing = 0.02 * height * away * wind
        x, y = x + swing * (2 * gust.random() - 1), y + 0.7 * swing * (2 * gust.random() - 1)
        draw_leaf(layer, cover, rng, gust, (int(x), int(y)))
    soft = (np.asarray(cv2.GaussianBlur(cover, (3, 3), 0), np.float32) / 255)[:, :, None]
    brightness = float(picture.mean()) / 110
    return picture * (1 - soft) + layer * (soft * np.float32(min(1.4, brightness)))


def draw_leaf(
    layer: NDArray[np.uint8], cover: NDArray[np.uint8], rng: Generator, gust: Generator, place: tuple[int, int]
) -> None:
    """Draw one leaf into the layer and its cover, in place; its size and colour are its own, its turn is the wind's."""
    scale = layer.shape[0] / 480
    axes = (max(1, round(scale * rng.integers(6, 13))), max(1, round(scale * rng.integers(3, 6))))
    angle = float(rng.integers(0, 180)) + 25 * (2 * gust.random() - 1)
    colour = LEAF_COLOURS[int(rng.integers(0, len(LEAF_COLOURS)))]
    cv2.ellipse(layer, place, axes, angle, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)
    cv2.ellipse(cover, place, axes, angle, 0, 360, 255, cv2.FILLED, cv2.LINE_AA)


def spread_fog(picture: Picture, moment: Moment) -> Picture:
    """A veil, thicker towards the distance, that drifts and thickens and thins."""
    _, y = moment.grid
    depth = np.clip(1.15 - 0.85 * y, 0.3, 1)
    thick = 0.82 + 0.10 * float(np.sin(moment.index / 9 + moment.scene.seed))
    veil: Picture = (np.clip(depth * thick * (0.85 + 0.3 * drifting(moment, 12, 3, 0.03)), 0, 0.93))[:, :, None]
    return picture * (1 - veil) + np.array((188, 186, 184), np.float32) * veil


def shake(most: float) -> Effect:
    """The mast sways: the picture is shifted by up to so many hundredths of its height, and turned a little."""

    def shaken(picture: Picture, moment: Moment) -> Picture:
        width, height = moment.size
        rng = moment.draw(13)
        right, down, turn = (float(v) for v in (2 * rng.random(3) - 1) * rng.random())
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 0.25 * turn, 1.0)
        matrix = matrix + np.array([[0, 0, right], [0, 0, down]]) * (most / 100 * height)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32)

    return shaken


def add_noise(deviation: float) -> Effect:
    """Noise of the sensor, of this deviation in grey levels: partly grey, partly coloured, a little blurred."""

    def noisy(picture: Picture, moment: Moment) -> Picture:
        width, height = moment.size
        rng = moment.draw(14)
        grain = rng.standard_normal((height, width, 1), np.float32) + rng.standard_normal(
            (height, width, 3), np.float32
        )
        return picture + np.float32(deviation / np.sqrt(2)) * grain

    return noisy


def show_clock(image: NDArray[np.uint8], moment: Moment) -> NDArray[np.uint8]:
    """A large clock that the recorder burns into each picture."""
    height = moment.size[1]
    shown, scale = image.copy(), height / 480 * 1.15
    text = f"{moment.scene.times[moment.index]:%H:%M:%S}"
    (wide, tall), below = cv2.getTextSize(text, CLOCK_FONT, scale, clock_thickness(height))
    x, y = round(0.28 * moment.size[0]), round(0.16 * height)
    cv2.rectangle(shown, (x - 6, y - tall - 8), (x + wide + 6, y + below), (8, 8, 8), cv2.FILLED)
    cv2.putText(shown, text, (x, y), CLOCK_FONT, scale, (240, 240, 240), clock_thickness(height), cv2.LINE_AA)
    return shown


def clock_thickness(height: int) -> int:
    """Px of the strokes of the digits."""
    return max(1, round(height / 480 * 3))
