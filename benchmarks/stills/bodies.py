"""Cars, persons, machines and stacks as faces with colours."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from benchmarks.scenes.drawing import COLOURS, faces_of
from benchmarks.scenes.geometry import Floats, Size, unit
from benchmarks.scenes.meshes import Face, box, face, place
from benchmarks.scenes.timetable import Appearance
from benchmarks.stills.buffer import Buffer, Lamp, Lens, draw_patches, make_buffer
from benchmarks.stills.patches import Patch, linear

GLOSS: Final = {"paint": 0.05, "glass": 0.26, "gleam": 0.3, "headlight": 0.25, "rim": 0.1, "plate": 0.03}
"""By material; others mirror nothing."""
Point = tuple[float, float, float]


def build_digger() -> list[Face]:
    """Tracks, a cab, an engine, a bent boom and a bucket; facing +x."""
    faces = box((-1.6, -1.3, 0.0), (1.6, -0.75, 0.85), "tyre") + box((-1.6, 0.75, 0.0), (1.6, 1.3, 0.85), "tyre")
    faces += box((-1.7, -1.2, 0.85), (0.4, 1.2, 1.9), "paint") + box((0.1, -1.2, 0.9), (1.5, -0.1, 2.9), "paint")
    faces += box((0.35, -1.22, 1.7), (1.52, -0.08, 2.7), "glass", layer=2)
    for (x0, z0), (x1, z1), wide in (((0.6, 1.6), (3.4, 3.9), 0.4), ((3.3, 3.9), (4.5, 1.4), 0.3)):
        faces += beam((x0, 0.5, z0), (x1, 0.5, z1), wide)
    return faces + box((4.1, 0.05, 0.5), (5.0, 1.0, 1.4), "trim")


def beam(start: Point, end: Point, wide: float) -> list[Face]:
    """A square beam between two points of one y."""
    (x0, y, z0), (x1, _, z1) = start, end
    length = float(np.hypot(x1 - x0, z1 - z0))
    ax, az = (x1 - x0) / length, (z1 - z0) / length
    half = wide / 2
    middle = ((x0 + x1) / 2, y, (z0 + z1) / 2)
    corners = [(-az * half, ax * half), (az * half, -ax * half)]
    (ux, uz), (lx, lz) = corners
    upper: list[list[Point]] = [[(x + ux, y + s, z + uz) for x, z in ((x0, z0), (x1, z1))] for s in (-half, half)]
    lower: list[list[Point]] = [[(x + lx, y + s, z + lz) for x, z in ((x0, z0), (x1, z1))] for s in (-half, half)]
    sides = [[upper[0][0], upper[0][1], upper[1][1], upper[1][0]], [lower[0][0], lower[0][1], lower[1][1], lower[1][0]]]
    sides += [[upper[i][0], upper[i][1], lower[i][1], lower[i][0]] for i in (0, 1)]
    return [face(points, "paint", middle) for points in sides]


def build_lorry() -> list[Face]:
    """A cab before a tipping body, on six wheels."""
    faces = box((1.9, -1.2, 0.5), (3.6, 1.2, 2.8), "paint") + box(
        (2.6, -1.22, 1.6), (3.62, 1.22, 2.5), "glass", layer=2
    )
    faces += box((-3.4, -1.25, 0.9), (1.7, 1.25, 2.3), "trousers") + box((-3.2, -1.05, 2.2), (1.5, 1.05, 2.45), "hub")
    for x in (2.7, -1.4, -2.6):
        faces += box((x - 0.5, -1.22, 0.0), (x + 0.5, 1.22, 1.0), "tyre")
    return faces


def build_machine(model: str) -> list[Face]:
    """A machine, or a thing that machines bring."""
    if model == "digger":
        return build_digger()
    if model == "lorry":
        return build_lorry()
    if model == "container":
        return box((-3.0, -1.2, 0.0), (3.0, 1.2, 2.6), "paint")
    if model == "pipes":
        return [
            f
            for i in range(4)
            for f in box((-2.5, i * 0.5 - 1.0, 0.0), (2.5, i * 0.5 - 0.6, 0.4 + 0.3 * (i % 2)), "paint")
        ]
    return box((-0.6, -0.5, 0.12), (0.6, 0.5, 1.5), "paint") + box((-0.62, -0.52, 0.0), (0.62, 0.52, 0.12), "trousers")


def colour_of(material: str, appearance: Appearance) -> tuple[float, ...]:
    """Blue, green, red of a material, 0 to 255."""
    if material in ("paint", "coat"):
        return appearance.colours[0]
    return appearance.colours[-1] if material == "trousers" else COLOURS[material]


@lru_cache(maxsize=512)
def body_of(appearance: Appearance) -> tuple[Patch, ...]:
    """The faces of an object where it stands."""
    faces: Iterable[Face] = build_machine(appearance.model) if appearance.kind == "machine" else faces_of(appearance)
    patches = []
    for each in faces:
        corners = place(np.array(each.points), appearance.x, appearance.y, appearance.heading)
        x, y, z = place(np.array([each.normal]), 0.0, 0.0, appearance.heading)[0]
        if x * x + y * y + z * z == 0:
            continue
        colour = linear(colour_of(each.material, appearance))
        shines = appearance.driving and each.material in ("headlight", "tail light")
        texture = "ribs" if appearance.model == "container" else "lamp" * shines
        gloss = 0.0 if texture or appearance.kind == "luggage" else GLOSS.get(each.material, 0.0)
        facing = unit((float(x), float(y), float(z)))
        patches.append(Patch(corners, facing, colour, texture, gloss, bias=0.03 * (each.layer - 1)))
    return tuple(patches)


@lru_cache(maxsize=128)
def draw_body(appearance: Appearance, lens: Lens, lamps: tuple[Lamp, ...]) -> Buffer:
    """An object as the lens sees it where nothing else is."""
    patches = body_of(appearance)
    spots = lens.view.project(np.concatenate([patch.corners for patch in patches]), lens.size)
    left, top, right, bottom = window_of(spots[:, :2].min(axis=0), spots[:, :2].max(axis=0), lens.size)
    sprite = make_buffer(top, left, max(0, bottom - top), max(0, right - left))
    if sprite.depth.size:
        draw_patches(sprite, lens, patches, lamps, appearance.object_id)
        # Curved bodies mirror the sky above and the ground below; flat faces would not show it.
        height = float(max(patch.corners[:, 2].max() for patch in patches))
        sprite.colour[:] *= 0.72 + 0.4 * np.clip(sprite.place[2] / height, 0, 1)
    return sprite


def window_of(low: Floats, high: Floats, size: Size) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a part of the picture."""
    left, top = (int(np.clip(np.floor(v) - 1, 0, s)) for v, s in zip(low, size, strict=True))
    right, bottom = (int(np.clip(np.ceil(v) + 2, 0, s)) for v, s in zip(high, size, strict=True))
    return left, top, right, bottom
