"""How long a run takes from its start to its first decision, when very many frames have been decided before.

    python -m benchmarks.speed.resuming COUNT FOLDER [--listed]

Makes FOLDER/results, whose manifest has COUNT decisions, and FOLDER/frames with 1,000 new frames, outside of the time
and in another process. The old frames have been moved away; with --listed they are still there, in a played file
system: names of files that do not exist. The seconds stand in FOLDER/seconds afterwards.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from unittest import mock

from benchmarks.speed.corpora import new_pool
from benchmarks.speed.listing import play_scandir, time_first_decision

NEW = 1000
KEPT = 20
"""One old frame in so many is kept, and stands in the results folder."""


def make_picture() -> bytes:
    """A small PNG."""
    import cv2
    import numpy as np

    return cv2.imencode(".png", np.full((60, 80, 3), 90, np.uint8))[1].tobytes()


def walk_names(count: int) -> Iterator[str]:
    """The names of `listing.list_names`, in the order in which they were decided."""
    for camera in range(1, 11):
        for moment in range(camera - 1, count, 10):
            yield f"c{camera}-{1_600_000_000_000 + moment * 1000}.jpg"


def write_files(folder: str, names: Iterable[str], content: bytes) -> None:
    """The same file under many names."""
    os.makedirs(folder, exist_ok=True)
    for name in names:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def make_results(folder: str, count: int) -> None:
    """Decide the first frames for the sake of the header, and write the other decisions behind theirs."""
    from framesift import filter_frames
    from framesift.filtering import manifest
    from framesift.filtering.selection import Decision, Verdict
    from framesift.frames.frame import Frame
    from framesift.frames.naming import Names, Naming

    picture, frames, results = make_picture(), os.path.join(folder, "frames"), os.path.join(folder, "results")
    first = next(walk_names(count))
    write_files(os.path.join(frames, "names"), [first], picture)
    list(filter_frames(frames, results))
    write_files(os.path.join(results, "names"), islice(walk_names(count), 0, None, KEPT), picture)
    reference, names = f"names/{first}", Names(Naming())
    with open(os.path.join(results, manifest.NAME), "ab") as file:
        for index, name in enumerate(islice(walk_names(count), 1, None), start=1):
            path, verdict = f"names/{name}", Verdict.DROP if index % KEPT else Verdict.KEEP
            frame, score = Frame(path, *names.read(path)), 1000.5 + index
            decision = Decision(frame, verdict, score, reference, f"score {score} <= 9", (80, 60))
            file.write(manifest.encode_decision(decision))
            reference = path if verdict is Verdict.KEEP else reference
    shutil.rmtree(os.path.join(frames, "names"))
    new = [f"c{n % 10 + 1}-{1_700_000_000_000 + n * 1000}.png" for n in range(NEW)]
    write_files(os.path.join(frames, "names"), new, picture)


def main(count: int, folder: str, listed: bool) -> None:
    """Make what an earlier run leaves, and time the next."""
    with new_pool(1) as pool:
        pool.submit(make_results, folder, count).result()
    frames = os.path.join(folder, "frames")
    played: AbstractContextManager[object] = nullcontext()
    if listed:
        played = mock.patch.object(os, "scandir", play_scandir(os.path.join(frames, "names"), count))
    with played:
        seconds = time_first_decision(frames, os.path.join(folder, "results"))
    with open(os.path.join(folder, "seconds"), "w", encoding="ascii") as file:
        file.write(str(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), os.path.abspath(sys.argv[2]), "--listed" in sys.argv[3:])
