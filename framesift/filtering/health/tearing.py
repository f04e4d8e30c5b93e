"""Whether the lower part of a frame was lost on its way, although its file is whole: grey, smeared, or shifted."""

import numpy as np
from numpy.typing import NDArray

from framesift.filtering.health.background import Background
from framesift.filtering.health.structure import Structure, overlay
from imaging_interview import Image

BANDS = 12
ABOVE, BELOW = 0.6, 0.25
"""Of the structure: more is found above a tear, and less below it."""
_KNOWN = 0.05
"""Of the structure: with less above it, nobody knows whether it is a tear."""
_BETWEEN = (ABOVE + BELOW) / 2
_SAME_ROWS = 0.5
"""Mean square in grey levels of the steps down: with less, all rows are one."""
_USUAL_STEPS = 2.0
"""The same of frames that are whole: with less, so many rows may be one another time."""
_STEPS_ABOVE = 0.5
"""Share of the usual steps that is left above a tear."""
_SEEN = 20, 235
"""Grey levels between which a part that is all one is no dark ground, nor a white sky."""
_LEAST_SHIFT = 6
"""px: less may be the wind."""
_FOUND, _LARGE = 0.28, 0.15
"""So like the structure is what is found further to a side, 1 when it is the same, of a part that is so large."""


def find_blank(picture: Image, structure: Structure, background: Background) -> float | None:
    """Return the share of a frame, (height, width) uint8, that is one row again and again where it never was.

    That is told of scenes of any structure; None where it is not so.
    """
    steps = structure.steps
    changing = np.flatnonzero(steps >= _SAME_ROWS)
    row = int(changing[-1]) + 1 if len(changing) else 0
    rest, least = len(picture) - row, len(picture) // BANDS
    if row < least or rest < least or not _is_blank(picture[row:]):
        return None
    usual = background.steps
    is_seen_above = steps[:row].mean() > _STEPS_ABOVE * usual[:row].mean()  # else something is before the lens
    return rest / len(picture) if is_seen_above and usual[row:].mean() > _USUAL_STEPS else None


def find_tear(picture: Image, structure: Structure, background: Background) -> float | None:
    """Return the share of a frame, (height, width) uint8, that was torn off; None where none was."""
    row = _split(structure, background)
    if row is None:
        return None
    share, margin = 1 - row / len(picture), len(picture) // BANDS
    if any(_is_blank(picture[start:]) for start in (row, row + margin) if start < len(picture) - 3):
        return share
    return share if share >= _LARGE and _measure_shifted(structure, background, row) > _FOUND else None


def _is_blank(part: Image) -> bool:
    """Tell whether all rows are one: grey, or the last that came."""
    levels = part.astype(np.float32)
    down, across = (float((np.diff(levels, axis=axis) ** 2).mean()) for axis in (0, 1))
    is_grey = across < _SAME_ROWS and _SEEN[0] < levels.mean() < _SEEN[1]
    return down < _SAME_ROWS and (is_grey or across > 1 + 16 * down)


def _split(structure: Structure, background: Background) -> int | None:
    """Return the row above which the structure is found and below which it is not, to a band."""
    height = len(structure.field)
    bands = [slice(height * each // BANDS, height * (each + 1) // BANDS) for each in range(BANDS)]
    found, all_of_it = (overlay(field, background.field) for field in (structure.field, background.field))
    there, whole = (np.array([float(values[band].sum()) for band in bands]) for values in (found, all_of_it))
    above, below = np.cumsum(there) / np.maximum(np.cumsum(whole), 1e-6), _rest(there) / np.maximum(_rest(whole), 1e-6)
    gain = np.cumsum(there - _BETWEEN * whole)[:-3] - _rest(there - _BETWEEN * whole)[3:]
    each = int(gain.argmax()) + 1  # the band in which it is torn, which is of neither part
    is_known = np.cumsum(whole)[each - 1] > _KNOWN * whole.sum()
    if is_known and above[each - 1] > ABOVE and below[each + 1] < BELOW:
        return bands[each + 1].start
    return None


def _rest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cumsum(values[::-1])[::-1]


def _measure_shifted(structure: Structure, background: Background, row: int) -> float:
    """Return how like the scene, 0 to 1, what lies below is once it is brought back from a side."""
    field, ground = structure.field[row:], background.field[row:]
    correlation = np.fft.ifft(np.fft.fft(field, axis=1) * np.conj(np.fft.fft(ground, axis=1)), axis=1).real.sum(axis=0)
    best, width = int(correlation.argmax()), field.shape[1]
    lengths = float(np.linalg.norm(field)) * float(np.linalg.norm(ground))
    return float(correlation[best]) / lengths if lengths > 0 and min(best, width - best) >= _LEAST_SHIFT else 0.0
