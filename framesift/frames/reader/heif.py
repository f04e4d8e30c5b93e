"""HEIC and AVIF, with the packages of the extra `heif`, imported when such a picture is met."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from framesift import compile_on_use
from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size, make_pixels
from framesift.frames.reader.heif_boxes import check_boxes

_EXIF = compile_on_use(rb"MM\0\*\0\0\0\x08|II\*\0\x08\0\0\0")
_MISSING = "{} is read with the extra heif"


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole HEIC or AVIF, turned upright, of 10 bits the upper 8. Raises UnreadableFrame."""
    name = check_boxes(content)
    with _opened(content, name) as image:
        width, height = image.size
        check_size(width, height, max_pixels)
        pixels = _read_avif(image) if name == "AVIF" else np.asarray(image)
    if pixels.ndim == 2:
        return make_pixels(pixels, None)
    opacity = pixels[..., 3] if pixels.shape[2] == 4 else None
    return make_pixels(np.ascontiguousarray(pixels[..., :3]), opacity)


def read_size(content: bytes) -> tuple[int, int]:
    """Return width and height as shown. Raises UnreadableFrame."""
    name = check_boxes(content)
    with _opened(content, name) as image:
        if name == "AVIF" and image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            return image.height, image.width
        return cast("tuple[int, int]", image.size)


def find_exif(content: bytes) -> bytes:
    """Return the EXIF block with all that stands behind it; empty where there is none."""
    match = _EXIF.search(content)
    return content[match.start() :] if match else b""


@contextmanager
def _opened(content: bytes, name: str) -> Iterator[Any]:
    """Open the picture, of which nothing but the header is read then. Raises UnreadableFrame."""
    try:
        if name == "AVIF":
            from PIL import AvifImagePlugin

            opened: Any = AvifImagePlugin.AvifImageFile(io.BytesIO(content))
        else:
            import pillow_heif

            opened = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True, bgr_mode=True)
    except ImportError:
        raise UnreadableFrame(_MISSING.format(name)) from None
    except Exception as error:  # of many kinds; whatever it is, the file cannot be read
        raise UnreadableFrame(_explain(name, error)) from None
    try:
        yield opened
    except UnreadableFrame:
        raise
    except Exception as error:
        raise UnreadableFrame(_explain(name, error)) from None


def _explain(name: str, error: Exception) -> str:
    return f"damaged {name}: {' '.join(str(error).split())}".rstrip(": ")


def _read_avif(image: Any) -> Any:
    from PIL import ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upright = ImageOps.exif_transpose(image)
    pixels = np.asarray(upright.convert("RGBA" if "A" in upright.mode else "RGB"))
    return pixels[..., [2, 1, 0, 3]] if pixels.shape[2] == 4 else pixels[..., ::-1]
