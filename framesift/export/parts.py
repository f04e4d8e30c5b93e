"""The kept frames of a results folder divided so that near-copies never stand on both sides."""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from framesift.cluster.parallel import count_cores
from framesift.duplicates import Searched, Watch, search_files
from framesift.errors import PathLike, UsageError
from framesift.export.rows import Row
from framesift.export.splitting import Split, Stratum, divide

DARK = 64
"""Mean grey level below which a picture is one of the night."""


class LeftOut(NamedTuple):
    """A frame that is in no part, and the frame of another part that shows the same."""

    row: Row
    same: Row


@dataclass(frozen=True, slots=True)
class Divided:
    """Which frames are in which part."""

    parts: dict[str, list[Row]]
    left_out: list[LeftOut] = field(default_factory=list)


def divide_rows(
    rows: Sequence[Row],
    days: Sequence[str],
    folder: PathLike,
    split: Split,
    jobs: int | None = None,
    index: PathLike | None = None,
    watch: Watch | None = None,
) -> Divided:
    """Divide kept frames, of the `days` on which each was taken, whose files lie in `folder`.

    Days of a camera are kept whole, and so are those of several cameras of which one has a near-copy of the other's.
    Where a camera shows on one day what it shows on another, and they are in two parts, the frame of the smaller part
    is left out. Raises UsageError where there is too little to divide, or a file cannot be read.
    """
    with search_files(folder, [row.file for row in rows], jobs or count_cores(), index, watch) as searched:
        if searched.skipped:
            raise UsageError(
                f"cannot be divided: {searched.skipped[0].reason}", _join(folder, searched.skipped[0].path)
            )
        return _Division(rows, days, searched).divide(split)


class _Division:
    """Units of frames that stay together, and the division of them."""

    def __init__(self, rows: Sequence[Row], days: Sequence[str], searched: Searched) -> None:
        self._rows, self._searched = rows, searched
        self._strata: list[Stratum] = [(row.camera, searched.is_dark(n, DARK)) for n, row in enumerate(rows)]
        names = list(zip((row.camera for row in rows), days, strict=True))
        first = {name: number for number, name in reversed(list(enumerate(names)))}
        self._unit = [first[name] for name in names]
        """Of each frame: the number of the first one of its unit."""

    def divide(self, split: Split) -> Divided:
        """Divide, and bring together what turns out to be the same in two cameras, until nothing of that is left."""
        while True:
            part_of = self._assign(split)
            copies = self._find_copies(part_of, split)
            across = [(a, b) for a, b in copies.items() if self._rows[a].camera != self._rows[b].camera]
            if not across:
                break
            for one, other in across:
                self._join(one, other)
        parts: dict[str, list[Row]] = {name: [] for name in split.names}
        for number, row in enumerate(self._rows):
            if number not in copies:
                parts[split.names[part_of[number]]].append(row)
        return Divided(parts, [LeftOut(self._rows[a], self._rows[b]) for a, b in copies.items()])

    def _assign(self, split: Split) -> list[int]:
        units: dict[int, Counter[Stratum]] = defaultdict(Counter)
        for number, unit in enumerate(self._unit):
            units[unit][self._strata[number]] += 1
        part_of = dict(zip(units, divide(list(units.values()), split), strict=True))
        return [part_of[unit] for unit in self._unit]

    def _find_copies(self, part_of: Sequence[int], split: Split) -> dict[int, int]:
        """Return the frames that show what one of a larger part shows, with that one."""
        copies: dict[int, int] = {}
        order = sorted(range(len(split.shares)), key=lambda part: -split.shares[part])
        for place, part in enumerate(order):
            larger = [n for n, its in enumerate(part_of) if its in order[:place] and n not in copies]
            copies |= self._searched.find([n for n, its in enumerate(part_of) if its == part], larger)
        return dict(sorted(copies.items()))

    def _join(self, one: int, other: int) -> None:
        old, new = sorted((self._unit[one], self._unit[other]), reverse=True)
        self._unit = [new if unit == old else unit for unit in self._unit]


def _join(folder: PathLike, path: str) -> str:
    return os.path.join(os.fsdecode(folder), path)
