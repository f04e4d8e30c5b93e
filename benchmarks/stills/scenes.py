"""The scenes, as data: a place, the days, the weather, and who comes and goes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Size
from benchmarks.stills import casts
from benchmarks.stills.casts import Cast, Times
from benchmarks.stills.places import LOT, SITE, YARD, Place
from benchmarks.stills.rendering import build_set, render
from benchmarks.stills.sky import Weather, draw_weather, find_sun, light_place

LATITUDE: Final = 46.0
LAMPS_ON: Final = 0.015
"""Height of the sun, in shares of the zenith, below which lamps burn."""


@dataclass(frozen=True)
class Stills:
    """One camera's stills before they are drawn."""

    name: str
    camera: str
    """As names of files have it."""
    place: Place
    first_day: tuple[int, int]
    """Month and day."""
    starts: tuple[tuple[int, float], ...]
    """Of each stretch of frames, days after the first day and hour; all are of one length."""
    minutes: float
    """From one frame to the next."""
    weather: str
    """As `draw_weather` takes it."""
    cast: Callable[[Generator, Times], Cast]
    still: bool = False
    """Whether nothing moves."""

    def draw_times(self, frames: int, rng: Generator) -> tuple[datetime, ...]:
        """When each frame is taken."""
        length = -(-frames // len(self.starts))
        midnight = datetime(2024, *self.first_day, tzinfo=UTC)
        times = []
        for index in range(frames):
            days, hour = self.starts[index // length]
            late = self.minutes * (index % length) * 60 + float(rng.integers(0, 20))
            times.append(midnight + timedelta(days=days, hours=hour, seconds=late))
        return tuple(times)

    def play(self, frames: int, seed: int, size: Size) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int32]]]:
        """Each frame, (height, width, 3) BGR, with the ids of the objects in it, (height, width)."""
        for _, image, labels in self.play_timed(frames, seed, size):
            yield image, labels

    def play_timed(
        self, frames: int, seed: int, size: Size
    ) -> Iterator[tuple[datetime, NDArray[np.uint8], NDArray[np.int32]]]:
        """The same, each with its time."""
        number = sum(ord(letter) * 31**place for place, letter in enumerate(self.name)) % 2**31
        rng = np.random.default_rng([seed, number])
        times = self.draw_times(frames, rng)
        weather = draw_weather(rng, frames, self.weather)
        cast = self.cast(rng, times)
        for index, time in enumerate(times):
            present = tuple(each for each in cast if each.first <= index <= each.last)
            yield time, *self.take(time, present, weather[index], np.random.default_rng([seed, number, index]), size)

    def take(
        self, time: datetime, present: Cast, weather: Weather, rng: Generator, size: Size
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """One frame."""
        dark = find_sun(time, LATITUDE, 0.0)[2] < LAMPS_ON + 0.05 * (1 - weather.sun)
        lights = light_place(time, LATITUDE, self.place.north, weather, dark)
        return render(build_set(self.place, size), present, lights, weather, rng, size)


def quiet_parking(rng: Generator, times: Times) -> Cast:
    """Few bays, and few who come."""
    return casts.draw_parking(rng, times, (0, 1, 2), 0.22)


def evening_parking(rng: Generator, times: Times) -> Cast:
    """The near rows."""
    return casts.draw_parking(rng, times, (0, 1, 2), 0.3)


def few_machines(rng: Generator, times: Times) -> Cast:
    """A site by night: what stands there stays for long."""
    return casts.draw_site(rng, times, 6, (12, 40))


STILLS: Final = (
    Stills("lot-days", "c501", LOT, (5, 6), ((0, 6.8), (1, 10.4), (2, 14.2)), 15, "cbcbbo", casts.draw_parking),
    Stills("lot-rain", "c502", LOT, (10, 8), ((0, 7.4), (2, 10.0)), 10, "owwoccwbbc", quiet_parking),
    Stills("lot-evening", "c503", LOT, (10, 21), ((0, 15.6), (1, 16.0)), 10, "cobb", evening_parking),
    Stills("lot-sunday", "c504", LOT, (4, 14), ((0, 5.4), (7, 11.4)), 15, "cccbobcccc", casts.draw_left, still=True),
    Stills("yard-days", "c505", YARD, (6, 3), ((0, 7.0), (1, 9.6), (2, 13.0)), 10, "cbbcoc", casts.draw_yard),
    Stills("yard-sunday", "c506", YARD, (9, 1), ((0, 6.0), (7, 12.5)), 12, "ccbbccbocc", casts.draw_nobody, still=True),
    Stills("site-days", "c507", SITE, (7, 1), ((0, 5.8), (1, 9.4), (2, 14.0)), 15, "cbobbc", casts.draw_site),
    Stills("site-night", "c508", SITE, (3, 12), ((0, 16.4), (1, 3.2)), 10, "cbco", few_machines),
    Stills("site-sunday", "c509", SITE, (7, 7), ((0, 6.0), (7, 12.8)), 15, "cbccobccbc", casts.draw_nobody, still=True),
)  # fmt: skip
"""All scenes, in the order of the tables."""
