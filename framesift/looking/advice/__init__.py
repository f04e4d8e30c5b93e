"""What keeps the number of kept frames high, and what would help: each measured on some of the frames of a run."""

from framesift.looking.advice.measuring import BusyPart, CameraAdvice, advise, use_tolerance
from framesift.looking.advice.stretches import LENGTH, STRETCHES, choose_stretches, count_steps

__all__ = [
    "LENGTH",
    "STRETCHES",
    "BusyPart",
    "CameraAdvice",
    "advise",
    "choose_stretches",
    "count_steps",
    "use_tolerance",
]
