"""python -m benchmarks.quality.sizes: how large a thing has to be to be found.

Persons, cars and boxes of known size are drawn on rendered places, by clear and by overcast day, by lamps at night and
by infra-red light; the frame before has its own noise and exposure. The contrast is how far the lightest or darkest
part of a thing lies from the mean of what it hides. A size, the share of the picture that the box around a thing takes,
is found in so many places where that many things of this size are kept, and of every larger size too. The places are
drawn by chance and lie before hedges, houses and lines as often as on plain ground.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.quality.table import align
from benchmarks.quality.things import THINGS, Picture, place_box, put
from benchmarks.scenes.geometry import Size
from benchmarks.stills import STILLS
from benchmarks.stills.sky import Weather
from framesift.comparators.differencing import Differencing
from framesift.comparators.thresholds import Threshold
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS, THOROUGH_THRESHOLDS
from framesift.filtering.settings import Settings

SIZE: Final = (1920, 1080)
SHARES: Final = (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.11, 0.15, 0.2, 0.28, 0.4, 0.55, 0.8, 1.1, 1.5, 2.0, 3.0, 5.0)
"""Percent of the picture."""
ENOUGH: Final = (0.5, 0.95)
"""Of the places."""
CONTRASTS: Final = {"strong": 110, "middling": 60, "faint": 30}
"""Grey levels."""
FORMATS: Final = ((640, 480), (1920, 1080), (3840, 2160))
"""For which sizes are given in px too."""
METHODS: Final = {
    "framediff": (Method.FRAMEDIFF, DEFAULT_THRESHOLDS[Method.FRAMEDIFF]),
    "tolerance": (Method.TOLERANCE, DEFAULT_THRESHOLDS[Method.TOLERANCE]),
    "--thorough": (Method.TOLERANCE, THOROUGH_THRESHOLDS),
}
PERSON: Final = (48, 120)
"""px at 1920x1080: somebody in the middle of a wide place."""
KINDS: Final = {"person, car": ("person", "car"), "box": ("box",)}
"""What has parts lighter and darker than the ground, and what is nearly of one tone."""


@dataclass(frozen=True)
class Light:
    """How a place is lit."""

    name: str
    hour: int
    weather: Weather
    dark: bool = False
    infrared: bool = False

    @property
    def noise(self) -> float:
        """Its deviation on what is drawn, grey levels."""
        return 5 if self.dark else 2


LIGHTS: Final = (
    Light("sun", 11, Weather(1.0, 0.1)),
    Light("clouds", 14, Weather(0.0, 0.95)),
    Light("lamps", 23, Weather(0.0, 0.3), dark=True),
    Light("infra-red", 14, Weather(0.0, 0.95), dark=True, infrared=True),
)


@dataclass(frozen=True)
class View:
    """One place in one light."""

    name: str
    light: Light
    before: Picture
    after: Picture
    """The same with other noise; (height, width, 3)."""


def see_places(names: Iterable[str], lights: Iterable[Light], size: Size) -> Iterator[View]:
    """Empty places in each light."""
    for stills in (each for each in STILLS if each.name in names):
        for light in lights:
            month, day = stills.first_day
            time = datetime(2024, month, day, light.hour, tzinfo=UTC)
            pair = []
            for number in (1, 2):
                rng = np.random.default_rng(number)
                image = stills.take(time, (), light.weather, rng, size)[0]
                pair.append(see_infrared(image, rng) if light.infrared else image)
            yield View(stills.name, light, *pair)


def see_infrared(image: Picture, rng: Generator) -> Picture:
    """The place in the light of the camera's own lamp: grey, brightest in the middle, dark at the sides, noisy."""
    height, width = image.shape[:2]
    x, y = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    lamp = 0.18 + 0.75 * np.exp(-((x / 0.75) ** 2) - (y / 0.9) ** 2)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) * lamp + rng.normal(0, 6, (height, width))
    return np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)[:, :, None].repeat(3, axis=2)


@dataclass(frozen=True)
class Finder:
    """A method with its thresholds."""

    name: str
    comparator: Differencing
    """With a `min_contour_area` of 0."""
    least: Threshold
    score: Threshold

    def finds(self, regions: NDArray[np.float64], area: int) -> bool:
        """Tell by the areas and reaches of regions whether the frame is kept."""
        counted = regions[regions[:, 1] >= max(self.least.px(area), 1e-9), 0]
        return float(counted.sum()) > self.score.px(area)


def make_finders() -> list[Finder]:
    """What is measured."""
    return [make_finder(name, method, *texts) for name, (method, texts) in METHODS.items()]


def make_finder(name: str, method: Method, least: str, score: str) -> Finder:
    """A method at these thresholds."""
    comparator = comparator_of(replace(Settings(method=method), min_contour_area=Threshold.parse(0)), "")
    return Finder(name, comparator, Threshold.parse(least), Threshold.parse(score))


def look(finders: Sequence[Finder], before: Picture, after: Picture) -> list[bool]:
    """Which of the finders keep the later frame."""
    measured: dict[Differencing, tuple[NDArray[np.float64], int]] = {}
    for comparator in dict.fromkeys(finder.comparator for finder in finders):
        one, other = comparator.describe(before), comparator.describe(after)
        measured[comparator] = comparator.measure(one, other), comparator.compared_area(other)
    return [finder.finds(*measured[finder.comparator]) for finder in finders]


@dataclass(frozen=True)
class Trial:
    """One thing that was put somewhere, and who found it."""

    dark: bool
    thing: str
    contrast: str
    share: float
    found: tuple[bool, ...]


