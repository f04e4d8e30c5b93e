"""What is made of a picture that still shows the same: encoded again, resized, cropped, in other light."""

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks.duplicates.kinds import Picture

Version = tuple[str, bytes]
"""Suffix and content of a file."""
Change = Callable[[Any], Version]


def encode(picture: Picture, kind: str, **options: Any) -> bytes:
    """The bytes of a file of a format."""
    file = io.BytesIO()
    if isinstance(picture, list):
        picture[0].save(file, kind, save_all=True, append_images=picture[1:], duration=200, **options)
    else:
        picture.save(file, kind, **options)
    return file.getvalue()


def encode_original(picture: Picture) -> Version:
    """The file that is there first."""
    return (".gif", encode(picture, "GIF")) if isinstance(picture, list) else (".png", encode(picture, "PNG"))


def find_changes(picture: Picture) -> dict[str, Change]:
    """The changes that leave what such a picture shows."""
    if isinstance(picture, list):
        return {}
    return {"RGBA": OF_TRANSPARENT, "L": OF_NUMBERS, "I;16": OF_16_BITS}.get(picture.mode, CHANGES)


def _jpeg(image: Image.Image, quality: int = 92) -> Version:
    return ".jpg", encode(image, "JPEG", quality=quality)


def _resize(image: Image.Image, factor: float) -> Image.Image:
    width, height = (max(round(side * factor), 1) for side in image.size)
    if image.mode == "I;16":
        small = cv2.resize(np.asarray(image), (width, height), interpolation=cv2.INTER_AREA)
        return Image.fromarray(small)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _crop(image: Image.Image, percent: float) -> Image.Image:
    """Take away so much of width and height, half of it on each side."""
    x, y = (round(side * percent / 200) for side in image.size)
    return image.crop((x, y, image.width - x, image.height - y))


def _light(image: Image.Image, gain: float, offset: float = 0) -> Version:
    return _jpeg(Image.fromarray(np.asarray(cv2.convertScaleAbs(np.asarray(image), alpha=gain, beta=offset), np.uint8)))


def _flatten(image: Image.Image, ground: str) -> Image.Image:
    flat = Image.new("RGB", image.size, ground)
    flat.paste(image, mask=image.getchannel("A"))
    return flat


def _png(image: Image.Image) -> Version:
    return ".png", encode(image, "PNG", compress_level=1)


CHANGES: dict[str, Change] = {
    "jpeg 95": lambda image: _jpeg(image, 95),
    "jpeg 75": lambda image: _jpeg(image, 75),
    "jpeg 60": lambda image: _jpeg(image, 60),
    "webp 80": lambda image: (".webp", encode(image, "WEBP", quality=80)),
    "png": _png,
    "bmp": lambda image: (".bmp", encode(image, "BMP")),
    "resize 90%": lambda image: _jpeg(_resize(image, 0.9)),
    "resize 75%": lambda image: _jpeg(_resize(image, 0.75)),
    "resize 50%": lambda image: _jpeg(_resize(image, 0.5)),
    "crop 2%": lambda image: _jpeg(_crop(image, 2)),
    "crop 5%": lambda image: _jpeg(_crop(image, 5)),
    "brighter 10%": lambda image: _light(image, 1.1),
    "darker 10%": lambda image: _light(image, 0.9),
    "less contrast": lambda image: _light(image, 0.85, 18),
}
OF_TRANSPARENT: dict[str, Change] = {
    "png": _png,
    "webp lossless": lambda image: (".webp", encode(image, "WEBP", lossless=True)),
    "webp 80": lambda image: (".webp", encode(image, "WEBP", quality=80)),
    "resize 75%": lambda image: _png(_resize(image, 0.75)),
    "resize 50%": lambda image: _png(_resize(image, 0.5)),
    "crop 2%": lambda image: _png(_crop(image, 2)),
    "flat on white": lambda image: _jpeg(_flatten(image, "white")),
}
OF_NUMBERS: dict[str, Change] = {
    "png": _png,
    "bmp": lambda image: (".bmp", encode(image, "BMP")),
    "tiff": lambda image: (".tif", encode(image, "TIFF", compression="tiff_lzw")),
}
OF_16_BITS: dict[str, Change] = {
    "png": _png,
    "tiff": lambda image: (".tif", encode(image, "TIFF")),
    "resize 90%": lambda image: _png(_resize(image, 0.9)),
    "resize 75%": lambda image: _png(_resize(image, 0.75)),
    "resize 50%": lambda image: _png(_resize(image, 0.5)),
    "crop 2%": lambda image: _png(_crop(image, 2)),
    "crop 5%": lambda image: _png(_crop(image, 5)),
}
