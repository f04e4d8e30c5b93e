"""The eight ways in which a picture can lie: as it is or mirrored, and then turned by quarters."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.comparator import Comparator

Level = TypeVar("Level", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Turn:
    """How one picture lies beside another."""

    degrees: int = 0
    """Clockwise: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Left for right, before it is turned."""

    def apply(self, picture: NDArray[Level]) -> NDArray[Level]:
        """Return a picture, (height, width) or (height, width, channels), as it lies then."""
        seen = picture[:, ::-1] if self.mirrored else picture
        return np.ascontiguousarray(np.rot90(seen, -(self.degrees // 90)))

    def __str__(self) -> str:
        turned = f"turned by {self.degrees} degrees" if self.degrees else ""
        return " and ".join(filter(None, ["mirrored" if self.mirrored else "", turned])) or "as it is"


TURNS = tuple(Turn(degrees, mirrored) for mirrored in (False, True) for degrees in (0, 90, 180, 270))
AS_IT_IS = TURNS[0]


@dataclass(frozen=True, slots=True)
class AllTurns:
    """Compares as another comparator does, and finds the same picture however it lies."""

    comparator: Comparator

    def describe(self, image: NDArray[np.uint8]) -> NDArray[Any]:
        """Return the descriptors, (8, ...), in the order of `TURNS`."""
        return np.stack([self.comparator.describe(turn.apply(image)) for turn in TURNS])

    def score(self, reference: NDArray[Any], candidate: NDArray[Any]) -> float:
        """Return the least score of any orientation."""
        return min(self.comparator.score(each, candidate[0]) for each in reference)
