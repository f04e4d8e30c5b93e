"""Which dropped frames are looked at."""

import random
from dataclasses import dataclass

from framesift.errors import UsageError
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """Dropped frames, each as likely as any other."""

    decisions: list[Decision]
    """In random order, so that the first of them are a sample too."""
    population: int
    """The number of dropped frames they were drawn from."""


def draw_sample(record: Record, number: int, seed: int) -> Sample:
    """Draw `number` dropped frames without replacement, or all if there are fewer. Memory: those drawn.

    Reservoir sampling, algorithm R: Vitter, ACM Trans. Math. Softw. 11 (1985). Raises UsageError where none is dropped.
    """
    chance = random.Random(seed)
    drawn: list[Decision] = []
    population = 0
    for decision in record.decisions():
        if decision.verdict is not Verdict.DROP:
            continue
        population += 1
        if len(drawn) < number:
            drawn.append(decision)
        elif (place := chance.randrange(population)) < number:
            drawn[place] = decision
    if not drawn:
        raise UsageError("no frame was dropped, so none can be lost", record.folder)
    chance.shuffle(drawn)
    return Sample(drawn, population)
