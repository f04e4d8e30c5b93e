"""Surface textures: smooth random fields, and paint drawn flat and sampled in perspective."""

from typing import Final

import cv2
import numpy as np

from benchmarks.scenes.geometry import Bytes, Floats

LATTICE: Final = 256
"""Points on a side of the random lattice; fields repeat after as many units."""


def make_lattice(seed: int) -> Floats:
    """(256, 256) random values from 0 to 1."""
    return np.random.default_rng(seed).integers(0, 256, (LATTICE, LATTICE)) / 255.0


def value_noise(lattice: Floats, x: Floats, y: Floats) -> Floats:
    """A smooth field from 0 to 1 with one lattice point per unit of `x` and `y`."""
    column, row = np.floor(x), np.floor(y)
    u, v = x - column, y - row
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    i, j = column.astype(np.int64) % LATTICE, row.astype(np.int64) % LATTICE
    i1, j1 = (i + 1) % LATTICE, (j + 1) % LATTICE
    upper = lattice[j, i] * (1 - u) + lattice[j, i1] * u
    lower = lattice[j1, i] * (1 - u) + lattice[j1, i1] * u
    field: Floats = upper * (1 - v) + lower * v
    return field


def fractal_noise(lattice: Floats, x: Floats, y: Floats) -> Floats:
    """Four octaves of `value_noise`, from 0 to 1, about 0.5."""
    total = np.zeros(np.broadcast(x, y).shape)
    for weight, scale in ((0.45, 1.0), (0.27, 2.17), (0.17, 5.03), (0.11, 11.9)):
        total += weight * value_noise(lattice, x * scale + 7 * scale, y * scale + 3 * scale)
    return total


def sample(picture: Bytes, x: Floats, y: Floats) -> Floats:
    """Bilinear values of a grey `picture` at px positions `x`, `y`; 0 outside."""
    height, width = picture.shape
    column, row = np.floor(x), np.floor(y)
    inside = (column >= 0) & (row >= 0) & (column < width - 1) & (row < height - 1)
    i = np.where(inside, column, 0).astype(np.int64)
    j = np.where(inside, row, 0).astype(np.int64)
    u, v = x - column, y - row
    upper = picture[j, i] * (1 - u) + picture[j, i + 1] * u
    lower = picture[j + 1, i] * (1 - u) + picture[j + 1, i + 1] * u
    return np.where(inside, upper * (1 - v) + lower * v, 0.0)


def draw_sign(text: str, ground: tuple[int, int, int], width: int = 320, height: int = 96) -> Bytes:
    """A BGR sign board with white letters and a white edge, (height, width, 3)."""
    board = np.empty((height, width, 3), np.uint8)
    board[:] = ground
    cv2.rectangle(board, (5, 5), (width - 6, height - 6), (235, 235, 235), 3)
    (text_width, text_height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 2.0, 4)
    origin = ((width - text_width) // 2, (height + text_height) // 2)
    cv2.putText(board, text, origin, cv2.FONT_HERSHEY_DUPLEX, 2.0, (240, 240, 240), 4, cv2.LINE_8)
    return board
