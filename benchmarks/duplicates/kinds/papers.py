"""What is written: much paper, little ink, one layout."""

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.duplicates.kinds.pictures import Random, add_grain, say, write


def draw_letter(seed: int) -> Image.Image:
    """A short letter on a sheet."""
    random = np.random.default_rng([2, seed])
    image, draw = _take_sheet((620, 877))
    write(draw, (60, 50), "Miller & Sons, Long Lane 4", 18, fill="black")
    write(draw, (60, 130), f"Dear {say(random, 1).title()},", 17, fill="black")
    for line in range(7):
        write(draw, (60, 180 + 26 * line), say(random, 7)[: int(random.integers(40, 56))], 17, fill="black")
    write(draw, (60, 420), "Kind regards", 17, fill="black")
    return image


def scan_letter(seed: int) -> Image.Image:
    """A letter as a scanner gives it: a little turned, grey paper, a shadow at one side."""
    random = np.random.default_rng([3, seed])
    angle = float(random.uniform(-0.6, 0.6))
    sheet = draw_letter(1000 + seed).rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    shade = np.linspace(-28, -6, sheet.width)[None, :, None]
    return add_grain(sheet, random, 3, shade)


def draw_receipt(seed: int) -> Image.Image:
    """A narrow strip with names and prices."""
    random = np.random.default_rng([4, seed])
    image, draw = _take_sheet((360, 720))
    write(draw, (90, 30), "CORNER SHOP", 26, fill="black")
    total = 0.0
    lines = int(random.integers(8, 11))
    for line in range(lines):
        price = float(random.integers(50, 2000)) / 100
        total += price
        write(draw, (30, 100 + 34 * line), say(random, 1), 20, fill="black")
        write(draw, (330, 100 + 34 * line), f"{price:.2f}", 20, fill="black", anchor="ra")
    write(draw, (30, 110 + 34 * lines), "TOTAL", 26, fill="black")
    write(draw, (330, 110 + 34 * lines), f"{total:.2f}", 26, fill="black", anchor="ra")
    return image


def draw_page(seed: int) -> Image.Image:
    """A page that is full of text."""
    random = np.random.default_rng([5, seed])
    image, draw = _take_sheet((620, 877))
    write(draw, (60, 40), f"Chapter {say(random, 1)}", 22, fill="black")
    for line in range(32):
        write(draw, (60, 90 + 23 * line), say(random, 9)[: int(random.integers(58, 66))], 15, fill="black")
    return image


def draw_form(seed: int) -> Image.Image:
    """A form with frames and names of fields, filled in by somebody else."""
    random = np.random.default_rng([6, seed])
    image, draw = _take_sheet((620, 877))
    draw.rectangle((0, 0, 620, 70), fill=(215, 225, 235))
    write(draw, (60, 20), "Application for a parking permit", 24, fill="black")
    for number, name in enumerate(("Name", "First name", "Street", "Town", "Plate", "Date", "Signed")):
        top = 110 + 85 * number
        write(draw, (60, top), name, 15, fill=(60, 60, 60))
        draw.rectangle((60, top + 20, 560, top + 60), outline="black", width=2)
        entry = f"{say(random, 1).title()} {random.integers(1, 99)}"
        write(draw, (72, top + 26), entry, 22, fill=(20, 30, 140))
    return image


def draw_slide(seed: int) -> Image.Image:
    """A slide of one template: a title and lines."""
    random = np.random.default_rng([7, seed])
    image = Image.new("RGB", (800, 450), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 800, 66), fill=(34, 74, 120))
    draw.rectangle((0, 430, 800, 450), fill=(230, 160, 40))
    write(draw, (30, 14), say(random, 3).title(), 32, fill="white")
    for line in range(int(random.integers(3, 6))):
        write(draw, (60, 105 + 58 * line), f"- {say(random, int(random.integers(3, 7)))}", 23, fill=(30, 30, 30))
    return image


def draw_plot(seed: int) -> Image.Image:
    """A curve in the axes that all have."""
    random = np.random.default_rng([8, seed])
    image = Image.new("RGB", (720, 540), "white")
    draw = ImageDraw.Draw(image)
    for tick in range(9):
        draw.line([(70, 480 - 52 * tick), (690, 480 - 52 * tick)], fill=(225, 225, 225))
        write(draw, (30, 470 - 52 * tick), str(10 * tick), 15, fill="black")
        write(draw, (75 + 72 * tick, 490), str(2016 + tick), 15, fill="black")
    draw.line([(70, 40), (70, 480), (690, 480)], fill="black", width=3)
    walk = 270 + np.cumsum(random.normal(0, 11, 130))
    points = [(75 + 4.7 * n, float(np.clip(y, 45, 475))) for n, y in enumerate(walk)]
    draw.line(points, fill=(200, 60, 40), width=3)
    return image


def draw_chat(seed: int) -> Image.Image:
    """A window of one program with other messages."""
    random = np.random.default_rng([9, seed])
    image = Image.new("RGB", (420, 750), (236, 238, 242))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 420, 66), fill=(42, 92, 150))
    write(draw, (130, 20), "The neighbours", 24, fill="white")
    draw.rectangle((0, 690, 420, 750), fill=(220, 222, 228))
    top = 84
    while top < 620:
        top = _say_something(draw, random, top)
    return image


def _say_something(draw: ImageDraw.ImageDraw, random: Random, top: int) -> int:
    width, height, is_own = int(random.integers(150, 300)), int(random.integers(36, 62)), random.random() < 0.5
    left = 408 - width if is_own else 12
    fill = (200, 232, 205) if is_own else (255, 255, 255)
    draw.rounded_rectangle((left, top, left + width, top + height), 10, fill=fill)
    write(draw, (left + 10, top + 10), say(random, 4)[: width // 11], 16, fill="black")
    return top + height + 12


def _take_sheet(size: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", size, "white")
    return image, ImageDraw.Draw(image)
