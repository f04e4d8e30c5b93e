"""How the grey levels of a frame lie: what tells people that too little could be seen of it."""

from dataclasses import dataclass

from framesift.filtering.health.vitals import Vitals
from framesift.frames.levels import Levels


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is noted of one whole frame beside its descriptor."""

    levels: Levels | None = None
    """The range in which its 16 bits were read; None for 8."""
    beyond: bool = False
    """Whether most of it lies beyond that range."""
    flat: bool = False
    """Whether it shows something, but in too few grey levels for a change to be seen."""
    vitals: Vitals | None = None
    """What tells whether the camera is sound; None where next to nothing is compared, or nobody needs it any more."""


USUAL = Exposure()