def try_view(view: View, finders: Sequence[Finder], shares: Sequence[float], spots: int) -> Iterator[Trial]:
    """Things of all kinds, contrasts and sizes."""
    size = (view.after.shape[1], view.after.shape[0])
    for number, (thing, share, _) in enumerate((t, s, n) for t in THINGS for s in shares for n in range(spots)):
        for contrast, levels in CONTRASTS.items():
            rng = np.random.default_rng([sum(map(ord, view.name + view.light.name)), number])
            box = place_box(thing, share, size, rng)
            found = look(finders, view.before, put(thing, view.after, box, levels, view.light.noise, rng))
            yield Trial(view.light.dark, thing, contrast, share, tuple(found))


def find_least(trials: Iterable[Trial], finder: int, enough: float) -> float | None:
    """The smallest share that is found, and each larger one; None where even the largest is not."""
    by_share: dict[float, list[bool]] = {}
    for trial in trials:
        by_share.setdefault(trial.share, []).append(trial.found[finder])
    least = None
    for share in sorted(by_share, reverse=True):
        if np.mean(by_share[share]) < enough:
            break
        least = share
    return least


@dataclass(frozen=True)
class Row:
    """What was found of some things."""

    light: str
    contrast: str
    thing: str
    found: tuple[tuple[float | None, ...], ...]
    """Of each method the share for each of `ENOUGH`."""


def sum_up(trials: Sequence[Trial], methods: int) -> list[Row]:
    """A row for each light, contrast and kind of thing."""
    rows = []
    for dark, contrast, kind in ((d, c, k) for d in (False, True) for c in CONTRASTS for k in KINDS):
        chosen = [t for t in trials if (t.dark, t.contrast) == (dark, contrast) and t.thing in KINDS[kind]]
        found = tuple(tuple(find_least(chosen, n, enough) for enough in ENOUGH) for n in range(methods))
        rows.append(Row("dark" if dark else "day", f"{contrast}, {CONTRASTS[contrast]} levels", kind, found))
    return rows


def tabulate(rows: Iterable[Row], finders: Sequence[Finder]) -> str:
    """A Markdown table."""
    head = ("light", "contrast", "thing", *(finder.name for finder in finders))
    cells = ((row.light, row.contrast, row.thing, *(" / ".join(map(show, f)) for f in row.found)) for row in rows)
    return align([head, *cells], left=3)


def show(share: float | None) -> str:
    """A share, or a dash."""
    return "-" if share is None else f"{share:g} %"


def tabulate_sides(shares: Iterable[float]) -> str:
    """A Markdown table: how large squares and persons of each share are."""
    rows = [("share", *(f"{thing} at {w}x{h}" for thing in ("square", "person") for w, h in FORMATS))]
    ratio = THINGS["person"][0]
    for share in sorted(shares):
        areas = [share / 100 * width * height for width, height in FORMATS]
        persons = (f"{(area * ratio) ** 0.5:.0f}x{(area / ratio) ** 0.5:.0f} px" for area in areas)
        rows.append((show(share), *(f"{area**0.5:.0f} px" for area in areas), *persons))
    return align(rows, left=0)


def try_person(view: View, finders: Sequence[Finder], spots: int) -> list[list[bool]]:
    """The known case: somebody of `PERSON` with strong contrast, in so many places."""
    found = []
    for number in range(spots):
        rng = np.random.default_rng([sum(map(ord, view.name + view.light.name)), 9, number])
        height, width = view.after.shape[:2]
        box = place_box("person", 100 * PERSON[0] * PERSON[1] / (SIZE[0] * SIZE[1]), (width, height), rng)
        found.append(
            look(finders, view.before, put("person", view.after, box, CONTRASTS["strong"], view.light.noise, rng))
        )
    return found


def report(names: Iterable[str], size: Size, spots: int) -> str:
    """All tables."""
    finders = make_finders()
    trials: list[Trial] = []
    nothing: list[list[bool]] = []
    persons: list[list[bool]] = []
    for view in see_places(names, LIGHTS, size):
        print(f"{view.name}, {view.light.name}", file=sys.stderr)
        nothing.append(look(finders, view.before, view.after))
        persons += try_person(view, finders, 4 * spots)
        trials += try_view(view, finders, SHARES, spots)
    lines = [
        f"{finder.name}: a person of {PERSON[0]}x{PERSON[1]} px at {SIZE[0]}x{SIZE[1]}, {CONTRASTS['strong']} levels, "
        f"is found in {found:.1%} of {len(persons)} places; of {len(nothing)} frames with nothing new {kept} are kept"
        for finder, found, kept in zip(finders, np.mean(persons, axis=0), np.sum(nothing, axis=0), strict=True)
    ]
    enough = " / ".join(f"{share:.0%}" for share in ENOUGH)
    head = f"The smallest share of the picture that is found in {enough} of the places, {len(trials)} trials"
    rows = sum_up(trials, len(finders))
    shares = {share for row in rows for found in row.found for share in found if share is not None}
    return "\n\n".join([head, tabulate(rows, finders), tabulate_sides(shares), *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.sizes", description=__doc__)
    usual = "of each thing in each view, by day and by night (default %(default)s: four minutes)"
    parser.add_argument("--spots", type=int, default=10, metavar="N", help=usual)
    arguments = parser.parse_args(argv)
    if arguments.spots < 1:
        parser.error("--spots takes at least 1")
    cv2.setNumThreads(1)
    print(report(("lot-days", "yard-days", "site-days"), SIZE, arguments.spots))
    return 0


if __name__ == "__main__":
    sys.exit(main())
