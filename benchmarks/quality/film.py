"""Scenes as files: frames as a camera delivers them, and their truth beside them.

Each is drawn once: whoever changes the scenes takes another work folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.light import Moment, Picture
from benchmarks.quality.stages import Stage
from benchmarks.quality.truth import Labels, Truth, measure_distances
from benchmarks.scenes.drawing import draw_object, draw_shadow
from benchmarks.scenes.geometry import Size
from benchmarks.scenes.rendering import Still, draw_clock, draw_still
from benchmarks.scenes.timetable import Scene
from benchmarks.scenes.writing import Format
from benchmarks.stills import Stills

FORM: Final = Format(".jpg", 88)
GROUPS: Final = ("scenes", "stills")
"""Frames a moment apart, and frames minutes apart."""
DISTANCES: Final = "truth.npy"
"""Written last: a folder without it is not complete."""


def film_stage(stage: Stage | Stills, work: Path, frames: int, seed: int, size: Size = (640, 480)) -> Truth:
    """The frames of a scene and their truth, from the work folder where they lie there already."""
    folder = work / f"{stage.name}-{frames}-{seed}-{size[0]}x{size[1]}"
    paths = tuple(folder / f"{stage.name}_{index:04}{FORM.suffix}" for index in range(frames))
    if not (folder / DISTANCES).exists():
        folder.mkdir(parents=True, exist_ok=True)
        labels = []
        for path, (image, seen) in zip(paths, play(stage, frames, seed, size), strict=True):
            path.write_bytes(FORM.encode(image))
            labels.append(seen)
        np.save(folder / DISTANCES, measure_distances(labels))
        draw_object.cache_clear()
        draw_shadow.cache_clear()
    return Truth(stage.name, paths, np.load(folder / DISTANCES), stage.still, group_of(stage))


def group_of(stage: Stage | Stills) -> str:
    """The table in which a scene stands."""
    return GROUPS[isinstance(stage, Stills)]


def play(stage: Stage | Stills, frames: int, seed: int, size: Size) -> Iterator[tuple[NDArray[np.uint8], Labels]]:
    """Each frame, (height, width, 3) BGR, with the labels of its objects."""
    if isinstance(stage, Stills):
        yield from stage.play(frames, seed, size)
        return
    scene = stage.draw_scene(frames, seed)
    for index in range(frames):
        present = tuple(sorted(scene.present[index], key=lambda each: each.object_id))
        still = draw_still(scene.deck, present, size)
        yield develop(stage, scene, still, index, size), still.labels.astype(np.int32)


def develop(stage: Stage, scene: Scene, still: Still, index: int, size: Size) -> NDArray[np.uint8]:
    """The picture of one frame: light, effects, noise, and what the recorder writes over it."""
    moment = Moment(scene, index, size, still.labels > 0)
    day, lamp = stage.light(moment)
    picture: Picture = np.minimum(still.day * day + still.lamp * lamp, 255).astype(np.float32)
    for effect in (*stage.effects, stage.noise):
        picture = effect(picture, moment)
    image = np.asarray(cv2.convertScaleAbs(np.clip(picture, 0, 255)), np.uint8)
    draw_clock(image, scene, scene.times[index])
    return image if stage.overlay is None else stage.overlay(image, moment)
