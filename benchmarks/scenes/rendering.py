"""One frame: the cached deck, its objects, the light of the hour, noise, and the clock; with the truth beside it.

The truth: `Rendered.labels` has, for each px, the id of the car or person that fills at least half of it, 0 for the
empty deck; `Rendered.objects` lists the boxes and areas of the ids in px of the rendered size. Shadows, light, noise
and the clock are not objects. What changed between two frames is where their labels differ.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes.background import cast_background
from benchmarks.scenes.deck import Deck
from benchmarks.scenes.drawing import Shadow, Sprite, draw_object, draw_shadow
from benchmarks.scenes.geometry import Bytes, Size
from benchmarks.scenes.timetable import Appearance, Scene

Labels = NDArray[np.uint16]
NOISE_SPAN: Final = 64
"""Px that the noise tile is larger than the picture: each frame takes its own cut-out."""


@dataclass(frozen=True)
class Truth:
    """One object as it is seen in one frame."""

    object_id: int
    kind: str
    """"car", "person" or "luggage"."""
    box: tuple[int, int, int, int]
    """x, y, width, height in px around the visible part."""
    area: int
    """Visible px."""
    driving: bool


@dataclass(frozen=True)
class Rendered:
    """A frame and what is true of it."""

    image: Bytes
    """(height, width, 3) BGR."""
    labels: Labels
    """(height, width) object ids, 0 where the deck is empty."""
    objects: tuple[Truth, ...]
    """The visible objects, by id."""


class Still(NamedTuple):
    """What the lens sees before light, noise and clock: the same for all frames with the same objects."""

    day: Bytes
    lamp: Bytes
    labels: Labels
    objects: tuple[Truth, ...]


def render_scene(scene: Scene, index: int, size: Size = (640, 480)) -> Rendered:
    """Frame `index` of `scene` at `size` (width, height): the same bytes at every call and in any order.

    The empty deck is cast at the first frame of a camera and size, and kept; raises IndexError past the last frame.
    """
    present = scene.present[index]
    still = draw_still(scene.deck, tuple(sorted(present, key=lambda a: a.object_id)), size)
    time = scene.times[index]
    daylight, lamplight = light_at(time, scene.deck.roofed)
    lit = cv2.add(light_up(still.day, sky_tint(daylight)), light_up(still.lamp, (lamplight,) * 3))
    image = add_noise(np.asarray(lit, np.uint8), [scene.seed, index, int(time.timestamp())], 2.1 + 1.6 * (1 - daylight))
    draw_clock(image, scene, time)
    return Rendered(image, still.labels.copy(), still.objects)


@lru_cache(maxsize=3)
def draw_still(deck: Deck, present: tuple[Appearance, ...], size: Size) -> Still:
    """The deck with its objects by both lights, seen through the lens."""
    empty = cast_background(deck, size)
    day, lamp = empty.day.copy(), empty.lamp.copy()
    labels = np.zeros(day.shape[:2], np.uint16)
    for appearance in present:
        lay_shadow(day, lamp, empty.floor, draw_shadow(appearance, deck, size))
    sprites = [(draw_object(a, deck, size), a) for a in present]
    for sprite, appearance in sorted(sprites, key=lambda pair: -pair[0].depth):
        lay_sprite(day, lamp, labels, empty.occluder, sprite, appearance.object_id)
    truths = (measure(labels, sprite, appearance) for sprite, appearance in sprites)
    return Still(expose(day), expose(lamp), labels, tuple(t for t in truths if t.area))


def lay_shadow(day: Bytes, lamp: Bytes, floor: Bytes, shadow: Shadow) -> None:
    """Darken the floor, in place."""
    height, width = shadow.darkness.shape
    window = (slice(shadow.top, shadow.top + height), slice(shadow.left, shadow.left + width))
    light = np.uint16(256) - (shadow.darkness & floor[window])
    for layer in (day, lamp):
        layer[window] = (layer[window] * light[:, :, None]) >> 8


def lay_sprite(
    day: Bytes, lamp: Bytes, labels: Labels, occluder: NDArray[np.float32], sprite: Sprite, object_id: int
) -> None:
    """Lay an object over the layers, in place, where no pillar stands before it."""
    height, width = sprite.cover.shape
    window = (slice(sprite.top, sprite.top + height), slice(sprite.left, sprite.left + width))
    free = occluder[window] > sprite.depth
    rest = (np.uint16(255) - sprite.cover)[:, :, None]
    for layer, colour in ((day, sprite.day), (lamp, sprite.lamp)):
        below = layer[window]
        mixed = ((below * rest + 127) // 255 + colour).clip(0, 255)
        np.copyto(below, mixed.astype(np.uint8), where=free[:, :, None])
    labels[window][free & (sprite.cover >= 128)] = object_id


def measure(labels: Labels, sprite: Sprite, appearance: Appearance) -> Truth:
    """The box and area of what can be seen of an object."""
    height, width = sprite.cover.shape
    part = labels[sprite.top : sprite.top + height, sprite.left : sprite.left + width]
    mask = (part == appearance.object_id).astype(np.uint8)
    x, y, box_width, box_height = cv2.boundingRect(mask) if mask.size else (0, 0, 0, 0)
    box = (sprite.left + x, sprite.top + y, box_width, box_height)
    return Truth(appearance.object_id, appearance.kind, box, int(np.count_nonzero(mask)), appearance.driving)


def expose(layer: Bytes) -> Bytes:
    """The lens: a little blur, darker corners."""
    soft = cv2.GaussianBlur(layer, (3, 3), 0)
    height, width = layer.shape[:2]
    x = (np.arange(width) * 2 - width + 1) ** 2 / width**2
    y = (np.arange(height) * 2 - height + 1) ** 2 / height**2
    light = np.rint(256 / (1 + 0.17 * (x[None, :] + y[:, None]))).astype(np.uint16)
    dimmed: Bytes = ((soft * light[:, :, None]) >> 8).astype(np.uint8)
    return dimmed


def ramp(hour: float, start: float, end: float) -> float:
    """A smooth rise from 0 to 1 between two hours."""
    share = min(1.0, max(0.0, (hour - start) / (end - start)))
    return share * share * (3 - 2 * share)


def light_at(time: datetime, roofed: bool) -> tuple[float, float]:
    """Daylight and lamplight, each as a share of its full strength, at a time of day."""
    hour = time.hour + time.minute / 60 + time.second / 3600
    noon = 1.0 - ((hour - 12.5) / 9.0) ** 2 * 0.22
    low = 1 - ramp(hour, 3.0, 9.0) * (1 - ramp(hour, 15.0, 21.5))
    # The square is the camera's own gain, which holds the picture up until the light is nearly gone.
    day = 0.05 + 0.95 * (1 - low * low) * noon
    return day, 1.0 - (0.45 if roofed else 0.97) * day


def sky_tint(day: float) -> tuple[float, float, float]:
    """Strength of blue, green and red daylight: warmer as it sinks, blue at night."""
    low = day * (1 - day) * 0.35
    return day * (1 - low) + 0.01, day, day * (1 + low * 0.7)


def light_up(layer: Bytes, strength: tuple[float, ...]) -> Bytes:
    """A layer under a weaker light, by a look-up table for each channel."""
    levels = np.arange(256)
    table = np.stack([np.clip(np.rint(levels * s), 0, 255) for s in strength], axis=1).astype(np.uint8)
    return np.asarray(cv2.LUT(layer, table[None]), np.uint8)


@lru_cache(maxsize=2)
def noise_tile(size: Size) -> Bytes:
    """Sensor noise about 128, (height + 64, width + 64, 3), partly grey, partly coloured.

    Each value is the sum of three even draws from 0 to 58: a deviation of 29.5 levels, in integers alone.
    """
    shape = (size[1] + NOISE_SPAN, size[0] + NOISE_SPAN)
    rng = np.random.default_rng(1)
    tile = np.empty((*shape, 3), np.uint8)
    shared = rng.integers(0, 59, shape, np.int16) + rng.integers(0, 59, shape, np.int16)
    for channel in range(3):
        own = rng.integers(0, 59, shape, np.int16)
        tile[:, :, channel] = shared + own + (128 - 87)
    return tile


def add_noise(image: Bytes, seed: list[int], deviation: float) -> Bytes:
    """The image with fresh noise of this deviation (levels)."""
    rng = np.random.default_rng(seed)
    height, width = image.shape[:2]
    top, left = (int(v) for v in rng.integers(0, NOISE_SPAN + 1, 2))
    cut = noise_tile((width, height))[top : top + height, left : left + width]
    if rng.integers(0, 2):
        cut = cut[::-1]
    offset = np.rint((np.arange(256) - 128) * (deviation / 29.5)).astype(np.int64)
    brighter = cv2.LUT(cut, np.maximum(offset, 0).astype(np.uint8))
    darker = cv2.LUT(cut, np.maximum(-offset, 0).astype(np.uint8))
    return np.asarray(cv2.subtract(cv2.add(image, brighter), darker), np.uint8)


def draw_clock(image: Bytes, scene: Scene, time: datetime) -> None:
    """Burn camera and time into the picture, in place: small and pale, as the digits change in every frame."""
    height = image.shape[0]
    scale = 0.42 * max(0.35, float(np.sqrt(height / 480)))
    text = f"{scene.camera}  {time:%Y-%m-%d  %H:%M:%S}"
    line = int(26 * scale / 0.42)
    origin = (line // 2, line if scene.deck.clock_on_top else height - line // 2)
    cv2.putText(image, text, origin, cv2.FONT_HERSHEY_SIMPLEX, scale, (196, 196, 196), max(1, round(scale)), cv2.LINE_8)
