"""Things on plain ground: what is seen of them is a small part of the picture, or one colour."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.duplicates.kinds.pictures import Colour, add_grain, pick_colour, write

_SHIRT = [(0.35, 0.2), (0.65, 0.2), (0.86, 0.34), (0.77, 0.44), (0.69, 0.38), (0.69, 0.84), (0.31, 0.84), (0.31, 0.38),
          (0.23, 0.44), (0.14, 0.34)]  # fmt: skip


def draw_product(seed: int) -> Image.Image:
    """A thing in the middle of white, a quarter of the side."""
    random = np.random.default_rng([11, seed])
    image = Image.new("RGB", (640, 640), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(3):
        colour = pick_colour(random, 0, 220)
        xs, ys = (np.sort(random.integers(240, 400, 2)) for _ in range(2))
        box = (int(xs[0]), int(ys[0]), int(xs[1]) + 12, int(ys[1]) + 12)
        if random.random() < 0.5:
            draw.ellipse(box, fill=colour)
        else:
            draw.polygon([(int(x), int(y)) for x, y in random.integers(240, 400, (4, 2))], fill=colour)
    return image


def draw_shirt(seed: int) -> Image.Image:
    """One shirt in colours of one lightness: each seed is a step of thirty degrees of the hue."""
    return _draw_shirt(_find_hue(30 * seed + 7 * (seed // 12)), 1.0)


def paint_plain(seed: int) -> Image.Image:
    """A card of a collection of pale paints, with grain: each seed is a step of thirty degrees of the hue."""
    random = np.random.default_rng([15, seed])
    colour = _find_hue(30 * seed + 7 * (seed // 12), lightness=150, chroma=38)
    return add_grain(Image.new("RGB", (400, 400), colour), random, 2)


def draw_grey_shirt(seed: int) -> Image.Image:
    """Shirts of two sizes in shades of grey."""
    level = 40 + 36 * (seed // 2 % 6) + 5 * (seed // 12) % 30
    return _draw_shirt((level, level, level), 0.6 if seed % 2 else 1.0)


def _draw_shirt(colour: Colour, size: float) -> Image.Image:
    image = Image.new("RGB", (520, 640), "white")
    draw = ImageDraw.Draw(image)
    outline = [(260 + size * (x - 0.5) * 520, 320 + size * (y - 0.5) * 640) for x, y in _SHIRT]
    draw.polygon(outline, fill=colour)
    seam = [(260, 320 - size * 0.28 * 640), (260, 320 + size * 0.32 * 640)]
    draw.line(seam, fill=tuple(level // 2 for level in colour), width=3)
    return image


def _find_hue(degrees: float, lightness: int = 140, chroma: int = 45) -> Colour:
    a, b = chroma * np.cos(np.deg2rad(degrees)), chroma * np.sin(np.deg2rad(degrees))
    lab = np.array([[[lightness, 128 + a, 128 + b]]]).round().astype(np.uint8)
    red, green, blue = (int(level) for level in cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)[0, 0])
    return red, green, blue


def draw_lines(seed: int) -> Image.Image:
    """A black drawing on white."""
    drawn = draw_lines_on_nothing(500 + seed)
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def draw_lines_on_nothing(seed: int) -> Image.Image:
    """A black drawing on a ground that is transparent."""
    random = np.random.default_rng([12, seed])
    image = Image.new("RGBA", (480, 480), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(4, 7))):
        points = [(int(x), int(y)) for x, y in random.integers(30, 450, (3, 2))]
        draw.line(points, fill=(0, 0, 0, 255), width=10, joint="curve")
    return image


def draw_icon(seed: int) -> Image.Image:
    """A sign of few px on one ground."""
    random = np.random.default_rng([13, seed])
    image = Image.new("RGB", (64, 64), (232, 232, 236))
    draw = ImageDraw.Draw(image)
    for _ in range(2 + seed % 2):
        x, y = (int(each) for each in random.integers(8, 34, 2))
        box = (x, y, x + int(random.integers(12, 24)), y + int(random.integers(12, 24)))
        kind = int(random.integers(0, 3))
        if kind == 0:
            draw.ellipse(box, outline="black", width=3)
        elif kind == 1:
            draw.rectangle(box, fill=(40, 40, 60))
        else:
            draw.line(box, fill="black", width=4)
    return image


def draw_plate(seed: int) -> Image.Image:
    """A number plate as it is cut out of a frame; two seeds that follow each other differ in one character."""
    random = np.random.default_rng([14, seed // 2])
    letters = list("ABCDEFGHKLMNPRSTUVWXYZ")
    town, rest = "".join(random.choice(letters, 2)), "".join(random.choice(letters, 2))
    number = int(random.integers(100, 990))
    number += 3 * (seed % 2) if number % 10 < 7 else -3 * (seed % 2)
    image = Image.new("RGB", (320, 76), (238, 238, 232))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 28, 75), fill=(24, 52, 150))
    write(draw, (172, 38), f"{town} {number} {rest}", 46, fill=(18, 18, 18), anchor="mm")
    return image
