"""The frames that are measured: rendered ones, and the user's own. Made once, kept in the work folder.

The renderer makes two cameras in their own light and noise, changed frames and quiet stretches alike; about one frame
in eight shows something new. A rendered 4K frame costs near a second: only each fourth is rendered, the three after it
show the same with fresh sensor noise. Every frame is a file of its own with its own bytes, so that what
the page cache holds is what as many frames of a camera would take.

This module stays light (no cv2, no numpy): Linux counts the peak memory of a process from its parent's on.
"""

import os
import shutil
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.speed import frame_files
from benchmarks.speed.kinds import CAMERAS, KINDS


@dataclass(frozen=True)
class Corpus:
    """A folder with nothing but frames in it, whose names begin with the camera and sort in the order of time."""

    name: str
    title: str
    folder: Path
    frames: int
    megabytes: float

    @classmethod
    def of(cls, name: str, title: str, folder: Path) -> "Corpus":
        """Measure a folder."""
        with os.scandir(folder) as entries:
            sizes = [entry.stat().st_size for entry in entries]
        return cls(name, title, folder, len(sizes), sum(sizes) / 1e6)


def render_corpus(name: str, work: Path, frames: int, jobs: int) -> Corpus:
    """Return rendered frames of a kind of `KINDS`, made now unless an earlier run did. Raises OSError."""
    kind = KINDS[name]
    folder = work / "corpora" / f"{name}-{frames}"
    if not folder.is_dir():
        part = start_folder(folder, frames * kind.bytes_per_frame)
        per_camera = [frames - frames // 2, frames // 2]
        blocks = [
            (str(part), camera, count, first, last, kind)
            for camera, count in zip(CAMERAS, per_camera, strict=True)
            for first, last in split(count, kind.alike, -(-jobs // len(CAMERAS)))
        ]
        with new_pool(jobs) as pool:
            for done in [pool.submit(frame_files.render_block, *block) for block in blocks]:
                done.result()
        part.rename(folder)
    return Corpus.of(name, kind.title, folder)


def adopt_corpus(own: Path, work: Path, frames: int) -> Corpus:
    """Return up to `frames` of the user's own, from a folder or a film, under names that sort. Raises OSError.

    Frames of a folder are hard links where the disk allows it (one name more for each file, nothing is written to
    it), copies otherwise; those of a film are PNGs. They are taken once: what comes to `own` later is not noticed.
    """
    folder = work / "corpora" / f"own-{zlib.crc32(os.fsencode(own.resolve())):08x}-{frames}"
    if not folder.is_dir():
        part = start_folder(folder, 0)
        adopt = frame_files.link_frames if own.is_dir() else frame_files.decode_film
        with new_pool(1) as pool:
            pool.submit(adopt, str(own), str(part), frames).result()
        part.rename(folder)
    return Corpus.of("own", own.name, folder)


def new_pool(workers: int) -> ProcessPoolExecutor:
    """Processes that start afresh: what they import does not weigh on the processes that are measured."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def start_folder(folder: Path, needed: int) -> Path:
    """Make an empty folder to be renamed when it is complete. Raises OSError where `needed` bytes do not fit."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    free = shutil.disk_usage(part).free
    if needed > free:
        raise OSError(f"{folder} needs about {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free: take fewer --frames")
    return part


def split(count: int, alike: int, parts: int) -> list[tuple[int, int]]:
    """Cut range(count) into at most `parts` ranges (first, last) whose ends are multiples of `alike`."""
    step = max(1, -(-count // (alike * parts))) * alike
    return [(first, min(first + step, count)) for first in range(0, count, step)]
