"""What is remembered of a film beside its fingerprint where cropped ones are looked for: its picture within black bars.

It stands in the index under a key of its own, so that it is never taken for the fingerprint of whole frames.
"""

from typing import NamedTuple

import numpy as np

from framesift.duplicates.index import Features
from framesift.errors import PathLike
from framesift.frames.videos import Fingerprint, Peak, Window, read_fingerprint
from framesift.frames.videos.fingerprint import SIDE

KEY = "video/1 within bars"
_COLUMNS = SIDE * SIDE


class Framed(NamedTuple):
    """The picture of a film."""

    window: Window | None
    """Within black bars; None where there are none."""
    fingerprint: Fingerprint
    """Of what is within them."""

    def size_of(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of the picture in px, `size` being those of the frames."""
        return size if self.window is None else self.window.rounded[2:]


def read_framed(path: PathLike, peak: Peak, fingerprint: Fingerprint) -> Framed:
    """Return the picture of a film whose frames `peak` has seen, and whose `fingerprint` is that of whole frames.

    It is read once more where it has bars. Raises UnreadableFrame and StorageError as `read_fingerprint`.
    """
    window = peak.find_window()
    return Framed(window, fingerprint if window is None else read_fingerprint(path, window=window)[0])


def encode_framed(framed: Framed) -> Fingerprint:
    """Return what the index keeps: the window in a row of its own, and the fingerprint where it is another."""
    row = np.zeros((1, _COLUMNS), np.uint16)
    if framed.window is None:
        return row
    row[0, :4] = framed.window.rounded
    return np.concatenate([row, framed.fingerprint])


def decode_framed(known: Features | None, fingerprint: Fingerprint) -> Framed | None:
    """Return what the index has kept; None where that is nothing, or nothing that could be of such a film."""
    rows = None if known is None else known.descriptor
    if known is None or rows is None or rows.dtype != np.uint16 or rows.ndim != 2 or rows.shape[1] != _COLUMNS:
        return None
    if len(rows) == 1 and not rows.any():
        return Framed(None, fingerprint)
    left, top, width, height = (int(each) for each in rows[0, :4]) if len(rows) else (0, 0, 0, 0)
    inside = 0 < width <= known.size[0] - left and 0 < height <= known.size[1] - top
    if len(rows) != len(fingerprint) + 1 or not inside:
        return None
    return Framed(Window(left, top, width, height), rows[1:])
