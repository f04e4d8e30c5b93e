"""One picture: its bytes, its pixels and the status of the file it came from."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame, explain_lack
from framesift.frames.levels import WHOLE, Levels, choose_levels, cut_levels, lies_beyond
from framesift.frames.light import Light
from framesift.frames.reader import bmp, gif, heif, jpeg, png, pnm, tiff, webp
from framesift.frames.reader.brightness import tell_light
from framesift.frames.reader.decoding import Deep, make_pixels, split_alpha
from framesift.frames.reader.formats import explain_refusal, sniff_format
from framesift.frames.reader.jpeg import GreyDecoding
from framesift.frames.reader.pages import count_pages, find_page, read_page
from framesift.frames.reader.source import NotWhole, Status, Unreached, read_file, read_from

MAX_PIXELS = 100_000_000

SEVERAL = "that takes a folder of this machine and a name that ends in .tif, .gif, .webp or .png"

_STEP = 8
"""Of a picture that cannot be decoded at a reduced size, every 8th pixel of every 8th row."""

T = TypeVar("T")

_DECODERS: dict[str, Callable[[bytes, int], NDArray[np.uint8]]] = {
    "BMP": bmp.decode,
    "GIF": gif.decode,
    "HEIF": heif.decode,
    "JPEG": jpeg.decode,
    "PNG": png.decode,
    "PNM": pnm.decode,
    "TIFF": tiff.decode,
    "WebP": webp.decode,
}
_IS_DEEP: dict[str, Callable[[bytes], bool]] = {"PNG": png.is_deep, "PNM": pnm.is_deep, "TIFF": tiff.is_deep}
"""The formats that can have 16 bits."""
_DEEP_DECODERS: dict[str, Callable[[bytes, int], Deep | None]] = {
    "PNG": png.decode_all_bits,
    "PNM": pnm.decode_all_bits,
    "TIFF": tiff.decode_all_bits,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture, read once: what is decided, hashed and copied are the same bytes."""

    content: bytes
    """The file's bytes."""
    pixels: NDArray[np.uint8]
    """(height, width, 3) BGR, EXIF orientation applied, transparent parts over black. (height, width) grey, or at a
    reduced scale, where that was asked for and the format allows it."""
    size: tuple[int, int]
    """Width and height in px as shown, at full scale."""
    stat: Status
    """Of the open descriptor, after the last byte was read, or of the version of an object."""
    levels: Levels | None = None
    """The range in which 16 bits were read; None for a picture of 8."""
    beyond: bool = False
    """Whether most of it lies beyond that range."""


class Decoded(NamedTuple):
    """The pixels of a whole picture, and how they came of 16 bits; the fields are as in `Picture`."""

    pixels: NDArray[np.uint8]
    levels: Levels | None = None
    beyond: bool = False


def read_picture(
    path: PathLike,
    max_pixels: int = MAX_PIXELS,
    grey: GreyDecoding | None = None,
    levels: Levels | None = None,
    alone: bool = False,
) -> Picture:
    """Read the file and decode it, if it is a whole picture of at most `max_pixels` pixels.

    The path may be that of a page, as `pages.paths` has them. Of a file with pages it is the first; with `alone` such a
    file is refused.

    The pixels are those of cv2.imdecode(IMREAD_COLOR), or, with `grey`, what is fastest to get of a JPEG. Those of a
    16-bit picture are cut to the range `levels`, or to one that suits this picture alone.

    Raises:
        UnreadableFrame: the file cannot be read or is not a whole picture; says why. NotWhole where it was read.
        StorageError: the machine is out of descriptors or memory.
    """
    content, status = _read_content(path, max_pixels)
    try:
        return open_picture(content, status, max_pixels, grey, levels, alone)
    except Unreached as error:
        raise Unreached(error.reason, path) from None
    except UnreadableFrame as error:
        raise NotWhole.of(error, path, status) from None


def open_picture(
    content: bytes,
    status: Status,
    max_pixels: int = MAX_PIXELS,
    grey: GreyDecoding | None = None,
    levels: Levels | None = None,
    alone: bool = False,
) -> Picture:
    """Decode the bytes of a picture as `read_picture` does. Raises UnreadableFrame, without a path."""
    if grey is not None and sniff_format(content[:12]) == "JPEG":
        size, pixels = _decode("JPEG", content, max_pixels, partial(jpeg.decode_grey, grey=grey))
        return Picture(content, pixels, size, status)
    decoded = decode_levels(content, max_pixels, levels)
    if alone and (pages := count_pages(read_from(content), len(content))) > 1:
        raise UnreadableFrame(f"holds {pages} pages, which are not decided: {SEVERAL}")
    size = decoded.pixels.shape[1], decoded.pixels.shape[0]
    return Picture(content, decoded.pixels, size, status, decoded.levels, decoded.beyond)


