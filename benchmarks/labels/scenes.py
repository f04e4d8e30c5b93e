"""Scenes as files, and the box of each object in each frame."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.film import FORM, play
from benchmarks.quality.light import Moment
from benchmarks.quality.stages import Stage
from benchmarks.quality.truth import Labels
from benchmarks.scenes.drawing import draw_object, draw_shadow
from benchmarks.scenes.geometry import Size
from benchmarks.stills import Stills

LEAST_SIDE: Final = 8
LEAST_AREA: Final = 80
"""px: what is smaller, or shows less, nobody labels."""


@dataclass(frozen=True)
class Seen:
    """An object in a frame."""

    box: tuple[int, int, int, int]
    """x, y, width, height in px around what can be seen of it."""
    area: int
    """px of it that can be seen."""

    @property
    def is_labelled(self) -> bool:
        """Whether somebody would label it."""
        return min(self.box[2:]) >= LEAST_SIDE and self.area >= LEAST_AREA


Truth = dict[str, dict[int, Seen]]
"""By the frame's name, the objects by their ids."""


def write_scene(scene: Stage | Stills, work: Path, frames: int, seed: int, size: Size) -> tuple[Path, Truth]:
    """The folder of the frames and their truth, from the work folder where they lie there already."""
    folder = work / f"{scene.name}-{frames}-{seed}-{size[0]}x{size[1]}"
    known = folder.with_suffix(".json")
    if not known.exists():
        folder.mkdir(parents=True, exist_ok=True)
        truth = {}
        for index, (image, labels) in enumerate(play(scene, frames, seed, size)):
            name = f"{scene.name}_{index:04}{FORM.suffix}"
            (folder / name).write_bytes(FORM.encode(image))
            found = measure_objects(scene, labels, index, frames, seed)
            truth[name] = {number: [*each.box, each.area] for number, each in found.items()}
        known.write_text(json.dumps(truth))
        draw_object.cache_clear()
        draw_shadow.cache_clear()
    read = json.loads(known.read_text())
    return folder, {name: {int(n): see(v) for n, v in objects.items()} for name, objects in read.items()}


def see(values: list[int]) -> Seen:
    """An object as the file has it."""
    x, y, width, height, area = values
    return Seen((x, y, width, height), area)


def measure_objects(scene: Stage | Stills, labels: Labels, index: int, frames: int, seed: int) -> dict[int, Seen]:
    """The boxes of all objects of a frame; where the camera is shaken, as they are seen then."""
    found = {}
    for number in np.unique(labels[labels > 0]).tolist():
        mask = shake(scene, (labels == number).astype(np.uint8) * 255, index, frames, seed)
        x, y, width, height = cv2.boundingRect((mask >= 128).astype(np.uint8))
        if width:
            found[int(number)] = Seen((x, y, width, height), int((mask >= 128).sum()))
    return found


def shake(scene: Stage | Stills, mask: NDArray[np.uint8], index: int, frames: int, seed: int) -> NDArray[np.uint8]:
    """A mask, (height, width), as the shaken camera sees it."""
    if isinstance(scene, Stills):
        return mask
    moment = Moment(scene.draw_scene(frames, seed), index, (mask.shape[1], mask.shape[0]), mask > 0)
    picture = mask[:, :, None].repeat(3, axis=2).astype(np.float32)
    for effect in scene.effects:
        if effect.__name__ == "shaken":
            picture = np.asarray(effect(picture, moment), np.float32)
    return np.asarray(np.clip(np.rint(picture[:, :, 0]), 0, 255), np.uint8)
