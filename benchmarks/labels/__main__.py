"""python -m benchmarks.labels: how many labels are carried over to dropped frames, and how many of them are wrong."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2

from benchmarks import exit_code_of
from benchmarks.labels.measuring import Tally, measure_scene
from benchmarks.labels.scenes import write_scene
from benchmarks.quality.stages import STAGES, Stage
from benchmarks.quality.table import align
from benchmarks.stills import STILLS, Stills
from framesift.errors import FramesiftError

SCENES: Final[tuple[Stage | Stills, ...]] = (*STAGES, *STILLS)
METHODS: Final = ("framediff", "tolerance")
HEAD: Final = ("scene", "method", "dropped", "labels fit", "do not", "carried", "wrong", "certain", "lacking")


def share(part: int, whole: int) -> str:
    """A number, and what share of the whole it is."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)


def describe(name: str, method: str, tally: Tally) -> tuple[str, ...]:
    """A row of the table."""
    counts = (str(tally.dropped), str(tally.fitting), str(tally.unfit))
    carried = share(tally.carried, tally.fitting), share(tally.wrong, tally.carried)
    return (name, method, *counts, *carried, share(tally.certain, tally.dropped), share(tally.missing, tally.certain))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labels", description=__doc__)
    work = "for rendered frames (default %(default)s)"
    parser.add_argument("--work", type=Path, default=Path("/var/tmp/framesift-labels"), metavar="FOLDER", help=work)
    parser.add_argument("--scenes", default="", metavar="A,B", help="default: all")
    parser.add_argument("--frames", type=int, default=32, metavar="N", help="of each scene (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other numbers give other scenes")
    arguments = parser.parse_args(argv)
    wanted = arguments.scenes.split(",") if arguments.scenes else [scene.name for scene in SCENES]
    scenes = [scene for scene in SCENES if scene.name in wanted]
    if len(scenes) < len(wanted) or arguments.frames < 2:
        parser.error(f"--frames takes at least 2, --scenes some of {', '.join(scene.name for scene in SCENES)}")
    cv2.setNumThreads(1)

    def measure() -> None:
        totals = {method: Tally() for method in METHODS}
        rows: list[tuple[str, ...]] = [HEAD]
        for scene in scenes:
            folder, truth = write_scene(scene, arguments.work, arguments.frames, arguments.seed, (640, 480))
            for method in METHODS:
                with TemporaryDirectory(prefix="framesift-labels-") as place:
                    tally = measure_scene(folder, truth, method, Path(place))
                totals[method] += tally
                rows.append(describe(scene.name, method, tally))
                print(" ".join(rows[-1]), file=sys.stderr, flush=True)
        print(align([*rows, *(describe("all", method, totals[method]) for method in METHODS)], left=2))

    return exit_code_of(measure, OSError, FramesiftError)


if __name__ == "__main__":
    sys.exit(main())
