"""What earlier runs decided, read from their manifest quickly and kept in a few bytes a line.

The manifest is the only truth: nothing of this is stored.
"""

import json
import os
import re
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from framesift.errors import StorageError
from framesift.filtering import manifest
from framesift.filtering.clocks import CONFIRMED, Clock, Stamp, as_written
from framesift.filtering.earlier_counts import VERDICTS, Chain, Special, Tally, count_references, count_rows, sum_up
from framesift.filtering.earlier_lines import Row, as_file, as_frame, as_size, take_apart
from framesift.filtering.file_state import FileState
from framesift.filtering.manifest_file import read_blocks, read_lines
from framesift.filtering.selection import Decision, Mark, Marks, Order, Verdict, mark_of, remember
from framesift.filtering.summary import Summary
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels

_RECENT = 2**14
"""So many lines are added before they are sorted in among the others."""
_LONGEST_USUAL = 512
"""Bytes; hardly a line is longer."""
_VERDICT = re.compile(rb'"verdict": "(keep|drop|skip)"')
"""Cannot stand within a text, where the quotes are escaped."""
_ENCODE = json.JSONEncoder().encode


class Kept(NamedTuple):
    """A frame that late ones may be compared with."""

    time: datetime
    path: str
    size: tuple[int, int] | None
    kept: bool = True
    """Else it was left out."""


