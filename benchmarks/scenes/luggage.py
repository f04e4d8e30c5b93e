"""What people leave standing: cases, crates and sacks, on z = 0 about their middle. Metres."""

from functools import cache
from typing import Final

from benchmarks.scenes.meshes import Face, box

SIZES: Final = {"suitcase": (0.34, 0.62, 0.86), "crate": (0.62, 0.80, 0.58), "sack": (0.55, 0.60, 0.74)}
"""Length, width and height."""
HANDLE: Final = 0.10
STRAP: Final = 0.05


@cache
def build_luggage(model: str) -> tuple[Face, ...]:
    """The faces of a kind of `SIZES`: a body of cloth with two straps, and a handle on the case."""
    length, width, height = SIZES[model]
    x, y = length / 2, width / 2
    faces = box((-x, -y, 0.0), (x, y, height), "coat")
    for side in (-0.5, 0.5):
        middle = side * width / 2
        low, high = (-x - 0.01, middle - STRAP / 2, 0.0), (x + 0.01, middle + STRAP / 2, height + 0.01)
        # What faces along y lies within the body, and would be painted over it.
        faces += [each for each in box(low, high, "trousers", layer=2) if each.normal[1] == 0]
    if model == "suitcase":
        faces += box((-0.03, -0.12, height), (0.03, 0.12, height + HANDLE), "trousers", layer=2)
    return tuple(faces)
