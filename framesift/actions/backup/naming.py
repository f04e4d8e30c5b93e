"""Where a file stands in the backup: at its own path, or beside what has taken that."""

import os
from collections.abc import Iterator
from itertools import count

from framesift.actions.journal import Journal

_LONGEST = 255
"""Bytes of a name."""


def find_free_name(path: str, journal: Journal) -> str:
    """Return a path below the backup folder that no file has or is to get: `a/b.png`, else `a/b.2.png`."""
    folder, _, name = path.rpartition("/")
    parent = ""
    for part in folder.split("/") if folder else ():
        parent = next(each for each in _number(parent, part) if _can_be_folder(each, journal))
    return next(each for each in _number(parent, name) if _is_free(each, journal))


def _number(folder: str, name: str) -> Iterator[str]:
    """Yield a path, and then others beside it."""
    stem, suffix = os.path.splitext(name)
    for number in count(1):
        end = suffix if number == 1 else f".{number}{suffix}"
        start = os.fsdecode(os.fsencode(stem)[: _LONGEST - len(os.fsencode(end))])
        yield f"{folder}/{start}{end}" if folder else start + end


def _can_be_folder(path: str, journal: Journal) -> bool:
    full = journal.in_backup(path)
    return path not in journal.entries and (not os.path.lexists(full) or os.path.isdir(full))


def _is_free(path: str, journal: Journal) -> bool:
    return path not in journal.entries and not os.path.lexists(journal.in_backup(path))
