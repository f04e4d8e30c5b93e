"""The lines of a manifest, many at once and in the fewest steps: a million of them take about two seconds.

A line as we write it is taken apart by one regular expression, and what is not needed of it is not looked at; a line of
any other form is decoded as usual.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from framesift.errors import StorageError
from framesift.filtering import manifest
from framesift.filtering.file_state import FileState
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
    (?:,[ ]"levels":[ ](?P<levels>\[\d{1,5},[ ]\d{1,5}\]))?+
    (?:,[ ]"offset":[ ](?P<offset>\d[-+.e\d]*+))?+(?:,[ ]"extent":[ ](?P<extent>\d[-+.e\d]*+))?+
    (?:,[ ]"page":[ ]\d++)?+
    (?:,[ ]"file":[ ]\[(?P<file>\d++,[ ]-?\d++)(?:,[ ]\d++)?+\])?+(?:,[ ]"of":[ ](?P<source>TEXT))?+
    (?:,[ ]"order":[ ]"(?P<order>late|clock[ ]fault)")?+(?:,[ ]"again":[ ](?P<again>true))?+\}\n
    """.replace(b"TEXT", _TEXT),
    re.VERBOSE | re.MULTILINE,
)
_BLOCK = 2**18
"""Bytes of the manifest that are taken apart at once: they fit into the processor's cache."""


class Row(NamedTuple):
    """What is needed of a line: JSON, as it stands there."""

    path: bytes
    camera: bytes
    time: bytes
    verdict: bytes
    size: bytes
    levels: bytes
    """Empty for a frame of 8 bits."""
    offset: bytes
    """Empty for a picture."""
    extent: bytes
    """Empty where nothing is said of it, as the next ones."""
    file: bytes
    """Size and time of modification."""
    source: bytes
    order: bytes
    """As it stands there, without quotes."""
    again: bytes


def read_blocks(path: str) -> Iterator[tuple[int, list[bytes]]]:
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


def take_apart(lines: list[bytes], number: int, path: str) -> list[Row]:
    """Return the row of each line; `number` is that of the first, for the message where one is damaged."""
    rows: list[Row] = _LINE.findall(b"".join(lines))
    if len(rows) == len(lines):
        return rows
    return [
        Row(*match.groups(b"")) if (match := _LINE.fullmatch(line)) else _as_row(line, n, path)
        for n, line in enumerate(lines, number)
    ]


def _as_row(line: bytes, number: int, path: str) -> Row:
    """Return a line of another form, as other programs may write it, in ours."""
    decision = manifest.decode_line(line, number, path)
    frame, size = decision.frame, decision.size
    time = frame.time and frame.time.astimezone(UTC).isoformat()
    values = frame.path, frame.camera, time, decision.verdict, size and list(size)
    name, camera, clock, verdict, pixels = (json.dumps(value).encode("ascii") for value in values)
    offset, extent = (
        b"" if value is None else json.dumps(value).encode("ascii") for value in (frame.offset, decision.extent)
    )
    found = manifest.decode_levels(line)
    levels = b"" if found is None else b"[%d, %d]" % (found[1].low, found[1].high)
    state = manifest.decode_file(line)
    file = b"" if state is None else b"%d, %d" % state[:2]
    source = b"" if frame.source is None else json.dumps(frame.source).encode("ascii")
    order, again = (decision.order or "").encode("ascii"), b"true" if decision.again else b""
    return Row(name, camera, clock, verdict.strip(b'"'), pixels, levels, offset, extent, file, source, order, again)


def as_frame(row: Row | tuple[bytes, ...]) -> Frame:
    """Return the frame of a row. Raises ValueError for values that cannot be, as the next two do."""
    path, camera, time, _, _, _, offset, _, _, source, *_ = row
    values = json.loads(path), json.loads(camera), as_time(time), json.loads(offset) if offset else None
    return Frame(*values, source=json.loads(source) if source else None)


def as_file(text: bytes) -> FileState | None:
    """Return the state of a file that stands in a row; None where it says nothing of it."""
    return FileState(*json.loads(b"[%b]" % text)) if text else None


def as_time(text: bytes) -> datetime | None:
    """Return the time that stands in a row."""
    return None if text == b"null" else datetime.fromisoformat(json.loads(text))


def as_size(text: bytes) -> tuple[int, int] | None:
    """Return the width and height in px that stand in a row."""
    size = json.loads(text)
    return (size[0], size[1]) if size else None
