"""python -m benchmarks.stills OUT: write rendered stills, a folder for each camera, and their truth in OUT/truth.

Masks lie in OUT/truth/<camera>-masks under the frame's stem: 16-bit grey, 0 for the place itself, 65535 - id for an
object, so that who reads 8 bits finds 255 for all objects. `scenes.csv` says which camera is which scene.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks import exit_code_of
from benchmarks.scenes.__main__ import parse_size
from benchmarks.scenes.geometry import Size
from benchmarks.scenes.writing import Format, encode
from benchmarks.stills.scenes import STILLS, Stills

FORM: Final = Format(".jpg", 85)


def write_scene(scene: Stills, out: Path, frames: int, seed: int, size: Size) -> None:
    """Write one camera's frames and masks. Raises FileExistsError rather than overwrite."""
    folder, masks = out / scene.camera, out / "truth" / f"{scene.camera}-masks"
    folder.mkdir(parents=True)
    masks.mkdir(parents=True)
    for time, image, labels in scene.play_timed(frames, seed, size):
        stem = f"{scene.camera}_{time:%Y_%m_%d__%H_%M_%S}"
        (folder / f"{stem}{FORM.suffix}").write_bytes(FORM.encode(image))
        mask = np.where(labels > 0, 65535 - labels, 0).astype(np.uint16)
        (masks / f"{stem}.png").write_bytes(encode(".png", mask, []))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stills", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the frames, new or empty")
    parser.add_argument("--scenes", default="", metavar="A,B", help="default: all")
    parser.add_argument("--frames", type=int, default=72, metavar="N", help="of each scene (default %(default)s)")
    parser.add_argument("--size", type=parse_size, default=(640, 480), metavar="WIDTHxHEIGHT", help="default 640x480")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    arguments = parser.parse_args(argv)
    wanted = arguments.scenes.split(",") if arguments.scenes else [scene.name for scene in STILLS]
    scenes = [scene for scene in STILLS if scene.name in wanted]
    if len(scenes) < len(wanted) or arguments.frames < 1:
        parser.error(f"--frames takes at least 1, --scenes some of {', '.join(scene.name for scene in STILLS)}")
    cv2.setNumThreads(1)

    def write() -> None:
        for scene in scenes:
            write_scene(scene, arguments.out, arguments.frames, arguments.seed, arguments.size)
            print(f"{scene.camera}: {scene.name}, {arguments.frames} frames", flush=True)
        with (arguments.out / "truth" / "scenes.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(
                [("camera", "scene", "still"), *((s.camera, s.name, int(s.still)) for s in scenes)]
            )

    return exit_code_of(write, OSError)


if __name__ == "__main__":
    sys.exit(main())
