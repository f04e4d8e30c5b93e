"""How near to each other, and how far apart, kept frames may be in time. Numbers only."""

from dataclasses import dataclass

from framesift.errors import UsageError
from framesift.frames.frame import Frame

LONGEST = 1e9
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Bounds on the time from one kept frame of a chain to the next, in seconds; None: none."""

    shortest: float | None = None
    """A frame that comes sooner after the last kept one is dropped, whatever it shows."""
    longest: float | None = None
    """The first frame that comes so late after the last kept one, or later, is kept, whatever it shows."""

    def is_near(self, gap: float | None) -> bool:
        """Tell whether a frame comes too soon after the last kept one. Of an unknown gap nothing is said."""
        return self.shortest is not None and gap is not None and 0 <= gap < self.shortest

    def is_due(self, gap: float | None) -> bool:
        """Tell whether it is time for a frame."""
        return self.longest is not None and gap is not None and gap >= self.longest


ANY_SPACING = Spacing()


def check_spacing(shortest: float | None, longest: float | None) -> None:
    """Raise UsageError for times, in seconds, that cannot be."""
    for flag, seconds in (("--at-most", shortest), ("--at-least", longest)):
        if seconds is not None and not 0.001 <= seconds <= LONGEST:
            raise UsageError(f"{flag} takes a time from 1ms to {LONGEST:.0f}s")
    if shortest is not None and longest is not None and shortest > longest:
        apart, at_least = describe_time(shortest), describe_time(longest)
        raise UsageError(f"--at-most wants frames {apart} apart, --at-least one in {at_least}: both cannot be")


def moment_of(frame: Frame) -> float | None:
    """Return when a frame was taken, in seconds: of a film without a time, from its beginning on."""
    return frame.offset if frame.time is None else frame.time.timestamp()


def measure_gap(before: float | None, moment: float | None) -> float | None:
    """Return the seconds from one moment to another; None where one of them is not known."""
    return None if before is None or moment is None else moment - before


def describe_time(seconds: float) -> str:
    """Write `10 min`, in the largest unit that needs no fraction: of what is shorter than a second, ms."""
    milliseconds = round(seconds * 1000)
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % length == 0:
            return f"{milliseconds // length} {unit}"
    return f"{milliseconds / 1000:g} s"
