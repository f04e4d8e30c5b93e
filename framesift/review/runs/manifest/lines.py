"""The lines of a manifest, which may have been forged: what a line says is believed only once it is what we write."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from framesift.errors import FramesiftError, StorageError
from framesift.filtering.manifest import DAMAGES as OF_MANIFEST
from framesift.filtering.manifest import decode_decision
from framesift.filtering.manifest_values import check_values, is_size
from framesift.filtering.selection import Decision
from framesift.frames.reader import MAX_PIXELS

LONGEST = 1 << 20
"""Bytes of a line."""
DAMAGES = (*OF_MANIFEST, FramesiftError)
"""What reading forged values can raise."""


def open_manifest(path: str) -> BinaryIO:
    """Open a regular file that is no link. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    return os.fdopen(descriptor, "rb")


def walk_lines(file: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines from an offset on, each with its own; not one that is being written. A longer one is cut off."""
    file.seek(start)
    while (line := file.readline(LONGEST)).endswith(b"\n") or len(line) == LONGEST:
        yield start, line
        start += len(line)


def parse_line(line: bytes) -> Decision:
    """Return the decision of a line. Raises one of DAMAGES for what framesift would not have written."""
    decision = decode_decision(line)
    check_values(decision)
    if decision.size is not None and not is_size(decision.size, MAX_PIXELS):
        raise ValueError("a size is none")
    return decision


def read_line(path: str, offset: int, length: int) -> Decision:
    """Return the decision at an offset of a manifest. Raises StorageError where there is none any more."""
    try:
        with open_manifest(path) as file:
            file.seek(offset)
            return parse_line(file.read(length))
    except OSError as error:
        raise StorageError.of(error, path) from error
    except DAMAGES:
        raise StorageError("has been changed meanwhile", path) from None
