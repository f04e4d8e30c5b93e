"""The file of a manifest, which may have been forged: its lines, each of bounded length."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from framesift.errors import StorageError, UsageError

LONGEST_HEADER = 16 * 2**20
"""Bytes of the first line: masks stand in it."""
LONGEST = 2**20
"""Bytes of any other line. Three paths of 4096 bytes, each escaped, have less than a tenth of it."""
BLOCK = 2**18
"""Bytes of the manifest that are taken apart at once: they fit into the processor's cache."""


@contextmanager
def _closing(file: BinaryIO) -> Iterator[BinaryIO]:
    """Close a file that was only read: what the disk refuses then concerns nobody, and may come when nobody listens."""
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


@contextmanager
def open_manifest(path: str) -> Iterator[BinaryIO]:
    """Open a manifest to be read. Raises UsageError for what is no regular file, StorageError where it cannot be read.

    Without O_NONBLOCK, opening a FIFO that nobody writes to hangs for ever.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        with _closing(open(descriptor, "rb")) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError("is not a regular file: choose another results folder", path)
            yield file
    except OSError as error:
        raise StorageError.of(error, path) from error


def read_header(path: str) -> bytes:
    """Return the first line, as far as it may be long. Raises as `open_manifest`."""
    with open_manifest(path) as file:
        return file.readline(LONGEST_HEADER)


def read_lines(path: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the whole lines after the first, or those that begin in `start` to `end`, each with its offset in bytes.

    Raises as `open_manifest`, and StorageError for a line that is longer than any of ours.
    """
    with open_manifest(path) as file:
        offset = file.seek(start) if start else _skip_header(file, path)
        number = 2
        while (line := file.readline(LONGEST)).endswith(b"\n"):
            if end is not None and offset >= end:
                return
            yield offset, line
            offset += len(line)
            number += 1
        if len(line) == LONGEST:
            raise _too_long(number, path)


def read_blocks(path: str) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the whole lines after the first, many at once, with the offset of the first one. Raises as `read_lines`."""
    with open_manifest(path) as file:
        start, number = _skip_header(file, path), 2
        while block := file.read(BLOCK):
            if not (length := block.rfind(b"\n") + 1):
                block += file.read(max(LONGEST - len(block), 0))
                if not (length := block.rfind(b"\n") + 1):
                    if len(block) >= LONGEST:
                        raise _too_long(number, path)
                    return
            # A carriage return alone splits too: no line of ours has one.
            yield start, (lines := block[:length].splitlines(keepends=True))
            start, number = start + length, number + len(lines)
            file.seek(start)


def whole_length(path: str) -> int:
    """Return the number of bytes of a manifest up to the end of its last whole line. Raises OSError."""
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


def _skip_header(file: BinaryIO, path: str) -> int:
    length = len(file.readline(LONGEST_HEADER))
    if length == LONGEST_HEADER:
        raise _too_long(1, path)
    return length


def _too_long(number: int, path: str) -> StorageError:
    reason = f"line {number} is longer than any of framesift: restore the file, or choose another results folder"
    return StorageError(reason, path)
