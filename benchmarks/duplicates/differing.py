"""python -m benchmarks.duplicates.differing --frames N: a search that finds nothing, beside decoding alone.

Each of the N JPEGs, 1920x1080, shows something of its own: grounds of many grains, things upon them, the noise of a
sensor. They are made once, in the work folder, about 0.4 MB each. Then, in turn: `framesift duplicates` with nothing
remembered, and `benchmarks/speed/decoding_alone.py`, both with two threads and as whole processes.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.corpora import new_pool, split, start_folder
from benchmarks.speed.machine import tell_machine

SIZE, QUALITY = (1920, 1080), 90
BYTES = 450_000
"""Of a picture, about."""
GRAINS = (2, 5, 12, 40, 120, 480)
"""Cells across the picture of each layer of its ground, which is drawn at a quarter of the size."""
GROUND = SIZE[0] // 4, SIZE[1] // 4
THINGS, THREADS = 12, 2
WORK = Path(tempfile.gettempdir()) / "framesift-differing"


class Cost(NamedTuple):
    """What a process took, in seconds."""

    wall: float
    processor: float

    def per(self, other: "Cost") -> str:
        """The ratios to another one, as text."""
        return f"{self.wall / other.wall:.2f} wall, {self.processor / other.processor:.2f} CPU"


def draw_picture(number: int) -> NDArray[np.uint8]:
    """Return the picture of this number, (1080, 1920, 3) uint8."""
    random = np.random.default_rng(number)
    ground = np.full((GROUND[1], GROUND[0], 3), random.uniform(60, 190, 3), np.float32)
    for cells in GRAINS:
        spread = float(random.uniform(20, 60)) / cells**0.4
        layer = random.normal(0, spread, (cells * SIZE[1] // SIZE[0] + 1, cells, 3)).astype(np.float32)
        ground += cv2.resize(layer, GROUND, interpolation=cv2.INTER_LINEAR)
    drawn = np.clip(ground, 0, 255).astype(np.uint8)
    picture = np.asarray(cv2.resize(drawn, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)
    for _ in range(int(random.integers(4, THINGS))):
        _draw_thing(picture, random)
    # A tile of it at another place for each row of tiles: to draw as much of it as there are px takes most of the time.
    noise = random.normal(128, random.uniform(1.5, 5), (SIZE[1] // 4, SIZE[0] + 40, 3)).astype(np.uint8)
    rows = np.concatenate([noise[:, 10 * row : 10 * row + SIZE[0]] for row in range(4)])
    return np.asarray(cv2.addWeighted(picture, 1, rows, 1, -128), np.uint8)


def _draw_thing(picture: NDArray[np.uint8], random: np.random.Generator) -> None:
    colour = tuple(random.uniform(0, 255, 3).tolist())
    centre, reach = random.uniform((0, 0), SIZE), random.uniform(40, 400)
    corners = centre + random.normal(0, reach, (int(random.integers(3, 7)), 2))
    cv2.fillConvexPoly(picture, cv2.convexHull(corners.astype(np.int32)), colour, cv2.LINE_8)


def write_pictures(folder: str, first: int, last: int) -> None:
    """Write those of the numbers `first` to `last` (excluded)."""
    cv2.setNumThreads(1)
    for number in range(first, last):
        _, content = cv2.imencode(".jpg", draw_picture(number), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        Path(folder, f"picture_{number:06d}.jpg").write_bytes(content.tobytes())


def make_pictures(work: Path, frames: int, jobs: int) -> Path:
    """Return the folder of so many pictures, made now unless an earlier run did. Raises OSError."""
    folder = work / f"differing-{frames}"
    if not folder.is_dir():
        part = start_folder(folder, frames * BYTES)
        with new_pool(jobs) as pool:
            for done in [pool.submit(write_pictures, str(part), *each) for each in split(frames, 1, 8 * jobs)]:
                done.result()
        part.rename(folder)
    return folder


def search(folder: Path) -> Cost:
    """Search the folder in a process of its own that remembers nothing."""
    with tempfile.TemporaryDirectory() as place:
        index = str(Path(place, "index.sqlite"))
        command = [sys.executable, "-m", "framesift", "duplicates", str(folder), "--index", index, "--quiet"]
        return _run([*command, "--jobs", str(THREADS)])


def decode(folder: Path) -> Cost:
    """Decode all of it in a process of its own."""
    script = Path(__file__).parents[1] / "speed" / "decoding_alone.py"
    return _run([sys.executable, str(script), str(folder), str(THREADS)])


def _run(command: Sequence[str]) -> Cost:
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates.differing", description=__doc__)
    add = parser.add_argument
    add("--frames", type=int, default=2000, metavar="N", help="pictures (default %(default)s)")
    add("--rounds", type=int, default=3, metavar="N", help="times that both are run (default %(default)s)")
    add("--work", type=Path, default=WORK, metavar="DIR", help="where the pictures are kept (default %(default)s)")
    add("--from", dest="folder", type=Path, metavar="DIR", help="a flat folder of pictures of your own instead")
    arguments = parser.parse_args(argv)
    folder = arguments.folder or make_pictures(arguments.work, arguments.frames, os.cpu_count() or 1)
    print(tell_machine())
    for number in range(arguments.rounds):
        found, alone = search(folder), decode(folder)
        seconds = ", ".join(f"{each.wall:.1f} s ({each.processor:.1f} of CPU)" for each in (found, alone))
        print(f"{number + 1}: search, decoding alone: {seconds}; {found.per(alone)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