class Past:
    """What is decided: by earlier runs, once `read` has been called, and by this one, as it calls `add`.

    16 bytes a line are kept of the paths: a 64-bit hash, where the line stands, and 32 bits of another hash, of the
    path with the size and time of its file. What agrees in both is believed; any other hit is read where it stands, so
    that two paths of one hash are never taken for each other. A camera has a chain for each size, or one, and a frame
    is compared with so many of the last kept ones of its chain: `chains_of` a camera says both.
    """

    def __init__(self, path: str, chains_of: Callable[[str], tuple[bool, int]]) -> None:
        self.summary = Summary()
        """Of what `read` found."""
        self.clocks: dict[str, Clock] = {}
        """How far each camera that has times has come."""
        self.offsets: dict[str, float] = {}
        """How far each film has been decided, in seconds, by its path."""
        self.last: dict[str, Frame] = {}
        """The last decided frame of each camera, as `read` found it."""
        self.refreshed: dict[str, tuple[Verdict, FileState | None]] = {}
        """What was decided last of each file that has been decided more than once, and in which state it was."""
        self.references: dict[str, dict[Hashable, Marks]] = {}
        """Which frames the references of each chain of each camera are."""
        self.levels: dict[str, Levels] = {}
        """In which range the 16-bit frames of each camera are read that has such, as `read` found it."""
        self._path = path
        self._chains_of = chains_of
        self._descriptor: int | None = None
        self._kept: dict[str, list[Kept]] = {}
        self._hashes, self._offsets, self._signs = (memoryview(array(kind)) for kind in "qqI")
        """In ascending order of the hashes."""
        self._recent: dict[int, list[tuple[int, int]]] = {}
        """Offsets and signs."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is decided."""
        return not len(self._hashes) and not self._recent

    def read(self) -> None:
        """Read the manifest. Raises StorageError for a line that is no decision, or where it cannot be read."""
        hashes, offsets, signs = array("q"), self._array_of_offsets(), array("I")
        tallies: dict[tuple[bytes, bytes], Tally] = {}
        special = Special()
        kept: dict[Chain, deque[bytes]] = {}
        left_out: dict[Chain, bytes] = {}
        levels: dict[bytes, bytes] = {}
        chains_of = cache(lambda camera: self._chains_of(json.loads(camera)))
        try:
            for start, lines in read_blocks(self._path):
                rows = take_apart(lines, len(hashes) + 2, self._path)
                hashes.extend(hash(row[0]) for row in rows)
                offsets.extend(_offsets(start, lines))
                signs.extend([crc32(row[0] + row[8]) for row in rows])
                count_rows(rows, tallies, special)
                count_references(rows, chains_of, kept, left_out)
                for row in (row for row in rows if row[5]):
                    levels.setdefault(row[1], row[5])
            columns: list[NDArray[Any]] = [np.asarray(hashes), np.asarray(offsets), np.asarray(signs)]
            del hashes, offsets, signs  # or each would be there twice
            self._sort(columns)
            self._take_special(special)
            for chain, paths in kept.items():
                for path in paths:
                    self._remember(json.loads(chain[0]), as_size(chain[1]), Mark(json.loads(path)))
                if chain in left_out:
                    self._remember(json.loads(chain[0]), as_size(chain[1]), Mark(json.loads(left_out[chain]), False))
            self.levels = {json.loads(camera): Levels.of(json.loads(each)) for camera, each in levels.items()}
            sum_up(tallies, self.levels, self.summary)
        except (ValueError, ArithmeticError) as error:
            damaged = f"holds a value that cannot be ({error}): restore the file, or choose another results folder"
            raise StorageError(damaged, self._path) from None

    def find(self, path: str) -> Verdict | None:
        """Return what was decided of a frame, last; None where nothing was. Raises StorageError."""
        text = _ENCODE(path).encode("ascii")
        line = self._find_line(path, text)
        if line.startswith(b'{"path": %b, ' % text) and (verdict := _VERDICT.search(line)):
            return VERDICTS[verdict[1]]
        return manifest.decode_decision(line).verdict if line else None

    def find_decision(self, path: str) -> Decision | None:
        """Return the last decision of a frame; None where there is none. Raises StorageError."""
        line = self._find_line(path, _ENCODE(path).encode("ascii"))
        return manifest.decode_decision(line) if line else None

    def find_file(self, path: str) -> tuple[Verdict, FileState | None] | None:
        """Return what was decided last of a file, and the state it was in, if that is known. Raises StorageError."""
        if path in self.refreshed:
            return self.refreshed[path]
        line = self._find_line(path, _ENCODE(path).encode("ascii"))
        match = _VERDICT.search(line)
        verdict = VERDICTS[match[1]] if match else manifest.decode_decision(line).verdict if line else None
        return (verdict, manifest.decode_file(line)) if verdict else None

    def is_settled(self, path: str, size: int, mtime_ns: int) -> bool:
        """Tell whether a file was decided in this state. False says nothing: `find_file` knows."""
        text = _ENCODE(path).encode("ascii")
        key, sign = hash(text), crc32(text + b"%d, %d" % (size, mtime_ns))
        if path in self.refreshed:
            return False
        if key in self._recent:
            return self._recent[key][-1][1] == sign
        place, end = bisect_left(self._hashes, key), len(self._hashes)
        if place == end or self._hashes[place] != key or (place + 1 < end and self._hashes[place + 1] == key):
            return False
        return self._signs[place] == sign

    def read_kept(self, camera: str) -> list[Kept]:
        """Return the frames of a camera, in no order, that late ones may be compared with. Raises StorageError."""
        if camera not in self._kept:
            kept = (decision for decision in manifest.read_decisions(self._path) if decision.frame.camera == camera)
            self._kept[camera] = [each for each in map(as_kept, kept) if each]
        return self._kept[camera]

    def read_skipped(self, end: float) -> dict[str, str]:
        """Return the paths of what the lines before an offset skipped, and why; not of what was looked at again since.

        Raises StorageError.
        """
        skipped: dict[str, str] = {}
        for number, (offset, line) in enumerate(read_lines(self._path), start=2):
            skips = offset < end and b'"skip"' in line
            if skips or b'"again"' in line:
                decision = manifest.decode_line(line, number, self._path)
                path = decision.frame.path
                if decision.again:
                    skipped.pop(path if path in skipped else path.rpartition("/")[0], None)
                if skips and decision.verdict is Verdict.SKIP:
                    skipped[path] = decision.reason
        return skipped

    def add(self, decision: Decision, offset: int, file: FileState | None = None) -> None:
        """Remember a decision whose line will stand `offset` bytes into the manifest; it is found when it does."""
        frame = decision.frame
        if frame.offset is not None:
            self.offsets[frame.file] = frame.offset
        if frame.time is not None and decision.order is not Order.LATE:
            stamp = Stamp(frame.path, frame.time, as_written(file and file.mtime_ns))
            self.clocks[frame.camera] = self.clocks.get(frame.camera, Clock()).after(stamp, decision.order)
        if frame.source is not None:
            self.refreshed[frame.source] = decision.verdict, file
        if frame.camera in self._kept and (kept := as_kept(decision)):
            self._kept[frame.camera].append(kept)
        if mark := mark_of(decision):
            self._remember(frame.camera, decision.size, mark)
        text = _ENCODE(frame.path).encode("ascii")
        sign = crc32(text + (b"%d, %d" % file[:2] if file else b""))
        self._recent.setdefault(hash(text), []).append((offset, sign))
        if len(self._recent) >= _RECENT:
            keys = [key for key, places in self._recent.items() for _ in places]
            pairs = np.array([pair for places in self._recent.values() for pair in places], np.int64)
            columns: list[NDArray[Any]] = [np.array(keys, np.int64), pairs[:, 0], pairs[:, 1].astype(np.uint32)]
            known: list[NDArray[Any]] = [np.asarray(each) for each in (self._hashes, self._offsets, self._signs)]
            self._sort([np.concatenate(pair) for pair in zip(known, columns, strict=True)])
            self._recent.clear()

    def close(self) -> None:
        """Close the manifest."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _remember(self, camera: str, size: tuple[int, int] | None, mark: Mark) -> None:
        """References are kept in the order in which they were met."""
        one_chain, against = self._chains_of(camera)
        chains, chain = self.references.setdefault(camera, {}), None if one_chain else size
        chains[chain] = remember(chains.get(chain, ()), mark, against)

    def _take_special(self, special: Special) -> None:
        for camera, rows in special.recent.items():
            self.clocks[json.loads(camera)] = Clock(tuple(map(_as_stamp, rows[-CONFIRMED - 1 :])))
        for name, faults in special.faults.items():
            camera = json.loads(name)
            for row in faults:
                self.clocks[camera] = self.clocks.get(camera, Clock()).after(_as_stamp(row), Order.FAULT)
        self.offsets = {json.loads(film + b'"'): json.loads(offset) for film, offset in special.films.items()}
        self.last = {frame.camera: frame for frame in map(as_frame, special.last.values())}
        for source, row in special.refreshed.items():
            self.refreshed[json.loads(source)] = VERDICTS[row[3]], as_file(row[8])

    def _array_of_offsets(self) -> "array[int]":
        """Return an array for where lines stand, of 4 bytes for each where the manifest is not larger than that."""
        try:
            return array("I" if os.path.getsize(self._path) < 2**32 else "q")
        except OSError as error:
            raise StorageError.of(error, self._path) from error

    def _find_line(self, path: str, text: bytes) -> bytes:
        """Return the last line of a frame; nothing where it has none, or that is not written yet."""
        for offset in sorted(self._places(hash(text)), reverse=True):
            line = self._read_line(offset)
            if line.startswith(b'{"path": %b, ' % text):
                return line
            if line and manifest.decode_decision(line).frame.path == path:
                return line
        return b""

    def _sort(self, columns: list[NDArray[Any]]) -> None:
        """Take hashes, offsets and signs, each no longer than it is needed."""
        order = np.argsort(columns[0])
        self._hashes = columns.pop(0)[order].data
        self._offsets = columns.pop(0)[order].data
        self._signs = columns.pop(0)[order].data

    def _places(self, key: int) -> list[int]:
        """Return where the lines stand whose path has this hash."""
        places = [place for place, _ in self._recent.get(key, ())]
        place = bisect_left(self._hashes, key)
        while place < len(self._hashes) and self._hashes[place] == key:
            places.append(self._offsets[place])
            place += 1
        return places

    def _read_line(self, offset: int) -> bytes:
        """Return the whole line at an offset; nothing where it is not written yet."""
        length = _LONGEST_USUAL
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            while True:
                content = os.pread(self._descriptor, length, offset)
                line, newline, _ = content.partition(b"\n")
                if newline or len(content) < length:
                    return line if newline else b""
                length *= 8
        except OSError as error:
            raise StorageError.of(error, self._path) from error


def _offsets(start: int, lines: Iterable[bytes]) -> Iterator[int]:
    for line in lines:
        yield start
        start += len(line)


def _as_stamp(row: Row) -> Stamp:
    frame, file = as_frame(row), as_file(row[8])
    assert frame.time is not None
    return Stamp(frame.path, frame.time, as_written(file and file.mtime_ns))


def as_kept(decision: Decision) -> Kept | None:
    """Return what late frames need to know of a decided one; None where they are not compared with it."""
    frame, is_kept = decision.frame, decision.verdict is Verdict.KEEP
    if (is_kept or decision.left_out) and frame.time is not None and decision.order is not Order.FAULT:
        return Kept(frame.time, frame.path, decision.size, is_kept)
    return None
