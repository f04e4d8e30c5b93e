"""What earlier runs decided, read from their manifest quickly and kept in a few bytes a line.

The manifest is the only truth: nothing of this is stored.
"""

import json
import os
import re
from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from framesift.errors import StorageError
from framesift.filtering import manifest
from framesift.filtering.earlier_lines import Row, as_frame, as_size, as_time, read_blocks, take_apart
from framesift.filtering.selection import WHOLE, Decision, Mark, Marks, Verdict, mark_of, remember
from framesift.filtering.summary import NAMED, CameraSummary, Summary
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels

_RECENT = 2**14
"""So many lines are added before they are sorted in among the others."""
_LONGEST_USUAL = 512
"""Bytes; hardly a line is longer."""
_VERDICT = re.compile(rb'"verdict": "(keep|drop|skip)"')
"""Cannot stand within a text, where the quotes are escaped."""
_VERDICTS = {verdict.encode("ascii"): verdict for verdict in Verdict}
_Chain = tuple[bytes, bytes]
"""Camera and size, JSON; `null` for every size where they are compared at one."""
_ENCODE = json.JSONEncoder().encode


@dataclass(slots=True)
class _Tally:
    """The frames of one size of one camera."""

    verdicts: Counter[bytes] = field(default_factory=Counter)
    first: bytes = b""
    last: bytes = b""
    """Times as text; empty where no frame has one."""
    examples: list[bytes] = field(default_factory=list)
    whole: int = 0
    """Frames whose whole picture has changed."""
    left_out: int = 0


