"""Sound in a form in which that of two videos can be compared: how loud each band of tones is, 32 times a second.

It is the same however it is encoded, up to a few decibels: what is compared is what is heard, not the samples. A voice
in another language, a word that is bleeped out, other music under the same voice change a band by far more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""(samples, 3, BANDS): decibels below full scale of each band, of the mix, the left and the right; one each STEP_S."""

STEP_S = 1 / 32
BANDS = 24
RATE = 32000
"""Hz at which sound is listened to."""
SILENCE = -75.0
"""Decibels in a band: what is softer is not heard at all."""
HOP = round(RATE * STEP_S)
WINDOW = 4 * HOP
"""Levels of a sample, an eighth of a second: samples overlap, so that the delay of an encoder can be made up for."""
_LOWEST, _HIGHEST = 80.0, 14000.0
_SHIFTS = 10
"""Samples by which an encoder delays sound, or an offset is rounded."""
_OVERHANG = 16
"""Samples by which sound may go on behind the end of the keeper, or begin before it."""
_RANGE = 50.0
"""Decibels below the loudest: what is softer, in the pauses, is the noise of encoders."""
_LOUDEST_FLOOR = -60.0
_BESIDE = 26.0
"""Decibels below the loudest band of a sample: what is softer is hidden by it, and what encoders leave out."""
_PIECE = 16
_LARGEST_DIFFERENCE = 5.0
"""Decibels, the mean over a piece in its worst band."""
_LARGEST_OF_SIDES = 12.0
"""The same between left and right, up to which one channel holds them both."""
_SOFTER, _LOUDER = -12.0, 20.0
"""Decibels by which the keeper may be softer and louder than the other."""
_TOLD = 4096
"""Samples that tell how two tracks lie upon each other."""
_MIX, _LEFT, _RIGHT = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A track of sound."""

    first: int
    """The time of its first sample, in steps from the first picture."""
    levels: Levels

    @property
    def is_heard(self) -> bool:
        """Whether there is anything but silence in it."""
        return bool((self.levels > SILENCE).any())


def measure_levels(waves: NDArray[np.float32]) -> Levels:
    """Return what is heard in left and right, (2, n), 1 for full scale: a sample for each whole WINDOW, HOP apart."""
    channels = np.stack([waves.mean(axis=0), *waves])
    windows = np.lib.stride_tricks.sliding_window_view(channels, WINDOW, axis=1)[:, ::HOP]
    tapered = windows * np.hanning(WINDOW).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(tapered) / (WINDOW / 4))).astype(np.float32)
    edges = np.round(np.geomspace(_LOWEST, _HIGHEST, BANDS + 1) / RATE * WINDOW).astype(int)
    sums = np.add.reduceat(power, edges, axis=2)[..., :BANDS].transpose(1, 0, 2)
    return np.asarray(np.maximum(10 * np.log10(np.maximum(sums, 1e-12)), SILENCE), np.float32)


def holds_sound(keeper: Sound, member: Sound, offset_s: float) -> bool:
    """Tell whether all that is heard in a track is heard in that of a keeper, where it begins `offset_s` later.

    Two channels are not in one of them, nor in one mixed from both, unless they are much alike.
    """
    start = round(offset_s / STEP_S) + member.first - keeper.first
    own, other = keeper.levels, member.levels
    if not _is_wide(other):
        sides = [_MIX, _LEFT, _RIGHT] if _is_wide(own) else [_MIX]
        return any(_agree(own[:, side], other[:, _MIX], start) for side in sides)
    return _is_wide(own) and all(_agree(own[:, side], other[:, side], start) for side in (_LEFT, _RIGHT))


def _is_wide(levels: Levels) -> bool:
    """Tell whether something else is heard on the left than on the right."""
    return any(
        worst > _LARGEST_OF_SIDES
        for worst in _measure_pieces(levels[:, _LEFT], levels[:, _RIGHT], _find_floor(levels[:, _MIX]))
    )


def _agree(keeper: Levels, member: Levels, start: int) -> bool:
    """Tell whether (samples, BANDS) of a keeper from `start` on sound as those of a member."""
    start += _find_shift(keeper, member, start)
    before, length = max(-start, 0), min(len(member), len(keeper) - start)
    outside = (member[: max(before - _OVERHANG, 0)], member[max(length, 0) + _OVERHANG :])
    if any((part > SILENCE).any() for part in outside):
        return False
    one, other = keeper[start + before : start + length], member[before:length]
    if not len(other):
        return True
    floor = _find_floor(member)
    told = np.minimum(one, other) > floor
    gain = float(np.median((one - other)[told])) if told.any() else 0.0
    if not _SOFTER <= gain <= _LOUDER:
        return False
    floor += max(gain, 0.0)
    return all(worst <= _LARGEST_DIFFERENCE for worst in _measure_pieces(one, other + np.float32(gain), floor))


def _find_floor(levels: Levels) -> float:
    loudest = float(np.percentile(levels.max(axis=1), 95)) if len(levels) else SILENCE
    return min(max(loudest - _RANGE, SILENCE), _LOUDEST_FLOOR)


def _find_shift(keeper: Levels, member: Levels, start: int) -> int:
    """Return by how many samples more the member has to be moved to agree best."""
    chosen = np.linspace(0, len(member) - 1, min(len(member), _TOLD)).astype(int)
    best, least = 0, np.inf
    for shift in sorted(range(-_SHIFTS, _SHIFTS + 1), key=abs):
        places = chosen + start + shift
        inside = (places >= 0) & (places < len(keeper))
        if 2 * np.count_nonzero(inside) < len(chosen):
            continue
        difference = keeper[places[inside]] - member[chosen[inside]]
        spread = float(np.abs(difference - np.median(difference)).mean())
        if spread < least - 1e-6:
            best, least = shift, spread
    return best


def _measure_pieces(one: Levels, other: Levels, floor: float) -> Iterator[float]:
    """Yield for some pieces at a time by how many decibels their worst band differs, (samples, BANDS) each."""
    for begin in range(0, len(one), _PIECE * 256):
        part, against = (np.maximum(levels[begin : begin + _PIECE * 256], floor) for levels in (one, other))
        loud = np.maximum(part, against)
        heard = (loud > floor) & (loud > loud.max(axis=1, keepdims=True) - _BESIDE)
        difference = np.where(heard, np.maximum(_exceed(part, against), _exceed(against, part)), 0)
        places = np.arange(max(len(part) // _PIECE, 1)) * _PIECE
        lengths = np.diff([*places, len(part)])[:, None]
        yield float((np.add.reduceat(difference, places) / np.maximum(lengths, _PIECE // 2)).max())


def _exceed(ranged: Levels, levels: Levels) -> Levels:
    """Return by how much each sample lies beyond what is within one sample of it in the other."""
    padded = np.pad(ranged, ((1, 1), (0, 0)), "edge")
    around = np.stack([padded[:-2], padded[1:-1], padded[2:]])
    return np.asarray(np.maximum(np.maximum(levels - around.max(axis=0), around.min(axis=0) - levels), 0), np.float32)
