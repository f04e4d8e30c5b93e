"""Cars and persons in the picture: faces turned to the lens, painted from the far to the near, and soft shadows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from benchmarks.scenes.background import supersampling
from benchmarks.scenes.deck import Deck
from benchmarks.scenes.geometry import Bytes, Floats, Size, Vector
from benchmarks.scenes.luggage import build_luggage
from benchmarks.scenes.meshes import Face, place
from benchmarks.scenes.people import build_person
from benchmarks.scenes.timetable import Appearance
from benchmarks.scenes.vehicles import build_car

SUBPIXEL_BITS: Final = 4
"""Fractional bits of polygon corners."""
COLOURS: Final = {
    "sill": (44.0, 44.0, 44.0), "glass": (40.0, 36.0, 32.0), "gleam": (86.0, 82.0, 76.0),
    "tyre": (26.0, 26.0, 27.0), "gap": (18.0, 18.0, 18.0),
    "rim": (168.0, 170.0, 172.0), "hub": (96.0, 98.0, 100.0),
    "trim": (34.0, 34.0, 35.0), "plate": (205.0, 212.0, 212.0),
    "headlight": (196.0, 200.0, 202.0), "tail light": (34.0, 28.0, 150.0), "skin": (130.0, 160.0, 200.0),
    "hair": (34.0, 42.0, 58.0), "shoe": (30.0, 30.0, 32.0),
}  # fmt: skip
"""Blue, green, red of what has the same colour on every object."""


@dataclass(frozen=True)
class Sprite:
    """An object's part of the picture: its window's first column and row, and arrays of the window's shape."""

    left: int
    top: int
    day: Bytes
    lamp: Bytes
    """(h, w, 3) colours by the two lights, already weighted with `cover`."""
    cover: Bytes
    """(h, w) how much of each px the object fills, 0 to 255."""
    depth: float
    """Metres from the lens to the object's middle."""


@dataclass(frozen=True)
class Shadow:
    """Darkness on the floor, 0 to 255, in a window of the picture."""

    left: int
    top: int
    darkness: Bytes


def faces_of(appearance: Appearance) -> tuple[Face, ...]:
    """The body of a car, person or piece of luggage about its own origin."""
    if appearance.kind == "luggage":
        return build_luggage(appearance.model)
    return build_car(appearance.model) if appearance.kind == "car" else build_person(appearance.stride)


def stand(points: list[Vector], appearance: Appearance) -> Floats:
    """Points of the body where it stands, (n, 3) in metres."""
    return place(np.array(points), appearance.x, appearance.y, appearance.heading)


def window_of(spots: Floats, size: Size, margin: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the picture's part around projected points; empty windows are possible."""
    left, top = (int(np.clip(np.floor(spots[:, i].min()) - margin, 0, size[i])) for i in (0, 1))
    right, bottom = (int(np.clip(np.ceil(spots[:, i].max()) + margin, 0, size[i])) for i in (0, 1))
    return left, top, right, bottom


def albedo(material: str, appearance: Appearance) -> tuple[float, ...]:
    """Blue, green, red of a material on this object."""
    if material in ("paint", "coat"):
        return appearance.colours[0]
    return appearance.colours[1] if material == "trousers" else COLOURS[material]


def shade(face: Face, normal: Vector, appearance: Appearance, deck: Deck) -> tuple[list[float], list[float]]:
    """The face's colours by daylight and by the lamps."""
    x, y = np.array([appearance.x]), np.array([appearance.y])
    day_level = float(deck.daylight(x, y, normal)[0]) * (1.75 if deck.roofed else 1.06)
    lamp_level = float(deck.lamplight(x, y, normal)[0]) * (1.15 if deck.roofed else 1.25)
    gloss = 0.0
    if face.material in ("paint", "glass", "headlight"):
        up = max(0.0, normal[2])
        gloss = (34.0 if face.material == "paint" else 52.0) * up * up + 8.0
    colour = albedo(face.material, appearance)
    base = float(deck.daylight(x, y, (0.0, 0.0, 1.0))[0])
    day = [c * day_level + gloss * base for c in colour]
    lamp = [c * lamp_level + gloss * 0.35 for c in colour]
    if appearance.driving and face.material == "headlight":
        day, lamp = [d + 90 for d in day], [v + 60 for v in lamp]
    if appearance.driving and face.material == "tail light":
        day, lamp = [day[0], day[1], day[2] + 60], [lamp[0], lamp[1], lamp[2] + 50]
    return day, lamp


def visible_faces(appearance: Appearance, deck: Deck) -> list[tuple[Face, Floats, Vector]]:
    """Faces turned to the lens with their corners (n, 3) and unit normals, in painting order."""
    eye = deck.view.position
    seen: list[tuple[int, float, int, Face, Floats, Vector]] = []
    for face in faces_of(appearance):
        corners = stand(list(face.points), appearance)
        normal = place(np.array([face.normal]), 0.0, 0.0, appearance.heading)[0]
        length = float(np.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]))
        centre = stand([face.centre], appearance)[0]
        away = [float(e - c) for e, c in zip(eye, centre, strict=True)]
        if length == 0 or sum(n * a for n, a in zip(normal, away, strict=True)) <= 0:
            continue
        distance = sum(a * a for a in away)
        unit = (float(normal[0]) / length, float(normal[1]) / length, float(normal[2]) / length)
        seen.append((face.layer, -distance, len(seen), face, corners, unit))
    seen.sort(key=lambda item: item[:3])
    return [item[3:] for item in seen]


