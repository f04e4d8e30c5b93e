"""One frame: the place with its objects, lit by sun, sky and lamps, as the camera takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Size
from benchmarks.scenes.texture import fractal_noise
from benchmarks.scenes.timetable import Appearance
from benchmarks.stills.bodies import draw_body
from benchmarks.stills.buffer import (
    GROUND,
    LEAF,
    NOWHERE,
    SKY,
    Buffer,
    Lamp,
    Layer,
    Lens,
    draw_patches,
    fine_size,
    lay,
    light_of,
    make_buffer,
)
from benchmarks.stills.exposure import take_picture
from benchmarks.stills.places import Place, ground_at
from benchmarks.stills.shadows import Casters, cast, cover_ground, footprint, gather, gather_body, see_sky, see_sun
from benchmarks.stills.sky import Lights, Weather
from benchmarks.stills.surfaces import LATTICE

FARTHEST: Final = 600.0
"""Metres: the ground ends there."""
CLOUD_SIZE: Final = (1024, 512)


@dataclass(frozen=True, eq=False)
class Set:
    """A place as one camera sees it, without objects."""

    place: Place
    lens: Lens
    lamps: tuple[Lamp, ...]
    buffer: Buffer
    casters: Casters
    footprints: tuple[NDArray[np.float64], ...]
    haze: Layer
    """How much of each px the air before it hides, 0 to 1."""
    puddle: Layer
    """How much water stands in each px of wet ground, 0 to 1."""
    mirror: Layer
    """Share of light that water mirrors at the angle of each px."""
    glint: Layer
    """Light of the lamps that wet ground mirrors."""


@lru_cache(maxsize=1)
def build_set(place: Place, size: Size) -> Set:
    """Draw a place once; the last one is kept."""
    rng = np.random.default_rng(sum(map(ord, place.name)))
    patches, lamps = place.stand(rng)
    strong = tuple((spot, strength * place.lamp) for spot, strength in lamps)
    lens = Lens.of(place.view, fine_size(size))
    buffer = make_buffer(0, 0, lens.size[1], lens.size[0])
    lay_ground(buffer, lens, place, strong)
    draw_patches(buffer, lens, patches, strong)
    low = [p.corners for p in patches if not p.leaf and p.corners[:, 2].min() < 0.1 and p.normal[2] == 0]
    feet = tuple(np.asarray(cv2.convexHull(c[:, :2].astype(np.float32))[:, 0], np.float64) for c in low)
    return Set(
        place,
        lens,
        strong,
        buffer,
        gather(p for p in patches if place.area.concerns(p.corners)),
        feet,
        see_far(buffer),
        *wet_ground(buffer, lens, strong),
    )


def lay_ground(buffer: Buffer, lens: Lens, place: Place, lamps: tuple[Lamp, ...]) -> None:
    """The ground plane, in place."""
    down = np.minimum(lens.rays[2], -1e-6)
    depth = -place.view.position[2] / down
    hit = (lens.rays[2] < 0) & (depth < FARTHEST)
    places = [place.view.position[i] + depth[hit] * lens.rays[i][hit] for i in (0, 1)]
    buffer.depth[hit] = depth[hit]
    buffer.place[0][hit], buffer.place[1][hit] = places
    buffer.normal[2][hit] = 1
    buffer.colour[:, hit] = ground_at(place, *(p.astype(np.float64) for p in places))
    buffer.kind[hit] = GROUND
    buffer.lamp[hit] = light_of(lamps, [*places, np.zeros_like(places[0])], (0.0, 0.0, 1.0))


def see_far(buffer: Buffer) -> Layer:
    """How far things fade into the sky."""
    haze = 1 - np.exp(-np.minimum(buffer.depth, NOWHERE) / 1100)
    return np.asarray(np.where(buffer.kind == SKY, 0, haze), np.float32)


def wet_ground(buffer: Buffer, lens: Lens, lamps: tuple[Lamp, ...]) -> tuple[Layer, Layer, Layer]:
    """Puddles, how much they mirror, and the streaks of lamps in them."""
    ground = buffer.kind == GROUND
    x, y, _ = buffer.place
    puddle, mirror, glint = (np.zeros_like(x) for _ in range(3))
    deep = fractal_noise(LATTICE, x[ground] * 0.23 + 9, y[ground] * 0.23)
    puddle[ground] = np.clip((deep - 0.58) * 12, 0, 1)
    rays = lens.rays
    steep = -rays[2] / np.sqrt(rays[0] ** 2 + rays[1] ** 2 + rays[2] ** 2)
    mirror[ground] = (0.03 + 0.97 * (1 - np.maximum(steep, 0)) ** 5)[ground]
    rows, columns = np.arange(lens.size[1])[:, None], np.arange(lens.size[0])[None]
    for (lamp_x, lamp_y, z), strength in lamps:
        across, along, away = lens.view.project(np.array([[lamp_x, lamp_y, -z]]), lens.size)[0]
        wide = lens.size[1] * 0.4 / away
        glint += strength * np.exp(-(((columns - across) / wide) ** 2)) * np.exp(-np.abs(rows - along) / (7 * wide))
    return puddle, mirror, glint * ground


def render(
    stage: Set, present: tuple[Appearance, ...], lights: Lights, weather: Weather, rng: Generator, size: Size
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The picture, (height, width, 3) BGR, and the ids of the objects in it, (height, width)."""
    buffer = stage.buffer.copy()
    for appearance in present:
        lay(buffer, draw_body(appearance, stage.lens, stage.lamps))
    light = light_up(stage, buffer, present, lights, weather)
    add_sky(light, stage, lights, weather, rng)
    labels = cv2.resize(buffer.label, size, interpolation=cv2.INTER_NEAREST)
    return take_picture(stir(np.asarray(cv2.merge(light), np.float32), buffer, rng), rng, size), np.asarray(
        labels, np.int32
    )


