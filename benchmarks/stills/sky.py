"""Where the sun stands, and how strong the lights are: sun, sky, lamps. Linear, BGR."""

from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, degrees, exp, pi, radians, sin
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Vector

Bgr = NDArray[np.float32]
"""(3,), blue, green, red."""
NIGHT: Final = np.array((0.0016, 0.0012, 0.0011), np.float32)
"""What a town's sky gives when the sun is far below."""


@dataclass(frozen=True)
class Weather:
    """What the sky does in one frame."""

    sun: float
    """Share of the sun that comes through the clouds, 0 to 1."""
    cloud: float
    """Share of the sky that is covered, 0 to 1."""
    wet: float = 0.0
    """How wet the ground is, 0 to 1."""


@dataclass(frozen=True)
class Lights:
    """The lights of one frame."""

    towards_sun: Vector
    sun: Bgr
    """On a surface that faces the sun."""
    sky: Bgr
    """On a surface that faces up."""
    lamps: Bgr
    """What the lamps of the place are multiplied with; 0 while they are off."""
    elevation: float
    """Degrees of the sun above the horizon."""


def find_sun(time: datetime, latitude: float, north: float) -> Vector:
    """The direction to the sun; `north` says by how many degrees the place's y axis lies to the east of north."""
    day = time.timetuple().tm_yday
    tilt = radians(-23.44) * cos(2 * pi * (day + 10) / 365)
    hour = radians(15 * (time.hour + time.minute / 60 + time.second / 3600 - 12.3))
    at = radians(latitude)
    east = -cos(tilt) * sin(hour)
    true_north = sin(tilt) * cos(at) - cos(tilt) * cos(hour) * sin(at)
    up = sin(at) * sin(tilt) + cos(at) * cos(tilt) * cos(hour)
    turn = radians(north)
    return east * cos(turn) - true_north * sin(turn), east * sin(turn) + true_north * cos(turn), up


def light_place(time: datetime, latitude: float, north: float, weather: Weather, lamps_on: bool) -> Lights:
    """The lights at a time of day."""
    towards = find_sun(time, latitude, north)
    elevation = degrees(asin(max(-1.0, min(1.0, towards[2]))))
    rise = max(towards[2], 0.0)
    air = 1 / (rise + 0.06)
    through = np.exp(-np.array((0.30, 0.19, 0.12)) * air * 0.55)
    # Below three degrees the sun is behind houses and haze.
    clear = min(1.0, max(0.0, (elevation - 1.0) / 4.0))
    sun = 5.2 * through * clear * weather.sun
    return Lights(
        towards, sun.astype(np.float32), light_sky(elevation, rise, weather), light_lamps(lamps_on), elevation
    )


def light_sky(elevation: float, rise: float, weather: Weather) -> Bgr:
    """Blue where it is clear, grey and brighter where clouds are, and gone some degrees below the horizon."""
    high = 0.25 + 0.75 * rise**0.6
    dusk = exp(min(elevation, 0.0) / 2.3)
    blue = np.array((1.28, 1.0, 0.78)) * high * 0.95
    grey = np.array((1.06, 1.0, 0.95)) * (0.35 + 1.5 * rise) * (1.15 - 0.55 * weather.cloud * (1 - weather.sun))
    warm = 1 + np.array((-0.1, 0.0, 0.18)) * max(0.0, 1 - abs(elevation - 2) / 5) * (1 - weather.cloud)
    mixed = blue * (1 - weather.cloud) + grey * weather.cloud
    return np.asarray(mixed * warm * dusk + NIGHT, np.float32)


def light_lamps(on: bool) -> Bgr:
    """Neutral to warm, as street lamps are."""
    return np.asarray(np.array((0.72, 0.92, 1.0)) * on, np.float32)


def draw_weather(rng: Generator, frames: int, kinds: str) -> tuple[Weather, ...]:
    """The weather of all frames: `kinds` are letters of regimes that follow on each other, each for some frames.

    "c" a clear day, "b" clouds that come and go before the sun, "o" an overcast sky, "w" overcast after rain.
    """
    found: list[Weather] = []
    share = -(-frames // len(kinds))
    sun, wet = 1.0, 0.0
    for index in range(frames):
        kind = kinds[index // share]
        if kind == "b" and rng.random() < 0.45:
            sun = float(rng.choice((0.0, 0.08, 0.5, 1.0, 1.0)))
        level = {"c": 1.0, "b": sun, "o": 0.0, "w": 0.0}[kind]
        wet = 1.0 if kind == "w" else max(0.0, wet - (0.10 if level else 0.05))
        cover = {"c": 0.1, "b": 0.5, "o": 0.95, "w": 1.0}[kind] + 0.05 * float(rng.random())
        found.append(Weather(level * (0.93 + 0.07 * float(rng.random())), cover - 0.2 * level * (kind == "b"), wet))
    return tuple(found)
