"""SuBSENSE, a background subtractor that is known for forgiving changes of light, from the package pybgs (MIT).

It runs in an interpreter of its own, in a folder of its own: it prints, and keeps its settings where it runs.
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.methods import WIDTH, Chosen, Contender, Setting, Shot, measure_foreground

PROGRAM: Final = """
import numpy, pybgs
subtractor = pybgs.SuBSENSE()
masks = [subtractor.apply(picture) for picture in numpy.load("pictures.npy")]
numpy.save("masks.npy", numpy.stack(masks))
"""
SHARES: Final = (0.0001, 0.0003, 0.001, 0.003, 0.0075, 0.02, 0.05)
"""Of the picture that has to be foreground for a frame to be kept, as with MOG2."""


def subsense() -> Contender | None:
    """Kept is where so much of the frame is foreground; None where the package is missing."""
    if importlib.util.find_spec("pybgs") is None:
        return None
    measured: list[tuple[Sequence[NDArray[np.uint8]], list[float]]] = []

    def measure(pictures: Sequence[NDArray[np.uint8]]) -> list[float]:
        # All settings are asked about one camera after the other: its masks are drawn once.
        if not measured or measured[0][0] is not pictures:
            measured[:] = [(pictures, [measure_foreground(mask) for mask in subtract(pictures)])]
        return measured[0][1]

    def choose_by(share: float) -> Callable[[Sequence[Any]], Chosen]:
        return lambda pictures: [0, *(i for i, each in enumerate(measure(pictures)) if i and each > share)]

    settings = tuple(Setting(f"> {100 * share:g}%", choose_by(share)) for share in SHARES)
    return Contender("SuBSENSE", see_coloured, settings)


def see_coloured(shot: Shot) -> NDArray[np.uint8]:
    """The picture in colour, at most `WIDTH` wide."""
    height, width = shot.image.shape[:2]
    size = (min(width, WIDTH), max(1, round(height * min(width, WIDTH) / width)))
    return np.asarray(cv2.resize(shot.image, size, interpolation=cv2.INTER_AREA), np.uint8)


def subtract(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The foreground of each picture, 255 where it is, (frames, height, width). Raises RuntimeError."""
    height, width = pictures[0].shape[:2]
    same = [np.asarray(cv2.resize(picture, (width, height)), np.uint8) for picture in pictures]
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "pictures.npy", np.stack(same))
        done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"SuBSENSE failed: {done.stderr.strip().splitlines()[-1:]}")
        return np.asarray(np.load(Path(folder) / "masks.npy"), np.uint8)
