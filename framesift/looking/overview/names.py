"""How names are read: some of them, so chosen that each sort of name is among them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from framesift.errors import counted, show
from framesift.frames.frame import Frame
from framesift.frames.names.doubts import Tally, find_doubts
from framesift.frames.naming import Naming

SHOWN = 20
"""So many names are shown."""
_WIDEST = 60
"""Columns for a path."""


@dataclass(frozen=True, slots=True)
class Example:
    """A name that stands for others."""

    frame: Frame
    alike: int
    """So many names are of its sort, itself included."""


def choose_examples(frames: Sequence[Frame], number: int = SHOWN) -> list[Example]:
    """Return so many frames, in their order, of as many sorts of names as there are: first one of each, then more.

    Names are of one sort that differ in numbers only; where that are too many sorts, in numbers and words.
    """
    sorts = _sort(frames, re.compile(r"[0-9]+"))
    if len(sorts) > number:
        sorts = _sort(frames, re.compile(r"[^\W_]+"))
    sorts.sort(key=len, reverse=True)
    rounds = (place for turn in range(number) for place, sort in enumerate(sorts) if len(sort) > turn)
    counts = Counter(islice(rounds, number))
    chosen = (Example(frame, len(sorts[place])) for place, n in counts.items() for frame in _spread(sorts[place], n))
    order = {frame.path: place for place, frame in enumerate(frames)}
    return sorted(chosen, key=lambda example: order[example.frame.path])


def tally_names(frames: Iterable[Frame]) -> list[Tally]:
    """Return how the names of each camera were read, of frames in total order."""
    tallies: dict[str, Tally] = {}
    for frame in frames:
        tallies.setdefault(frame.camera, Tally(frame.camera)).add(frame.path, frame.time)
    return list(tallies.values())


def format_examples(frames: Sequence[Frame], naming: Naming) -> list[str]:
    """Return a line for each example, what looks wrong, and how many frames and cameras there are."""
    zone = naming.zone_name.strip()
    rows = [("name", "camera", f"time {zone}".strip(), "names like it")]
    for example in choose_examples(frames):
        frame = example.frame
        path, time = show(frame.path), "-" if frame.time is None else naming.show(frame.time, "%Y-%m-%d %H:%M:%S")
        short = path if len(path) <= _WIDEST else "…" + path[1 - _WIDEST :]
        rows.append((short, show(frame.camera), time, str(example.alike)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    tallies = tally_names(frames)
    return [
        *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows),
        "",
        *find_doubts(tallies),
        f"total: {counted(len(frames), 'frame')} of {counted(len(tallies), 'camera')}",
    ]


def examples_as_json(frames: Sequence[Frame]) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "names": [
            {
                "path": example.frame.path,
                "camera": example.frame.camera,
                "time": example.frame.time.isoformat() if example.frame.time else None,
                "alike": example.alike,
            }
            for example in choose_examples(frames)
        ],
        "doubts": list(find_doubts(tally_names(frames))),
    }


def _sort(frames: Iterable[Frame], numbers: re.Pattern[str]) -> list[list[Frame]]:
    sorts: defaultdict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        sorts[numbers.sub("#", frame.path)].append(frame)
    return list(sorts.values())


def _spread(frames: list[Frame], number: int) -> list[Frame]:
    """Return so many frames from the first to the last."""
    return [frames[n * (len(frames) - 1) // max(number - 1, 1)] for n in range(number)]
