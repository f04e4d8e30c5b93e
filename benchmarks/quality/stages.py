"""The scenes, as data: a place, a cast, the light, and what lies between the scene and the file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.quality import casts, light, weather
from benchmarks.quality.casts import Cast
from benchmarks.quality.light import Effect, Light, Moment, by_hour, by_levels
from benchmarks.scenes.deck import DECKS, Deck
from benchmarks.scenes.geometry import Vector
from benchmarks.scenes.timetable import Scene, draw_times

Overlay = Callable[[NDArray[np.uint8], Moment], NDArray[np.uint8]]
DAYLIGHT: Final = by_levels(0.93, 0.1)
INDOORS: Final = by_levels(0.45, 0.75)
QUIET_NOISE: Final = weather.add_noise(2.2)


@dataclass(frozen=True)
class Stage:
    """One scene before it is drawn."""

    name: str
    deck: Deck
    cast: Callable[[Deck, Generator, int], Cast]
    """Of the place, a random generator and a number of frames."""
    light: Light = by_hour
    effects: tuple[Effect, ...] = ()
    """In the order in which the light meets them."""
    noise: Effect = QUIET_NOISE
    overlay: Overlay | None = None
    """What the recorder draws over the finished picture."""
    minutes: float = 0.1
    """From one frame to the next."""
    still: bool = False
    """Whether nothing moves."""

    def draw_scene(self, frames: int, seed: int) -> Scene:
        """The scene with its cast."""
        number = sum(ord(letter) * 31**place for place, letter in enumerate(self.name)) % 2**31
        rng = np.random.default_rng([seed, number])
        times = draw_times(self.deck, rng, frames, timedelta(minutes=self.minutes))
        return Scene(self.name, int(rng.integers(0, 2**31)), self.deck, times, self.cast(self.deck, rng, frames))


def zoom(deck: Deck, focal: float, target: Vector, hour: float | None = None) -> Deck:
    """The same place through a longer lens, aimed elsewhere, at another hour."""
    view = replace(deck.view, focal=focal, target=target)
    return replace(deck, view=view, start_hour=deck.start_hour if hour is None else hour)


def walkers(
    across: tuple[float, float], away: tuple[float, float], absent: tuple[int, int] = (3, 9), crowd: int = 1
) -> Callable[[Deck, Generator, int], Cast]:
    """Persons who walk through a part of the place."""
    return lambda deck, rng, frames: casts.draw_walkers(rng, frames, across, away, absent, crowd)


def parked(*bays: int) -> Callable[[Deck, Generator, int], Cast]:
    """Cars that never move."""
    return lambda deck, rng, frames: casts.draw_parked(rng, frames, bays)


def visitors(*bays: int) -> Callable[[Deck, Generator, int], Cast]:
    """Cars that come back to their bays."""
    return lambda deck, rng, frames: casts.draw_visitors(rng, frames, bays)


def creepers(low: float, high: float) -> Callable[[Deck, Generator, int], Cast]:
    """Cars that drive slowly from one end to the other."""
    return lambda deck, rng, frames: casts.draw_creeper(rng, frames, (low, high))


def luggage(across: tuple[float, float], away: tuple[float, float]) -> Callable[[Deck, Generator, int], Cast]:
    """Things that are left and taken."""
    return lambda deck, rng, frames: casts.draw_luggage(rng, frames, across, away)


HALL, CORNER, SIDE, ROOF = DECKS
AISLE_OF_HALL: Final = zoom(HALL, 1.35, (0.6, 6.2, 0.7))
ACROSS_ROOF: Final = zoom(ROOF, 1.3, (1.2, 6.4, 0.6))
ACROSS_CORNER: Final = zoom(CORNER, 1.55, (-1.0, 6.6, 0.6))
ACROSS_CORNER_BY_NIGHT: Final = replace(ACROSS_CORNER, start_hour=23.2)
TRAFFIC: Final = casts.draw_traffic

STAGES: Final = (
    Stage("calm", HALL, lambda deck, rng, frames: casts.draw_traffic(deck, rng, frames, 0.35), INDOORS),
    Stage("dusk", zoom(CORNER, 0.88, CORNER.view.target, 17.0), TRAFFIC, minutes=4.5),
    Stage("persons", AISLE_OF_HALL, walkers((-2.2, 3.0), (3.6, 6.0), (2, 7), 2), INDOORS),
    Stage("lamps", zoom(SIDE, 0.95, SIDE.view.target), TRAFFIC, by_levels(0.06, 1.0), (light.switch_lamps,)),
    Stage("clouds", ACROSS_ROOF, walkers((-1.6, 3.4), (3.4, 6.4)), DAYLIGHT, (light.cast_clouds,)),
    Stage("sunshine", ROOF, TRAFFIC, DAYLIGHT, (light.shine_sun,)),
    Stage("headlights", zoom(SIDE, 1.3, (0.8, 6.4, 0.7)), walkers((-1.5, 3.5), (3.6, 6.0)), by_levels(0.03, 0.42),
          (light.throw_headlights,), weather.add_noise(3.5)),
    Stage("rain", ACROSS_CORNER, walkers((-3.4, 1.2), (4.0, 7.0)), by_levels(0.62, 0.25), (weather.pour_rain,)),
    Stage("leaves", ROOF, TRAFFIC, DAYLIGHT, (weather.grow_leaves,)),
    Stage("shake", CORNER, TRAFFIC, DAYLIGHT, (weather.shake(1.4),)),
    Stage("gusts", SIDE, TRAFFIC, DAYLIGHT, (weather.shake(4.0),)),
    Stage("infrared", HALL, TRAFFIC, by_levels(0.04, 0.62), (light.see_infrared,), weather.add_noise(4.0)),
    Stage("small", zoom(ROOF, 1.0, (1.2, 7.2, 0.6)), walkers((-1.8, 3.6), (4.4, 6.6)), DAYLIGHT),
    Stage("slow", zoom(HALL, 0.95, (0.5, 7.0, 0.6)), creepers(-2.0, 2.4), INDOORS),
    Stage("bags", zoom(HALL, 1.2, (0.4, 6.0, 0.5)), luggage((-1.8, 2.4), (3.8, 6.0)), INDOORS),
    Stage("fog", CORNER, TRAFFIC, by_levels(0.8, 0.2), (weather.spread_fog,)),
    Stage("clock", ROOF, TRAFFIC, DAYLIGHT, overlay=weather.show_clock, minutes=1),
    Stage("night", ACROSS_CORNER_BY_NIGHT, walkers((-3.4, 1.2), (4.0, 7.0)), by_levels(0.09, 0.5),
          noise=weather.add_noise(8.0)),
    Stage("visits", zoom(SIDE, 0.9, SIDE.view.target), visitors(-2, 0, 1), by_levels(0.5, 0.7)),
    Stage("still-light", ROOF, parked(-2, 0, 1), DAYLIGHT, (light.cast_clouds, light.expose_anew), still=True),
    Stage("still-wind", ROOF, parked(-1, 1), DAYLIGHT, (weather.grow_leaves,), still=True),
)  # fmt: skip
"""All scenes, in the order of the tables."""
