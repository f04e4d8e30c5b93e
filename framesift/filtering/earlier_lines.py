"""The lines of a manifest, many at once and in the fewest steps: a million of them take about two seconds.

A line as we write it is taken apart by one regular expression, and what is not needed of it is not looked at; a line of
any other form is decoded as usual.
"""

import json
import re
from datetime import UTC, datetime
from typing import NamedTuple

from framesift import compile_on_use
from framesift.filtering import manifest
from framesift.filtering.file_state import FileState
from framesift.frames.frame import Frame

_ESCAPE = rb"""
    \\ (?: ["\\bfnrt] | ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2} | udc[89a-f][0-9a-f]
        | u(?!00[2-6]|007[0-9a-e]|000[089acd]|d[89a-f])[0-9a-f]{4} )
"""
_TEXT = rb"""
    "[ !\#-\[\]-~]*+ (?: ESCAPE [ !\#-\[\]-~]*+ )*+"
"""
"""A JSON string as Python's `json` writes it to ASCII: each text has one such form, so that paths compare as bytes. One
with a NUL, or with half a character that stands for no byte, is looked at more closely."""
_PATH = rb"""
    "(?![.]{0,2}["/]) [ !\#-.0-\[\]-~]*+ (?: (?: / (?![.]{0,2}["/]) | ESCAPE ) [ !\#-.0-\[\]-~]*+ )*+"
"""
"""One that leads nowhere outside of its folder."""
_NUMBER = rb"\d{1,14}+(?:[.]\d{1,22}+)?+(?:e-\d{1,3}+)?+"
_FORM = rb"""
    ^\{"path":[ ](?P<path>PATH),[ ]"camera":[ ](?P<camera>TEXT),
    [ ]"time":[ ](?P<time>null|"[12]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:[.]\d{1,6})?+[+]00:00"),
    [ ]"verdict":[ ]"(?P<verdict>keep|drop|skip)",[ ]"score":[ ](?:null|NUMBER),
    [ ]"reference":[ ](?:null|PATH),[ ]"reason":[ ]TEXT,
    [ ]"size":[ ](?P<size>null|\[[1-9]\d{0,4}+,[ ][1-9]\d{0,3}+\])
    (?:,[ ]"levels":[ ](?P<levels>\[\d{1,5},[ ]\d{1,5}\]))?+
    (?:,[ ]"offset":[ ](?P<offset>NUMBER))?+(?:,[ ]"extent":[ ](?P<extent>NUMBER))?+
    (?:,[ ]"page":[ ][1-9]\d{0,8})?+
    (?:,[ ]"file":[ ]\[(?P<file>\d{1,19}+,[ ]-?\d{1,19}+)(?:,[ ]\d{1,10}+)?+\])?+(?:,[ ]"of":[ ](?P<source>PATH))?+
    (?:,[ ]"order":[ ]"(?P<order>late|clock[ ]fault)")?+(?:,[ ]"again":[ ](?P<again>true))?+
    (?:,[ ]"budget":[ ]\["\d{1,15}+(?:[.]\d{1,30}+)?+%",[ ]\d{1,15}+\])?+(?:,[ ]"gap":[ ](?P<gap>NUMBER))?+
    (?:,[ ]"light":[ ]"(?:day|night|infrared)")?+\}\n
    """


_LINE = compile_on_use(
    _FORM.replace(b"TEXT", _TEXT).replace(b"PATH", _PATH).replace(b"ESCAPE", _ESCAPE).replace(b"NUMBER", _NUMBER),
    re.VERBOSE | re.MULTILINE,
)


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
    gap: bytes
    """Seconds."""


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
    amounts = frame.offset, decision.extent, decision.gap
    offset, extent, gap = (b"" if value is None else json.dumps(value).encode("ascii") for value in amounts)
    found = manifest.decode_levels(line)
    levels = b"" if found is None else b"[%d, %d]" % (found[1].low, found[1].high)
    state = manifest.decode_file(line)
    file = b"" if state is None else b"%d, %d" % state[:2]
    source = b"" if frame.source is None else json.dumps(frame.source).encode("ascii")
    order, again = (decision.order or "").encode("ascii"), b"true" if decision.again else b""
    return Row(
        name, camera, clock, verdict.strip(b'"'), pixels, levels, offset, extent, file, source, order, again, gap
    )


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
