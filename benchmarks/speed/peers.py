"""What a user could pick instead, where it is installed. Each gets the same frames and decides in its own way.

None of them promises framesift's decisions, and some do less: ffmpeg, DVR-Scan, imagededup and czkawka only say which
frames they mean and copy nothing. What needs a film gets it made once, outside of the timing.
"""

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.speed import frame_files
from benchmarks.speed.contenders import HERE, Contender, list_names
from benchmarks.speed.corpora import Corpus, new_pool

Peer = Callable[[Corpus, Path, int], "Contender | Missing"]
"""Of a corpus, the work folder and a number of threads."""


@dataclass(frozen=True)
class Missing:
    """A program that is not there."""

    name: str
    install: str


def find_peers(corpus: Corpus, work: Path, jobs: int) -> tuple[list[Contender], list[Missing]]:
    """Those that are installed, and those that are not."""
    found = [peer(corpus, work, jobs) for peer in PEERS]
    return [p for p in found if isinstance(p, Contender)], [p for p in found if isinstance(p, Missing)]


def scene_filter(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """ffmpeg's scene score against the frame before."""
    return run_ffmpeg("ffmpeg scene filter", "select='gt(scene,0.01)'", corpus, work, jobs)


def mpdecimate(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """ffmpeg's filter that drops frames that do not differ much from the one before."""
    return run_ffmpeg("ffmpeg mpdecimate", "mpdecimate", corpus, work, jobs)


def run_ffmpeg(name: str, graph: str, corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """ffmpeg over the frames in the order of their names; what passes the filter is counted, not written."""
    program = find_ffmpeg()
    if program is None:
        return Missing(name, "apt install ffmpeg, or pip install imageio-ffmpeg")
    output = work / "results"
    suffix = next(corpus.folder.iterdir()).suffix
    source = ("-threads", str(jobs), "-f", "image2", "-pattern_type", "glob", "-i", f"*{suffix}")
    target = ("-vf", graph, "-fps_mode", "passthrough", "-progress", str(output / "progress"), "-f", "null", "-")
    command = (program, "-nostdin", "-v", "error", *source, *target)
    return Contender(name, command, output, lambda: read_progress(output / "progress"), folder=corpus.folder)


def find_ffmpeg() -> str | None:
    """The system's, or the one in the package imageio-ffmpeg."""
    program = shutil.which("ffmpeg")
    if program is None and is_importable("imageio_ffmpeg"):
        program = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    return program


def read_progress(path: Path) -> int | None:
    """The last number of frames that ffmpeg reported."""
    lines = path.read_text().splitlines() if path.exists() else []
    counts = [int(line.removeprefix("frame=")) for line in lines if line.startswith("frame=")]
    return counts[-1] if counts else None


def phash(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """imagehash's perceptual hash in a plain loop; it has no threads."""
    name, output = "imagehash phash loop", work / "results"
    if not is_importable("imagehash"):
        return Missing(name, "pip install imagehash")
    command = (sys.executable, "-P", str(HERE / "phash_loop.py"), str(corpus.folder), str(output))
    return Contender(name, command, output, lambda: len(list_names(output)))


def dvr_scan(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """DVR-Scan (background subtraction) over a film of the same frames, without writing events."""
    name, output = "DVR-Scan (on a film)", work / "results"
    if not is_importable("dvr_scan"):
        return Missing(name, "pip install dvr-scan")
    film = corpus.folder.with_name(corpus.folder.name + ".mp4")
    if not film.exists():
        part = film.with_name("part-" + film.name)
        with new_pool(1) as pool:
            pool.submit(frame_files.write_film, str(corpus.folder), str(part)).result()
        part.rename(film)
    command = (sys.executable, "-m", "dvr_scan", "-i", str(film), "--scan-only", "--quiet")
    return Contender(name, command, output, folder=output, environment={"XDG_CONFIG_HOME": str(output)})


def imagededup(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """imagededup's perceptual hash over the folder."""
    name, output = "imagededup phash", work / "results"
    if not is_importable("imagededup"):
        return Missing(name, "pip install imagededup (brings torch)")
    remove = output / "remove.json"
    script = str(HERE / "imagededup_groups.py")
    command = (sys.executable, "-P", script, str(corpus.folder), str(jobs), str(remove))
    return Contender(name, command, output, lambda: corpus.frames - len(json.loads(remove.read_text())))


def czkawka(corpus: Corpus, work: Path, jobs: int) -> Contender | Missing:
    """czkawka's similar images; its cache is a fresh folder in each run. It ends with 11 where it finds any."""
    name, output = "czkawka similar images", work / "results"
    program = shutil.which("czkawka_cli")
    if program is None:
        return Missing(name, "cargo install czkawka_cli")
    command = (program, "image", "-d", str(corpus.folder), "-T", str(jobs), "-f", str(output / "groups.txt"))
    fresh = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(output))
    return Contender(name, command, output, environment=fresh, good_exits=(0, 11))


def is_importable(module: str) -> bool:
    """Whether this Python has the package."""
    return importlib.util.find_spec(module) is not None


PEERS: Final[tuple[Peer, ...]] = (scene_filter, mpdecimate, phash, dvr_scan, imagededup, czkawka)
