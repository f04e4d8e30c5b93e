"""How good a choice of frames is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.quality.truth import Truth

FEWEST, MOST = 5, 0.9
"""Of the oracle's frames, and their share of all: elsewhere the excess says little."""


@dataclass(frozen=True)
class Quality:
    """What a choice of one camera's frames is worth."""

    frames: int
    kept: int
    missed: int
    """Frames that are not represented."""
    false_keeps: int
    oracle: int
    still: bool
    group: str = "scenes"
    """Of the camera."""

    @property
    def coverage(self) -> float:
        """Share of the frames that are represented."""
        return 1 - self.missed / self.frames

    @property
    def keep_rate(self) -> float:
        """Share of the frames that are kept."""
        return self.kept / self.frames

    @property
    def excess(self) -> float | None:
        """Kept frames for each of the oracle's; None where that says little."""
        telling = FEWEST <= self.oracle <= MOST * self.frames
        return self.kept / self.oracle if telling else None


@dataclass(frozen=True)
class Summary:
    """The means over cameras on which something moves, None where there are none; and the sums over all."""

    coverage: float | None
    keep_rate: float | None
    excess: float | None
    false_keeps: int
    still_keeps: int
    """The false keeps on cameras where nothing moves."""


def measure_quality(truth: Truth, chosen: Iterable[int]) -> Quality:
    """Measure a choice, given as indices into the frames; the first frame counts as chosen."""
    kept = {0, *chosen}
    reference, missed, false_keeps = 0, 0, 0
    for index in range(1, len(truth.frames)):
        new = truth.differ(reference, index)
        if index in kept:
            false_keeps += not new
            reference = index
        else:
            missed += new
    oracle = len(truth.follow_oracle())
    return Quality(len(truth.frames), len(kept), missed, false_keeps, oracle, truth.still, truth.group)


def summarise(qualities: Sequence[Quality]) -> Summary:
    """Every camera weighs the same."""
    moving = [quality for quality in qualities if not quality.still]
    excesses = [quality.excess for quality in moving if quality.excess is not None]
    sums = sum(q.false_keeps for q in qualities), sum(q.false_keeps for q in qualities if q.still)
    if not moving:
        return Summary(None, None, None, *sums)
    coverage, keep_rate = fmean(q.coverage for q in moving), fmean(q.keep_rate for q in moving)
    return Summary(coverage, keep_rate, fmean(excesses) if excesses else None, *sums)
