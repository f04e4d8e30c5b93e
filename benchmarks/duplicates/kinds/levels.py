"""Files in which a level or a page says what a person hardly sees: numbers of classes, warmth, later pictures."""

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.duplicates.kinds.pictures import draw_scene


def draw_classes(seed: int) -> Image.Image:
    """Numbers of classes as grey levels; two seeds that follow each other have the same shapes and other numbers."""
    random = np.random.default_rng([31, seed // 2])
    mask = Image.new("L", (480, 360), 0)
    draw = ImageDraw.Draw(mask)
    for number in (1, 2, 3):
        x, y, radius = (int(random.integers(low, high)) for low, high in ((80, 400), (80, 280), (40, 90)))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=number + 3 * (seed % 2))
    return mask


def measure_warmth(seed: int) -> Image.Image:
    """16 bits of a camera for warmth: all levels within a few hundred of 65536."""
    grey = np.asarray(draw_scene(700 + seed, (480, 360)).convert("L"), float)
    return Image.fromarray((29_500 + 2 * grey).astype(np.uint16))


def animate(seed: int) -> list[Image.Image]:
    """Pictures that begin with a title, which is the same in all, and go on otherwise."""
    title = draw_scene(800, (240, 180))
    return [title, *(draw_scene(810 + 10 * seed + n, (240, 180)) for n in range(3))]
