"""The labelled set: pictures of many kinds, known changes of them, and what each file shows."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from benchmarks.duplicates.kinds import KINDS, Picture
from benchmarks.duplicates.versions import encode_original, find_changes
from benchmarks.scenes import make_deck, render_scene

FRAMES = "frames of a camera"
COPY, ORIGINAL = "copy", ""
"""The same bytes, and the file that is there first."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is known of a file."""

    kind: str
    scene: object
    """Equal for files that show the same."""
    change: str
    original: str
    """The name of the file that it was made from."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Files in a flat folder, by their names."""

    folder: Path
    files: dict[str, Labelled]

    @property
    def kinds(self) -> list[str]:
        """In the order in which they were made."""
        return list(dict.fromkeys(each.kind for each in self.files.values()))


class Original(NamedTuple):
    """A picture, and something that is equal for pictures that show the same."""

    stem: str
    kind: str
    picture: Picture
    scene: object


def build(folder: Path, originals: Iterable[Original]) -> LabelledSet:
    """Write the pictures and their versions into a new folder: a copy of each, and every second of the changes."""
    folder.mkdir(parents=True)
    files: dict[str, Labelled] = {}

    def write(name: str, content: bytes, change: str) -> None:
        (folder / name).write_bytes(content)
        files[name] = Labelled(original.kind, (original.kind, original.scene), change, first)

    for number, original in enumerate(originals):
        suffix, content = encode_original(original.picture)
        first = original.stem + suffix
        write(first, content, ORIGINAL)
        write(f"{original.stem}__{COPY}{suffix}", content, COPY)
        for place, (change, make) in enumerate(find_changes(original.picture).items()):
            if (place + number) % 2 == 0:
                suffix, content = make(original.picture)
                write(f"{original.stem}__{change.replace(' ', '_').replace('%', '')}{suffix}", content, change)
    return LabelledSet(folder, files)


def draw_originals(scenes: int, first: int) -> Iterator[Original]:
    """So many scenes of each kind, from this seed on."""
    for kind, draw in KINDS.items():
        stem = kind.replace(" ", "_").replace(",", "")
        for seed in range(first, first + scenes):
            yield Original(f"{stem}_{seed:03}", kind, draw(seed), seed)


def render_originals(cameras: int, frames: int, size: tuple[int, int]) -> Iterator[Original]:
    """Frames of our own scenes. Two show the same when the same objects stand at the same places."""
    for number in range(cameras):
        scene = make_deck(f"c{10 * number + 10}", seed=number, frames=frames, activity=0.6)
        for index in range(frames):
            truth = tuple((each.object_id, each.x, each.y, each.heading) for each in scene.present[index])
            rendered = render_scene(scene, index, size).image
            picture = Image.fromarray(np.ascontiguousarray(rendered[..., ::-1]))
            yield Original(f"{scene.camera}_{index:03}", FRAMES, picture, (scene.camera, truth))


def read_originals(folder: Path, tables: list[Path]) -> Iterator[Original]:
    """The user's frames: each table has the columns `frame` (name of a file below the folder) and `state`."""
    paths = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}
    for table in tables:
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                image = np.asarray(cv2.imread(str(paths[row["frame"]])), np.uint8)
                picture = Image.fromarray(np.ascontiguousarray(image[..., ::-1]))
                yield Original(Path(row["frame"]).stem, FRAMES, picture, (table.stem, row["state"]))


def enlarge(original: Original, times: int) -> Original:
    """The same so many times as wide and high; animations, numbers and 16 bits as they are."""
    if isinstance(original.picture, list) or original.picture.mode not in ("RGB", "RGBA"):
        return original
    width, height = original.picture.size
    large = original.picture.resize((times * width, times * height), Image.Resampling.BICUBIC)
    return original._replace(picture=large)


def make_originals(scenes: int, first: int, cameras: int, frames: int) -> Iterator[Original]:
    """All kinds."""
    return chain(draw_originals(scenes, first), render_originals(cameras, frames, (640, 480)))
