"""The commands that are disturbed, on a few tiny pictures."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

_BEGIN_S = 1_616_841_000


@dataclass(frozen=True, slots=True)
class Case:
    """A command, and what is there before it."""

    name: str
    write: Callable[[Path], None]
    """Makes the pictures in a folder that is given."""
    command: str
    """`@` stands for the folder of all of it; the pictures are in `@/in`."""
    before: tuple[str, ...] = ()
    """Commands that are run first."""
    moves: bool = False
    """Whether originals go somewhere else; if not, nothing in `@/in` may change."""
    deletes: bool = False
    """Whether what lies in the backup goes for good."""

    def words(self, place: Path, command: str | None = None) -> list[str]:
        """Return the arguments of the command, or of another, in a folder."""
        return [word.replace("@", str(place)) for word in (command or self.command).split()]


def write_frames(folder: Path) -> None:
    """Two cameras, in PNG and in JPEG: a frame, the same again, and one that shows something new."""
    for seed, (camera, suffix) in enumerate((("a", ".png"), ("b", ".jpg"))):
        for number, shift in enumerate((0, 0, 30)):
            name = f"{camera}_2021_03_27__10_0{number}_00{suffix}"
            _put(folder / camera / name, _draw(seed, shift), _BEGIN_S + 60 * number, 0o640 + number % 2 * 4)


def write_crops(folder: Path) -> None:
    """Two folders with near-duplicates, one more picture, a sidecar and a metadata file each."""
    for person in range(2):
        place, names = folder / f"P-{person}", [f"x{number}.jpg" for number in range(3)]
        for number, name in enumerate(names):
            _put(place / name, _draw(10 + 5 * person + number // 2, 0), _BEGIN_S + number, 0o644 - number % 2 * 0o40)
        (place / "x1.xmp").write_text(f"of x1 of {person}")
        (place / "metadata.json").write_text(json.dumps({"images": names, "total_images": 3}))
        for name in ("x1.xmp", "metadata.json"):
            os.utime(place / name, ns=(_BEGIN_S * 10**9 + 5,) * 2)


def _draw(seed: int, shift: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    image = cv2.resize(noise, (96, 72), interpolation=cv2.INTER_CUBIC)
    if shift:
        cv2.rectangle(image, (shift, 20), (shift + 24, 52), (255, 255, 255), -1)
    return image


def _put(path: Path, image: np.ndarray, time_s: int, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    path.chmod(mode)
    os.utime(path, ns=(time_s * 10**9 + 123_456_789,) * 2)


_FILTER = "filter @/in @/out --quiet --jobs 1"
_DUPLICATES = "duplicates @/in --quiet --jobs 1 --index @/index.sqlite"
CASES = (
    Case("filter", write_frames, _FILTER),
    Case("filter --link hard", write_frames, f"{_FILTER} --link hard"),
    Case("filter --link symbolic", write_frames, f"{_FILTER} --link symbolic"),
    Case("filter --remove-to", write_frames, "filter @/in --remove-to @/bk --quiet --jobs 1", moves=True),
    Case("duplicates --remove-to", write_crops, f"{_DUPLICATES} --remove-to @/bk", moves=True),
    Case(
        "apply", write_crops, "apply @/plan.json --remove-to @/bk --quiet", (f"{_DUPLICATES} --plan @/plan.json",), True
    ),
    Case("undo", write_crops, "undo @/bk --quiet", (f"{_DUPLICATES} --remove-to @/bk",), True),
    Case(
        "empty-backup", write_crops, "empty-backup @/bk --yes --quiet", (f"{_DUPLICATES} --remove-to @/bk",), True, True
    ),
    Case("duplicates --plan", write_crops, f"{_DUPLICATES} --plan @/plan.json"),
    Case("export", write_frames, "export @/out --format coco --output @/kept.json", (_FILTER,)),
    Case("report", write_frames, "report @/out --output @/page.html --jobs 1", (_FILTER,)),
    Case("audit", write_frames, "audit @/out --output @/audit --jobs 1", (_FILTER,)),
    Case("mask", write_frames, "mask @/in --output @/mask.json --pictures @/masks"),
    Case("tune --pairs", write_frames, "tune @/in --pairs @/pairs --quiet --jobs 1"),
    Case("overview", write_frames, "overview @/in --report @/overview.html --quiet --jobs 1"),
    Case("explain", write_frames, "explain @/out a_2021_03_27__10_01_00 --output @/why.png", (_FILTER,)),
    Case("verify", write_frames, "verify @/out --quiet", (_FILTER,)),
    Case("verify of a backup", write_crops, "verify @/bk --quiet", (f"{_DUPLICATES} --remove-to @/bk",)),
)
