"""What a user could pick instead, where it is installed: imagehash, scikit-image, pybgs, ffmpeg."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import cv2
import numpy as np

from benchmarks.quality.methods import Chosen, Contender, Setting, Shot, keep_new, see_small
from benchmarks.quality.subtraction import subsense

PASSED: Final = re.compile(r"\bpts:\s*(\d+)\b")
"""The number of a frame that came through, in the lines of ffmpeg's filter showinfo."""


BITS_OF_64: Final = (0, 2, 4, 6, 8, 10)
BITS_OF_576: Final = (16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 136, 152, 176, 200)
"""Bits that have to differ: so many settings that the best one known afterwards is hardly better."""


@dataclass(frozen=True)
class Missing:
    """A method that cannot be run here."""

    name: str
    install: str


def phash(side: int, limits: Sequence[int]) -> Contender | Missing:
    """imagehash's perceptual hash of `side` times `side` bits, against the last kept frame."""
    bits = side * side
    name = f"pHash {bits}"
    if not is_importable("imagehash"):
        return Missing(name, "pip install imagehash")
    import imagehash
    from PIL import Image

    def describe(shot: Shot) -> Any:
        return imagehash.phash(Image.fromarray(np.ascontiguousarray(shot.image[:, :, ::-1])), hash_size=side)

    def choose_by(limit: int) -> Callable[[Sequence[Any]], Chosen]:
        return lambda hashes: keep_new(hashes, lambda a, b: bool(a - b > limit))

    settings = tuple(Setting(f"> {limit} of {bits}", choose_by(limit)) for limit in limits)
    return Contender(name, describe, settings, distance=lambda a, b: float(a - b))


def ssim() -> Contender | Missing:
    """scikit-image's structural similarity of small grey pictures, against the last kept frame."""
    name = "SSIM"
    if not is_importable("skimage"):
        return Missing(name, "pip install scikit-image")
    from skimage.metrics import structural_similarity

    compare: Callable[[Any, Any], float] = structural_similarity

    def choose_by(limit: float) -> Callable[[Sequence[Any]], Chosen]:
        def is_new(one: Any, other: Any) -> bool:
            return one.shape != other.shape or bool(compare(one, other) < limit)

        return lambda pictures: keep_new(pictures, is_new)

    settings = tuple(Setting(f"< {limit:g}", choose_by(limit)) for limit in (0.98, 0.97, 0.95, 0.93, 0.9, 0.85))

    def distance(one: Any, other: Any) -> float:
        return 1 - compare(one, other) if one.shape == other.shape else float("inf")

    return Contender(name, see_small, settings, distance=distance)


def background() -> Contender | Missing:
    """SuBSENSE, where it is installed."""
    return subsense() or Missing("SuBSENSE", "pip install pybgs")


def mpdecimate() -> Contender | Missing:
    """ffmpeg's filter that drops frames that differ little from the last one it kept."""
    limits = (("768", "320", "0.33"), ("1536", "640", "0.1"), ("3072", "1280", "0.05"), ("6144", "2560", "0.02"))
    graphs = {f"hi={hi} lo={lo} frac={share}": f"mpdecimate=hi={hi}:lo={lo}:frac={share}" for hi, lo, share in limits}
    return through_ffmpeg("mpdecimate", graphs)


def scene_score() -> Contender | Missing:
    """ffmpeg's scene score of a frame and the one before."""
    limits = ("0.0003", "0.001", "0.003", "0.01", "0.03", "0.1")
    return through_ffmpeg("scene score", {f"> {limit}": f"select='gt(scene,{limit})'" for limit in limits})


def through_ffmpeg(name: str, graphs: dict[str, str]) -> Contender | Missing:
    """A filter of ffmpeg; each setting is a filter graph."""
    program = shutil.which("ffmpeg")
    if program is None:
        return Missing(name, "apt install ffmpeg")
    settings = tuple(Setting(text, partial(filter_frames, program, graph)) for text, graph in graphs.items())
    return Contender(name, see_path, settings)


def see_path(shot: Shot) -> Path:
    """Where the frame lies: ffmpeg is handed its pixels later."""
    return shot.path


def filter_frames(program: str, graph: str, paths: Sequence[Path]) -> Chosen:
    """The frames that come through a filter graph, and the first. Raises RuntimeError where ffmpeg fails.

    Frames are handed over as pixels, so that their format and their names do not matter.
    """
    height, width = Shot(paths[0]).image.shape[:2]
    source = ("-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-i", "-")
    numbered = f"settb=1,setpts=N,format=yuv420p,{graph},showinfo=checksum=0"
    command = (
        program,
        "-nostats",
        "-v",
        "info",
        *source,
        "-vf",
        numbered,
        "-fps_mode",
        "passthrough",
        "-f",
        "null",
        "-",
    )
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log) as process:
            assert process.stdin is not None
            feed(process.stdin, paths, (width, height))
        log.seek(0)
        text = log.read().decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"ffmpeg failed: {text.strip().splitlines()[-1:]}")
    return sorted({0, *(int(number) for line in text.splitlines() for number in PASSED.findall(line))})


def feed(pipe: IO[bytes], paths: Sequence[Path], size: tuple[int, int]) -> None:
    """Write the pixels of all frames at one size; ends early where the program does."""
    try:
        for path in paths:
            image = Shot(path).image
            if image.shape[1::-1] != size:
                image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            pipe.write(image.tobytes())
        pipe.close()
    except BrokenPipeError:
        return


def is_importable(module: str) -> bool:
    """Whether this Python has the package."""
    return importlib.util.find_spec(module) is not None


def find_peers() -> tuple[list[Contender], list[Missing]]:
    """Those that are installed, and those that are not."""
    found = [phash(8, BITS_OF_64), phash(24, BITS_OF_576), ssim(), background(), mpdecimate(), scene_score()]
    return [p for p in found if isinstance(p, Contender)], [p for p in found if isinstance(p, Missing)]
