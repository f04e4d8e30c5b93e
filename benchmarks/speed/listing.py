"""How long main.py's work takes from the start to the first decision, when a folder holds very many names.

    python -m benchmarks.speed.listing COUNT FOLDER [--real]

Makes FOLDER/names. Without --real the file system is played: `os.scandir` gives COUNT names of files that do not exist,
so that only our own work is timed. With --real, COUNT empty files are made first, outside of the time. The seconds
stand in FOLDER/seconds afterwards.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any
from unittest import mock


class Name:
    """A directory entry of a file that is only a name."""

    __slots__ = ("name", "path")
    status = None
    """As of a store that says no times."""

    def __init__(self, folder: str, name: str) -> None:
        self.name, self.path = name, f"{folder}/{name}"

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """It is none."""
        return False

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """It is one."""
        return True

    def is_symlink(self) -> bool:
        """It is none."""
        return False


def list_names(count: int) -> Iterator[str]:
    """`count` names of ten cameras, in no order, as a file system gives them."""
    step = 7919 if count % 7919 else 7907
    for index in range(count):
        moment = index * step % count
        yield f"c{moment % 10 + 1}-{1_600_000_000_000 + moment * 1000}.jpg"


def play_scandir(folder: str, count: int) -> Callable[..., Any]:
    """A scandir that knows of `count` names in `folder`, beside those that are there."""
    real = os.scandir

    @contextmanager
    def scan(path: str = ".") -> Iterator[Iterator[Any]]:
        with real(path) as entries:
            played = (Name(folder, name) for name in list_names(count)) if path == folder else ()
            yield chain(entries, played)

    return scan


def time_first_decision(folder: str, results: str | None = None) -> float:
    """Seconds from the import of the pipeline to the first decision."""
    start = time.perf_counter()
    from framesift.filtering.run import filter_frames

    decisions = filter_frames(folder, results)
    next(decisions)
    seconds = time.perf_counter() - start
    decisions.close()  # type: ignore[attr-defined]
    return seconds


def main(count: int, folder: str, real: bool) -> None:
    """Make what is listed, and time it."""
    names = os.path.join(folder, "names")
    os.mkdir(names)
    if real:
        for name in list_names(count):
            os.close(os.open(os.path.join(names, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        seconds = time_first_decision(names)
    else:
        with mock.patch.object(os, "scandir", play_scandir(names, count)):
            seconds = time_first_decision(names)
    with open(os.path.join(folder, "seconds"), "w", encoding="ascii") as file:
        file.write(str(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]), os.path.abspath(sys.argv[2]), "--real" in sys.argv[3:])
