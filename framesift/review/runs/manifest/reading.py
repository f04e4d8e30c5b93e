"""The reading of a manifest into an index: once, and where it has grown, only what is new."""

import os
import zlib
from array import array
from dataclasses import dataclass, field, fields
from math import nan
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from framesift.errors import StorageError, show
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import decode_levels
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.review.runs.manifest.index import VERDICTS, Decisions
from framesift.review.runs.manifest.lines import DAMAGES, open_manifest, parse_line, walk_lines

MOST_LINES = 2_000_000
"""About 100 MB of index."""
MOST_CHAINS = 4096
"""Pairs of a camera and a size of its frames."""
_MOST_MASKED = 4_000_000_000
"""px of all such sizes together, where masks have to be drawn to know what they leave."""


@dataclass(slots=True)
class _Columns:
    """What is kept of the lines that were read at one time, as in `Decisions`."""

    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    lengths: "array[int]" = field(default_factory=lambda: array("q"))
    hashes: "array[int]" = field(default_factory=lambda: array("q"))
    verdicts: "array[int]" = field(default_factory=lambda: array("b"))
    scores: "array[float]" = field(default_factory=lambda: array("d"))
    times: "array[float]" = field(default_factory=lambda: array("d"))
    cameras: "array[int]" = field(default_factory=lambda: array("i"))
    changes: "array[int]" = field(default_factory=lambda: array("b"))
    chains: "array[int]" = field(default_factory=lambda: array("i"))


class Reading:
    """Reads one manifest. Used by one thread at a time; what it returns is never changed again."""

    def __init__(self, path: str, settings: Settings) -> None:
        self.path = path
        self._settings = settings
        self._identity = (0, 0)
        self._end = 0
        self._last = (0, 0, 0)
        """Offset, length and checksum of the last line that was read."""
        self._cameras: dict[str, int] = {}
        """By printable name, its place."""
        self._chains: dict[tuple[str, tuple[int, int], int], int] = {}
        self._areas: list[int] = []
        self._limits: list[float] = []
        self._masked = 0
        self._levels: dict[str, Levels] = {}
        self._problem = ""
        self._decisions = self._freeze(_Columns(), None)

    def is_continued(self) -> bool:
        """Tell whether the file is the one that was read, and has lost nothing. Raises StorageError."""
        try:
            with open_manifest(self.path) as file:
                status = os.fstat(file.fileno())
                if (status.st_dev, status.st_ino) != self._identity or status.st_size < self._end:
                    return False
                offset, length, checksum = self._last
                file.seek(offset)
                return zlib.crc32(file.read(length)) == checksum
        except OSError as error:
            raise StorageError.of(error, self.path) from error

    def go_on(self) -> Decisions:
        """Read what is new, and return all decisions. Raises StorageError."""
        columns = _Columns()
        try:
            with open_manifest(self.path) as file:
                status = os.fstat(file.fileno())
                self._identity = status.st_dev, status.st_ino
                if status.st_size > self._end and not self._problem:
                    self._read(file, columns)
        except OSError as error:
            raise StorageError.of(error, self.path) from error
        if columns.offsets or self._problem != self._decisions.problem:
            self._decisions = self._freeze(columns, self._decisions)
        return self._decisions

    def _read(self, file: BinaryIO, columns: _Columns) -> None:
        """Take in the lines up to one that is none of ours."""
        if self._end == 0:
            self._pass(0, file.readline())
        number = len(self._decisions)
        for offset, line in walk_lines(file, self._end):
            number += 1
            if number > MOST_LINES:
                self._problem = f"only its first {MOST_LINES} decisions are shown"
                return
            try:
                self._take(columns, offset, line)
            except DAMAGES:
                self._problem = f"line {number + 1} of its manifest is damaged: what follows is not shown"
                return
            self._pass(offset, line)

    def _pass(self, offset: int, line: bytes) -> None:
        self._end = offset + len(line)
        self._last = offset, len(line), zlib.crc32(line)

    def _take(self, columns: _Columns, offset: int, line: bytes) -> None:
        """Note a line. Raises one of DAMAGES, and then notes nothing."""
        decision = parse_line(line)
        frame = decision.frame
        chain = -1 if decision.size is None else self._find_chain(frame, decision.size)
        if chain >= 0 and (found := decode_levels(line)):
            self._levels.setdefault(*found)
        time = nan if frame.time is None else frame.time.timestamp()
        camera = self._cameras.setdefault(show(frame.camera), len(self._cameras))
        columns.offsets.append(offset)
        columns.lengths.append(len(line))
        columns.hashes.append(hash(frame.path))
        columns.verdicts.append(VERDICTS.index(decision.verdict))
        columns.scores.append(nan if decision.score is None else decision.score)
        columns.times.append(time)
        columns.cameras.append(camera)
        columns.changes.append(decision.extent is not None)
        columns.chains.append(chain)

    def _find_chain(self, frame: Frame, size: tuple[int, int]) -> int:
        """Return the place of a camera's frames of one size, whose compared area is reckoned once."""
        camera, settings = frame.camera, self._settings.at(frame)
        key = camera, size, id(settings)
        known = self._chains.get(key)
        if known is not None:
            return known
        self._masked += size[0] * size[1] if settings.masks else 0
        if len(self._chains) >= MOST_CHAINS or self._masked > _MOST_MASKED:
            raise ValueError("more sizes than cameras deliver")
        self._areas.append(comparator_of(settings, camera).compared_area_of(size))
        self._limits.append(settings.score_threshold.px(self._areas[-1]))
        return self._chains.setdefault(key, len(self._chains))

    def _freeze(self, new: _Columns, earlier: Decisions | None) -> Decisions:
        """Return what is known by now: the arrays of an earlier reading are copied, and stay as they were."""
        columns: dict[str, NDArray[Any]] = {}
        for column in fields(_Columns):
            values: array[Any] = getattr(new, column.name)
            added = np.array(values, np.dtype(values.typecode))
            columns[column.name] = added if earlier is None else np.concatenate([getattr(earlier, column.name), added])
        return Decisions(
            path=self.path,
            **columns,
            names=tuple(self._cameras),
            areas=np.array(self._areas, np.int64),
            limits=np.array(self._limits, np.float64),
            levels=dict(self._levels),
            problem=self._problem,
        )
