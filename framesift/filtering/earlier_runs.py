"""What earlier runs decided, read from their manifest quickly and kept in a few bytes a line.

The manifest is the only truth: nothing of this is stored. A million lines take about two seconds, because a line as we
write it is taken apart by one regular expression, and only what a run needs of it is looked at; a line of any other
form is decoded as usual.
"""

import json
import os
import re
from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from framesift.errors import StorageError
from framesift.filtering import manifest
from framesift.filtering.selection import Decision, Paths, Verdict
from framesift.filtering.summary import NAMED, CameraSummary, Summary
from framesift.frames.frame import Frame

_TEXT = rb"""
    "[ !\#-\[\]-~]*+ (?: \\ (?: ["\\bfnrt] | u(?!00[2-6]|007[0-9a-e]|000[89acd])[0-9a-f]{4} ) [ !\#-\[\]-~]*+ )*+"
"""
"""A JSON string as Python's `json` writes it to ASCII: each text has one such form, so that paths compare as bytes."""
_LINE = re.compile(
    rb"""
    ^\{"path":[ ](?P<path>TEXT),[ ]"camera":[ ](?P<camera>TEXT),
    [ ]"time":[ ](?P<time>null|"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.]\d++)?+[+]00:00"),
    [ ]"verdict":[ ]"(?P<verdict>keep|drop|skip)",[ ]"score":[ ](?:null|-?\d[-+.e\d]*+),
    [ ]"reference":[ ](?:null|TEXT),[ ]"reason":[ ]TEXT,[ ]"size":[ ](?P<size>null|\[\d++,[ ]\d++\])
    (?:,[ ]"offset":[ ](?P<offset>\d[-+.e\d]*+))?+\}\n
    """.replace(b"TEXT", _TEXT),
    re.VERBOSE | re.MULTILINE,
)
_BLOCK = 2**18
"""Bytes of the manifest that are taken apart at once: they fit into the processor's cache."""
_RECENT = 2**14
"""So many lines are added before they are sorted in among the others."""
_LONGEST_USUAL = 512
"""Bytes; hardly a line is longer."""
_VERDICT = re.compile(rb'"verdict": "(keep|drop|skip)"')
"""Cannot stand within a text, where the quotes are escaped."""
_VERDICTS = {verdict.encode("ascii"): verdict for verdict in Verdict}
_ENCODE = json.JSONEncoder().encode


class _Row(NamedTuple):
    """What is needed of a line: JSON, as it stands there."""

    path: bytes
    camera: bytes
    time: bytes
    verdict: bytes
    size: bytes
    offset: bytes
    """Empty for a picture."""


@dataclass(slots=True)
class _Tally:
    """The frames of one size of one camera."""

    verdicts: Counter[bytes] = field(default_factory=Counter)
    first: bytes = b""
    last: bytes = b""
    """Times as text; empty where no frame has one."""
    examples: list[bytes] = field(default_factory=list)


class Past:
    """What is decided: by earlier runs, once `read` has been called, and by this one, as it calls `add`.

    16 bytes a line are kept of the paths: a 64-bit hash, and where the line stands. Every hit is read there, so that
    two paths of one hash are never taken for each other. A camera has a chain for each size, or `one_chain`, and of
    each the last `against` kept frames are of interest.
    """

    def __init__(self, path: str, one_chain: bool, against: int = 1) -> None:
        self.summary = Summary()
        """Of what `read` found."""
        self.last: dict[str, Frame] = {}
        """The last decided frame of each camera. One that was not whole and has no time says nothing of the order."""
        self.references: dict[str, dict[Hashable, Paths]] = {}
        """The paths of the last kept frames of each chain of each camera, the latest at the end."""
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
        last: dict[bytes, _Row] = {}
        kept: dict[tuple[bytes, bytes], deque[bytes]] = {}
        for start, lines in _read_blocks(self._path):
            rows = _take_apart(lines, len(hashes) + 2, self._path)
            hashes.extend(hash(row[0]) for row in rows)
            offsets.extend(_offsets(start, lines))
            _tally(rows, tallies, last)
            self._tally_kept(rows, kept)
        self._hashes, self._offsets = _sort(np.asarray(hashes, np.int64), np.asarray(offsets, np.int64))
        try:
            self.last = {frame.camera: frame for frame in map(_as_frame, last.values())}
            for (camera, size), paths in kept.items():
                for path in paths:
                    self._remember_kept(json.loads(camera), _as_size(size), json.loads(path))
            _sum_up(tallies, self.summary)
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
        if decision.verdict is Verdict.KEEP:
            self._remember_kept(frame.camera, decision.size, frame.path)
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

    def _remember_kept(self, camera: str, size: tuple[int, int] | None, path: str) -> None:
        """References are kept in the order in which they were met."""
        chains, chain = self.references.setdefault(camera, {}), None if self._one_chain else size
        chains[chain] = (*chains.get(chain, ()), path)[-self._against :]

    def _tally_kept(self, rows: Iterable[_Row], kept: dict[tuple[bytes, bytes], deque[bytes]]) -> None:
        """Note the last kept frames of each camera and size; in one chain the sizes do not matter."""
        for path, camera, _, verdict, size, _ in rows:
            if verdict == b"keep":
                key = camera, b"null" if self._one_chain else size
                if (paths := kept.get(key)) is None:
                    paths = kept[key] = deque(maxlen=self._against)
                paths.append(path)

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


