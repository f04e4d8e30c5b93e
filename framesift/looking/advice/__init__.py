"""What keeps the number of kept frames high, and what would help: each measured on some of the frames of a run."""

from framesift.looking.advice.measuring import BusyPart, CameraAdvice, advise, use_tolerance
from framesift.looking.advice.stretches import LENGTH, STRETCHES, choose_stretches, count_steps
from framesift.looking.advice.wording import (
    Finding,
    describe_advice,
    describe_keeping,
    name_command,
    write_filter,
    write_mask,
)

__all__ = [
    "LENGTH",
    "STRETCHES",
    "BusyPart",
    "CameraAdvice",
    "Finding",
    "advise",
    "choose_stretches",
    "count_steps",
    "describe_advice",
    "describe_keeping",
    "name_command",
    "use_tolerance",
    "write_filter",
    "write_mask",
]
