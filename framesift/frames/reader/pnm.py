"""PBM, PGM and PPM, as machine vision writes them: a header in words, then bytes that numpy takes as they are.

Netpbm, the descriptions of these formats (2013).
"""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift import compile_on_use
from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Deep, Pixels, check_size, make_pixels

_WORD = compile_on_use(rb"(?:\s|#[^\r\n]*[\r\n])*([0-9]+)")
_COMMENT = compile_on_use(rb"#[^\r\n]*")
_MOST_LEVEL = 65535


def decode(content: bytes, max_pixels: int) -> Pixels:
    """Decode a whole picture; its brightest level becomes 255. Raises UnreadableFrame."""
    samples, most = _read(content, max_pixels)
    if most > 255:
        grey = (samples >> 8).astype(np.uint8)
    elif most == 255:
        grey = samples.astype(np.uint8)
    else:
        grey = np.rint(samples * (255 / most)).astype(np.uint8)
    return make_pixels(_as_bgr(grey), None)


def is_deep(content: bytes) -> bool:
    """Tell whether the samples have 16 bits."""
    try:
        return read_header(content)[3] > 255
    except UnreadableFrame:
        return False


def decode_all_bits(content: bytes, max_pixels: int) -> Deep | None:
    """Decode a whole picture of 16 bits, with the levels that stand there. Raises UnreadableFrame."""
    samples, _ = _read(content, max_pixels)
    return cast(Deep, _as_bgr(samples.astype(np.uint16)))


def read_header(content: bytes) -> tuple[int, int, int, int, int]:
    """Return the number of the format, width, height, the brightest level, and where the samples begin.

    Raises UnreadableFrame.
    """
    kind, end = content[1] - ord("0"), 2
    words = []
    for _ in range(2 if kind in (1, 4) else 3):
        match = _WORD.match(content, end)
        if match is None or len(match[1]) > 9 or match.end() == len(content):
            raise UnreadableFrame("truncated PNM")
        words.append(int(match[1]))
        end = match.end()
    most = words[2] if len(words) == 3 else 1
    if not 0 < most <= _MOST_LEVEL:
        raise UnreadableFrame("damaged PNM: bad header")
    return kind, words[0], words[1], most, end + 1


def _read(content: bytes, max_pixels: int) -> tuple[NDArray[np.uint16], int]:
    """Return the samples, (height, width) or (height, width, 3) RGB, and the brightest level."""
    kind, width, height, most, start = read_header(content)
    check_size(width, height, max_pixels)
    channels = 3 if kind in (3, 6) else 1
    if kind <= 3:
        samples = _read_words(content[start - 1 :], kind, width * height * channels)
    else:
        samples = _read_bytes(content, kind, (width, height, channels), most, start)
    if samples.size and samples.max() > most:
        raise UnreadableFrame("damaged PNM: brighter than its brightest level")
    return samples.reshape((height, width, 3) if channels == 3 else (height, width)), most


def _read_bytes(content: bytes, kind: int, shape: tuple[int, int, int], most: int, start: int) -> NDArray[np.uint16]:
    width, height, channels = shape
    row = (width + 7) // 8 if kind == 4 else width * channels * (2 if most > 255 else 1)
    end = start + row * height
    if end > len(content):
        raise UnreadableFrame("truncated PNM")
    if content[end : end + 2] == content[:2]:
        raise UnreadableFrame("not read: several pictures in one PNM")
    data = np.frombuffer(content, np.uint8, row * height, start)
    if kind == 4:
        bits = np.unpackbits(data.reshape(height, row), axis=1)[:, :width]
        return (1 - bits).astype(np.uint16).ravel()
    return data.astype(np.uint16) if most <= 255 else data.view(">u2").astype(np.uint16)


def _read_words(content: bytes, kind: int, count: int) -> NDArray[np.uint16]:
    """Return samples that are written in words; those of a PBM are digits, with or without blanks, and 1 is black."""
    text = _COMMENT.sub(b"", content)
    try:
        if kind == 1:
            digits = np.frombuffer(b"".join(text.split()), np.uint8)[:count] - ord("0")
            samples = 1 - digits.astype(np.int64)
        else:
            samples = np.array(text.split(None, count)[:count], np.int64)
    except ValueError:
        raise UnreadableFrame("damaged PNM: no number") from None
    if samples.size < count:
        raise UnreadableFrame("truncated PNM")
    if samples.size and not 0 <= samples.min() <= samples.max() <= _MOST_LEVEL:
        raise UnreadableFrame("damaged PNM: bad level")
    return samples.astype(np.uint16)


def _as_bgr(samples: Any) -> Any:
    return samples if samples.ndim == 2 else cv2.cvtColor(samples, cv2.COLOR_RGB2BGR)
