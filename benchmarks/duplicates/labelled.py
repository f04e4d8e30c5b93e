"""The labelled set: frames, known changes of them, and pairs of neighbouring frames that show different things."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes import make_deck, render_scene

Image = NDArray[np.uint8]
NEIGHBOURS = 4
"""Frames of one camera are neighbours when at most so many frames lie between them."""


@dataclass
class LabelledSet:
    """Files in a flat folder, and what is known of pairs of their names."""

    folder: Path
    same: list[tuple[str, str, str]] = field(default_factory=list)
    """Frame, version of it, and what was changed."""
    different: list[tuple[str, str]] = field(default_factory=list)
    """Neighbouring frames that show different things."""


class Original(NamedTuple):
    """A frame of one camera, and something that is equal for frames that show the same."""

    stem: str
    camera: str
    image: Image
    truth: object


def build(folder: Path, originals: Iterator[Original]) -> LabelledSet:
    """Write the frames and their versions into a new folder."""
    folder.mkdir(parents=True)
    labelled = LabelledSet(folder)
    cameras: dict[str, list[tuple[str, Any]]] = {}
    for original in originals:
        name = _write(folder / f"{original.stem}.png", original.image)
        cameras.setdefault(original.camera, []).append((name, original.truth))
        for change, make in CHANGES.items():
            version, suffix, options = make(original.image)
            path = folder / f"{original.stem}__{change.replace(' ', '_').replace('%', '')}{suffix}"
            labelled.same.append((name, _write(path, version, options), change))
    for frames in cameras.values():
        for (i, (one, truth)), (j, (other, other_truth)) in combinations(enumerate(frames), 2):
            if j - i <= NEIGHBOURS and truth != other_truth:
                labelled.different.append((one, other))
    return labelled


def render_originals(cameras: int, frames: int, size: tuple[int, int]) -> Iterator[Original]:
    """Frames of our own scenes. Two show the same when the same objects stand at the same places."""
    for number in range(cameras):
        scene = make_deck(f"c{10 * number + 10}", seed=number, frames=frames, activity=0.6)
        for index in range(frames):
            truth = tuple((each.object_id, each.x, each.y, each.heading) for each in scene.present[index])
            yield Original(f"{scene.camera}_{index:03}", scene.camera, render_scene(scene, index, size).image, truth)


def read_originals(folder: Path, tables: list[Path]) -> Iterator[Original]:
    """The user's frames: each table has the columns `frame` (name of a file below the folder) and `state`."""
    paths = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    for table in tables:
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                image = np.asarray(cv2.imread(str(paths[row["frame"]])), np.uint8)
                yield Original(Path(row["frame"]).stem, table.stem, image, row["state"])


def _write(path: Path, image: Image, options: tuple[int, ...] = ()) -> str:
    done, content = cv2.imencode(path.suffix, image, list(options))
    assert done
    path.write_bytes(content.tobytes())
    return path.name


Version = tuple[Image, str, tuple[int, ...]]
"""Picture, suffix, options of the encoder."""


def _jpeg(image: Image, quality: int = 92) -> Version:
    return image, ".jpg", (cv2.IMWRITE_JPEG_QUALITY, quality)


def _resize(image: Image, scale: float) -> Version:
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return _jpeg(np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=method), np.uint8))


def _crop(image: Image, percent: float) -> Version:
    """Take away so much of width and height, half of it on each side."""
    height, width = image.shape[:2]
    y, x = round(height * percent / 200), round(width * percent / 200)
    return _jpeg(np.ascontiguousarray(image[y : height - y, x : width - x]))


def _brighten(image: Image, factor: float) -> Version:
    return _jpeg(np.asarray(cv2.convertScaleAbs(image, alpha=factor), np.uint8))


def _write_text(image: Image) -> Version:
    height = image.shape[0]
    marked = image.copy()
    place, scale = (height // 20, height - height // 20), height / 600
    cv2.putText(marked, "CAM 07  12:53:37", place, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 2)
    return _jpeg(marked)


CHANGES: dict[str, Callable[[Image], Version]] = {
    "jpeg 90": lambda image: _jpeg(image, 90),
    "jpeg 60": lambda image: _jpeg(image, 60),
    "jpeg 30": lambda image: _jpeg(image, 30),
    "webp 75": lambda image: (image, ".webp", (cv2.IMWRITE_WEBP_QUALITY, 75)),
    "resize 50%": lambda image: _resize(image, 0.5),
    "resize 75%": lambda image: _resize(image, 0.75),
    "resize 150%": lambda image: _resize(image, 1.5),
    "crop 2%": lambda image: _crop(image, 2),
    "crop 5%": lambda image: _crop(image, 5),
    "crop 10%": lambda image: _crop(image, 10),
    "brighter 10%": lambda image: _brighten(image, 1.1),
    "darker 10%": lambda image: _brighten(image, 0.9),
    "brighter 25%": lambda image: _brighten(image, 1.25),
    "small text": _write_text,
}
