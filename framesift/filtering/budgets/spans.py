"""A walk with all thresholds at once: those that hold the same references share one comparison.

Each chain of a camera has its thresholds in spans, and those of a span have decided alike so far. What a frame's score
weighs cuts a span in two: below it the frame is new. Thresholds lie a few percent apart, so that there are only so many
however long a walk is. Like `selection` this knows numbers only: a descriptor is one.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from framesift.filtering.budgets.staircase import Staircase, round_up
from framesift.filtering.budgets.weighing import Weighing
from framesift.filtering.selection import Decision, Observation, References, Verdict

Known = Mapping[Hashable, References[int]]


@dataclass(slots=True)
class Span:
    """The thresholds from `start` on, up to the next span, and what they compare with."""

    start: Fraction
    references: References[int]


class Spans:
    """The spans of one camera. `known` are the references of each chain to go on from."""

    def __init__(self, rule: Weighing, staircase: Staircase, known: Known) -> None:
        self._rule, self._staircase, self._known = rule, staircase, known
        self._new = replace(rule, threshold=lambda _: -1.0)
        self._chains: dict[Hashable, list[Span]] = {}

    def references(self, chain: Hashable) -> list[int]:
        """Return what the next frame of a chain is compared with, by all thresholds that may still be chosen."""
        found = dict.fromkeys(each.descriptor for span in self._spans(chain) for each in span.references)
        return list(found)

    def held(self) -> set[int]:
        """Return what any chain compares with."""
        return {number for chain in {*self._known, *self._chains} for number in self.references(chain)}

    def step(self, seen: Observation[int]) -> None:
        """Decide a whole frame by every threshold, and count those that keep it."""
        spans = self._spans(seen.chain)
        ends = [*(span.start for span in spans[1:]), None] if spans else []
        after: list[Span] = []
        for span, end in zip(spans, ends, strict=True):
            for start, stop, decision in self._decide(seen, span, end):
                if decision.verdict is Verdict.KEEP:
                    self._staircase.count(start, stop)
                references = self._rule.follow(span.references, seen, decision)
                if not after or _numbers(after[-1].references) != _numbers(references):
                    after.append(Span(start, references))
        self._chains[seen.chain] = after

    def _spans(self, chain: Hashable) -> list[Span]:
        """Return the spans of a chain, without the thresholds that keep too much."""
        lowest = self._staircase.lowest
        if lowest is None:
            return []
        if chain not in self._chains:
            self._chains[chain] = [Span(lowest, self._known.get(chain, ()))]
        spans = self._chains[chain]
        passed = sum(span.start <= lowest for span in spans) - 1
        if passed > 0:
            del spans[:passed]
        spans[0].start = max(spans[0].start, lowest)
        return spans

    def _decide(
        self, seen: Observation[int], span: Span, end: Fraction | None
    ) -> Iterator[tuple[Fraction, Fraction | None, Decision]]:
        """Yield the one or two parts of a span that decide alike: from where, up to where, and what."""
        assert seen.descriptor is not None
        if not span.references:
            yield span.start, end, self._new.decide(seen, span.references)
            return
        score, _ = self._rule.find_nearest(seen.descriptor, span.references)
        at = round_up(self._rule.weigh(score, seen.descriptor, span.references))
        if at > span.start:
            yield span.start, at if end is None else min(at, end), self._new.decide(seen, span.references)
        if end is None or at < end:
            same = replace(self._rule, threshold=lambda _: score).decide(seen, span.references)
            yield max(at, span.start), end, same


def _numbers(references: References[int]) -> tuple[tuple[int, bool], ...]:
    return tuple((each.descriptor, each.kept) for each in references)
