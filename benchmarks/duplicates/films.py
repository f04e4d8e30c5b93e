"""python -m benchmarks.duplicates.films: how many cropped and framed films --cropped finds, and how many wrongly.

Films of a moving camera, of a fixed one, and cut from several scenes, rendered here; and your own with --from. Of each
there are copies that show the same or a part of it, and films that only look like one. Needs ffmpeg.
"""

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes import make_deck, render_scene
from framesift.duplicates import find_duplicates

Image = NDArray[np.uint8]

SIZE, RATE, SECONDS = (640, 360), 25, 8
COPIES = {
    "black bars above and below": "pad=iw:trunc(ih*2/3)*2:0:(oh-ih)/2:black",
    "black bars at the sides": "pad=trunc(ih*2.39/2)*2:ih:(ow-iw)/2:0:black",
    "black bars all round": "scale=iw*3/4:-2,pad=trunc(iw*1.3/2)*2:trunc(ih*1.4/2)*2:(ow-iw)/2:(oh-ih)/3:black",
    "4:3 cut out": "crop=trunc(ih*2/3)*2:ih",
    "4:3 cut out, left": "crop=trunc(ih*2/3)*2:ih:0:0",
    "square cut out, right": "crop=ih:ih:iw-ow:0",
    "wide cut out, in bars": "crop=iw:trunc(iw/2.39/2)*2,pad=iw:trunc(ih*2/3)*2:0:(oh-ih)/2:black",
    "zoom by a tenth": "crop=iw*0.8:ih*0.8,scale=iw/0.8:ih/0.8",
    "zoom by a quarter": "crop=iw*0.5:ih*0.5,scale=iw/0.5:ih/0.5",
    "zoom off-centre": "crop=iw*0.7:ih*0.7:iw*0.05:ih*0.2,scale=iw/0.7:ih/0.7",
    "4:3 cut out, smaller": "crop=trunc(ih*2/3)*2:ih,scale=trunc(iw*0.35)*2:-2",
    "a part of it, 4:3": "trim=start=1.3:duration=5,setpts=PTS-STARTPTS,crop=trunc(ih*2/3)*2:ih",
}
"""What is made of a film and shows nothing but what it shows, as ffmpeg's filters."""
BESIDE = "with a caption in the bar"
OTHERS = {
    "with a logo": "drawbox=x=iw*0.3:y=ih*0.3:w=iw*0.05:h=ih*0.05:color=white:t=fill",
    BESIDE: "pad=iw:trunc(ih*2/3)*2:0:(oh-ih)/2:black,drawbox=x=iw*0.3:y=ih*0.95:w=iw*0.2:h=ih*0.02:color=white:t=fill",
    "with a caption, 4:3": "drawbox=x=iw*0.4:y=ih*0.8:w=iw*0.2:h=ih*0.03:color=white:t=fill,crop=trunc(ih*2/3)*2:ih",
    "grey, zoomed": "hue=s=0,crop=iw*0.8:ih*0.8,scale=iw/0.8:ih/0.8",
    "mirrored, 4:3": "hflip,crop=trunc(ih*2/3)*2:ih",
}
"""And what shows something else."""
CRFS = (20, 26, 30)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates.films", description=__doc__)
    parser.add_argument("--films", type=int, default=2, help="of each kind (default %(default)s)")
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="films of your own, 20 s of each")
    parser.add_argument(
        "--set", dest="place", type=Path, metavar="DIR", help="a new folder in which the films are left"
    )
    arguments = parser.parse_args(argv)
    if not shutil.which("ffmpeg"):
        print("needs ffmpeg", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        folder = arguments.place or Path(place) / "films"
        folder.mkdir(parents=True)
        originals = list(write_originals(folder, arguments.films))
        originals += list(cut_films(arguments.folder, folder)) if arguments.folder else []
        right = {name: change for original in originals for name, change in write_versions(folder, original)}
        print("\n".join(report(folder, originals, right)))
    return 0


def report(folder: Path, originals: list[str], right: dict[str, str]) -> list[str]:
    """Search, and say what was found of what, and what wrongly."""
    findings = find_duplicates(folder, index=folder.parent / "index.sqlite", cropped=True)
    pairs = [(group.keeper.path, member.item.path) for group in findings.groups for member in group.members]
    wrong = [pair for pair in pairs if not shows_all_of(*pair, right)]
    surplus = {name for name in right if right[name] in COPIES}
    found = {member for keeper, member in pairs if (keeper, member) not in wrong}
    lines = [f"{len(found & surplus)} of {len(surplus)} copies of {len(originals)} films found, {len(wrong)} of "
             f"{len(pairs)} pairs wrong", "", "| change | found |", "|---|---|"]  # fmt: skip
    for change in COPIES:
        names = {name for name in surplus if right[name] == change}
        lines.append(f"| {change} | {len(names & found)} of {len(names)} |")
    return [*lines, *(f"wrong: {member} for {keeper}" for keeper, member in wrong)]


def shows_all_of(keeper: str, member: str, right: dict[str, str]) -> bool:
    """Whether two files are made of one film, and neither has what the other may lack; `right` says what was made of
    each. A caption in the bar hides nothing of the film: what has one may be kept, and may not go.
    """
    stems = {name.removesuffix(".mp4").split("__")[0] for name in (keeper, member)}
    has_more = [right.get(name, "") in OTHERS for name in (keeper, member)]
    return len(stems) == 1 and not has_more[1] and (not has_more[0] or right[keeper] == BESIDE)


def write_versions(folder: Path, original: str) -> Iterator[tuple[str, str]]:
    """Write all that is made of a film; yield name and change of each."""
    stem = original.removesuffix(".mp4")
    for number, (change, filters) in enumerate((COPIES | OTHERS).items()):
        name = f"{stem}__{change.replace(' ', '_').replace(',', '').replace(':', '')}.mp4"
        _encode(["-i", folder / original, "-vf", filters], CRFS[number % len(CRFS)], folder / name)
        yield name, change
    set_in = f"{stem}__set_in.mp4"
    other = next(path for path in sorted(folder.glob("*.mp4"), reverse=True) if not path.name.startswith(stem))
    size = "[1][0]scale2ref=iw:ih[b][c]"
    filters = f"{size};[c]scale=iw*0.6:ih*0.6[a];[b][a]overlay=W*0.35:H*0.3:shortest=1"
    _encode(["-i", folder / original, "-i", other, "-filter_complex", filters], 20, folder / set_in)
    yield set_in, "with a logo"


def write_originals(folder: Path, films: int) -> Iterator[str]:
    """Write rendered films; yield their names."""
    for seed in range(films):
        for kind, draw in KINDS.items():
            name = f"{kind}{seed}.mp4"
            raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "{}x{}".format(*SIZE), "-r", RATE, "-i", "-"]
            content = b"".join(
                np.ascontiguousarray(draw(seed, each / RATE)).tobytes() for each in range(RATE * SECONDS)
            )
            _encode(raw, 18, folder / name, content)
            yield name


