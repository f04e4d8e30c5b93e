"""The frames of scenes, drawn once with a border around what the camera sees, so that it can be moved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.film import play
from benchmarks.quality.stages import STAGES, Stage
from benchmarks.scenes.drawing import draw_object, draw_shadow
from benchmarks.scenes.geometry import Size
from benchmarks.scenes.writing import Format
from benchmarks.stills import STILLS, Stills

SCENES: Final[tuple[Stage | Stills, ...]] = (*STAGES, *STILLS)
SEEN: Final[Size] = (480, 360)
"""Width and height in px of what the camera sees."""
BORDER: Final = 48
"""px around it that are drawn too."""
DRAWN: Final[Size] = (SEEN[0] + 2 * BORDER, SEEN[1] + 2 * BORDER)
MASTER: Final = Format(".jpg", 97)


def draw_footage(scene: Stage | Stills, work: Path, frames: int, seed: int) -> list[Path]:
    """The files of a scene's frames, at `DRAWN`, from the work folder where they lie there already."""
    folder = work / f"{scene.name}-{frames}-{seed}-{DRAWN[0]}x{DRAWN[1]}"
    paths = [folder / f"{index:04}{MASTER.suffix}" for index in range(frames)]
    if not paths[-1].exists():
        folder.mkdir(parents=True, exist_ok=True)
        for path, (image, _) in zip(paths, play(scene, frames, seed, DRAWN), strict=True):
            path.write_bytes(MASTER.encode(image))
        draw_object.cache_clear()
        draw_shadow.cache_clear()
    return paths


def read_footage(paths: list[Path]) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames, each (height, width, 3) BGR at `DRAWN`."""
    for path in paths:
        yield np.asarray(cv2.imread(str(path)), np.uint8)
