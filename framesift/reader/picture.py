"""One picture: its bytes, its pixels and the status of the file it came from."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, UnreadableFrame
from framesift.reader import bmp, gif, jpeg, png, tiff, webp
from framesift.reader.formats import explain_refusal, sniff_format
from framesift.reader.source import read_file

MAX_PIXELS = 100_000_000

_DECODERS: dict[str, Callable[[bytes, int], NDArray[np.uint8]]] = {
    "BMP": bmp.decode,
    "GIF": gif.decode,
    "JPEG": jpeg.decode,
    "PNG": png.decode,
    "TIFF": tiff.decode,
    "WebP": webp.decode,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture, read once: what is decided, hashed and copied are the same bytes."""

    content: bytes
    """The file's bytes."""
    pixels: NDArray[np.uint8]
    """(height, width, 3) BGR, EXIF orientation applied, transparent parts over black."""
    stat: os.stat_result
    """Of the open descriptor, after the last byte was read."""


def read_picture(path: PathLike, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read the file and decode it, if it is a whole picture of at most `max_pixels` pixels.

    Raises:
        UnreadableFrame: the file cannot be read or is not a whole picture; says why.
        StorageError: the machine is out of descriptors or memory.
    """
    content, status = read_file(path)
    try:
        return Picture(content, decode_picture(content, max_pixels), status)
    except UnreadableFrame as error:
        raise UnreadableFrame(error.reason, path) from None


def decode_picture(content: bytes, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode the bytes of a whole picture: (height, width, 3) BGR. Raises UnreadableFrame, without a path."""
    kind = sniff_format(content[:12])
    if kind is None:
        raise UnreadableFrame(explain_refusal(content[:12]))
    try:
        return _DECODERS[kind](content, max_pixels)
    except (struct.error, IndexError):  # a header is read past the end of the bytes
        raise UnreadableFrame(f"truncated {kind}") from None
    except MemoryError:
        raise UnreadableFrame("not enough memory to decode it") from None
    except UnreadableFrame:
        raise
    except Exception as error:  # whatever a decoder raises: one odd file must not end a run over thousands
        raise UnreadableFrame(f"damaged {kind}: {' '.join(str(error).split())}") from error
