"""The record of a run: one JSON object a line, one line a decision, append-only, readable after any crash."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from framesift import __version__
from framesift.errors import PathLike, StorageError, UsageError
from framesift.filtering.file_state import FileState
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.stores import is_url

NAME = "manifest.jsonl"
SCHEMA = 1
_LONGEST_HEADER = 16 * 2**20
"""Bytes: masks stand in it."""
_LEVELS = b'"levels"'
"""Cannot stand within a text, where the quotes are escaped."""
_FILE = b'"file"'


@dataclass(frozen=True)
class Record:
    """The manifest of a results folder, opened to be read."""

    folder: str
    """Absolute path of the results folder, or its URL."""
    source: str
    """Absolute path of the folder of the frames, or its URL."""
    settings: Settings
    path: str
    """Of the manifest itself."""
    known_levels: Mapping[str, Levels] | None = None
    """The `levels`, where somebody who follows the manifest knows them."""

    def decisions(self) -> Iterator[Decision]:
        """Yield the decisions, as `read_decisions` does."""
        return read_decisions(self.path)

    @cached_property
    def levels(self) -> Mapping[str, Levels]:
        """The range in which the 16-bit frames of each camera that has such were read, as `read_levels` finds it."""
        return read_levels(self.path) if self.known_levels is None else self.known_levels


def open_record(results: PathLike) -> Record:
    """Read the first line of a results folder's manifest. Raises UsageError where there is none, StorageError."""
    folder = os.path.abspath(os.fsdecode(results))
    path = os.path.join(folder, NAME)
    if not os.path.isfile(path):
        raise UsageError(f"holds no {NAME}: name a folder that framesift has filled", results)
    return read_record(folder, path)


def read_record(folder: str, path: str) -> Record:
    """Return the record of the results folder `folder`, a path or URL, from its manifest. Raises as `open_record`."""
    record = read_settings(path)
    if record is None:
        raise UsageError("its manifest holds nothing yet: run framesift filter first", folder)
    try:
        return Record(folder, _find_source(folder, record["source"]), Settings.from_record(record), path)
    except UsageError as error:
        raise UsageError(error.reason, path) from None
    except (KeyError, TypeError):
        raise UsageError("does not say where the frames lie", path) from None


def _find_source(folder: str, source: str) -> str:
    if is_url(source):
        return source
    # The real folder: the way to the frames was measured from there.
    return os.path.normpath(os.path.join(os.path.realpath(folder), source))


def encode_header(settings: dict[str, Any]) -> bytes:
    """Return the first line."""
    return _encode({"framesift": __version__, "schema": SCHEMA, "settings": settings})


def encode_decision(decision: Decision, levels: Levels | None = None, file: FileState | None = None) -> bytes:
    """Return the line of a decision, with the range in which a 16-bit frame was read, and the state of its file.

    Bytes of a path that are not UTF-8 are escaped and come back whole.
    """
    frame = decision.frame
    return _encode(
        {
            "path": frame.path,
            "camera": frame.camera,
            "time": frame.time.isoformat() if frame.time else None,
            "verdict": str(decision.verdict),
            "score": decision.score,
            "reference": decision.reference,
            "reason": decision.reason,
            "size": list(decision.size) if decision.size else None,
            **({} if levels is None else {"levels": [levels.low, levels.high]}),
            **({} if frame.offset is None else {"offset": frame.offset}),
            **({} if decision.extent is None else {"extent": decision.extent}),
            **({} if frame.page is None else {"page": frame.page}),
            **({} if file is None else {"file": [each for each in file if each is not None]}),
            **({} if frame.source is None else {"of": frame.source}),
            **({} if decision.order is None else {"order": str(decision.order)}),
            **({"again": True} if decision.again else {}),
        }
    )


def decode_decision(line: bytes) -> Decision:
    """Return the decision of a line. Raises ValueError, KeyError or TypeError for a line that is none."""
    entry = json.loads(line)
    time = datetime.fromisoformat(entry["time"]) if entry["time"] else None
    size = tuple(entry["size"]) if entry.get("size") else None
    frame = Frame(entry["path"], entry["camera"], time, entry.get("offset"), entry.get("page"), entry.get("of"))
    evidence = entry["score"], entry["reference"], entry["reason"], size, entry.get("extent")
    order = Order(entry["order"]) if entry.get("order") else None
    return Decision(frame, Verdict(entry["verdict"]), *evidence, order, entry.get("again") is True)


