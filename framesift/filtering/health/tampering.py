"""What a frame says against the background of its camera: covered, blinded, moved, defocused, or nothing.

A background of edges that adapts, and what becomes of its gradients: as Ribnick, Atev, Masoud, Papanikolopoulos and
Voyles (2006), "Real-time detection of camera tampering", and Saglam and Temizel (2009), "Real-time adaptive camera
tamper detection for video surveillance", tell a covered, a moved and a defocused camera. Light changes how steep edges
are and not where; so what is asked first is whether they are where they were.
"""

from typing import NamedTuple

from framesift.filtering.health.background import Background, Comparison
from framesift.filtering.health.fault import FaultKind
from framesift.filtering.health.structure import Field, Shift, Structure, find_shift, find_tilt, measure_shift
from framesift.filtering.health.vitals import Vitals

BLINDED, MOSTLY_KEPT = 0.25, 0.75
"""So much more of the picture than usual is white, and no more of its structure is kept."""
FLOODED = 0.5
"""So much more of it is white, whatever edges are left between."""
COVERED, HARDLY_KEPT = 0.45, 0.25
"""In so much of the picture hardly a gradient is left, and no more of its structure is kept."""
DOUBTED = 0.6
"""Of the structure: where less is found, it is looked for elsewhere."""
FOUND, GAIN = 0.45, 0.25
"""Of the structure: so much is found elsewhere, and so much more than in its place."""
LEAST_SHIFT = 1.5
"""px of the picture that is looked at."""
LOST = 0.2
"""Of the structure: where less is found although there is some, the camera looks elsewhere."""
DEFOCUSED, UNEVEN = -0.4, 3.0
"""Doublings of the details against the coarse structure, and of that itself from one half of the picture to the other:
another light changes it here in this way and there in that."""
THERE = 0.35
"""Of the structure: where so much is found it is the same scene."""
SHAKEN = 4.0
"""px: so far the wind may shake a camera."""
TILTED = 0.4
"""Of the structure: where less is found, the camera may have been tilted."""
TILTS = -12.0, -9.0, -6.0, -3.0, 3.0, 6.0, 9.0, 12.0
"""Degrees."""


class Sign(NamedTuple):
    """What is wrong with a frame."""

    kind: FaultKind
    amount: float | None
    shift: Shift | None = None


def find_sign(
    vitals: Vitals, structure: Structure, background: Background, compared: Comparison, shift: Shift | None
) -> Sign | None:
    """Return what is wrong with a frame; None where nothing is, or nobody can say. `shift` is how it has moved."""
    whiter = vitals.white - background.white
    if whiter > FLOODED or (whiter > BLINDED and compared.kept < MOSTLY_KEPT):
        return Sign(FaultKind.BLINDED, vitals.white)
    if compared.low > COVERED and compared.kept < HARDLY_KEPT:
        return Sign(FaultKind.COVERED, 1 - compared.kept)
    is_there = compared.agreement > THERE and (shift is None or is_shake(shift))
    if compared.sharpness < DEFOCUSED and is_there and background.measure_unevenness(structure) < UNEVEN:
        return Sign(FaultKind.DEFOCUSED, 1 - 2.0 ** (compared.sharpness / 2))
    if shift is not None:
        return Sign(FaultKind.MOVED, shift.length * vitals.scale, shift)
    return Sign(FaultKind.MOVED, None) if compared.agreement < LOST else None


def is_shake(shift: Shift) -> bool:
    """Tell whether the wind may have moved a camera so far."""
    return shift.length <= SHAKEN


def find_movement(field: Field, background: Field) -> Shift | None:
    """Return by how much the scene has moved, or was tilted; None where it has not."""
    still = measure_shift(field, background, 0, 0)
    shift = find_shift(field, background)
    if not _is_movement(shift, still) and still.agreement < TILTED:
        shift = find_tilt(field, background, TILTS)
    return shift if _is_movement(shift, still) else None


def _is_movement(shift: Shift, still: Shift) -> bool:
    return shift.length >= LEAST_SHIFT and shift.agreement > max(FOUND, still.agreement + GAIN)
