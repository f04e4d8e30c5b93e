"""What is timed: whole processes that all get the same folder of frames."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.speed.corpora import Corpus

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent
PLAIN: Final = "plain loop"
MAIN: Final = "main.py"
MAIN_ALONE: Final = "main.py --jobs 1"
DECODING: Final = "decoding alone"
MANIFEST: Final = "manifest.jsonl"


@dataclass(frozen=True)
class Contender:
    """A program with its arguments."""

    name: str
    command: tuple[str, ...]
    output: Path
    """An empty folder at the start of each run."""
    count_kept: Callable[[], int | None] = lambda: None
    """How many frames the last run kept; None where that is not said."""
    list_kept: Callable[[], frozenset[str]] | None = None
    """The names of the kept frames, of programs that promise the decisions of the plain loop."""
    folder: Path | None = None
    """Where it runs."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it sees besides the environment of the benchmark."""
    good_exits: tuple[int, ...] = (0,)


def list_names(folder: Path) -> frozenset[str]:
    """The frames in a results folder."""
    return frozenset(name for name in os.listdir(folder) if name != MANIFEST)


def copying(name: str, output: Path, *command: str, good_exits: tuple[int, ...] = (0,)) -> Contender:
    """A program that copies kept frames into `output`, and promises the plain loop's decisions."""
    return Contender(
        name, command, output, lambda: len(list_names(output)), lambda: list_names(output), good_exits=good_exits
    )


def ours(
    corpus: Corpus, work: Path, jobs: int, decode: str | None = None, other_python: str | None = None
) -> list[Contender]:
    """main.py in its variants, the plain loop, and decoding alone."""
    main, frames, output = str(ROOT / "main.py"), str(corpus.folder), work / "results"

    def run_main(name: str, *options: str, python: str = sys.executable) -> Contender:
        command = (python, main, frames, str(output), "--quiet", *options)
        return copying(name, output, *command, good_exits=(0, 1))  # 1: some frames were skipped

    contenders = [
        copying(PLAIN, output, sys.executable, str(HERE / "plain_loop.py"), frames, str(output)),
        run_main(MAIN, "--jobs", str(jobs)),
        run_main(MAIN_ALONE, "--jobs", "1"),
    ]
    if decode:
        contenders.append(run_main(f"main.py --decode {decode}", "--jobs", str(jobs), "--decode", decode))
    if other_python:
        contenders.append(run_main("main.py (other Python)", "--jobs", str(jobs), python=other_python))
    alone = (sys.executable, str(HERE / "decoding_alone.py"), frames, str(jobs))
    return [*contenders, Contender(f"{DECODING} ({jobs} threads)", alone, output)]
