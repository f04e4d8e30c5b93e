"""What happens on a deck, as data: who is there in which frames, and when each frame is taken.

Everything follows from the seed. Quiet stretches take turns with short busy ones; `activity` is about
the share of frames that show something else than the frame before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Final

import numpy as np

from benchmarks.scenes.deck import BAY_WIDTH, DECKS, Deck
from benchmarks.scenes.vehicles import MODELS

PAINTS: Final = (
    (196, 198, 198), (170, 172, 174), (46, 45, 44), (92, 90, 88), (118, 66, 40), (48, 44, 138), (66, 84, 52),
    (140, 158, 168), (82, 50, 34), (202, 204, 200), (40, 36, 92), (58, 122, 170),
)  # fmt: skip
COATS: Final = (
    (40, 36, 150),
    (150, 90, 40),
    (50, 50, 54),
    (60, 110, 60),
    (70, 160, 200),
    (190, 190, 186),
    (96, 60, 90),
)
TROUSERS: Final = ((80, 56, 40), (38, 36, 36), (96, 110, 124))
"""Colours of cars and clothes, blue, green, red."""
HEADINGS: Final = ((1.0, 0.0), (0.8, 0.6), (0.6, 0.8), (-0.8, 0.6), (-1.0, 0.0), (-0.6, 0.8))
"""Unit vectors in which cars drive; exact, so that no trigonometry is needed."""


@dataclass(frozen=True)
class Appearance:
    """One object at one place for some frames."""

    object_id: int
    """From 1; the same car keeps its id while it drives, parks and leaves."""
    kind: str
    """"car", "person" or "luggage"."""
    model: str
    """A key of `vehicles.MODELS` or `luggage.SIZES`, or "walker"."""
    colours: tuple[tuple[int, int, int], ...]
    """Paint; coat and trousers; cloth and trim. Blue, green, red."""
    first: int
    last: int
    """Frames in which it stands so, both included."""
    x: float
    y: float
    """Metres."""
    heading: tuple[float, float]
    """Unit vector."""
    driving: bool = False
    stride: float = 0.0
    """Of a person: how far the right leg is ahead, -1 to 1."""


@dataclass(frozen=True)
class Scene:
    """One camera's frames, before they are rendered."""

    camera: str
    seed: int
    deck: Deck
    times: tuple[datetime, ...]
    """When each frame is taken, UTC, whole milliseconds."""
    appearances: tuple[Appearance, ...]

    @cached_property
    def present(self) -> tuple[tuple[Appearance, ...], ...]:
        """For each frame who is there."""
        frames: list[list[Appearance]] = [[] for _ in self.times]
        for appearance in self.appearances:
            for index in range(appearance.first, min(appearance.last + 1, len(frames))):
                frames[index].append(appearance)
        return tuple(map(tuple, frames))


