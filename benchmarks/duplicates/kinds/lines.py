"""What is drawn with rulers: black lines and signs at places that all of a kind have in common."""

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.duplicates.kinds.pictures import write

_PIECES = "KQRRBBNNPPPPPP"


def draw_plan(seed: int) -> Image.Image:
    """The plan of a flat; four seeds that follow each other have two walls elsewhere."""
    common, own = np.random.default_rng([41, seed // 4]), np.random.default_rng([41, seed // 4, seed % 4])
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 740, 540), outline="black", width=8)
    for number in range(6):
        random = common if number < 4 else own
        x, y = (int(each) for each in random.integers((120, 120), (680, 480)))
        draw.line((x, 60, x, y) if random.random() < 0.5 else (60, y, x, y), fill="black", width=6)
        draw.arc((x - 30, y - 30, x + 30, y + 30), 0, 90, fill="black", width=2)
        write(draw, (x + 10, y - 40), f"{random.integers(5, 40)} m2", 18, fill="black")
    return image


def draw_bar_code(seed: int) -> Image.Image:
    """A label with bars and the number that they say."""
    random = np.random.default_rng([42, seed])
    image = Image.new("RGB", (600, 360), "white")
    draw = ImageDraw.Draw(image)
    code = "40123" + "".join(str(digit) for digit in random.integers(0, 10, 8))
    x = 60
    for digit in code:
        for place, width in enumerate(4 * np.random.default_rng([43, int(digit)]).integers(1, 4, 4)):
            if place % 2 == 0:
                draw.rectangle((x, 40, x + int(width) - 1, 270), fill="black")
            x += int(width)
    write(draw, (300, 310), code, 40, fill="black", anchor="mm")
    return image


def draw_position(seed: int) -> Image.Image:
    """A board with pieces; in four seeds that follow each other one piece stands elsewhere."""
    common, own = np.random.default_rng([44, seed // 4]), np.random.default_rng([44, seed // 4, seed % 4])
    squares = [int(each) for each in common.permutation(64)]
    moved = int(own.integers(0, 24))
    squares[moved] = squares[24 + int(own.integers(0, 40))]
    image = Image.new("RGB", (480, 480), (240, 217, 181))
    draw = ImageDraw.Draw(image)
    for square in range(64):
        x, y = 60 * (square % 8), 60 * (square // 8)
        if (square % 8 + square // 8) % 2:
            draw.rectangle((x, y, x + 59, y + 59), fill=(181, 136, 99))
    for number, square in enumerate(squares[:24]):
        x, y = 60 * (square % 8), 60 * (square // 8)
        colours = ("white", "black") if number < 14 else ((20, 20, 20), "white")
        draw.ellipse((x + 10, y + 10, x + 50, y + 50), fill=colours[0], outline="black")
        write(draw, (x + 30, y + 30), _PIECES[number % 14], 28, fill=colours[1], anchor="mm")
    return image


def write_music(seed: int) -> Image.Image:
    """A page of notes; of three seeds that follow each other one line is another."""
    common, own = np.random.default_rng([45, seed // 3]), np.random.default_rng([45, seed // 3, seed % 3])
    image = Image.new("RGB", (800, 1120), "white")
    draw = ImageDraw.Draw(image)
    write(draw, (400, 50), "Etude", 36, fill="black", anchor="mm")
    for stave in range(8):
        top = 130 + 120 * stave
        for line in range(5):
            draw.line((50, top + 10 * line, 750, top + 10 * line), fill="black", width=2)
        for number in range(14):
            x = 80 + 48 * number
            y = top + 40 - 5 * int((own if stave == 4 else common).integers(0, 9))
            draw.ellipse((x - 7, y - 5, x + 7, y + 5), fill="black")
            draw.line((x + 6, y, x + 6, y - 34), fill="black", width=2)
    return image
