"""The pairs of frames about which plausible settings disagree: what a person can be asked about."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framesift.tuning.grid import Verdicts

MOST_GROUPS = 4096
"""So many kinds of disagreement are remembered, and twice as many for a while: memory must not grow with the frames."""
EXAMPLES = 4
"""Pairs remembered of each kind."""


class Pair(NamedTuple):
    """A frame and an earlier one of its camera that some setting compares it with."""

    camera: str
    reference: str
    path: str
    """Both relative to the input folder."""


class Answer(StrEnum):
    """Whether the second frame of a pair shows something that the first does not."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    """Says nothing."""
    NONE = ""
    """Not answered yet."""


@dataclass(frozen=True, slots=True)
class Question:
    """A pair to look at."""

    pair: Pair
    chances: NDArray[np.float64]
    """How likely the answer yes is if a setting is the right one, (plausible settings,)."""
    answer: Answer = Answer.NONE


@dataclass(slots=True)
class Group:
    """Pairs about which each setting says the same."""

    verdicts: Verdicts
    met: int = 0
    examples: list[Question] = field(default_factory=list)
    """Some of the pairs, each as likely as any other."""


class Pool:
    """The pairs met so far about which plausible settings disagree."""

    def __init__(self, prior: NDArray[np.float64]) -> None:
        self._prior = prior
        self._groups: dict[bytes, Group] = {}
        self._chance = random.Random(0)

    def __iter__(self) -> Iterator[Group]:
        """In the order in which they were met first."""
        return iter(self._groups.values())

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, question: Question) -> None:
        """Take in a pair. Reservoir sampling, as in `audit.draw`."""
        verdicts = question.chances > 0.5
        if verdicts.all() or not verdicts.any():
            return
        group = self._groups.setdefault(np.packbits(verdicts).tobytes(), Group(verdicts))
        group.met += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(question)
        elif (place := self._chance.randrange(group.met)) < EXAMPLES:
            group.examples[place] = question
        if len(self._groups) > 2 * MOST_GROUPS:
            self._thin()

    def _thin(self) -> None:
        """Keep the groups about which the settings disagree most, by the weight that they have without answers."""
        odds = {key: abs(float(self._prior @ group.verdicts) - 0.5) for key, group in self._groups.items()}
        kept = set(sorted(odds, key=odds.__getitem__)[:MOST_GROUPS])
        self._groups = {key: group for key, group in self._groups.items() if key in kept}
