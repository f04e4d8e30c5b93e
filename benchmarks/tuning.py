"""How good are the thresholds that `framesift tune` advises? Truth answers in place of a person.

python -m benchmarks.tuning labelled FRAMES TRUTH [--cameras c101,c102] [--method framediff] [--wrong 0.1]
python -m benchmarks.tuning rendered FOLDER [FOLDER ...]

`labelled`: FRAMES has a folder of frames for each camera, and TRUTH `<camera>-labels.csv` (frame, state) or
`<camera>-masks/` (masks named after the frames; 255 is a moving object, 85 and 170 count as nothing). A camera that is
named by --cameras and has neither is taken for one in which only the light changes: every frame kept after the first is
one too many. `rendered`: each FOLDER holds the frames of one camera and `truth.npy`, (n, n), the truth distances of its
frames in their order.

The truth distance of two frames is the largest changed blob as a share of the frame, and 1 where their states differ.
A frame is new beside another where it is above 0.005. Coverage: the share of frames that are not new beside the last
kept frame at or before them. Excess: frames kept, as a multiple of what the same walk on truth keeps.

Each camera is tuned by answers of its own.
"""

import argparse
import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift import filter_frames
from framesift.frames import Frame, find_frames
from framesift.settings import Method, Settings, choose_thresholds
from framesift.tuning import Answer, Grid, Question, Session, Setting, Sweep

NEW = 0.005
_MOVING, _UNKNOWN = 250, 60
_BORDER = (5, 10, 5, 0)
"""Percent of the side that are not compared: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The frames of one camera with their truth."""

    folder: Path
    frames: list[Frame]
    new: NDArray[np.bool_]
    """Whether a frame shows something new beside another, (n, n)."""

    def tell(self, question: Question) -> bool:
        """Say what somebody who knows the truth would."""
        places = {frame.path: place for place, frame in enumerate(self.frames)}
        return bool(self.new[places[question.pair.reference], places[question.pair.path]])


@dataclass(frozen=True, slots=True)
class Quality:
    """What a setting makes of a camera."""

    coverage: float
    keep_rate: float
    excess: float


def read_rendered(folder: Path) -> Camera:
    """Read a folder with its truth distances."""
    return Camera(folder, find_frames(folder).frames, np.load(folder / "truth.npy") > NEW)


def read_labelled(folder: Path, truth: Path) -> Camera:
    """Read those frames of a camera that have a label or a mask; one without either is taken to show nothing new."""
    frames = find_frames(folder).frames
    labels, masks = truth / f"{folder.name}-labels.csv", truth / f"{folder.name}-masks"
    if labels.is_file():
        with labels.open(newline="", encoding="utf-8") as file:
            states = {row["frame"]: row["state"] for row in csv.DictReader(file)}
        frames = [frame for frame in frames if frame.path in states]
        known = np.array([states[frame.path] for frame in frames])
        return Camera(folder, frames, known[:, None] != known[None])
    if not masks.is_dir():
        return Camera(folder, frames, np.zeros((len(frames), len(frames)), bool))
    files = {path.stem: path for path in masks.iterdir()}
    frames = [frame for frame in frames if Path(frame.path).stem in files]
    pictures = [cv2.imread(str(files[Path(frame.path).stem]), cv2.IMREAD_GRAYSCALE) for frame in frames]
    return Camera(folder, frames, measure_distances([np.asarray(p, np.uint8) for p in pictures]) > NEW)


