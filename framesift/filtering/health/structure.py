"""What of the structure of a scene a frame shows: in which directions its grey levels rise, whatever the light.

Each gradient is squared as a complex number, so that its direction tells an edge and not which side of it is brighter,
and shortened as in `comparators.structure`, so that a steep edge counts as much as one of half its height. The mean of
many such fields is what stands still: noise, leaves and passers-by have all directions in turn.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging_interview import Image

Values = NDArray[np.float32]
Field = NDArray[np.complex64]
"""(height, width): squared, shortened gradients; at most 1 long."""
EDGE, LEAST_EDGE = 3.0, 24.0
"""Mean gradients, and sums of a 3x3 Sobel kernel: what is so steep is an edge."""
_FARTHEST = 4
"""A shift is looked for up to this part of the width and of the height."""


class Structure(NamedTuple):
    """Of one picture."""

    field: Field
    steepness: Values
    """The squares of the gradients, (height, width)."""
    steps: Values
    """The mean squares of the steps from each row of the picture to the next, (height - 1,)."""

    def shift_back(self, shift: "Shift") -> "Structure":
        """Return it as it would be seen had the camera not been shaken; the steps stay those of the picture."""
        back = -shift.down, -shift.right
        return Structure(np.roll(self.field, back, (0, 1)), np.roll(self.steepness, back, (0, 1)), self.steps)


class Shift(NamedTuple):
    """By how many px a scene has moved to the right and down, and how much of its structure is found there."""

    right: int
    down: int
    agreement: float
    length: float
    """px: of one that was tilted too the mean way of its quarters."""


def find_structure(picture: Image) -> Structure:
    """Return the structure of a grey picture, (height, width) uint8."""
    across, down = (gradient.astype(np.float32) for gradient in cv2.spatialGradient(picture))
    across_squared, down_squared = across * across, down * down
    steepness = across_squared + down_squared
    edge = max(LEAST_EDGE, EDGE * float(np.sqrt(steepness).mean()))
    scale = 1 / (steepness + np.float32(edge * edge))
    across_squared -= down_squared  # in place: 50 kB each, and the cache is full of the picture
    across *= 2 * down
    field = cv2.merge([across_squared * scale, across * scale]).view(np.complex64)[..., 0]
    return Structure(field, steepness, _measure_steps(picture))


def overlay(field: Field, background: Field) -> Values:
    """Return at each px how much of the background a field shows."""
    products = field.view(np.float32) * background.view(np.float32)
    return products[:, ::2] + products[:, 1::2]  # of the real parts and of the imaginary ones


def _measure_steps(picture: Image) -> Values:
    levels = picture.astype(np.float32)
    steps = levels[1:] - levels[:-1]
    return np.asarray(np.einsum("ij,ij->i", steps, steps) / np.float32(picture.shape[1]), np.float32)


def find_shift(field: Field, background: Field) -> Shift:
    """Return where most of the background is found in a field, by correlating them at all shifts.

    A correlation by way of the frequencies, as Kuglin and Hines (1975) register pictures by phase: here the fields have
    hardly a length besides their phase.
    """
    height, width = field.shape
    correlation = np.fft.ifft2(np.fft.fft2(field) * np.conj(np.fft.fft2(background))).real
    down, right = height // _FARTHEST, width // _FARTHEST
    near = np.roll(correlation, (down, right), (0, 1))[: 2 * down + 1, : 2 * right + 1]
    y, x = np.unravel_index(int(near.argmax()), near.shape)
    return measure_shift(field, background, int(x) - right, int(y) - down)


def measure_shift(field: Field, background: Field, right: int, down: int) -> Shift:
    """Return how much of the background is found so many px to the right and down, of what is seen of it there."""
    height, width = field.shape
    there = field[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)]
    here = background[max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)]
    whole = float((np.abs(here) ** 2).sum())
    agreement = float(overlay(there, here).sum()) / whole if whole > 0 else 0.0
    return Shift(right, down, agreement, float(np.hypot(right, down)))


def find_tilt(field: Field, background: Field, angles: Sequence[float]) -> Shift:
    """Return where most of the background is found once it is turned by one of some angles, in degrees."""
    height, width = field.shape
    best = None
    for angle in angles:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        both = (np.ascontiguousarray(part) for part in (background.real, background.imag))
        parts = [np.asarray(cv2.warpAffine(part, turn, (width, height)), np.float32) for part in both]
        turned = (parts[0] + 1j * parts[1]) * np.exp(-2j * np.deg2rad(angle))
        shift = find_shift(field, turned.astype(np.complex64))
        if best is None or shift.agreement > best.agreement:
            way = np.hypot(2 * np.sin(np.deg2rad(abs(angle)) / 2) * np.hypot(width, height) / 4, shift.length)
            best = shift._replace(length=float(way))
    assert best is not None
    return best