def decode_file(line: bytes) -> FileState | None:
    """Return the state of the file of a line's decision; None where the line does not say it."""
    if _FILE in line:
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            values = json.loads(line).get("file")
            if 2 <= len(values) <= 3 and all(type(value) is int for value in values):
                return FileState(*values)
    return None


def decode_levels(line: bytes) -> tuple[str, Levels] | None:
    """Return the camera of a line's decision and the range in which its 16-bit frame was read; None without one."""
    if _LEVELS in line:
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            entry = json.loads(line)
            return str(entry["camera"]), Levels.of(entry["levels"])
    return None


def decode_line(line: bytes, number: int, path: str) -> Decision:
    """Return the decision of a line of a manifest. Raises StorageError, which names the line, where it is none."""
    try:
        return decode_decision(line)
    except (ValueError, KeyError, TypeError, AttributeError):
        damaged = f"line {number} is damaged: restore the file, or choose another results folder"
        raise StorageError(damaged, path) from None


def read_settings(path: str) -> dict[str, Any] | None:
    """Return the settings that a manifest was begun with; None where its first line was torn by a crash.

    Raises UsageError for a file that is not a manifest of this schema, StorageError where it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            line = file.readline(_LONGEST_HEADER)
    except OSError as error:
        raise StorageError.of(error, path) from error
    if not line.endswith(b"\n") and b'{"framesift": "'.startswith(line[:15]):
        return None
    try:
        header = json.loads(line)
        schema, settings = header["schema"], header["settings"]
    except (ValueError, KeyError, TypeError):
        raise UsageError("is not a manifest of framesift: choose another results folder", path) from None
    if schema != SCHEMA:
        raise UsageError(f"was written by framesift {header.get('framesift')}: this version cannot continue it", path)
    return dict(settings)


def read_decisions(path: str, start: int = 0, end: int | None = None) -> Iterator[Decision]:
    """Yield the decisions of a manifest, or of its bytes from `start` to `end`; not a last line that a crash has torn.

    Raises StorageError for a line that is no decision, or where the file cannot be read.
    """
    for number, (_, line) in enumerate(read_lines(path, start, end), start=2):
        yield decode_line(line, number, path)


def locate_decisions(path: str) -> Iterator[tuple[int, int, Decision]]:
    """Yield each decision after the first and the last offset in bytes of its line. Raises as `read_decisions` does."""
    for number, (offset, line) in enumerate(read_lines(path), start=2):
        yield offset, offset + len(line), decode_line(line, number, path)


def find_decisions(path: str, names: Iterable[str]) -> Iterator[Decision]:
    """Yield the decisions whose line has one of `names` in it, without decoding the other lines."""
    needles = [json.dumps(name)[1:-1].encode("ascii") for name in names]
    for number, (_, line) in enumerate(read_lines(path), start=2):
        if any(needle in line for needle in needles):
            yield decode_line(line, number, path)


def read_levels(path: str) -> dict[str, Levels]:
    """Return the range in which the 16-bit frames of each camera were read, of those of which a manifest says one.

    Raises StorageError.
    """
    levels: dict[str, Levels] = {}
    for _, line in read_lines(path):
        if found := decode_levels(line):
            levels.setdefault(*found)
    return levels


def read_lines(path: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines after the first, or those that begin in `start` to `end`, each with its offset in bytes."""
    try:
        with open(path, "rb") as file:
            offset = file.seek(start) if start else len(file.readline())
            for line in file:
                if not line.endswith(b"\n") or (end is not None and offset >= end):
                    return
                yield offset, line
                offset += len(line)
    except OSError as error:
        raise StorageError.of(error, path) from error


def whole_length(path: str) -> int:
    """Return the number of bytes of a manifest up to the end of its last whole line."""
    with open(path, "rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(end - 65536, 0)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0


def _encode(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, allow_nan=False).encode("ascii") + b"\n"