def measure_distances(masks: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return for each two masks the largest blob that is in one of them alone, opened 3x3, as a share of the frame."""
    distances = np.zeros((len(masks), len(masks)))
    usable = [((mask >= _MOVING) | (mask < _UNKNOWN)) & _inside(mask) for mask in masks]
    for one in range(len(masks)):
        for other in range(one):
            changed = ((masks[one] >= _MOVING) != (masks[other] >= _MOVING)) & usable[one] & usable[other]
            opened = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
            areas = cv2.connectedComponentsWithStats(opened, connectivity=8)[2][1:, cv2.CC_STAT_AREA]
            distances[one, other] = distances[other, one] = max(areas, default=0) / changed.size
    return distances


def _inside(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    height, width = mask.shape
    left, top, right, bottom = (int(p * s / 100) for p, s in zip(_BORDER, (width, height) * 2, strict=True))
    inside = np.zeros(mask.shape, bool)
    inside[top : height - bottom, left : width - right] = True
    return inside


def sweep_camera(folder: Path, frames: Iterable[Frame], method: Method) -> Sweep:
    """Walk a folder with all settings of the method."""
    default = Setting(*choose_thresholds(method))
    sweep = Sweep(folder, Settings(method=method), Grid(default, default))
    for _ in sweep.walk(frames):
        pass
    return sweep


def answer_session(session: Session, cameras: dict[str, Camera], number: int, wrong: set[int]) -> Setting:
    """Answer `number` questions by truth, those at the places `wrong` by its opposite; return what is advised."""
    while (place := session.next(number)) is not None:
        question = session.questions[place]
        new = cameras[question.pair.camera].tell(question) != (place in wrong)
        session.answer(place, Answer.YES if new else Answer.NO)
    return session.advise().setting


def measure_quality(camera: Camera, method: Method, setting: Setting) -> Quality:
    """Filter a camera with a setting and compare with its truth."""
    thresholds = setting.min_contour_area, setting.score_threshold
    verdicts = {d.frame.path: d.verdict for d in filter_frames(camera.folder, None, *thresholds, method=str(method))}
    kept = [verdicts[frame.path] == "keep" for frame in camera.frames]
    missed, reference, best, ideal = 0, 0, 0, 1
    for place in range(1, len(kept)):
        reference = place if kept[place] else reference
        missed += bool(camera.new[reference, place])
        if camera.new[best, place]:
            best, ideal = place, ideal + 1
    return Quality(1 - missed / len(kept), sum(kept) / len(kept), sum(kept) / ideal)


def mean_quality(qualities: Sequence[Quality]) -> Quality:
    """Return the mean of the cameras' values."""
    return Quality(*(mean(getattr(q, name) for q in qualities) for name in ("coverage", "keep_rate", "excess")))


def tune_cameras(cameras: Sequence[Camera], method: Method, questions: int, share: float, seed: int) -> list[Quality]:
    """Tune each camera by answers of which a share is wrong; return what comes of it."""
    chance = random.Random(seed)
    found = []
    for camera in cameras:
        wrong = set(chance.sample(range(questions), round(share * questions)))
        sweep = sweep_camera(camera.folder, camera.frames, method)
        answered = answer_session(Session(sweep), dict.fromkeys(sweep.cameras, camera), questions, wrong)
        found.append(measure_quality(camera, method, answered))
    return found


def main() -> None:
    """Print coverage, keep rate and excess of the defaults and of what is advised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("labelled", "rendered"))
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--cameras", help="of the labelled ones, such as c101,c102")
    parser.add_argument("--method", type=Method, default=Method.TOLERANCE)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--wrong", type=float, default=0, help="share of the answers of each session (default 0)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.kind == "labelled":
        frames, truth = options.folders
        with_truth = sorted({path.name.split("-")[0] for path in truth.glob("*-[lm]a*")})
        names = options.cameras.split(",") if options.cameras else with_truth
        cameras = [read_labelled(frames / name, truth) for name in names]
    else:
        cameras = [read_rendered(folder) for folder in options.folders]
    default = Setting(*choose_thresholds(options.method))
    tuned = tune_cameras(cameras, options.method, options.questions, options.wrong, options.seed)
    plain = [measure_quality(camera, options.method, default) for camera in cameras]
    print(f"{'camera':24}  defaults: coverage  keep  excess   tuned: coverage  keep  excess")
    names = [*(camera.folder.name for camera in cameras), "mean"]
    for name, before, after in zip(names, [*plain, mean_quality(plain)], [*tuned, mean_quality(tuned)], strict=True):
        values = [f"{q.coverage:18.3f} {q.keep_rate:5.3f} {q.excess:7.2f}" for q in (before, after)]
        print(f"{name:24}  {'  '.join(values)}")


if __name__ == "__main__":
    main()
