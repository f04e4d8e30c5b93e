"""What a budget asks of a frame: less, the more frames the last kept one stands for already.

So a small change that lasts is shown as well as a large one that passes, and a camera on which the same comes and goes
spends its budget over all of its time. Numbers only: a descriptor is the place of a frame among those of its camera.
"""

from array import array
from dataclasses import dataclass, field, replace
from fractions import Fraction

from framesift.comparators.thresholds import Threshold
from framesift.filtering.selection import Decision, Observation, References, Rule, Weight


@dataclass(frozen=True, slots=True)
class Weighing(Rule[int]):
    """The rule of a camera within a budget. `threshold` says what a score has to be above in any case, in px."""

    areas: "array[int]" = field(default_factory=lambda: array("q"))
    """px compared, of each frame."""
    asked: Threshold | None = None
    """The threshold that is divided by the number of frames since the last kept one; None: none."""

    def decide(self, seen: Observation[int], references: References[int]) -> Decision:
        """Decide a whole frame; the decision says by what, where a threshold is asked for."""
        decision = Rule.decide(self, seen, references)
        if self.asked is None or seen.descriptor is None:
            return decision
        frames = count_frames(seen.descriptor, references) if references else 0
        return replace(decision, weight=Weight(self.asked, frames))

    def limit(self, candidate: int, references: References[int]) -> float:
        """Return what the score of a candidate has to be above, in px."""
        least = self.threshold(candidate)
        if self.asked is None:
            return least
        weight = Weight(self.asked, count_frames(candidate, references))
        return max(least, weight.limit.px(self.areas[candidate]))

    def weigh(self, score: float, candidate: int, references: References[int]) -> Fraction:
        """Return, in percent, the lowest threshold that finds a candidate with this score nothing new; 0: any does."""
        if score <= self.threshold(candidate):
            return Fraction(0)
        return Fraction(score) * 100 * count_frames(candidate, references) / max(self.areas[candidate], 1)


def count_frames(candidate: int, references: References[int]) -> int:
    """Return how many frames there are since the last kept one, the candidate included."""
    return candidate - references[-1].descriptor
