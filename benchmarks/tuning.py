"""How good are the thresholds that `framesift tune` advises? Truth answers in place of a person.

python -m benchmarks.tuning FOLDER TRUTH.npy [FOLDER TRUTH.npy ...] --method tolerance --wrong 0.1

FOLDER holds the frames of one camera; TRUTH.npy, (n, n), how much new each of them, in their order, shows beside each
other: the largest changed blob as a share of the frame. A frame is new beside another where that is above 0.005. Each
camera is tuned by answers of its own; with --together ten answers have to do for all of them.

Coverage: the share of frames that show nothing new beside the last kept frame at or before them. Excess: frames kept,
as a multiple of what the same walk on truth keeps.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framesift.frames import Frame, find_frames
from framesift.settings import Method, Settings, choose_thresholds
from framesift.tuning import Answer, Grid, Session, Setting, Sweep

NEW = 0.005


@dataclass(frozen=True, slots=True)
class Camera:
    """A folder with its truth."""

    folder: Path
    frames: list[Frame]
    new: NDArray[np.bool_]
    """Whether a frame shows something new beside an earlier one, (n, n)."""

    def tell(self, reference: str, path: str) -> bool:
        """Say what somebody who knows the truth would."""
        places = {frame.path: place for place, frame in enumerate(self.frames)}
        return bool(self.new[places[reference], places[path]])


@dataclass(frozen=True, slots=True)
class Quality:
    """What a setting makes of a camera."""

    coverage: float
    keep_rate: float
    excess: float


def read_camera(folder: Path, truth: Path) -> Camera:
    """Read a folder with its truth."""
    return Camera(folder, find_frames(folder).frames, np.load(truth) > NEW)


def sweep_camera(folder: Path, frames: Sequence[Frame], method: Method) -> Sweep:
    """Walk a folder with all settings of the method."""
    thresholds = choose_thresholds(method)
    default = Setting(*thresholds)
    sweep = Sweep(folder, Settings(*thresholds, method=method), Grid(default, default))
    for _ in sweep.walk(frames):
        pass
    return sweep


def answer_session(session: Session, cameras: dict[str, Camera], number: int, wrong: float, seed: int) -> Setting:
    """Ask `number` questions and answer them by truth, each wrongly by the chance `wrong`; return what is advised."""
    chance = random.Random(seed)
    for place in range(number):
        question = session.ask()
        if question is None:
            break
        new = cameras[question.pair.camera].tell(question.pair.reference, question.pair.path)
        session.answer(place, Answer.YES if new != (chance.random() < wrong) else Answer.NO)
    return session.advise().setting


def measure_quality(camera: Camera, method: Method, setting: Setting) -> Quality:
    """Filter a camera with a setting and compare with its truth."""
    from framesift import filter_frames

    places = {frame.path: place for place, frame in enumerate(camera.frames)}
    thresholds = setting.min_contour_area, setting.score_threshold
    kept = [d.verdict == "keep" for d in filter_frames(camera.folder, None, *thresholds, method=str(method))]
    missed, reference, best, ideal = 0, 0, 0, 1
    for place in range(1, len(places)):
        if kept[place]:
            reference = place
        missed += bool(camera.new[reference, place])
        if camera.new[best, place]:
            best, ideal = place, ideal + 1
    return Quality(1 - missed / len(kept), sum(kept) / len(kept), sum(kept) / ideal)


def tune_cameras(cameras: Sequence[Camera], method: Method, options: argparse.Namespace, seed: int) -> list[Setting]:
    """Return the setting of each camera."""
    if options.together:
        raise NotImplementedError
    sweeps = [sweep_camera(camera.folder, camera.frames, method) for camera in cameras]
    return [
        answer_session(Session(sweep), dict.fromkeys(sweep.cameras, camera), options.questions, options.wrong, seed)
        for camera, sweep in zip(cameras, sweeps, strict=True)
    ]
