"""What the lens sees in each px, before there is light.

Pictures are drawn `FINER` times as fine as they are delivered, each face after the other; in each px the nearest stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Floats, Size, Vector, View, dot
from benchmarks.stills.patches import Patch
from benchmarks.stills.surfaces import TEXTURES

Layer = NDArray[np.float32]
FINER: Final = 1.5
NOWHERE: Final = 1e6
"""Depth in metres of the sky."""
NEAREST: Final = 0.5
"""Metres: what is nearer to the lens is cut away."""
SKY, GROUND, SOLID, LEAF = 0, 1, 2, 3
"""Kinds of px."""
SUBPIXEL_BITS: Final = 4
Lamp = tuple[Vector, float]
"""Where a lamp hangs, in metres, and how strong it is."""
GLOW: Final = {"lamp": 0.6, "windows": 0.12}
"""Light of its own, by texture, while the lamps burn."""
LIT_PANE: Final = 0.49
"""The tone of windows behind which there is light."""
Window = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class Buffer:
    """A part of the picture, (height, width); what has three values for each px is (3, height, width)."""

    top: int
    left: int
    """Where in the picture it lies."""
    depth: Layer
    """Metres along the axis of the lens; `NOWHERE` where there is nothing."""
    place: Layer
    """x, y, z in metres."""
    normal: Layer
    colour: Layer
    """Blue, green, red, linear."""
    gloss: Layer
    lamp: Layer
    """Light of the lamps that falls on it."""
    kind: NDArray[np.uint8]
    label: NDArray[np.uint16]
    """Ids of objects, 0 for the place itself."""

    @property
    def window(self) -> Window:
        """The rows and columns of the picture that it covers."""
        height, width = self.depth.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def copy(self) -> "Buffer":
        """One that can be drawn into."""
        layers = (getattr(self, field.name) for field in fields(self)[2:])
        return Buffer(self.top, self.left, *(layer.copy() for layer in layers))


def fine_size(size: Size) -> Size:
    """Width and height at which a picture of this size is drawn."""
    return round(size[0] * FINER), round(size[1] * FINER)


def make_buffer(top: int, left: int, height: int, width: int) -> Buffer:
    """An empty one: sky everywhere."""
    one, three = np.zeros((height, width), np.float32), np.zeros((3, height, width), np.float32)
    depth = np.full((height, width), NOWHERE, np.float32)
    kind, label = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint16)
    return Buffer(top, left, depth, three, three.copy(), three.copy(), one, one.copy(), kind, label)


@dataclass(frozen=True, eq=False)
class Lens:
    """The rays of a view at a size."""

    view: View
    size: Size
    rays: Layer
    """(3, height, width): directions, of depth 1."""

    @classmethod
    def of(cls, view: View, size: Size) -> "Lens":
        """The lens of a view; `size` is the fine one."""
        return cls(view, size, np.stack(view.rays(size, 0, size[1])).astype(np.float32))


def draw_patches(buffer: Buffer, lens: Lens, patches: Iterable[Patch], lamps: Sequence[Lamp], label: int = 0) -> None:
    """Draw faces into the buffer, in place, each where it is the nearest."""
    eye = np.array(lens.view.position)
    for patch in patches:
        if float(np.dot(patch.normal, eye - patch.corners[0])) <= 0:
            if not patch.leaf:
                continue
            x, y, z = patch.normal
            patch = patch._replace(normal=(-x, -y, -z))
        draw_patch(buffer, lens, patch, lamps, label)


def draw_patch(buffer: Buffer, lens: Lens, patch: Patch, lamps: Sequence[Lamp], label: int) -> None:
    """Draw one face that is turned to the lens."""
    corners = clip_near(patch.corners, lens.view)
    if len(corners) < 3:
        return
    spots = lens.view.project(corners, lens.size)
    height, width = buffer.depth.shape
    left, top = (np.floor(spots[:, :2].min(axis=0)) - (buffer.left, buffer.top)).astype(int).clip(0)
    right, bottom = (np.ceil(spots[:, :2].max(axis=0)) + 2 - (buffer.left, buffer.top)).astype(int)
    right, bottom = min(right, width), min(bottom, height)
    if right <= left or bottom <= top:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    outline = (spots[:, :2] - (left + buffer.left, top + buffer.top) - 0.5) * (1 << SUBPIXEL_BITS)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1, cv2.LINE_8, SUBPIXEL_BITS)
    window = slice(top, bottom), slice(left, right)
    rays = lens.rays[:, top + buffer.top : bottom + buffer.top, left + buffer.left : right + buffer.left]
    depth = reach(lens.view.position, patch, rays).clip(float(spots[:, 2].min()), float(spots[:, 2].max()))
    depth = depth - np.float32(patch.bias)
    hit = (mask > 0) & (depth < buffer.depth[window])
    if hit.any():
        fill(buffer, window, hit, patch, depth, lens.view.position, rays, lamps)
        buffer.label[window][hit] = label


def clip_near(corners: Floats, view: View) -> Floats:
    """The part of a polygon, (n, 3), that lies before the lens."""
    depth = dot(corners - np.array(view.position), view.axes[2]) - NEAREST
    if depth.min() > 0:
        return corners
    kept = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        if depth[i] > 0:
            kept.append(corners[i])
        if (depth[i] > 0) != (depth[j] > 0):
            kept.append(corners[i] + (corners[j] - corners[i]) * (depth[i] / (depth[i] - depth[j])))
    return np.array(kept)


def reach(eye: Vector, patch: Patch, rays: Layer) -> Layer:
    """Depth at which each ray meets the plane of a face."""
    nx, ny, nz = patch.normal
    across = float(np.dot(patch.normal, patch.corners[0] - np.array(eye)))
    along = rays[0] * nx + rays[1] * ny + rays[2] * nz
    return np.asarray(across / np.where(np.abs(along) < 1e-6, -1e-6, along), np.float32)


def fill(
    buffer: Buffer, window: Window, hit: NDArray[np.bool_], patch: Patch, depth: Layer, eye: Vector, rays: Layer,
    lamps: Sequence[Lamp],
) -> None:  # fmt: skip
    """Put a face into the px that it hits."""
    buffer.depth[window][hit] = depth[hit]
    places = [eye[i] + depth[hit] * rays[i][hit] for i in range(3)]
    tone = TEXTURES[patch.texture](*places) if patch.texture else np.ones_like(places[0])
    for i in range(3):
        buffer.place[i][window][hit] = places[i]
        buffer.normal[i][window][hit] = patch.normal[i]
        buffer.colour[i][window][hit] = patch.colour[i] * tone
    buffer.gloss[window][hit] = patch.gloss
    buffer.kind[window][hit] = LEAF if patch.leaf else SOLID
    glow = GLOW.get(patch.texture, 0.0) * (np.abs(tone - LIT_PANE) < 0.02 if patch.texture == "windows" else 1)
    buffer.lamp[window][hit] = light_of(lamps, places, patch.normal) + glow


def light_of(lamps: Sequence[Lamp], places: Sequence[Layer], normal: Vector) -> Layer:
    """Light of all lamps on points, each coordinate (n,) or (height, width), with this normal."""
    total = np.zeros_like(places[0])
    for spot, strength in lamps:
        dx, dy, dz = (s - place for s, place in zip(spot, places, strict=True))
        square = dx * dx + dy * dy + dz * dz + 0.3
        facing = np.maximum(dx * normal[0] + dy * normal[1] + dz * normal[2], 0) / np.sqrt(square)
        down = np.maximum(dz, 0) / np.sqrt(square)
        total += strength * (facing * (0.15 + 0.85 * down) + 0.04) / square
    return np.asarray(total, np.float32)


def lay(buffer: Buffer, sprite: Buffer) -> None:
    """Lay an object into the picture, in place, where it is the nearest."""
    window = sprite.window
    nearer = sprite.depth < buffer.depth[window]
    for name in ("depth", "gloss", "lamp", "kind", "label"):
        np.copyto(getattr(buffer, name)[window], getattr(sprite, name), where=nearer)
    for name in ("place", "normal", "colour"):
        layer, other = getattr(buffer, name), getattr(sprite, name)
        for i in range(3):
            np.copyto(layer[i][window], other[i], where=nearer)