def read_averaged(path: PathLike, side: int) -> Picture:
    """Read a picture as `read_picture` does, but a JPEG at the size that `averaging.average_size` says.

    Refuses what `read_picture` refuses, and raises as that does.
    """
    content, status = _read_content(path, MAX_PIXELS)
    try:
        if sniff_format(content[:12]) != "JPEG":
            return open_picture(content, status)
        size, pixels = _decode("JPEG", content, MAX_PIXELS, partial(jpeg.decode_averaged, side=side))
        return Picture(content, pixels, size, status)
    except UnreadableFrame as error:
        raise NotWhole.of(error, path, status) from None


def read_reduced(path: PathLike, max_pixels: int = MAX_PIXELS) -> tuple[tuple[int, int], Decoded]:
    """Return the size, width and height, of a whole picture and its pixels (h, w, 3) BGR at about an eighth of it.

    Refuses what `read_picture` refuses, but a JPEG takes a quarter of the time or less. Raises as that does.
    """
    content, _ = _read_content(path, max_pixels)
    try:
        if (reduced := reduce_jpeg(content, max_pixels)) is not None:
            return reduced[0], Decoded(reduced[1])
        decoded = decode_levels(content, max_pixels)
        size = decoded.pixels.shape[1], decoded.pixels.shape[0]
        return size, decoded._replace(pixels=reduce_pixels(decoded.pixels))
    except UnreadableFrame as error:
        raise UnreadableFrame(error.reason, path) from None


def reduce_jpeg(content: bytes, max_pixels: int) -> tuple[tuple[int, int], NDArray[np.uint8]] | None:
    """Return the size of a whole JPEG, width and height, and its pixels (h, w, 3) BGR at an eighth of it.

    None for what is no JPEG. Raises UnreadableFrame, without a path.
    """
    if sniff_format(content[:12]) != "JPEG":
        return None
    return _decode("JPEG", content, max_pixels, jpeg.decode_reduced)


def tell_light_of(picture: Picture, max_pixels: int = MAX_PIXELS) -> Light:
    """Return the light that a picture was taken by: the same however its pixels were asked for.

    Raises UnreadableFrame, without a path.
    """
    reduced = reduce_jpeg(picture.content, max_pixels)
    return tell_light(reduce_pixels(picture.pixels) if reduced is None else reduced[1])


def reduce_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (height, width, 3) at an eighth of its size."""
    return pixels[::_STEP, ::_STEP]


def _read_content(path: PathLike, max_pixels: int) -> tuple[bytes, Status]:
    page = find_page(os.fsdecode(path))
    return read_file(path) if page is None else read_page(*page, max_pixels)


def decode_picture(content: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode the bytes of a whole picture: (height, width, 3) BGR. Raises UnreadableFrame, without a path."""
    return decode_levels(content, max_pixels).pixels


def decode_levels(content: bytes, max_pixels: int = MAX_PIXELS, levels: Levels | None = None) -> Decoded:
    """Decode the bytes of a whole picture, one of 16 bits in the range `levels`, or in one that suits it.

    Raises UnreadableFrame, without a path.
    """
    kind = sniff_format(content[:12])
    if kind is None:
        raise UnreadableFrame(explain_refusal(content[:12]))
    if kind not in _IS_DEEP or not _IS_DEEP[kind](content):
        return Decoded(_decode(kind, content, max_pixels, _DECODERS[kind]))
    if levels != WHOLE:
        image = _decode(kind, content, max_pixels, _DEEP_DECODERS[kind])
        if image is not None:
            colours, opacity = split_alpha(image)
            levels = levels or choose_levels(colours)
            if levels != WHOLE:
                pixels = make_pixels(cut_levels(colours, levels), opacity)
                return Decoded(pixels, levels, lies_beyond(colours, levels))
    # All 16 bits are left to OpenCV, which rounds those of a TIFF.
    return Decoded(_decode(kind, content, max_pixels, _DECODERS[kind]), WHOLE)


def decode_all_bits(content: bytes, max_pixels: int = MAX_PIXELS) -> Deep | None:
    """Decode the bytes of a whole picture of 16 bits; None for one of 8, or where OpenCV gives no 16 bits.

    Raises UnreadableFrame, without a path.
    """
    kind = sniff_format(content[:12])
    if kind not in _IS_DEEP or not _IS_DEEP[kind](content):
        return None
    return _decode(kind, content, max_pixels, _DEEP_DECODERS[kind])


def _decode(kind: str, content: bytes, max_pixels: int, decode: Callable[[bytes, int], T]) -> T:
    try:
        return decode(content, max_pixels)
    except (struct.error, IndexError):  # a header is read past the end of the bytes
        raise UnreadableFrame(f"truncated {kind}") from None
    except UnreadableFrame:
        raise
    except Exception as error:  # whatever a decoder raises: one odd file must not end a run over thousands
        if lack := explain_lack(error):
            raise Unreached(f"{lack} to decode it") from None
        raise UnreadableFrame(f"damaged {kind}: {' '.join(str(error).split())}") from error
