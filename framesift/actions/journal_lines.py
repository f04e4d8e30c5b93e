"""The lines of a journal: JSON with a checksum, and what one must be that somebody else may have written."""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from framesift.actions.attributes import decode_attributes
from framesift.actions.paths import METADATA, find_oddity, is_plain_folder, names_journal
from framesift.actions.plan import decode_stat

_LONGEST_FIRST = 2**20
_LONGEST = 2**28
"""Bytes of a line; the longest list the names of all the files that one folder has lost."""


class TooLong(ValueError):
    """A line has no end, or none near enough."""


def encode_line(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as a line that carries a checksum of itself."""
    text = json.dumps(entry, allow_nan=False)
    return f'{text[:-1]}, "check": "{zlib.crc32(text.encode("ascii")):08x}"}}\n'.encode("ascii")


def decode_line(line: bytes) -> dict[str, Any] | None:
    """Return the entry of a line; None where a byte of it has changed."""
    body, separator, check = line.rpartition(b', "check": "')
    body += b"}"
    if not separator or check != f'{zlib.crc32(body):08x}"}}'.encode("ascii"):
        return None
    try:
        entry = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def read_lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines of a file with their ends; the last may have none. Raises TooLong and OSError.

    However long the file is, no more than a line is held.
    """
    limit = _LONGEST_FIRST
    with open(descriptor, "rb", closefd=False) as file:
        while line := file.readline(limit):
            if len(line) == limit and not line.endswith(b"\n"):
                raise TooLong
            yield line
            limit = _LONGEST


def is_header(line: Mapping[str, Any]) -> bool:
    """Tell whether an entry can be the first of a journal."""
    root = line.get("root")
    return (
        "framesift" in line
        and isinstance(root, str)
        and is_plain_folder(root)
        and isinstance(line.get("mark", ""), str)
    )


def check_entry(line: Mapping[str, Any]) -> None:
    """Raise ValueError for a line that no journal has: above all, with a path that leaves the backup or the root.

    Raises KeyError and TypeError too, for one that lacks something.
    """
    event = line["event"]
    if event in ("moving", "updating"):  # which name a file; all others name one of these again
        for key in ("stored", "path", "with"):
            if key != "with" or key in line:
                _check_path(key, line[key])
        if event == "moving":
            decode_stat(line["file"])
            _check_owners(line.get("folders", []), line["path"])
            if "attributes" in line:
                decode_attributes(line["attributes"])
        elif "file" in line or os.path.basename(line["path"]) != METADATA:
            raise ValueError("updates what is no metadata file")
        _check_names(line.get("names", []))
    elif event == "returning":
        decode_stat(line["held"])
        if not is_plain_folder(line.get("to") or "/"):
            raise ValueError("its folder is not in its plain form")
    if not all(isinstance(line.get(key, ""), str) for key in ("sha256", "after")):
        raise TypeError


def _check_owners(owners: Any, path: str) -> None:
    numbers = [number for owner in owners for number in owner]
    if (owners and len(owners) != path.count("/")) or len(numbers) != 2 * len(owners):
        raise ValueError("has no owners of folders")
    if not all(type(number) is int and 0 <= number < 2**32 - 1 for number in numbers):
        raise ValueError("has an owner that no folder has")


def _check_names(names: Any) -> None:
    if not isinstance(names, list):
        raise TypeError
    for name in names:
        _check_path("name", name)
        if "/" in name:
            raise ValueError("its name leaves the folder")


def _check_path(key: str, path: Any) -> None:
    if not isinstance(path, str):
        raise TypeError
    if oddity := find_oddity(path) or ("is that of a journal" if names_journal(path) else ""):
        raise ValueError(f"its {key} {oddity}")
