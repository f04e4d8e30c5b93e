"""Car bodies: a loft through cross-sections, with wheels, lamps, plates and mirrors.

The nose points towards +x, the wheels stand on z = 0; metres.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.scenes.meshes import CIRCLE, Face, Point, box, face, shrink

SILL: Final = 0.20
CREASE: Final = 0.52
"""Metres above the floor: the lower edge of the body, and its widest line."""


class Section(NamedTuple):
    """The body's outline at one place along the car, and what covers it from here to the next section."""

    x: float
    belt: float
    """Height of the edge below the side windows."""
    top: float
    narrow: float
    """Half-width at the top, as a share of the car's half-width."""
    taper: float = 1.0
    """Half-width below the belt, as a share of the car's half-width."""
    side: str = "paint"
    cover: str = "paint"


@dataclass(frozen=True)
class Model:
    """A kind of car."""

    length: float
    width: float
    axle: float
    """Metres from the middle to each axle."""
    wheel: float
    """Radius of a wheel."""
    sections: tuple[Section, ...]


def read_models(path: Path) -> dict[str, Model]:
    """The cars of a file, whose rows of sections are the fields of `Section` in their order."""
    models = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Model(**{**model, "sections": tuple(Section(*row) for row in model["sections"])})
        for name, model in models.items()
    }


MODELS: Final = read_models(Path(__file__).with_suffix(".json"))


def outline(section: Section, half: float) -> list[Point]:
    """The left half of the cross-section, from the sill to the top."""
    wide = half * section.taper
    x = section.x
    belt = max(section.belt, CREASE + 0.05)
    return [
        (x, wide * 0.95, SILL),
        (x, wide, CREASE),
        (x, wide * 0.96, belt),
        (x, half * section.narrow, max(section.top, belt)),
    ]


def mirrored(points: list[Point]) -> list[Point]:
    """The same on the right side of the car."""
    return [(x, -y, z) for x, y, z in points]


def skin(model: Model) -> Iterator[Face]:
    """The body between the sections, with the windows let into it."""
    half = model.width / 2
    for here, there in pairwise(model.sections):
        inside = (0.6 * (here.x + there.x) / 2, 0.0, 0.5)
        a, b = outline(here, half), outline(there, half)
        for p, q in ((a, b), (mirrored(a), mirrored(b))):
            for band, material in enumerate(("sill", "paint", here.side)):
                yield from pane([p[band], q[band], q[band + 1], p[band + 1]], material, inside)
        yield from pane([a[3], mirrored(a)[3], mirrored(b)[3], b[3]], here.cover, inside)
    for section in (model.sections[0], model.sections[-1]):
        end = outline(section, half)
        for lower, upper, material in zip(end, end[1:], ("sill", "paint", "paint"), strict=False):
            corners = [lower, upper, *mirrored([upper, lower])]
            yield face(corners, material, (0.5 * section.x, 0.0, 0.5))


def pane(points: list[Point], material: str, inside: Point) -> Iterator[Face]:
    """A piece of skin; glass gets a painted frame, and a gleam across it."""
    if material != "glass":
        yield face(points, material, inside)
        return
    yield face(points, "paint", inside)
    a, b, c, d = shrink(points, 0.86)
    yield face([a, b, c, d], "glass", inside, layer=2)
    gleam = [between(a, b, 0.12), between(a, b, 0.30), between(d, c, 0.52), between(d, c, 0.34)]
    yield face(gleam, "gleam", inside, layer=3)


def between(a: Point, b: Point, share: float) -> Point:
    """The point that lies this share of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def wheels(model: Model) -> Iterator[Face]:
    """Tyres as seen from the ends, and the wheels' outer sides."""
    half, r = model.width / 2, model.wheel
    for x in (model.axle, -model.axle):
        for side in (1.0, -1.0):
            near, far = side * half * 0.97, side * (half - 0.22)
            yield from box((x - r / 2, min(near, far), 0.0), (x + r / 2, max(near, far), r), "tyre", layer=0)
            discs = ((1.16, "gap"), (1.0, "tyre"), (0.68, "rim"), (0.56, "hub"), (0.2, "rim"))
            for layer, (share, material) in enumerate(discs, 3):
                radius = r * share
                floor = SILL if material == "gap" else 0.0
                disc = [(x + c * radius, side * half, max(r + s * radius, floor)) for c, s in CIRCLE]
                yield face(disc, material, (x, 0.0, r), layer)


def fittings(model: Model) -> Iterator[Face]:
    """Lamps, plates, grille, bumpers, mirrors, door seams."""
    half = model.width / 2
    nose, tail = model.sections[0], model.sections[-1]
    for section, lamp in ((nose, "headlight"), (tail, "tail light")):
        x, wide = section.x * 1.002, half * section.taper
        high = max(section.belt, CREASE + 0.05)
        patches = [(-0.28, 0.28, 0.38, 0.50, "plate"), (-0.95, 0.95, 0.22, 0.33, "trim")]
        if lamp == "headlight":
            patches.append((-0.42, 0.42, 0.52, high - 0.03, "trim"))
        patches += [(-0.97, -0.52, high - 0.17, high - 0.01, lamp), (0.52, 0.97, high - 0.17, high - 0.01, lamp)]
        for left, right, low, upper, material in patches:
            corners = [(x, left * wide, low), (x, right * wide, low), (x, right * wide, upper), (x, left * wide, upper)]
            yield face(corners, material, (0.5 * x, (left + right) / 2 * wide, (low + upper) / 2), layer=3)
    cowl = next(s for s in model.sections if s.side == "glass")
    for side in (1.0, -1.0):
        y = sorted((side * half * 0.98, side * (half + 0.14)))
        low, high = cowl.belt + 0.03, cowl.belt + 0.19
        mirror = box((cowl.x - 0.45, y[0], low), (cowl.x - 0.3, y[1], high), "paint", layer=3)
        # The side's normal for all of its faces: the mirror on the far side would show through the roof.
        yield from (replace(side_of_mirror, normal=(0.0, side, 0.0)) for side_of_mirror in mirror)
        for x in (cowl.x - 0.4, -0.42):
            seam = [(x, side * half, SILL + 0.1), (x + 0.025, side * half, SILL + 0.1),
                    (x + 0.025, side * half * 0.97, 0.9), (x, side * half * 0.97, 0.9)]  # fmt: skip
            yield face(seam, "gap", (x, 0.0, 0.5), layer=2)


@cache
def build_car(name: str) -> tuple[Face, ...]:
    """The faces of a model of `MODELS`."""
    model = MODELS[name]
    return (*skin(model), *wheels(model), *fittings(model))