def make_deck(
    camera: str, seed: int = 0, frames: int = 24, interval: timedelta = timedelta(minutes=5), activity: float = 0.12
) -> Scene:
    """The scene of `camera` ("c10", "c20", ...: the tens choose the place).

    `interval` is the mean time between frames, kept to within a few percent; `activity` about the share of
    frames that show something else than the frame before.
    Raises ValueError for a camera without a number.
    """
    digits = "".join(c for c in camera if c.isdigit())
    if not digits:
        raise ValueError(f"a camera's name has a number, as in c10: {camera!r}")
    deck = DECKS[(int(digits) // 10 - 1) % len(DECKS)]
    rng = np.random.default_rng([seed, int(digits)])
    times = draw_times(deck, rng, frames, interval)
    return Scene(camera, seed, deck, times, Timetable(deck, rng, frames, activity).draw())


def draw_times(deck: Deck, rng: np.random.Generator, frames: int, interval: timedelta) -> tuple[datetime, ...]:
    """Regular times with the small delays of a real camera."""
    day = datetime(2021, 6, 16, tzinfo=UTC) if deck.epoch_names else datetime(2021, 3, 27, tzinfo=UTC)
    now = day + timedelta(hours=deck.start_hour, seconds=int(rng.integers(0, 600)))
    step = interval // timedelta(milliseconds=1)
    times = []
    for _ in range(frames):
        times.append(now)
        now += timedelta(milliseconds=step + int(rng.integers(-(step // 60), step // 40 + 1)))
    return tuple(times)


class Timetable:
    """Draws the events of a deck, frame by frame."""

    def __init__(self, deck: Deck, rng: np.random.Generator, frames: int, activity: float) -> None:
        self.deck, self.rng, self.frames, self.activity = deck, rng, frames, activity
        self.ids = count(1)
        self.parked: dict[int, Appearance] = {}
        self.free_from = dict.fromkeys(deck.bays, 0)
        self.done: list[Appearance] = []

    def draw(self) -> tuple[Appearance, ...]:
        """All appearances of the scene."""
        for bay in self.deck.bays:
            if self.rng.integers(0, 100) < 40:
                self.park(bay, self.new_car(), 0)
        index, busy = 1, False
        while index < self.frames:
            busy = self.rng.random() < (0.1 + self.activity / 2 if busy else self.activity / 2)
            index += self.happen(index) if busy else 1
        return tuple(self.done + list(self.parked.values()))

    def happen(self, index: int) -> int:
        """Let one event begin at frame `index`; returns how many frames it takes."""
        dice = self.rng.integers(0, 100)
        empty = [b for b in self.deck.bays if b not in self.parked and self.free_from[b] <= index]
        if dice < 32 or not (empty or self.parked):
            return self.walk(index)
        leaving = self.parked and (not empty or (dice < 62 and len(self.parked) > 1))
        return self.leave(index) if leaving else self.arrive(index, empty)

    def choose(self, items: list[int]) -> int:
        """One of some bays."""
        return items[int(self.rng.integers(0, len(items)))]

    def new_car(self) -> Appearance:
        """A car of its own model and paint, not yet anywhere."""
        model = tuple(MODELS)[int(self.rng.integers(0, len(MODELS)))]
        paint = PAINTS[int(self.rng.integers(0, len(PAINTS)))]
        return Appearance(next(self.ids), "car", model, (paint,), 0, 0, 0.0, 0.0, (1.0, 0.0))

    def park(self, bay: int, car: Appearance, index: int) -> None:
        """Put the car into the bay from frame `index` on, a little askew, nose first or tail first."""
        slant = int(self.rng.integers(-4, 5)) / 100
        way = 1.0 if self.rng.integers(0, 10) < 6 else -1.0
        length = float(np.sqrt(1 + slant * slant))
        x = (bay + 0.5) * BAY_WIDTH + int(self.rng.integers(-14, 15)) / 100
        y = 8.95 + int(self.rng.integers(-15, 16)) / 100
        self.parked[bay] = moved(car, index, self.frames - 1, x, y, (slant / length, way / length))

    def drive(self, car: Appearance, index: int) -> None:
        """Show the car on the aisle in one frame."""
        low, high = self.deck.drive
        x = low + (high - low) * int(self.rng.integers(0, 101)) / 100
        heading = HEADINGS[int(self.rng.integers(0, len(HEADINGS)))]
        self.done.append(moved(car, index, index, x, 4.5, heading, driving=True))

    def arrive(self, index: int, empty: list[int]) -> int:
        """A car comes in, is mostly seen driving, and parks."""
        car, bay = self.new_car(), self.choose(empty)
        seen = int(self.rng.integers(0, 10) < 6 and index + 1 < self.frames)
        if seen:
            self.drive(car, index)
        self.park(bay, car, index + seen)
        return 1 + seen

    def leave(self, index: int) -> int:
        """A parked car goes away, and is mostly seen driving."""
        bay = self.choose(sorted(self.parked))
        car = self.parked.pop(bay)
        self.done.append(moved(car, car.first, index - 1, car.x, car.y, car.heading))
        self.free_from[bay] = index + 3
        seen = int(self.rng.integers(0, 10) < 6)
        if seen:
            self.drive(car, index)
        return 1 + seen

    def walk(self, index: int) -> int:
        """One or two persons cross the aisle in one frame, sometimes in two."""
        low, high = self.deck.drive
        frames = 1 + int(self.rng.integers(0, 4) == 0)
        for _ in range(1 + int(self.rng.integers(0, 3) == 0)):
            coat, trousers = COATS[int(self.rng.integers(0, len(COATS)))], TROUSERS[int(self.rng.integers(0, 3))]
            number, way = next(self.ids), 1.0 if self.rng.integers(0, 2) else -1.0
            for at in range(index, min(index + frames, self.frames)):
                x = low + (high - low) * int(self.rng.integers(0, 101)) / 100
                y = 3.0 + int(self.rng.integers(0, 31)) / 10
                stride = int(self.rng.integers(-10, 11)) / 10
                self.done.append(
                    Appearance(number, "person", "walker", (coat, trousers), at, at, x, y, (way, 0.0), stride=stride)
                )
        return frames


def moved(
    car: Appearance, first: int, last: int, x: float, y: float, heading: tuple[float, float], driving: bool = False
) -> Appearance:
    """The same object elsewhere."""
    return Appearance(car.object_id, car.kind, car.model, car.colours, first, last, x, y, heading, driving)