def _read_blocks(path: str) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the whole lines after the first, many at once, with the offset of the first of them."""
    try:
        with open(path, "rb") as file:
            start = len(file.readline())
            while lines := file.readlines(_BLOCK):
                if not lines[-1].endswith(b"\n"):
                    del lines[-1]
                yield start, lines
                start += sum(map(len, lines))
    except OSError as error:
        raise StorageError.of(error, path) from error


def _take_apart(lines: list[bytes], number: int, path: str) -> list[_Row]:
    """Return the row of each line; `number` is that of the first, for the message where one is damaged."""
    rows: list[_Row] = _LINE.findall(b"".join(lines))
    if len(rows) == len(lines):
        return rows
    return [
        _Row(*match.groups(b"")) if (match := _LINE.fullmatch(line)) else _as_row(manifest.decode_line(line, n, path))
        for n, line in enumerate(lines, number)
    ]


def _as_row(decision: Decision) -> _Row:
    """Return a line of another form, as other programs may write it, in ours."""
    frame, size = decision.frame, decision.size
    time = frame.time and frame.time.astimezone(UTC).isoformat()
    values = frame.path, frame.camera, time, decision.verdict, size and list(size)
    path, camera, clock, verdict, pixels = (json.dumps(value).encode("ascii") for value in values)
    offset = b"" if frame.offset is None else json.dumps(frame.offset).encode("ascii")
    return _Row(path, camera, clock, verdict.strip(b'"'), pixels, offset)


def _as_frame(row: _Row | tuple[bytes, ...]) -> Frame:
    path, camera, time, _, _, offset = row
    return Frame(json.loads(path), json.loads(camera), _as_time(time), json.loads(offset) if offset else None)


def _as_time(text: bytes) -> datetime | None:
    return None if text == b"null" else datetime.fromisoformat(json.loads(text))


def _as_size(text: bytes) -> tuple[int, int] | None:
    size = json.loads(text)
    return (size[0], size[1]) if size else None


def _offsets(start: int, lines: Iterable[bytes]) -> Iterator[int]:
    for line in lines:
        yield start
        start += len(line)


def _sort(hashes: NDArray[np.int64], offsets: NDArray[np.int64]) -> tuple[memoryview, memoryview]:
    order = np.argsort(hashes)
    return hashes[order].data, offsets[order].data


def _tally(
    rows: Iterable[_Row],
    tallies: dict[tuple[bytes, bytes], _Tally],
    last: dict[bytes, _Row],
) -> None:
    """Count rows, in the fewest steps for each. Times in UTC compare as text."""
    for row in rows:
        path, camera, time, verdict, size, _ = row
        if time != b"null" or verdict != b"skip" or last.get(camera, row)[2] == b"null":
            last[camera] = row
        if (tally := tallies.get((camera, size))) is None:
            tally = tallies[camera, size] = _Tally()
        tally.verdicts[verdict] += 1
        if len(tally.examples) < NAMED:
            tally.examples.append(path)
        if time != b"null":
            tally.first, tally.last = min(time, tally.first or time), max(time, tally.last)


def _sum_up(tallies: dict[tuple[bytes, bytes], _Tally], summary: Summary) -> None:
    for (name, pixels), tally in tallies.items():
        camera = json.loads(name)
        known = summary.cameras.setdefault(camera, CameraSummary(camera))
        known.verdicts.update({_VERDICTS[verdict]: count for verdict, count in tally.verdicts.items()})
        if tally.last:
            times = [time for time in (known.first, known.last, _as_time(tally.first), _as_time(tally.last)) if time]
            known.first, known.last = min(times), max(times)
        if size := _as_size(pixels):
            known.sizes[size] += tally.verdicts.total()
            known.examples.setdefault(size, []).extend(json.loads(path) for path in tally.examples)
