"""Who is there in which frames: the casts of the scenes. Everything follows from the random generator."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from numpy.random import Generator

from benchmarks.scenes.deck import BAY_WIDTH, Deck
from benchmarks.scenes.luggage import SIZES
from benchmarks.scenes.timetable import COATS, PAINTS, TROUSERS, Appearance, Timetable
from benchmarks.scenes.vehicles import MODELS

Cast = tuple[Appearance, ...]
Range = tuple[float, float]
BAY_MIDDLE: Final = 8.95
"""Metres from the camera's wall."""
AISLE: Final = 4.6


def draw(rng: Generator, span: Range) -> float:
    """A number of the range, to the hundredth."""
    return span[0] + (span[1] - span[0]) * int(rng.integers(0, 101)) / 100


def draw_traffic(deck: Deck, rng: Generator, frames: int, activity: float = 0.5) -> Cast:
    """Cars that come, park and go, and persons that cross: the timetable of the sample frames."""
    return Timetable(deck, rng, frames, activity).draw()


def draw_stays(rng: Generator, frames: int, absent: tuple[int, int], present: tuple[int, int]) -> Iterator[range]:
    """Stretches of frames in which somebody is there, with pauses between; both lengths within their bounds."""
    start = int(rng.integers(1, absent[1] + 1))
    while start < frames:
        stay = range(start, min(start + int(rng.integers(present[0], present[1] + 1)), frames))
        yield stay
        start = stay.stop + int(rng.integers(absent[0], absent[1] + 1))


def draw_walkers(
    rng: Generator, frames: int, across: Range, away: Range, absent: tuple[int, int] = (3, 9), crowd: int = 1
) -> Cast:
    """Persons that walk through the view, one after the other, up to `crowd` at once.

    `across` and `away` are the metres to the side and from the camera's wall between which they walk.
    """
    ids = count(1)
    cast: list[Appearance] = []
    for stay in draw_stays(rng, frames, absent, (3, 8)):
        for _ in range(1 + int(rng.integers(0, crowd))):
            cast += walk(rng, next(ids), stay, across, away)
    return tuple(cast)


def walk(rng: Generator, number: int, stay: range, across: Range, away: Range) -> list[Appearance]:
    """One person on its way; now and then it stands still for a frame."""
    clothes = (COATS[int(rng.integers(0, len(COATS)))], TROUSERS[int(rng.integers(0, len(TROUSERS)))])
    way = 1.0 if rng.integers(0, 2) else -1.0
    x, y = draw(rng, across), draw(rng, away)
    stride, steps = 0.0, []
    for frame in stay:
        steps.append(Appearance(number, "person", "walker", clothes, frame, frame, x, y, (way, 0.0), stride=stride))
        if rng.integers(0, 4):
            x, stride = x + way * draw(rng, (0.3, 0.9)), int(rng.integers(-10, 11)) / 10
            y = min(max(y + draw(rng, (-0.2, 0.2)), away[0]), away[1])
        if not across[0] <= x <= across[1]:
            way = -way
            x = min(max(x, across[0]), across[1])
    return steps


def draw_luggage(rng: Generator, frames: int, across: Range, away: Range) -> Cast:
    """Cases, crates and sacks that somebody puts down, and that somebody takes away some frames later."""
    ids = count(1)
    cast: list[Appearance] = []
    for stay in draw_stays(rng, frames, (2, 5), (4, 12)):
        for _ in range(1 + int(rng.integers(0, 2))):
            model = tuple(SIZES)[int(rng.integers(0, len(SIZES)))]
            colours = (PAINTS[int(rng.integers(0, len(PAINTS)))], TROUSERS[int(rng.integers(0, len(TROUSERS)))])
            x, y = draw(rng, across), draw(rng, away)
            heading = ((1.0, 0.0), (0.8, 0.6), (0.6, 0.8))[int(rng.integers(0, 3))]
            number, last = next(ids), stay.stop - 1
            cast.append(Appearance(number, "luggage", model, colours, stay.start, last, x, y, heading))
            if rng.integers(0, 2):
                near = (x - 0.8, x + 0.8)
                cast += walk(rng, next(ids), range(stay.start, stay.start + 1), near, (y, y + 0.5))
    return tuple(cast)


def draw_creeper(rng: Generator, frames: int, across: Range) -> Cast:
    """Cars that creep along the aisle, a few centimetres from frame to frame."""
    ids = count(1)
    cast: list[Appearance] = []
    for stay in draw_stays(rng, frames, (4, 7), (16, 26)):
        car = draw_car(rng, next(ids))
        way = 1.0 if rng.integers(0, 2) else -1.0
        x, pace = across[0 if way > 0 else 1], draw(rng, (0.04, 0.11))
        for frame in stay:
            cast.append(replace(car, first=frame, last=frame, x=x, y=AISLE, heading=(way, 0.0), driving=True))
            x += way * pace
    return tuple(cast)


def draw_visitors(rng: Generator, frames: int, bays: Sequence[int]) -> Cast:
    """The same few cars, each of which comes back to its own bay again and again, to the centimetre."""
    cast: list[Appearance] = []
    for number, bay in enumerate(bays, 1):
        car = draw_car(rng, number)
        x, y = (bay + 0.5) * BAY_WIDTH, BAY_MIDDLE + draw(rng, (-0.15, 0.15))
        for stay in draw_stays(rng, frames, (4, 12), (4, 14)):
            cast.append(replace(car, first=stay.start, last=stay.stop - 1, x=x, y=y, heading=(0.0, -1.0)))
    return tuple(cast)


def draw_parked(rng: Generator, frames: int, bays: Sequence[int]) -> Cast:
    """Cars that stand there all the time."""
    return tuple(
        replace(draw_car(rng, number), last=frames - 1, x=(bay + 0.5) * BAY_WIDTH, y=BAY_MIDDLE, heading=(0.0, 1.0))
        for number, bay in enumerate(bays, 1)
    )


def draw_car(rng: Generator, number: int) -> Appearance:
    """A car of some model and paint, not yet anywhere."""
    model = tuple(MODELS)[int(rng.integers(0, len(MODELS)))]
    paint = PAINTS[int(rng.integers(0, len(PAINTS)))]
    return Appearance(number, "car", model, (paint,), 0, 0, 0.0, 0.0, (1.0, 0.0))