class Past:
    """What is decided: by earlier runs, once `read` has been called, and by this one, as it calls `add`.

    16 bytes a line are kept of the paths: a 64-bit hash, and where the line stands. Every hit is read there, so that
    two paths of one hash are never taken for each other. A camera has a chain for each size, or `one_chain`; a frame is
    compared with the last `against` kept ones of its chain.
    """

    def __init__(self, path: str, one_chain: bool, against: int = 1) -> None:
        self.summary = Summary()
        """Of what `read` found."""
        self.last: dict[str, Frame] = {}
        """The last decided frame of each camera. One that was not whole and has no time says nothing of the order."""
        self.offsets: dict[str, float] = {}
        """How far each film has been decided, in seconds, by its path."""
        self.references: dict[str, dict[Hashable, Marks]] = {}
        """Which frames the references of each chain of each camera are."""
        self.levels: dict[str, Levels] = {}
        """In which range the 16-bit frames of each camera are read that has such, as `read` found it."""
        self._path = path
        self._one_chain, self._against = one_chain, against
        self._descriptor: int | None = None
        self._hashes, self._offsets = memoryview(array("q")), memoryview(array("q"))
        """In ascending order of the hashes."""
        self._recent: dict[int, list[int]] = {}

    def read(self) -> None:
        """Read the manifest. Raises StorageError for a line that is no decision, or where it cannot be read."""
        hashes, offsets = array("q"), array("q")
        tallies: dict[tuple[bytes, bytes], _Tally] = {}
        last: dict[bytes, Row] = {}
        kept: dict[_Chain, deque[bytes]] = {}
        left_out: dict[_Chain, bytes] = {}
        levels: dict[bytes, bytes] = {}
        films: dict[bytes, bytes] = {}
        try:
            for start, lines in read_blocks(self._path):
                rows = take_apart(lines, len(hashes) + 2, self._path)
                hashes.extend(hash(row[0]) for row in rows)
                offsets.extend(_offsets(start, lines))
                _tally(rows, tallies, last)
                self._tally_references(rows, kept, left_out)
                for row in rows:
                    if row[5]:
                        levels.setdefault(row[1], row[5])
                    if row[6]:
                        films[row[0][: row[0].rfind(b"/")]] = row[6]
            self._hashes, self._offsets = _sort(np.asarray(hashes, np.int64), np.asarray(offsets, np.int64))
            self.offsets = {json.loads(film + b'"'): json.loads(offset) for film, offset in films.items()}
            self.last = {frame.camera: frame for frame in map(as_frame, last.values())}
            for chain, paths in kept.items():
                for path in paths:
                    self._remember(json.loads(chain[0]), as_size(chain[1]), Mark(json.loads(path)))
                if chain in left_out:
                    self._remember(json.loads(chain[0]), as_size(chain[1]), Mark(json.loads(left_out[chain]), False))
            self.levels = {json.loads(camera): Levels.of(json.loads(each)) for camera, each in levels.items()}
            _sum_up(tallies, self.levels, self.summary)
        except ValueError as error:
            damaged = f"holds a value that cannot be ({error}): restore the file, or choose another results folder"
            raise StorageError(damaged, self._path) from None

    def find(self, path: str) -> Verdict | None:
        """Return what was decided of a frame; None where nothing was. Raises StorageError."""
        text = _ENCODE(path).encode("ascii")
        key = hash(text)
        for offset in self._places(key):
            line = self._read_line(offset)
            if line.startswith(b'{"path": %b, ' % text) and (verdict := _VERDICT.search(line)):
                return _VERDICTS[verdict[1]]
            if line and (decision := manifest.decode_decision(line)).frame.path == path:
                return decision.verdict
        return None

    def add(self, decision: Decision, offset: int) -> None:
        """Remember a decision whose line will stand `offset` bytes into the manifest; it is found when it does."""
        frame, known = decision.frame, self.last.get(decision.frame.camera)
        if frame.time or decision.verdict is not Verdict.SKIP or known is None or known.time is None:
            self.last[frame.camera] = frame
        if frame.offset is not None:
            self.offsets[frame.path.rpartition("/")[0]] = frame.offset
        if mark := mark_of(decision):
            self._remember(frame.camera, decision.size, mark)
        self._recent.setdefault(hash(_ENCODE(frame.path).encode("ascii")), []).append(offset)
        if len(self._recent) >= _RECENT:
            pairs = [(key, place) for key, places in self._recent.items() for place in places]
            added = np.array(pairs, np.int64)
            self._hashes, self._offsets = _sort(
                np.concatenate([self._hashes, added[:, 0]]), np.concatenate([self._offsets, added[:, 1]])
            )
            self._recent.clear()

    def close(self) -> None:
        """Close the manifest."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def _remember(self, camera: str, size: tuple[int, int] | None, mark: Mark) -> None:
        """References are kept in the order in which they were met."""
        chains, chain = self.references.setdefault(camera, {}), None if self._one_chain else size
        chains[chain] = remember(chains.get(chain, ()), mark, self._against)

    def _tally_references(
        self, rows: Iterable[Row], kept: dict[_Chain, deque[bytes]], left_out: dict[_Chain, bytes]
    ) -> None:
        """Note the last kept frames of each chain, and what has been left out since, in the fewest steps."""
        for path, camera, _, verdict, size, _, _, extent in rows:
            if verdict == b"keep":
                chain = camera, b"null" if self._one_chain else size
                if (paths := kept.get(chain)) is None:
                    paths = kept[chain] = deque(maxlen=self._against)
                paths.append(path)
                left_out.pop(chain, None)
            elif extent and verdict == b"drop" and (chain := (camera, b"null" if self._one_chain else size)) in kept:
                left_out[chain] = path

    def _places(self, key: int) -> list[int]:
        """Return where the lines stand whose path has this hash."""
        places = list(self._recent.get(key, ()))
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


def _sort(hashes: NDArray[np.int64], offsets: NDArray[np.int64]) -> tuple[memoryview, memoryview]:
    order = np.argsort(hashes)
    return hashes[order].data, offsets[order].data


def _tally(
    rows: Iterable[Row],
    tallies: dict[tuple[bytes, bytes], _Tally],
    last: dict[bytes, Row],
) -> None:
    """Count rows, in the fewest steps for each. Times in UTC compare as text."""
    for row in rows:
        path, camera, time, verdict, size, _, _, extent = row
        if time != b"null" or verdict != b"skip" or last.get(camera, row)[2] == b"null":
            last[camera] = row
        if (tally := tallies.get((camera, size))) is None:
            tally = tallies[camera, size] = _Tally()
        tally.verdicts[verdict] += 1
        if len(tally.examples) < NAMED:
            tally.examples.append(path)
        if time != b"null":
            tally.first, tally.last = min(time, tally.first or time), max(time, tally.last)
        if extent:
            tally.whole += float(extent) >= WHOLE
            tally.left_out += verdict == b"drop"


def _sum_up(tallies: dict[tuple[bytes, bytes], _Tally], levels: dict[str, Levels], summary: Summary) -> None:
    for (name, pixels), tally in tallies.items():
        camera = json.loads(name)
        known = summary.cameras.setdefault(camera, CameraSummary(camera))
        known.levels = levels.get(camera)
        known.verdicts.update({_VERDICTS[verdict]: count for verdict, count in tally.verdicts.items()})
        known.whole, known.left_out = known.whole + tally.whole, known.left_out + tally.left_out
        if tally.last:
            times = [time for time in (known.first, known.last, as_time(tally.first), as_time(tally.last)) if time]
            known.first, known.last = min(times), max(times)
        if size := as_size(pixels):
            known.sizes[size] += tally.verdicts.total()
            known.examples.setdefault(size, []).extend(json.loads(path) for path in tally.examples)
