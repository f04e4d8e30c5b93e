"""Who is there in which frames. Everything follows from the random generator."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Final

import numpy as np
from numpy.random import Generator

from benchmarks.scenes.luggage import SIZES
from benchmarks.scenes.timetable import COATS, HEADINGS, PAINTS, TROUSERS, Appearance
from benchmarks.scenes.vehicles import MODELS
from benchmarks.stills.places import BAY, ROWS

Cast = tuple[Appearance, ...]
Times = Sequence[datetime]
Stretch = tuple[float, float]
Paints = Sequence[tuple[int, int, int]]
CROWD: Final = ((5, 0.08), (7, 0.2), (9, 0.6), (12, 0.68), (14, 0.62), (17, 0.4), (19, 0.2), (22, 0.08))
"""Hour of the day, and the share of the bays that is taken then."""
MACHINE_PAINTS: Final = ((30, 150, 205), (36, 120, 200), (60, 160, 190), (70, 74, 76))
SHEET_PAINTS: Final = ((116, 70, 40), (50, 56, 140), (66, 108, 66), (150, 152, 150), (60, 110, 160))
SITE_MODELS: Final = ("digger", "lorry", "lorry", "container", "pipes", "van", "estate")


def hour_of(time: datetime) -> float:
    """The hour of the day with its minutes."""
    return time.hour + time.minute / 60


def pick(rng: Generator, choices: Paints) -> tuple[int, int, int]:
    """One of some colours."""
    return choices[int(rng.integers(0, len(choices)))]


def draw_between(rng: Generator, stretch: Stretch) -> float:
    """A number of the stretch."""
    return stretch[0] + (stretch[1] - stretch[0]) * float(rng.random())


def make_car(rng: Generator, number: int, first: int) -> Appearance:
    """A car of some model and paint, not yet anywhere."""
    model = tuple(MODELS)[int(rng.integers(0, len(MODELS)))]
    return Appearance(number, "car", model, (pick(rng, PAINTS),), first, first, 0.0, 0.0, (1.0, 0.0))


def park(rng: Generator, car: Appearance, row: int, bay: int) -> Appearance:
    """The car in its bay, nose or tail ahead, not quite straight."""
    slant, way = float(rng.normal(0, 0.03)), 1.0 if rng.random() < 0.6 else -1.0
    length = float(np.hypot(slant, way))
    x, y = (bay + 0.5) * BAY + float(rng.normal(0, 0.12)), ROWS[row] + float(rng.normal(0, 0.2))
    return replace(car, x=x, y=y, heading=(slant / length, way / length))


def draw_parking(rng: Generator, times: Times, rows: Sequence[int] = (0, 1, 2, 3), busy: float = 0.5) -> Cast:
    """Cars that come, stay for hours and leave; some that stay for days; now and then one on its way, or somebody.

    `busy` is how much of the gap between the cars that are there and those of the hour is filled from frame to frame.
    """
    ids = count(1)
    bays = [(row, bay) for row in rows for bay in range(-6, 10)]
    parked: dict[tuple[int, int], Appearance] = {}
    cast: list[Appearance] = []
    for index, time in enumerate(times):
        hours, shares = zip(*CROWD, strict=True)
        wanted = float(np.interp(hour_of(time), hours, shares))
        gap = round(wanted * len(bays)) - len(parked)
        overnight = index == 0 or time.date() != times[index - 1].date()
        moves = abs(gap) if overnight else int(rng.binomial(min(abs(gap), 4), busy))
        for _ in range(moves):
            if gap > 0:
                free = [bay for bay in bays if bay not in parked]
                bay = free[int(rng.integers(0, len(free)))]
                parked[bay] = park(rng, make_car(rng, next(ids), index), *bay)
            else:
                bay = list(parked)[int(rng.integers(0, len(parked)))]
                cast.append(replace(parked.pop(bay), last=index - 1))
        if not overnight and rng.random() < 0.25 * busy:
            cast.append(drive(rng, make_car(rng, next(ids), index)))
        if rng.random() < 0.2 * busy:
            cast += walk(rng, next(ids), range(index, index + 1), (-8, 10), (12, 17))
    return (*cast, *(replace(car, last=len(times) - 1) for car in parked.values()))


def drive(rng: Generator, car: Appearance) -> Appearance:
    """The car on one of the two aisles, in one frame."""
    way = 1.0 if rng.random() < 0.5 else -1.0
    x, y = draw_between(rng, (-9, 14)), (14.0, 31.0)[int(rng.integers(0, 2))]
    return replace(car, x=x, y=y - 1.3 * way, heading=(way, 0.0), driving=True)


def walk(rng: Generator, number: int, stay: range, across: Stretch, away: Stretch) -> Iterator[Appearance]:
    """Somebody who is elsewhere in each frame of the stay."""
    clothes = pick(rng, COATS), pick(rng, TROUSERS)
    for index in stay:
        heading = HEADINGS[int(rng.integers(0, len(HEADINGS)))]
        x, y, stride = draw_between(rng, across), draw_between(rng, away), float(rng.integers(-10, 11)) / 10
        yield Appearance(number, "person", "walker", clothes, index, index, x, y, heading, stride=stride)


def draw_yard(rng: Generator, times: Times) -> Cast:
    """Goods that are put down and taken away, vans and lorries at the gates, persons, most of them by day."""
    ids = count(1)
    cast: list[Appearance] = []
    stays = list(draw_stays(rng, len(times), (1, 4), (3, 16), 5))
    for lane, stay in stays:
        goods = lane < 3
        x = draw_between(rng, (-3.5, 4.5)) if goods else (-5.6, 0.2, 5.2)[int(rng.integers(0, 3))]
        y = draw_between(rng, (5.5, 11)) if goods else 15.2
        made = make_goods(rng, next(ids)) if goods else make_carrier(rng, next(ids))
        if not is_taken(cast, stay, x, y, 3):
            cast.append(replace(made, first=stay.start, last=stay.stop - 1, x=x, y=y))
    for index, time in enumerate(times):
        for _ in range(int(rng.binomial(2, 0.3 if 7 < hour_of(time) < 17 else 0.08))):
            cast += walk(rng, next(ids), range(index, index + 1), (-2.6, 3.6), (4.0, 9.5))
    return tuple(cast)


def is_taken(cast: Sequence[Appearance], stay: range, x: float, y: float, reach: float) -> bool:
    """Whether something stands there already, within so many metres, at some time of the stay."""
    there = (each for each in cast if each.first < stay.stop and stay.start <= each.last)
    return any(abs(each.x - x) + abs(each.y - y) < reach for each in there)


def draw_stays(
    rng: Generator, frames: int, absent: tuple[int, int], present: tuple[int, int], lanes: int
) -> Iterator[tuple[int, range]]:
    """In each of some lanes, stretches of frames with pauses between them; both lengths within their bounds."""
    for lane in range(lanes):
        start = int(rng.integers(0, absent[1] + present[0] + 1))
        while start < frames:
            stay = range(start, min(start + int(rng.integers(present[0], present[1] + 1)), frames))
            yield lane, stay
            start = stay.stop + int(rng.integers(absent[0], absent[1] + 1))


def make_goods(rng: Generator, number: int) -> Appearance:
    """A loaded pallet, or crates and sacks."""
    heading = HEADINGS[int(rng.integers(0, len(HEADINGS)))]
    if rng.random() < 0.6:
        colours = (pick(rng, PAINTS), (84, 128, 158))
        return Appearance(number, "machine", "pallet", colours, 0, 0, 0.0, 0.0, heading)
    model = tuple(SIZES)[int(rng.integers(0, len(SIZES)))]
    return Appearance(number, "luggage", model, (pick(rng, PAINTS), pick(rng, TROUSERS)), 0, 0, 0.0, 0.0, heading)


def make_carrier(rng: Generator, number: int) -> Appearance:
    """A van or a lorry with its tail to the gate."""
    if rng.random() < 0.5:
        return replace(make_car(rng, number, 0), model="van", heading=(0.0, -1.0))
    colours = (pick(rng, PAINTS), pick(rng, SHEET_PAINTS))
    return Appearance(number, "machine", "lorry", colours, 0, 0, 0.0, 0.0, (0.0, -1.0))


def draw_site(rng: Generator, times: Times, lanes: int = 9, present: tuple[int, int] = (4, 22)) -> Cast:
    """Machines and cars that stand for some frames and go, deliveries that stay, a few persons."""
    ids = count(1)
    cast: list[Appearance] = []
    for lane, stay in draw_stays(rng, len(times), (1, 8), present, lanes):
        model = SITE_MODELS[int(rng.integers(0, len(SITE_MODELS)))]
        x = -16 + 32 * (lane + 0.5) / lanes + float(rng.normal(0, 0.8))
        y = draw_between(rng, (11, 19)) if lane % 2 else draw_between(rng, (20, 30))
        heading = HEADINGS[int(rng.integers(0, len(HEADINGS)))]
        if is_taken(cast, stay, x, y, 7):
            continue
        kind = "car" if model in MODELS else "machine"
        paints: Paints = PAINTS if kind == "car" else MACHINE_PAINTS
        paints = SHEET_PAINTS if model in ("container", "pipes") else paints
        colours = (pick(rng, paints), pick(rng, SHEET_PAINTS))
        cast.append(Appearance(next(ids), kind, model, colours, stay.start, stay.stop - 1, x, y, heading))
    for index, time in enumerate(times):
        if 7 < hour_of(time) < 18 and rng.random() < 0.4:
            cast += walk(rng, next(ids), range(index, index + 1), (-10, 8), (4, 14))
    return tuple(cast)


def draw_nobody(rng: Generator, times: Times) -> Cast:
    """An empty place."""
    return ()


def draw_left(rng: Generator, times: Times) -> Cast:
    """A few cars that nobody moves for all these days."""
    cars = [(0, 1), (1, -2), (1, 5), (2, 3)]
    last = len(times) - 1
    return tuple(replace(park(rng, make_car(rng, n, 0), *bay), last=last) for n, bay in enumerate(cars, 1))
