"""Frames of a scene as files, under names as cameras give them, and the truth beside them.

Masks are 16-bit grey PNGs of object ids (0 is the empty deck) under the frame's stem; `objects.csv` has a row for each
object of each frame: boxes and areas in px.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes.geometry import Size
from benchmarks.scenes.rendering import Rendered, render_scene
from benchmarks.scenes.timetable import Scene

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS: Final = ("frame", "object_id", "kind", "x", "y", "width", "height", "area", "driving")


@dataclass(frozen=True)
class Format:
    """How frames are stored."""

    suffix: str = ".jpg"
    """".jpg" or ".png"."""
    quality: int = 80
    """Of JPEG, 1 to 100."""

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """The bytes of a file with this picture."""
        return encode(self.suffix, image, [cv2.IMWRITE_JPEG_QUALITY, self.quality] if self.suffix == ".jpg" else [])


def encode(suffix: str, image: NDArray[np.generic], options: list[int]) -> bytes:
    """The picture in the format of `suffix`."""
    done, content = cv2.imencode(suffix, np.asarray(image), options)
    if not done:
        raise ValueError(f"no {suffix} of a picture of shape {image.shape}")
    return content.tobytes()


def frame_stem(scene: Scene, index: int) -> str:
    """ "c10_2021_03_27__10_36_36" (wall clock, UTC) or "c20-1623871098865" (milliseconds since 1970)."""
    time = scene.times[index]
    if scene.deck.epoch_names:
        return f"{scene.camera}-{(time - EPOCH) // timedelta(milliseconds=1)}"
    return f"{scene.camera}_{time:%Y_%m_%d__%H_%M_%S}"


def write_frames(scene: Scene, folder: Path, size: Size, form: Format) -> Iterator[tuple[str, Rendered]]:
    """Write the scene's frames into an existing folder, yielding stem and frame after each.

    Raises FileExistsError rather than overwrite, and OSError from the disk.
    """
    for index in range(len(scene.times)):
        rendered, stem = render_scene(scene, index, size), frame_stem(scene, index)
        with (folder / (stem + form.suffix)).open("xb") as file:
            file.write(form.encode(rendered.image))
        yield stem, rendered


class TruthFolder:
    """Masks and `objects.csv` in a new folder; a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> "TruthFolder":
        self.folder.mkdir(parents=True)
        self.file = (self.folder / "objects.csv").open("x", newline="", encoding="utf-8")
        self.rows = csv.writer(self.file, lineterminator="\n")
        self.rows.writerow(COLUMNS)
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def append(self, stem: str, rendered: Rendered) -> None:
        """Add the truth of one frame."""
        (self.folder / f"{stem}.png").write_bytes(encode(".png", rendered.labels, []))
        for truth in rendered.objects:
            self.rows.writerow([stem, truth.object_id, truth.kind, *truth.box, truth.area, int(truth.driving)])
