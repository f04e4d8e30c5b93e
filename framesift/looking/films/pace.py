"""How long each picture of a film is shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from framesift.errors import UsageError

LEAST_MS = 40
"""A picture that is shown for less is not seen."""
_MOST_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """As long for each picture, or in proportion to what it stands for."""

    seconds_each: float = 0.5
    length: float | None = None
    """s of the whole film, in which each picture has its share; None: each has `seconds_each`."""

    def __post_init__(self) -> None:
        for value, option in ((self.seconds_each, "--seconds-each"), (self.length, "--length")):
            if value is not None and not LEAST_MS <= value * 1000 <= _MOST_MS:
                raise UsageError(f"{option} takes {LEAST_MS / 1000:g} s to a day, not {value:g} s")

    def share_out(self, spans: Sequence[float]) -> list[int]:
        """Return for how many ms each picture is shown that stands for so long, in s or in frames.

        Raises UsageError where that would be too short to be seen.
        """
        if self.length is None:
            return [round(self.seconds_each * 1000)] * len(spans)
        total = round(self.length * 1000)
        spare = total - LEAST_MS * len(spans)
        if spare < 0:
            least = math.ceil(LEAST_MS * len(spans) / 1000)
            raise UsageError(
                f"{len(spans)} kept frames are not seen in {self.length:g} s: --length {least}s is the least"
            )
        whole = math.fsum(spans)
        weights = [span / whole for span in spans] if whole else [1 / len(spans)] * len(spans)
        ends = _add_up(weights, spare)
        return [LEAST_MS + end - start for start, end in zip([0, *ends], ends, strict=False)]


def _add_up(weights: Sequence[float], whole: int) -> list[int]:
    """Return where each share ends."""
    ends, reached = [], 0.0
    for weight in weights:
        reached += weight
        ends.append(round(whole * min(reached, 1.0)))
    return [*ends[:-1], whole]
