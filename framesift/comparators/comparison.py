"""What comparing two frames shows, for those who want to see it and not only its score."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from imaging_interview import Contour, Image


class Bearing(StrEnum):
    """What a changed region does to the score."""

    COUNTED = "counted"
    SMALL = "small"
    """Smaller than `min_contour_area`."""
    LIGHT = "light"
    """Too soft a change to be more than one of light, such as the border of a shadow."""


class Region(NamedTuple):
    """One region that changed."""

    contour: Contour
    """(n, 1, 2) int32 of x, y, in px of the compared size."""
    area: float
    """px of the compared size."""
    bearing: Bearing


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two frames compared; pictures are (height, width) uint8 of the compared size."""

    difference: Image
    """How much the two differ, as far as it is looked at."""
    threshold: Image
    """255 where the two differ enough, grown as for the score."""
    regions: tuple[Region, ...]
    """Every region that changed, also what does not count."""
    score: float
    """px of the compared size: the sum of the areas that count."""
    level: str
    """A pixel has changed when it differs by more than that, in words: 45 of 255 grey levels."""
    grown: int
    """By how many px the changed pixels have been grown."""
    min_contour_area: float
    """px of the compared size."""

    @property
    def ignored(self) -> tuple[Region, ...]:
        """The regions that changed and do not count."""
        return tuple(region for region in self.regions if region.bearing is not Bearing.COUNTED)
