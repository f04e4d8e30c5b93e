"""Whether one video shows all that another shows, and where in it: decided by what moves, and by what stands still.

Every offset is tried at once by the cross-correlation of the changes from one moment to the next. Changes and not
pictures, since the pictures of a fixed camera agree at every offset. The best offset is then checked piece by piece: a
video that only begins alike fails in the first piece that differs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framesift.frames.videos.fingerprint import SIDE, STEP_S, Fingerprint

Changes = NDArray[np.float32]
"""(samples, SIDE * SIDE): by how many grey levels each cell differs from itself LAG samples before."""

LAG = 4
SLACK = 2
"""Samples by which one video may reach beyond the other: frames of two frame rates do not end at the same moment."""
PIECE = 32
"""Samples that are checked together."""
QUIET = 8.0
"""Mean energy of a sample, squared grey levels, of two videos together, up to which nothing has moved."""
LARGEST_DIFFERENCE = 0.1
"""Share of the energy of all changes that may not agree. Between two different videos it is near 1."""
LARGEST_DIFFERENCE_OF_PIECE = 0.4
LARGEST_DIFFERENCE_OF_SCENE = 8.0
"""Grey levels by which a cell of the standing picture may differ, after brightness and contrast are made equal."""
_BATCH = 1 << 22


@dataclass(frozen=True, slots=True)
class Match:
    """How the shorter of two videos lies in the longer one."""

    offset_s: float
    """Where the second video begins, in the time of the first; negative where it begins before it."""
    overlap_s: float
    similarity: float
    """1 where all changes agree."""


def measure_changes(fingerprint: Fingerprint) -> Changes:
    """Return the changes within a video: LAG samples fewer than the fingerprint has, none for a very short one."""
    levels = _read_levels(fingerprint)
    return levels[LAG:] - levels[:-LAG]


def compare_fingerprints(first: Fingerprint, second: Fingerprint) -> Match | None:
    """Return how the shorter video lies in the longer one, or None where that does not show all of it.

    Symmetric, but for the sign of the offset. Nothing matches a video in which nothing moves: two of an empty scene
    cannot be told apart.
    """
    if len(first) < len(second):
        match = compare_fingerprints(second, first)
        return match and Match(-match.offset_s, match.overlap_s, match.similarity)
    changes, part = measure_changes(first), measure_changes(second)
    if not len(part):
        return None
    offset = _find_offset(changes, part)
    start, skipped = max(offset, 0), max(-offset, 0)
    length = min(len(changes) - start, len(part) - skipped)
    changes, part = changes[start : start + length], part[skipped : skipped + length]
    scenes = (array[at : at + length] for array, at in ((first, start), (second, skipped)))
    difference = _measure_difference(changes, part)
    if difference is None or not _is_same_scene(*scenes):
        return None
    return Match(offset * STEP_S, (length + LAG) * STEP_S, 1 - difference)


def _read_levels(fingerprint: Fingerprint) -> Changes:
    """Return grey levels."""
    return np.asarray(fingerprint, np.float32) / np.float32(256)


def find_strongest(changes: Changes) -> NDArray[np.float32]:
    """Return the sample in which most changes, (SIDE * SIDE,); zeros where there is none."""
    if not len(changes):
        return np.zeros(SIDE * SIDE, np.float32)
    return np.asarray(changes[_energy(changes).argmax()], np.float32)


def occurs(moments: NDArray[np.float32], changes: Changes) -> NDArray[np.bool_]:
    """Tell which of the strongest moments of other videos, (n, SIDE * SIDE), a video shows at some time, (n,).

    Where that does not occur, the videos need not be compared.
    """
    found = np.zeros(len(moments), np.bool_)
    energy = _energy(moments)
    for start in range(0, len(changes), 4096):
        part = changes[start : start + 4096]
        together = _energy(part)[:, None] + energy
        found |= (2 * part @ moments.T >= (1 - LARGEST_DIFFERENCE_OF_PIECE) * together).any(axis=0)
    return found & (energy > 0)


def _find_offset(changes: Changes, part: Changes) -> int:
    """Return the offset in samples at which the least share of the energy of both does not agree."""
    offsets = np.arange(-SLACK, max(len(changes) - len(part), 0) + SLACK + 1)
    start, end = np.clip(offsets, 0, len(changes)), np.clip(offsets + len(part), 0, len(changes))
    energy, energy_of_part = _sum_up(changes), _sum_up(part)
    together = energy[end] - energy[start] + energy_of_part[end - offsets] - energy_of_part[start - offsets]
    agreement = 2 * _correlate(changes, part)[offsets] / np.maximum(together, 1e-6)
    return int(offsets[agreement.argmax()])


def _sum_up(changes: Changes) -> NDArray[np.float64]:
    """Return the energy before each sample, (samples + 1,)."""
    return np.concatenate([[0.0], np.cumsum(_energy(changes), dtype=np.float64)])


def _correlate(changes: Changes, part: Changes) -> NDArray[np.float32]:
    """Return the sum of products for each offset of `part`, negative ones from the end; a few cells at a time."""
    length = 1 << (len(changes) + len(part)).bit_length()
    spectrum = np.zeros(length // 2 + 1, np.complex64)
    cells = max(_BATCH // length, 1)
    for first in range(0, changes.shape[1], cells):
        whole = np.fft.rfft(changes[:, first : first + cells], length, axis=0)
        spectrum += (whole * np.fft.rfft(part[:, first : first + cells], length, axis=0).conj()).sum(axis=1)
    return np.asarray(np.fft.irfft(spectrum, length), np.float32)


def _measure_difference(changes: Changes, part: Changes) -> float | None:
    """Return the share of the energy that does not agree; None where that is too much, or nothing moves."""
    difference = _sum_pieces(_choose_nearest(_energy, changes, part))
    energy = _sum_pieces(_energy(changes) + _energy(part))
    lively = energy > QUIET * _sum_pieces(np.ones(len(part), np.float32))
    if not lively.any() or (difference > LARGEST_DIFFERENCE_OF_PIECE * energy)[lively].any():
        return None
    share = float(difference.sum() / energy.sum())
    return share if share <= LARGEST_DIFFERENCE else None


def _choose_nearest(measure: Callable[[Changes], Changes], first: Changes, second: Changes) -> Changes:
    """Return the least measure of the difference to the sample at the same time, or to the one before or after it.

    A trim is not a whole number of samples, and the frames of two frame rates do not stand at the same times.
    """
    padded = np.concatenate([first[:1], first, first[-1:]])
    around = [measure(padded[shift : shift + len(second)] - second) for shift in range(3)]
    return np.asarray(np.minimum.reduce(around), np.float32)


def _energy(changes: Changes) -> Changes:
    """Return the energy of each sample, (samples,)."""
    return np.asarray(np.square(changes).sum(axis=1), np.float32)


def _sum_pieces(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.add.reduceat(values, _piece_starts(len(values)))


def _piece_starts(length: int) -> NDArray[np.intp]:
    """Pieces of PIECE samples; the last one takes the rest, so that none is too short to tell."""
    return np.arange(max(length // PIECE, 1), dtype=np.intp) * PIECE


def _is_same_scene(first: Fingerprint, second: Fingerprint) -> bool:
    """Tell whether what stands still in each piece agrees, but for brightness and contrast of the whole video."""
    levels, others = _read_levels(first), _read_levels(second)
    spread = others - others.mean()
    contrast = np.vdot(spread, levels - levels.mean()) / max(float(np.vdot(spread, spread)), 1e-6)
    difference = _choose_nearest(np.abs, levels, np.asarray(contrast * spread + levels.mean(), np.float32))
    pieces = np.split(difference, _piece_starts(len(difference))[1:])
    return max(float(np.median(piece, axis=0).max()) for piece in pieces) <= LARGEST_DIFFERENCE_OF_SCENE