def cut_films(films: Path, folder: Path) -> Iterator[str]:
    """Write two pieces of each film of the user's, which show another time of one camera; yield their names."""
    for path in sorted(films.iterdir()):
        if path.suffix.lower() in (".mp4", ".avi", ".mov", ".mkv"):
            for number, start in enumerate((0, 20)):
                name = f"{path.stem.replace('_', '-')}{number}.mp4"
                _encode(["-ss", start, "-t", 20, "-i", path], 18, folder / name)
                if (folder / name).stat().st_size > 10_000:
                    yield name
                else:  # it is not so long
                    (folder / name).unlink()


def _encode(options: list[object], crf: int, path: Path, content: bytes = b"") -> None:
    coded = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-crf", crf, path]
    command = ["ffmpeg", "-y", "-loglevel", "error", *map(str, [*options, *coded])]
    subprocess.run(command, input=content, check=True)


@cache
def _render(number: int, index: int = 0) -> Image:
    scene = make_deck(f"c{number}", seed=number, frames=4, activity=0.9)
    return np.asarray(render_scene(scene, index, (1280, 960)).image, np.uint8)


def _pan(seed: int, time: float) -> Image:
    """A camera that is moved over a place."""
    rng = np.random.default_rng(seed)
    across, down, phase = rng.uniform([0.4, 0.3, 0], [0.9, 0.7, 6])
    zoom = 0.6 + 0.1 * math.sin(0.7 * time + phase)
    width = 1280 * zoom
    x = (1280 - width) * (0.5 + 0.5 * math.sin(across * time + phase))
    y = (960 - width * 9 / 16) * (0.5 + 0.5 * math.cos(down * time))
    return _look_at(_render(seed), x, y, width)


def _cuts(seed: int, time: float) -> Image:
    """Several places, one after the other."""
    number = int(time / 1.6)
    return _look_at(_render((seed + number) % 3, number % 4), 100 + 40 * (time % 1.6), 150 + 20 * number, 900)


def _fixed(seed: int, time: float) -> Image:
    """A fixed camera, before which things go to and fro."""
    image = _look_at(_render(0), 60, 120, 1100).copy()
    rng = np.random.default_rng(100 + seed)
    for _ in range(4):
        speed, phase, height = rng.uniform([0.5, 0, 0.2], [1.5, 6, 0.8])
        x = int((0.5 + 0.45 * math.sin(speed * time + phase)) * SIZE[0])
        y = int((height + 0.1 * math.cos(speed * time)) * SIZE[1])
        colour = tuple(int(each) for each in rng.integers(30, 230, 3))
        cv2.ellipse(image, (x, y), (26, 40), 0, 0, 360, colour, -1)
    return image


def _look_at(image: Image, x: float, y: float, width: float) -> Image:
    scale = width / SIZE[0]
    warp = np.array([[scale, 0, x], [0, scale, y]])
    return np.asarray(cv2.warpAffine(image, warp, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8)


KINDS = {"pan": _pan, "cuts": _cuts, "fixed": _fixed}


if __name__ == "__main__":
    sys.exit(main())
