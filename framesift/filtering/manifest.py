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
from framesift.actions.files.placing import is_there
from framesift.errors import PathLike, StorageError, UsageError, as_command, show
from framesift.filtering.file_state import FileState
from framesift.filtering.kept_names import name_kept
from framesift.filtering.manifest_file import read_header, read_lines
from framesift.filtering.manifest_values import check_paths, check_settings, check_values, read_weight, shorten
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.light import Light
from framesift.stores import is_url, join, locate, strip_secrets

NAME = "manifest.jsonl"
SCHEMA = 1
DAMAGES = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading forged values can raise."""
_LEVELS = b'"levels"'
"""Cannot stand within a text, where the quotes are escaped."""
_FILE = b'"file"'
_KEEP = b'"verdict": "keep"'
_WRITE = json.JSONEncoder(allow_nan=False).encode


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
    is_named: bool = True
    """Whether `source` is where the user has said, or may be believed: a store that a manifest alone names may not."""

    def decisions(self) -> Iterator[Decision]:
        """Yield the decisions, as `read_decisions` does."""
        return read_decisions(self.path)

    def find_frame(self, path: str) -> str:
        """Return where a frame lies among the others, to be opened. Raises UsageError as `require_source`."""
        self.require_source()
        return join(self.source, path)

    def name_kept(self, path: str) -> str:
        """Return the path, below the results folder, under which a frame lies there if it was kept."""
        if self.settings.results_by is None:
            return path
        if path not in self._kept_names:
            self._kept_names.update(read_kept_names(self.path, self.settings))
        return self._kept_names.get(path, path)

    @cached_property
    def _kept_names(self) -> dict[str, str]:
        return {}

    def require_source(self) -> None:
        """Raise UsageError where opening a frame would ask a store, or read a folder, that nobody but the manifest
        names: it may have come with the folder."""
        if not self.is_named:
            hint = f"if that is right, name them yourself with --source {as_command([self.source])}"
            raise UsageError(f"says that its frames lie in {show(self.source)}: {hint}", self.folder)

    @cached_property
    def levels(self) -> Mapping[str, Levels]:
        """The range in which the 16-bit frames of each camera that has such were read, as `read_levels` finds it."""
        return read_levels(self.path) if self.known_levels is None else self.known_levels


def open_record(results: PathLike, source: PathLike | None = None) -> Record:
    """Read the first line of a results folder's manifest; `source`, a path or URL, is where its frames lie if given.

    Raises UsageError where there is none, StorageError.
    """
    folder = os.path.abspath(os.fsdecode(results))
    path = os.path.join(folder, NAME)
    if not is_there(folder):
        raise UsageError("no such folder", results)
    if not is_there(path) or not os.path.isfile(path):
        raise UsageError(f"holds no {NAME}: name a folder that framesift has filled", results)
    return read_record(folder, path, source)


def read_record(folder: str, path: str, source: PathLike | None = None) -> Record:
    """Return the record of the results folder `folder`, a path or URL, from its manifest. Raises as `open_record`."""
    record = read_settings(path)
    if record is None:
        raise UsageError("its manifest holds nothing yet: run framesift filter first", folder)
    try:
        written, settings = find_source(folder, record), Settings.from_record(record)
        if source is not None:
            return Record(folder, locate(source), settings, path)
        return Record(folder, written, settings, path, is_named=_is_believed(folder, str(record["source"])))
    except UsageError as error:
        raise UsageError(error.reason, path) from None


def find_source(folder: str, settings: Mapping[str, Any]) -> str:
    """Return where the frames lie, as the settings in the manifest of `folder` say it. Raises UsageError."""
    path = join(folder, NAME)
    if "source" not in settings:
        raise UsageError("does not say where the frames lie", path)
    try:
        check_settings({"source": settings["source"]})
    except ValueError as error:
        raise UsageError(f"says that the frames lie where no folder can be: {error}", path) from None
    source = str(settings["source"])
    # The real folder: the way to the frames was measured from there.
    return source if is_url(source) else os.path.normpath(os.path.join(os.path.realpath(folder), source))


def _is_believed(folder: str, source: str) -> bool:
    """Tell whether a source may be opened that nobody but the manifest names.

    A relative one may: framesift writes no other into a folder of this machine. So may one in the store, and there in
    the bucket, of which the user has named the results.
    """
    if "\0" in source:
        return False
    if is_url(source):
        return is_url(folder) and "::" not in folder + source and _bucket_of(folder) == _bucket_of(source)
    return is_url(folder) or not os.path.isabs(source)


def _bucket_of(url: str) -> list[str]:
    return strip_secrets(url).split("/")[:3]


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
            **({} if decision.weight is None else {"budget": [str(decision.weight.threshold), decision.weight.frames]}),
            **({} if decision.gap is None else {"gap": decision.gap}),
            **({} if frame.light is None else {"light": str(frame.light)}),
        }
    )


def decode_decision(line: bytes) -> Decision:
    """Return the decision of a line. Raises ValueError, KeyError or TypeError for a line that is none."""
    entry = json.loads(line)
    time = datetime.fromisoformat(entry["time"]) if entry["time"] else None
    size = tuple(entry["size"]) if entry.get("size") else None
    light = Light(entry["light"]) if entry.get("light") else None
    frame = Frame(entry["path"], entry["camera"], time, entry.get("offset"), entry.get("page"), entry.get("of"), light)
    evidence = entry["score"], entry["reference"], entry["reason"], size, entry.get("extent")
    order, again = Order(entry["order"]) if entry.get("order") else None, entry.get("again") is True
    weight = read_weight(*entry["budget"]) if entry.get("budget") else None
    return Decision(frame, Verdict(entry["verdict"]), *evidence, order, again, weight, entry.get("gap"))


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
    """Return the decision of a line of a manifest, which may have been forged.

    Raises StorageError, which names the line, where it is none, or names a file outside of its folder.
    """
    try:
        decision = decode_decision(line)
    except DAMAGES:
        damaged = f"line {number} is damaged: restore the file, or choose another results folder"
        raise StorageError(damaged, path) from None
    try:
        check_values(decision)
        check_paths(decision)
    except ValueError as error:
        forged = f"line {number} is none of framesift, {error}: restore the file, or choose another results folder"
        raise StorageError(forged, path) from None
    return decision


def read_settings(path: str) -> dict[str, Any] | None:
    """Return the settings that a manifest was begun with; None where its first line was torn by a crash.

    Raises UsageError for a file that is not a manifest of this schema, StorageError where it cannot be read.
    """
    line = read_header(path)
    if not line.endswith(b"\n") and b'{"framesift": "'.startswith(line[:15]):
        return None
    try:
        header = json.loads(line)
        schema, settings = header["schema"], dict(header["settings"])
    except DAMAGES:
        raise UsageError("is not a manifest of framesift: choose another results folder", path) from None
    if schema != SCHEMA:
        version = shorten(header.get("framesift"))
        raise UsageError(f"was written by framesift {version}: this version cannot continue it", path)
    return settings


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


def read_kept_names(path: str, settings: Settings) -> dict[str, str]:
    """Return, by the path of each kept frame, under which it lies in the results folder. Raises StorageError."""
    kept = (decode_line(line, n, path) for n, (_, line) in enumerate(read_lines(path), start=2) if _KEEP in line)
    return {each.frame.path: name_kept(each.frame, settings) for each in kept}


def _encode(entry: dict[str, Any]) -> bytes:
    return _WRITE(entry).encode("ascii") + b"\n"
