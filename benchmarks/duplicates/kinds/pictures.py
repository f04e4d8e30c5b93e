"""What a drawn picture is, and what all kinds draw with."""

from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Picture = Image.Image | list[Image.Image]
"""A picture, or those of an animation."""
Random = np.random.Generator
Colour = tuple[int, int, int]

_TEXT = """harbour lantern quiet seven copper window garden bridge paper winter yellow engine market river candle stone
basket thunder meadow silver anchor north cotton velvet orchard marble signal timber island feather"""
WORDS = _TEXT.split()


def font(size: float) -> Any:
    """The font that Pillow brings, in px."""
    return ImageFont.load_default(size)


def write(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: float, **more: Any) -> None:
    """Write a line."""
    draw.text(place, text, font=font(size), **more)


def say(random: Random, words: int) -> str:
    """So many words."""
    return " ".join(str(word) for word in random.choice(WORDS, words))


def pick_colour(random: Random, low: int = 0, high: int = 256) -> Colour:
    """A colour of levels in this range."""
    red, green, blue = (int(level) for level in random.integers(low, high, 3))
    return red, green, blue


def draw_scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture full of soft ground, things and grain, as different from another one's as two photos."""
    random = np.random.default_rng([1, seed])
    ground = Image.fromarray(random.integers(20, 236, (7, 9, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(ground)
    width, height = size
    for _ in range(14):
        x, y = random.uniform(0, width), random.uniform(0, height)
        a, b = random.uniform(0.02, 0.14, 2) * width
        box = (x - a, y - b, x + a, y + b)
        colour = pick_colour(random)
        if random.random() < 0.5:
            draw.ellipse(box, fill=colour)
        else:
            draw.rectangle(box, fill=colour)
    return add_grain(ground, random, 3)


def add_grain(image: Image.Image, random: Random, sigma: float, shade: Any = 0.0) -> Image.Image:
    """The picture with noise of a sensor, and with a shade that is added to its levels."""
    levels = np.asarray(image, float) + random.normal(0, sigma, (image.height, image.width, 3)) + shade
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
