"""What the ground and the sides of things look like near by: grain, dirt, ribs, windows."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from benchmarks.scenes.geometry import Floats
from benchmarks.scenes.texture import fractal_noise, make_lattice, value_noise

LATTICE: Final = make_lattice(12)
Texture = Callable[[Floats, Floats, Floats], Floats]
"""Of places in metres, each (n,): a factor of brightness."""


def show_rough(x: Floats, y: Floats, z: Floats) -> Floats:
    """Plaster, concrete, wood: dirt and streaks."""
    return np.asarray(0.72 + 0.5 * fractal_noise(LATTICE, (x + y) * 1.3, z * 0.9 + 7))


def show_ribs(x: Floats, y: Floats, z: Floats) -> Floats:
    """The ribbed sheet of a container."""
    phase = (x + y) * 3.2
    rib = np.abs(phase - np.floor(phase) - 0.5) * 2
    return np.asarray((0.82 + 0.26 * (rib > 0.5)) * (0.85 + 0.3 * fractal_noise(LATTICE, (x + y) * 0.8, z * 0.8)))


def show_windows(x: Floats, y: Floats, z: Floats) -> Floats:
    """The front of a house: rows of dark windows."""
    across, up = (x + y) * 0.42, z * 0.34
    u, v = across - np.floor(across), up - np.floor(up)
    pane = (u > 0.25) & (u < 0.75) & (v > 0.25) & (v < 0.8)
    tone = value_noise(LATTICE, np.floor(across) * 3.7, np.floor(up) * 5.1)
    return np.asarray(np.where(pane, 0.35 + 0.3 * tone, 0.85 + 0.25 * fractal_noise(LATTICE, across, up)))


def show_earth(x: Floats, y: Floats, z: Floats) -> Floats:
    """Earth and gravel."""
    coarse = fractal_noise(LATTICE, x * 1.7 + z, y * 1.7 + 3)
    return np.asarray(0.55 + 0.5 * coarse + 0.4 * value_noise(LATTICE, x * 9 + z * 5, y * 9))


TEXTURES: Final[Mapping[str, Texture]] = {
    "rough": show_rough, "ribs": show_ribs, "windows": show_windows, "earth": show_earth,
    "lamp": lambda x, y, z: np.ones_like(x),
}  # fmt: skip
"""By the name that a patch has."""


def asphalt(x: Floats, y: Floats) -> Floats:
    """Worn asphalt: grain, patches of other age, pale lanes where wheels run, cracks, drops of oil; (n,) factors."""
    tone = 0.66 + 0.42 * fractal_noise(LATTICE, x * 0.31, y * 0.31) + 0.22 * fractal_noise(LATTICE, x * 2.3, y * 2.3)
    tone += 0.30 * (value_noise(LATTICE, x * 14, y * 14) - 0.5) + 0.22 * (value_noise(LATTICE, x * 31, y * 31) - 0.5)
    mended = value_noise(LATTICE, np.floor(x / 5.3) * 3.3, np.floor(y / 3.7) * 5.7)
    tone *= 1 - 0.25 * (mended > 0.80)
    bent = (
        x * 0.35 + 0.7 * fractal_noise(LATTICE, x * 0.3, y * 0.3),
        y * 0.35 + 0.7 * fractal_noise(LATTICE, y * 0.3, x * 0.3),
    )
    crack = np.abs(value_noise(LATTICE, *bent) - 0.5)
    tone *= 1 - 0.28 * (crack < 0.004)
    oil = value_noise(LATTICE, x * 0.9 + 51, y * 0.9)
    return np.asarray(tone * (1 - 0.45 * np.clip((oil - 0.80) * 8, 0, 1)))


def bare_earth(x: Floats, y: Floats) -> Floats:
    """Driven-over ground of a site: tracks, ruts, stones; (n,) factors."""
    tone = 0.62 + 0.5 * fractal_noise(LATTICE, x * 0.12, y * 0.12) + 0.30 * fractal_noise(LATTICE, x * 0.9, y * 0.9)
    tone += 0.34 * (value_noise(LATTICE, x * 6, y * 6) - 0.5) + 0.26 * (value_noise(LATTICE, x * 19, y * 19) - 0.5)
    for turn, bend in ((0.35, 5.0), (-0.2, 9.0), (1.3, 7.0)):
        along = x * turn + y + bend * fractal_noise(LATTICE, x * 0.04 + bend, y * 0.04)
        for rut in (0.0, 1.9):
            near = (along + rut) / 9.0
            tone *= 1 - 0.13 * (np.abs(near - np.floor(near) - 0.5) < 0.03)
    return np.asarray(tone)


def grass(x: Floats, y: Floats) -> Floats:
    """A worn lawn; (n,) factors."""
    tone = 0.5 + 0.6 * fractal_noise(LATTICE, x * 0.7, y * 0.7) + 0.7 * (value_noise(LATTICE, x * 11, y * 11) - 0.4)
    return np.asarray(np.maximum(tone, 0.2))
