"""Where a file stands in the backup: at its own path, or beside what has taken that."""

import os
from collections.abc import Sequence
from itertools import count

from framesift.actions.files.placing import is_there
from framesift.actions.journal import Journal

_LONGEST = 255
"""Bytes of a name."""


def find_free_names(paths: Sequence[str], journal: Journal) -> dict[str, str]:
    """Return for files that go together paths below the backup folder that no file has or is to get.

    `a/b.png` and `a/b.xmp` keep theirs, or else all get the same number, `a/b.2.png` and `a/b.2.xmp`, so that they
    belong together there as well. The first path is that of the picture.
    """
    folders = {path.rpartition("/")[0]: "" for path in paths}
    for folder in folders:
        folders[folder] = _find_folder(folder, journal)
    for number in count(1):
        names = _number([path.rpartition("/")[2] for path in paths], number)
        free = [_join(folders[path.rpartition("/")[0]], name) for path, name in zip(paths, names, strict=True)]
        if len(set(free)) == len(free) and all(_is_free(path, journal) for path in free):
            break
    return dict(zip(paths, free, strict=True))


def _find_folder(folder: str, journal: Journal) -> str:
    """Return the folder itself or, where a file has the name of one above it or of its own, one beside it."""
    found = ""
    for part in folder.split("/") if folder else ():
        beside = (_join(found, _number([part], number)[0]) for number in count(1))
        found = next(each for each in beside if _can_be_folder(each, journal))
    return found


def _number(names: Sequence[str], number: int) -> list[str]:
    """Put a number behind the stem of the first of the names, wherever it stands; 1 leaves all as they are."""
    if number == 1:
        return list(names)
    stem, suffix = os.path.splitext(names[0])
    ends = [_find_end(name, stem, suffix) for name in names]
    room = _LONGEST - max(len(os.fsencode(f".{number}{end}")) for end in ends)
    start = os.fsdecode(os.fsencode(stem)[:room])
    return [f"{start}.{number}{end}" for end in ends]


def _find_end(name: str, stem: str, suffix: str) -> str:
    if name == stem + suffix:
        return suffix
    # What is not called by the stem (`IMG.jpg(1).json` of `IMG(1).jpg`) is called by the whole name from now on.
    return name[len(stem) :] if name.startswith(f"{stem}.") else suffix + os.path.splitext(name)[1]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _can_be_folder(path: str, journal: Journal) -> bool:
    full = journal.in_backup(path)
    return path not in journal.entries and (not is_there(full) or os.path.isdir(full))


def _is_free(path: str, journal: Journal) -> bool:
    return path not in journal.entries and not is_there(journal.in_backup(path))
