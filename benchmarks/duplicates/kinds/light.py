"""What cameras see: full scenes, faces a second apart, little light, much sky."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.duplicates.kinds.pictures import add_grain, draw_scene, pick_colour, write

_BURST = 3
"""Pictures of one moment: eyes open, eyes closed, and a frown."""


def draw_photo(seed: int) -> Image.Image:
    """A full scene."""
    return draw_scene(seed)


def draw_face(seed: int) -> Image.Image:
    """A face in a scene; three seeds that follow each other are of one burst."""
    place, moment = divmod(seed, _BURST)
    image = draw_scene(300 + place)
    draw = ImageDraw.Draw(image)
    draw.ellipse((200, 90, 440, 390), fill=(222, 184, 160))
    for x in (272, 368):
        if moment == 1:
            draw.line((x - 22, 200, x + 22, 200), fill=(96, 66, 54), width=4)
        else:
            draw.ellipse((x - 22, 186, x + 22, 214), fill="white")
            draw.ellipse((x - 9, 190, x + 9, 210), fill=(62, 42, 24))
    start = 180 if moment == 2 else 0
    draw.arc((276, 276, 364, 326), start, start + 180, fill=(150, 44, 44), width=6)
    return add_grain(image.filter(ImageFilter.GaussianBlur(0.7)), np.random.default_rng([21, seed]), 2)


def draw_portrait(seed: int) -> Image.Image:
    """A photo for a passport: one studio, one pose; two seeds that follow each other have hair and clothes alike."""
    common, own = np.random.default_rng([24, seed // 2]), np.random.default_rng([24, seed // 2, seed % 2])
    skin = tuple(common.integers((170, 120, 90), (240, 200, 180)).tolist())
    hair, cloth = (tuple(common.integers(20, most, 3).tolist()) for most in (120, 160))
    image = Image.new("RGB", (413, 531), (206, 212, 218))
    draw = ImageDraw.Draw(image)
    draw.polygon([(40, 531), (90, 430), (170, 400), (243, 400), (323, 430), (373, 531)], fill=cloth)
    draw.rectangle((172, 330, 241, 420), fill=skin)
    wide, high, apart, eyes, open_ = own.integers((92, 125, 36, 218, 9), (108, 142, 46, 234, 16)).tolist()
    draw.ellipse((194 - wide, 212 - high, 218 + wide, 200 + high), fill=hair)
    draw.ellipse((206 - wide, 240 - high, 206 + wide, 240 + high), fill=skin)
    for x in (206 - apart, 206 + apart):
        draw.ellipse((x - open_, eyes - 8, x + open_, eyes + 8), fill="white")
        draw.ellipse((x - 6, eyes - 6, x + 6, eyes + 6), fill=tuple(own.integers(30, 150, 3).tolist()))
        draw.line((x - 18, eyes - 20, x + 18, eyes - 20), fill=hair, width=int(own.integers(3, 7)))
    nose, mouth, smile = own.integers((28, 300, 26), (48, 322, 42)).tolist()
    draw.line([(206, 240), (194, 240 + nose), (218, 240 + nose)], fill=(120, 84, 70), width=3)
    draw.arc((206 - smile, mouth - 14, 206 + smile, mouth + 10), 10, 170, fill=(150, 60, 60), width=6)
    return add_grain(image.filter(ImageFilter.GaussianBlur(1.2)), own, 2)


def read_meter(seed: int) -> Image.Image:
    """A meter that somebody has photographed again and again: one digit or two are others."""
    place, moment = divmod(seed, 4)
    image = draw_scene(500 + place, (960, 720))
    draw = ImageDraw.Draw(image)
    draw.ellipse((255, 135, 705, 585), fill=(225, 225, 220), outline=(90, 90, 90), width=16)
    draw.rectangle((370, 265, 590, 335), fill=(20, 20, 20))
    count = 10_000 + 7_919 * place % 80_000 + (0, 3, 17, 240)[moment]
    write(draw, (480, 300), f"{count:06}", 54, fill=(240, 240, 240), anchor="mm")
    return add_grain(image.filter(ImageFilter.GaussianBlur(0.8)), np.random.default_rng([25, seed]), 3)


def draw_night(seed: int) -> Image.Image:
    """A dark picture with a lamp or two."""
    random = np.random.default_rng([22, seed])
    image = Image.new("RGB", (720, 540), (9, 10, 15))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(1, 4))):
        x, y, radius = (int(random.integers(low, high)) for low, high in ((80, 640), (80, 460), (9, 26)))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=pick_colour(random, 120, 256))
    return add_grain(image.filter(ImageFilter.GaussianBlur(2)), random, 4)


def draw_sky(seed: int) -> Image.Image:
    """A blue sky with something small in it."""
    random = np.random.default_rng([23, seed])
    top = random.integers(60, 110, 3) + np.array([0, 30, 100])
    bottom = random.integers(150, 200, 3) + np.array([0, 10, 40])
    ramp = np.linspace(0, 1, 540)[:, None, None]
    levels = np.broadcast_to(top * (1 - ramp) + bottom * ramp, (540, 720, 3))
    image = Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y = (int(each) for each in (random.integers(80, 600), random.integers(80, 420)))
    draw.polygon([(x, y), (x + 38, y + 6), (x + 12, y + 22)], fill=(42, 42, 48))
    return add_grain(image, random, 2)
