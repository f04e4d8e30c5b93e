"""Flat faces with a colour: what all that stands in a place is made of. Metres; colours are linear, BGR, 0 to 1."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from benchmarks.scenes.geometry import Floats, Vector, unit
from benchmarks.scenes.meshes import CIRCLE, box, limb

Colour = tuple[float, float, float]
"""Blue, green, red: the share of light that is thrown back."""
DRAWN_GREY: Final = 0.8
"""What a px of 255 in the tables of colours throws back."""


class Patch(NamedTuple):
    """One face."""

    corners: Floats
    """(n, 3)."""
    normal: Vector
    """Outward, of length 1."""
    colour: Colour
    texture: str = ""
    """A key of `TEXTURES` of `surfaces`, or none."""
    gloss: float = 0.0
    """Share of the sky that is mirrored."""
    leaf: bool = False
    """Whether light comes through, and wind moves it."""
    bias: float = 0.0
    """Metres by which it is taken to be nearer than it is, where it lies on another face."""


def linear(colour: Sequence[float]) -> Colour:
    """The colour of a px value, BGR, 0 to 255."""
    b, g, r = (DRAWN_GREY * (float(level) / 255) ** 2.2 for level in colour)
    return b, g, r


def block(low: Vector, high: Vector, colour: Sequence[float], texture: str = "rough") -> list[Patch]:
    """An upright block, without its bottom."""
    faces = box(low, high, "")
    return [
        Patch(np.array(face.points), unit(face.normal), linear(colour), texture)
        for face in faces
        if face.normal[2] >= 0
    ]


def turned(patches: Sequence[Patch], x: float, y: float, heading: tuple[float, float]) -> list[Patch]:
    """The same, turned so that its own x axis runs along the unit vector `heading`, and moved to x, y."""
    c, s = heading
    matrix = np.array(((c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0)))
    return [
        each._replace(corners=each.corners @ matrix + np.array((x, y, 0.0)), normal=tuple(each.normal @ matrix))
        for each in patches
    ]


def post(x: float, y: float, height: float, radius: float, colour: Sequence[float]) -> list[Patch]:
    """A round post, in pieces of about a metre, whose shadows then lie where they should."""
    pieces = max(1, round(height))
    rings = [((x, y, height * i / pieces), radius, radius) for i in range(pieces + 1)]
    return [Patch(np.array(f.points), unit(f.normal), linear(colour)) for f in limb(rings, "")]


def lamp_post(x: float, y: float, height: float, towards: float) -> tuple[list[Patch], Vector]:
    """A post with an arm along y and a lamp at its end; and where the lamp is."""
    end = y + 1.5 * towards
    patches = post(x, y, height, 0.09, (112, 112, 108))
    low, high = sorted((y, end))
    patches += block((x - 0.05, low, height - 0.1), (x + 0.05, high, height), (112, 112, 108))
    patches += block(
        (x - 0.16, end - 0.35, height - 0.16), (x + 0.16, end + 0.35, height - 0.02), (205, 210, 210), "lamp"
    )
    return patches, (x, end, height - 0.2)


def tree(
    rng: Generator,
    x: float,
    y: float,
    height: float,
    wide: float,
    colours: Sequence[Sequence[float]],
    leaves: int = 450,
) -> list[Patch]:
    """A trunk and an uneven crown of leaves, each of them a small tilted square."""
    away = rng.standard_normal((leaves, 3))
    away *= (rng.random(leaves) ** 0.4 / np.sqrt((away * away).sum(axis=1)))[:, None]
    lumps = 0.75 + 0.35 * np.prod(np.sin(away * (4, 4, 5) + (x, y, 0)), axis=1)
    middle, span = np.array((x, y, height * 0.68)), np.array((wide, wide, height * 0.34))
    crown = grow_leaves(rng, middle + away * lumps[:, None] * span, away, 2.2 * wide / float(np.sqrt(leaves)), colours)
    return post(x, y, height * 0.55, 0.05 * wide + 0.05, (62, 74, 88)) + crown


def hedge(rng: Generator, low: Vector, high: Vector, colours: Sequence[Sequence[float]], leaves: int) -> list[Patch]:
    """A block of leaves with a dark inside."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    share = rng.random((leaves, 3))
    share[:, 2] = 1 - share[:, 2] ** 2
    middles = np.array(low) + share * (np.array(high) - np.array(low)) + 0.08 * rng.standard_normal((leaves, 3))
    inside = block((x0 + 0.25, y0 + 0.25, z0), (x1 - 0.25, y1 - 0.25, z1 - 0.2), (34, 52, 40))
    return inside + grow_leaves(rng, middles, share * 2 - (1, 1, 0.4), 0.22, colours)


def grow_leaves(
    rng: Generator, middles: Floats, away: Floats, side: float, colours: Sequence[Sequence[float]]
) -> list[Patch]:
    """Tilted squares about `middles`, (n, 3), that face about `away`."""
    normals = lengthen(lengthen(away) + 0.7 * rng.standard_normal(away.shape))
    first = lengthen(np.cross(normals, rng.standard_normal(away.shape)))
    second = np.cross(normals, first)
    corners = [middles + side * (a * first + b * second) for a, b in ((-1, -0.7), (0.9, -1), (1, 0.8), (-0.8, 1))]
    tones = (0.7 + 0.6 * rng.random(len(middles))).tolist()
    kinds = [linear(colour) for colour in colours]
    chosen = [kinds[i] for i in rng.integers(0, len(kinds), len(middles))]
    return [
        Patch(points, (x, y, z), (b * tone, g * tone, r * tone), leaf=True)
        for points, (x, y, z), (b, g, r), tone in zip(
            np.stack(corners, 1), normals.tolist(), chosen, tones, strict=True
        )
    ]


def lengthen(vectors: Floats) -> Floats:
    """Vectors, (n, 3), at length 1."""
    return np.asarray(vectors / (np.sqrt((vectors * vectors).sum(axis=1)) + 1e-9)[:, None])


def heap(rng: Generator, x: float, y: float, radius: float, height: float, colour: Sequence[float]) -> list[Patch]:
    """A pile of earth or gravel: uneven rings about a top."""
    rings = []
    for ring in range(6):
        share = ring / 5
        uneven = 1 + 0.12 * rng.standard_normal(12)
        across = radius * (1 - share) ** 0.85 * uneven
        up = height * share * (1 + 0.08 * rng.standard_normal(12))
        rings.append([(x + c * a, y + s * a, max(0.0, u)) for (c, s), a, u in zip(CIRCLE, across, up, strict=True)])
    patches = []
    for lower, upper in pairwise(rings):
        for i in range(12):
            j = (i + 1) % 12
            for corners in ((lower[i], lower[j], upper[j]), (lower[i], upper[j], upper[i])):
                points = np.array(corners)
                normal = np.cross(points[1] - points[0], points[2] - points[0])
                if float(normal @ normal) > 1e-9:
                    normal = normal if normal[2] >= 0 else -normal
                    facing = unit((float(normal[0]), float(normal[1]), float(normal[2])))
                    patches.append(Patch(points, facing, linear(colour), "earth"))
    return patches