@lru_cache(maxsize=48)
def draw_object(appearance: Appearance, deck: Deck, size: Size) -> Sprite:
    """The object as the lens sees it, without what stands before it."""
    factor = supersampling(size) + 1
    faces = visible_faces(appearance, deck)
    spots = [deck.view.project(corners, size) for _, corners, _ in faces]
    left, top, right, bottom = window_of(np.concatenate(spots), size, 1)
    width, height = max(0, right - left), max(0, bottom - top)
    middle = deck.view.project(np.array([[appearance.x, appearance.y, 0.6]]), size)
    index = np.zeros((height * factor, width * factor), np.uint8)
    day, lamp = np.zeros((256, 3), np.uint8), np.zeros((256, 3), np.uint8)
    for number, ((face, _, normal), spot) in enumerate(zip(faces, spots, strict=True), 1):
        lights = shade(face, normal, appearance, deck)
        day[number], lamp[number] = (np.clip(np.rint(light), 0, 255) for light in lights)
        corners = (spot[:, :2] - np.array([left, top])) * factor - 0.5
        if index.size:
            fixed = np.rint(corners * (1 << SUBPIXEL_BITS)).astype(np.int32)
            cv2.fillPoly(index, [fixed], number, cv2.LINE_8, SUBPIXEL_BITS)
    by_day, by_lamp = (fade(reduce(table[index], (width, height))) for table in (day, lamp))
    cover = reduce((index > 0).astype(np.uint8) * 255, (width, height))
    return Sprite(left, top, by_day, by_lamp, cover, float(middle[0, 2]))


def fade(colours: Bytes) -> Bytes:
    """A little brighter towards the top, where a curved body mirrors the sky, and darker towards the floor."""
    height = len(colours)
    light = (257 - np.arange(height) * 74 // max(1, height)).astype(np.uint16)
    faded: Bytes = np.minimum((colours * light[:, None, None]) >> 8, 255).astype(np.uint8)
    return faded


def reduce(fine: Bytes, area: Size) -> Bytes:
    """A supersampled picture at its final width and height."""
    if not fine.size:
        return np.zeros((area[1], area[0], *fine.shape[2:]), np.uint8)
    return np.asarray(cv2.resize(fine, area, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=48)
def draw_shadow(appearance: Appearance, deck: Deck, size: Size) -> Shadow:
    """The object's shadow: its outline thrown along the sun (or, under a roof, nearly straight down), then blurred."""
    points = stand([p for f in faces_of(appearance) for p in f.points], appearance)
    sun = (0.05, 0.3, 1.0) if deck.roofed else deck.sun
    ground = points.copy()
    ground[:, 0] -= points[:, 2] * sun[0] / sun[2]
    ground[:, 1] -= points[:, 2] * sun[1] / sun[2]
    ground[:, 2] = 0.0
    spots = deck.view.project(ground, size)
    softness = (0.30 if appearance.kind == "car" else 0.10) * (1.0 if deck.roofed else 0.5)
    radius = max(1, int(softness * deck.view.focal * size[1] / float(spots[:, 2].min() + 1.0)))
    left, top, right, bottom = window_of(spots, size, 3 * radius)
    darkness = np.zeros((max(0, bottom - top), max(0, right - left)), np.uint8)
    if darkness.size:
        hull = cv2.convexHull(np.rint(spots[:, :2] - np.array([left, top])).astype(np.int32))
        cv2.fillPoly(darkness, [hull], 205 if deck.roofed else 140, cv2.LINE_8)
        for _ in range(2):
            darkness = np.asarray(cv2.blur(darkness, (2 * radius + 1, radius | 1)), np.uint8)
    return Shadow(left, top, darkness)
