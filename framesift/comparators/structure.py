"""The structure of a picture: in which direction its grey levels rise, and hardly how steeply.

Light changes how bright a place is, and an object what edges it has. So gradients are compared, each divided by its own
length: n = g / sqrt(|g|^2 + edge^2), the normalised gradient field of Haber and Modersitzki (2006), "Intensity gradient
based registration and fusion of multi-modal images". What is steeper than `edge` is nearly of length 1 however steep it
is, what is flatter is noise and counts little.

Sobel gradients are whole numbers, and what follows are single operations that IEEE 754 rounds exactly: every machine
finds the same field.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imaging_interview import Image

EDGE = 4
"""Mean gradients: what is so many times as steep as the picture on the whole is an edge. In glaring sun, where hard
shadows wander, an edge has to be steeper than in fog or by night."""
LEAST_EDGE, HIGHEST_EDGE = 30.0, 160.0
"""Sums of a 3x3 Sobel kernel, 4 and 20 grey levels a px: the first is steeper than noise; beyond the second, in frames
that are full of edges, something dark on a dark ground would be none."""
UNIT = 127
"""A component of length 1; 0 is stored as 128."""
ROUNDING = 1.0
"""Units by which a level may be above the difference of what is not rounded where the difference is above the level: of
the components sqrt(2), half a one less as the length is at least that much above it, and some for float32."""
NEIGHBOURHOOD = np.ones((9, 9), np.uint8)
"""Within which a gradient may be found in the other frame: what moves less than 4 px has not changed."""
LONGEST = math.sqrt(80)
"""A gradient where no px is farther from 0 than 1, to either side: what was tried of all 512 such squares of 9 px."""
SHARES = 8 + 4 * math.sqrt(2)
"""What a px of 1 adds to the lengths of the gradients around it at most: 2 or sqrt(2) to each."""

Box = tuple[slice, slice]
"""Rows and columns of a picture."""


@dataclass(frozen=True, slots=True)
class Gradients:
    """Of one picture; all (height, width)."""

    image: Image
    """The picture itself."""
    across: NDArray[np.int16]
    """To the right, in sums of the Sobel kernel."""
    down: NDArray[np.int16]
    steepness: NDArray[np.float32]
    """Their squared lengths: whole numbers below 2**22."""

    def cut(self, box: Box) -> "Gradients":
        """Return those of a part of the picture."""
        return Gradients(self.image[box], self.across[box], self.down[box], self.steepness[box])

    def measure_mean(self, looked_at: Image | None = None) -> float:
        """Return the mean length where `looked_at` is not 0, in whole numbers up to the division."""
        lengths = np.asarray(cv2.sqrt(self.steepness), np.float32)
        np.rint(lengths, out=lengths)
        if looked_at is None:
            return cv2.sumElems(lengths)[0] / max(lengths.size, 1)
        return cv2.sumElems(cv2.copyTo(lengths, looked_at))[0] / max(cv2.countNonZero(looked_at), 1)

    def normalise(self, edge: float) -> tuple[Image, Image]:
        """Return the components of the normalised field, uint8: 128 for 0, `UNIT` more for 1."""
        across, down = self.across.astype(np.float32), self.down.astype(np.float32)
        scale = self.steepness + np.float32(edge * edge)
        np.divide(np.float32(UNIT), cv2.sqrt(scale, scale), out=scale)
        return _store(np.multiply(across, scale, out=across)), _store(np.multiply(down, scale, out=down))


def find_gradients(image: Image) -> Gradients:
    """Return the gradients of a grey picture, (height, width) uint8."""
    across, down = (np.asarray(each, np.int16) for each in cv2.spatialGradient(image))
    return Gradients(image, across, down, _square(across.astype(np.float32), down.astype(np.float32)))


def find_edge(before: float, after: float) -> float:
    """Return how steep an edge has to be in two pictures, by the mean lengths of their gradients."""
    return min(max(LEAST_EDGE, EDGE * (before + after) / 2), HIGHEST_EDGE)


def bound_mean(apart: float) -> float:
    """Return how far the mean lengths of the gradients of two pictures may lie apart, by the mean of their levels.

    The gradients of two pictures differ by those of their difference; lengths are rounded.
    """
    return SHARES * apart + 1


def bound_levels(edge: float, level: int) -> int:
    """Return the levels by which two pictures differ nowhere around a px that `find_possible` leaves out."""
    return math.ceil(_bound_length(edge, level) / LONGEST) - 1


def find_possible(before: Gradients, after: Gradients, edge: float, level: int) -> NDArray[np.bool_]:
    """Return where the difference may be above `level`: it is not elsewhere, and this is found much sooner.

    The derivative of g / sqrt(|g|^2 + edge^2) is nowhere longer than 1 / edge, so that two normalised gradients are no
    farther apart than the gradients themselves divided by `edge`; and what lies beyond all gradients around it lies as
    far from the one in its own place.
    """
    return measure_apart(before, after) >= bound_apart(edge, level)


def measure_apart(before: Gradients, after: Gradients) -> NDArray[np.float32]:
    """Return the squared distances of gradients; each component that is more than 255 is taken as 255."""
    apart = np.zeros(before.image.shape, np.float32)
    for one, other in ((before.across, after.across), (before.down, after.down)):
        cv2.accumulateSquare(cv2.convertScaleAbs(cv2.subtract(one, other)), apart)
    return apart


def bound_apart(edge: float, level: int) -> np.float32:
    """Return the least squared distance of gradients with which the difference may be above `level`."""
    return np.float32(_bound_length(edge, level) ** 2)  # of far less than 255


def _bound_length(edge: float, level: int) -> float:
    return max(level - ROUNDING, 0) / UNIT * edge


def find_difference(before: Gradients, after: Gradients, edge: float, looked_at: Image | None = None) -> Image:
    """Return how far each gradient lies beyond those around it in the other picture, uint8, `UNIT` for a length of 1.

    Looked at both ways round: what disappears is seen from the frame that still has it. It is 0 where `looked_at` is,
    and nothing that lies there is a gradient around others.
    """
    pairs = zip(before.normalise(edge), after.normalise(edge), strict=True)
    length = np.zeros(before.image.shape, np.float32)
    for one, other in pairs:
        cv2.accumulateSquare(find_excess(one, other, looked_at), length)
    difference = np.asarray(cv2.convertScaleAbs(cv2.sqrt(length, length)), np.uint8)
    return difference if looked_at is None else difference & looked_at


def _square(across: NDArray[np.float32], down: NDArray[np.float32]) -> NDArray[np.float32]:
    squares = across * across
    squares += down * down
    return squares


def _store(component: NDArray[np.float32]) -> Image:
    """Return a component of the field as `UNIT` says. It is rounded before 128 is added, which would round it too."""
    return np.asarray(cv2.convertScaleAbs(np.rint(component, out=component), beta=128), np.uint8)


def find_excess(one: Image, other: Image, looked_at: Image | None = None) -> Image:
    """Return by how much each pixel lies beyond those around it in the other picture, looked at both ways round."""
    return np.asarray(cv2.max(_exceed(one, other, looked_at), _exceed(other, one, looked_at)), np.uint8)


def _exceed(ranged: Image, image: Image, looked_at: Image | None) -> Image:
    """Return by how much `image` leaves the local range of `ranged`."""
    low, high = (ranged, ranged) if looked_at is None else (ranged | ~looked_at, ranged & looked_at)
    above = cv2.subtract(image, cv2.dilate(high, NEIGHBOURHOOD))
    below = cv2.subtract(cv2.erode(low, NEIGHBOURHOOD), image)
    return np.asarray(cv2.max(above, below), np.uint8)