def light_up(
    stage: Set, buffer: Buffer, present: tuple[Appearance, ...], lights: Lights, weather: Weather
) -> list[Layer]:
    """Linear light of all px: blue, green and red, each (height, width)."""
    area, sun = stage.place.area, lights.towards_sun
    nx, ny, nz = buffer.normal
    leaves = buffer.kind == LEAF
    sunlit = np.zeros_like(nx)
    if float(lights.sun.max()) > 0:
        facing = nx * np.float32(sun[0]) + ny * np.float32(sun[1]) + nz * np.float32(sun[2])
        facing = np.where(leaves, 0.25 + 0.6 * np.abs(facing), np.maximum(facing, 0))
        heights = cast([stage.casters, *map(gather_body, present)], sun, area)
        sunlit = facing * see_sun(buffer, heights, sun, area)
    ground = cover_ground([*stage.footprints, *map(footprint, present)], area)
    up = (0.58 + 0.42 * nz) * see_sky(buffer, ground, area)
    # What the sun throws back from the ground reaches sides and undersides.
    bounce = 0.16 * (1 - nz) * max(sun[2], 0.0)
    mirrored, colour, glint = buffer.gloss * np.maximum(nz + 0.4, 0), buffer.colour, None
    if weather.wet:
        wet = (buffer.kind == GROUND) * np.float32(weather.wet)
        mirrored += stage.mirror * wet * (0.10 + 0.55 * stage.puddle)
        colour = colour * (1 - wet * (0.38 + 0.2 * stage.puddle))
        glint = stage.glint * wet * (0.02 + 0.2 * stage.puddle)
    light = []
    for i in range(3):
        falls = (sunlit + bounce) * lights.sun[i] + up * lights.sky[i] if lights.sun[i] else up * lights.sky[i]
        if lights.lamps[i]:
            falls += buffer.lamp * lights.lamps[i]
        light.append(colour[i] * falls + mirrored * lights.sky[i])
        if glint is not None and lights.lamps[i]:
            light[i] += glint * lights.lamps[i]
        light[i] += stage.haze * (lights.sky[i] * np.float32(0.9) - light[i])
    return light


@lru_cache(maxsize=1)
def draw_clouds() -> Layer:
    """A wide field of clouds that repeats to the sides, (512, 1024), 0 to 1."""
    x, y = np.meshgrid(np.arange(CLOUD_SIZE[0]) / 64.0, np.arange(CLOUD_SIZE[1]) / 26.0)
    return np.asarray(fractal_noise(LATTICE, x, y), np.float32)


def add_sky(light: Sequence[Layer], stage: Set, lights: Lights, weather: Weather, rng: Generator) -> None:
    """Sky above the horizon, in place; its clouds are others in each frame."""
    rows = int(np.flatnonzero((stage.buffer.kind == SKY).any(axis=1)).max(initial=-1)) + 1
    part, rays = stage.buffer.kind[:rows] == SKY, stage.lens.rays[:, :rows]
    if not rows:
        return
    rise = np.maximum(rays[2] / np.sqrt(rays[0] ** 2 + rays[1] ** 2), 0)
    turn = rays[0] / (np.abs(rays[0]) + np.maximum(rays[1], 1e-3))
    column = (turn * 260 + float(rng.integers(0, 480)) + 270).astype(np.float32)
    row = (480 / (1 + 6 * rise)).astype(np.float32)
    field = cv2.remap(draw_clouds(), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    cover = np.clip((field - 0.72 + 0.5 * weather.cloud) * 5, 0, 1)
    for i, (blue, white) in enumerate(((1.0, 1.2), (0.78, 1.15), (0.56, 1.12))):
        clear = lights.sky[i] * blue * (1.15 - 0.8 * np.minimum(rise, 0.9))
        cloud = (lights.sky[i] * (0.55 + 0.35 * field) + 0.10 * lights.sun[i]) * white
        np.copyto(light[i][:rows], (clear + cover * (cloud - clear)).astype(np.float32), where=part)


def stir(light: Layer, buffer: Buffer, rng: Generator) -> Layer:
    """The mast gives way by a part of a px, and leaves sway by one or two."""
    height, width = buffer.depth.shape
    sway = np.asarray(cv2.GaussianBlur((buffer.kind == LEAF).astype(np.float32), (0, 0), 1.5), np.float32)
    coarse = rng.standard_normal((2, 24, 32)).astype(np.float32)
    moved = [cv2.resize(each, (width, height), interpolation=cv2.INTER_CUBIC) * sway * 1.5 for each in coarse]
    right, down = (0.35 * rng.standard_normal(2)).astype(np.float32)
    columns, rows = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(
        cv2.remap(
            light, columns + moved[0] + right, rows + moved[1] + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.float32,
    )
