"""python -m benchmarks.duplicates.leaks FRAMES: how many planted copies `framesift leaks` finds, and what wrongly.

FRAMES holds cameras. A gets frames of every second of them; B gets copies of each of these (saved again, resized,
cropped, brighter, darker) and as many frames of the other cameras, and of the same ones where their masks say that they
show something else.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.methods import Shot
from benchmarks.quality.own import read_cameras
from benchmarks.quality.truth import TAU
from framesift.duplicates import find_leaks
from framesift.frames.finding import find_frames

Image = NDArray[np.uint8]
OF_EACH = 8
"""Frames of each camera, evenly."""


def plant(image: Image) -> dict[str, tuple[Image, list[int]]]:
    """Return copies of a picture, by kind, with the options that each is encoded with."""
    height, width = image.shape[:2]
    x, y = round(0.04 * width), round(0.04 * height)
    kinds: dict[str, Any] = {
        "saved again, quality 40": (image, 40),
        "half the size": (cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA), 90),
        "half as large again": (cv2.resize(image, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), 90),
        "cropped by 4 % at the left": (image[:, x:], 90),
        "cropped by 4 % all around": (image[y:-y, x:-x], 90),
        "brighter by a fifth": (cv2.convertScaleAbs(image, alpha=1.2), 90),
        "darker by a fifth": (cv2.convertScaleAbs(image, alpha=0.8), 90),
    }
    return {kind: (copy, [cv2.IMWRITE_JPEG_QUALITY, quality]) for kind, (copy, quality) in kinds.items()}


def build(frames: Path, truth: Path, first: Path, second: Path, odd: bool = False) -> tuple[Counter[str], int]:
    """Fill both folders; return how many copies there are of each kind, and how many other frames."""
    cameras = [list(each) for _, each in groupby(find_frames(frames).frames, key=lambda frame: frame.camera)]
    cameras = [of for of in cameras if Path(of[0].path).parts[0] != "truth" and "-masks/" not in of[0].path]
    planted, others, chosen = Counter[str](), 0, set[str]()
    for number, of_camera in enumerate(cameras):
        for place, frame in enumerate(of_camera[:: -(-len(of_camera) // OF_EACH)]):
            path = frames / frame.path
            if number % 2 != odd:
                (second / f"other-{number}-{place}{path.suffix}").write_bytes(path.read_bytes())
                others += 1
                continue
            chosen.add(path.name)
            (first / f"{number}-{place}{path.suffix}").write_bytes(path.read_bytes())
            for kind, (copy, options) in plant(Shot(path).image).items():
                cv2.imwrite(str(second / f"copy-{number}-{place}-{kind}.jpg"), copy, options)
                planted[kind] += 1
    return planted, others + _add_unlike(frames, truth, second, chosen)


def _add_unlike(frames: Path, truth: Path, second: Path, chosen: set[str]) -> int:
    """Copy frames of the same cameras that show something else than all that are in the first folder."""
    added = 0
    for camera in read_cameras(frames, truth):
        known = [n for n, path in enumerate(camera.frames) if path.name in chosen]
        unlike = [n for n in range(len(camera.frames)) if known and (camera.distances[n, known] > TAU).all()]
        for n in unlike[:: max(1, len(unlike) // OF_EACH)]:
            path = camera.frames[n]
            (second / f"other-{path.name}").write_bytes(path.read_bytes())
            added += 1
    return added


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates.leaks", description=__doc__)
    parser.add_argument("frames", type=Path, metavar="FRAMES", help="with their truth in FRAMES/truth")
    parser.add_argument("--odd", action="store_true", help="plant copies of the other half of the cameras")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as work:
        first, second = Path(work, "first"), Path(work, "second")
        first.mkdir()
        second.mkdir()
        planted, others = build(arguments.frames, arguments.frames / "truth", first, second, arguments.odd)
        found = find_leaks(first, second, index=Path(work, "index"))
    hits = Counter[str]()
    for leak in found.leaks:
        name, _, kind = leak.path.removesuffix(".jpg").removeprefix("copy-").rpartition("-")
        if leak.path.startswith("copy-") and name == Path(leak.original).stem:
            hits[kind] += 1
        elif not leak.path.startswith("copy-"):
            hits["wrong"] += 1
            print(f"wrong: {leak}", file=sys.stderr)
        else:
            hits["another of the same camera"] += 1
            hits[kind] += 1
    for kind, number in planted.items():
        print(f"| {kind} | {hits[kind]} of {number} |")
    print(f"| all copies | {sum(hits[kind] for kind in planted)} of {planted.total()} |")
    print(f"| named beside another frame of the same camera | {hits['another of the same camera']} |")
    print(f"| other frames, found wrongly | {hits['wrong']} of {others} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
