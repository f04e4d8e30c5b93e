"""What comparing two frames shows, for those who want to see it and not only its score."""

from dataclasses import dataclass
from enum import StrEnum

from imaging_interview import Contour, Image


class Bearing(StrEnum):
    """What a changed region does to the score."""

    COUNTED = "counted"
    SMALL = "small"
    """Smaller than `min_contour_area`."""
    LIGHT = "light"
    """Brighter or darker, but with the same structure as before: a change of light alone."""


@dataclass(frozen=True, slots=True)
class Region:
    """One region that changed."""

    contour: Contour
    """(n, 1, 2) int32 of x, y, in px of the compared size."""
    area: float
    """px of the compared size."""
    bearing: Bearing


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two frames compared; pictures are (height, width) uint8 of the compared size."""

    score: float
    """px of the compared size: the sum of the areas that count."""
    regions: tuple[Region, ...]
    """Every region that changed, also what does not count."""
    difference: Image
    """By how many grey levels the two differ, as far as it is looked at."""
    threshold: Image
    """255 where the two differ enough, grown as for the score."""
    level: int
    """A pixel has changed when it differs by more than so many of 255 grey levels."""
    grown: int
    """By how many px the changed pixels have been grown."""
    min_contour_area: float
    """px of the compared size."""
