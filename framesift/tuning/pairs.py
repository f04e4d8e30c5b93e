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

    @property
    def verdicts(self) -> Verdicts:
        """Whether each plausible setting finds something new."""
        return np.asarray(self.chances > 0.5, np.bool_)

    @property
    def kind(self) -> bytes:
        """The same for all pairs about which each setting says the same."""
        return self.verdicts.tobytes()


@dataclass(slots=True)
class Group:
    """Pairs about which each setting says the same."""

    verdicts: Verdicts
    frames: NDArray[np.int64]
    """How many frames each plausible setting decides by them."""
    met: int = 0
    examples: list[Question] = field(default_factory=list)
    """Some of the pairs, each as likely as any other."""

    @property
    def kind(self) -> bytes:
        """As that of a question."""
        return self.verdicts.tobytes()

    @property
    def chances(self) -> NDArray[np.float64]:
        """Those of a question about such a pair, on the whole."""
        return np.asarray(np.mean([example.chances for example in self.examples], axis=0), np.float64)


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

    def add(self, question: Question, deciding: Verdicts) -> None:
        """Take in a pair by which some plausible settings decide. Reservoir sampling, as in `audit.draw`."""
        verdicts = question.verdicts
        if verdicts.all() or not verdicts.any():
            return
        group = self._groups.setdefault(question.kind, Group(verdicts, np.zeros(len(verdicts), np.int64)))
        group.met += 1
        group.frames += deciding
        if len(group.examples) < EXAMPLES:
            group.examples.append(question)
        elif (place := self._chance.randrange(group.met)) < EXAMPLES:
            group.examples[place] = question
        if len(self._groups) > 2 * MOST_GROUPS:
            self._thin()

    def _thin(self) -> None:
        """Keep the groups about which the settings disagree most, by the weight that they have without answers.

        A group counts as many times as it was met.
        """
        agreed = {key: abs(float(self._prior @ group.verdicts) - 0.5) for key, group in self._groups.items()}
        kept = set(sorted(agreed, key=lambda key: (agreed[key] - 0.5) * self._groups[key].met)[:MOST_GROUPS])
        self._groups = {key: group for key, group in self._groups.items() if key in kept}
