"""Which file of a group to keep: the first in an order of preference that is total, whatever the disk lists first."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from framesift.duplicates.groups import Item
from framesift.duplicates.traits import Traits
from framesift.errors import UsageError, show
from framesift.frames.frame import natural_key


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason to prefer a file."""

    key: Callable[[Item], Any]
    """The smallest is preferred."""
    describe: Callable[[Item], str]
    """The reason in words."""


def _show_time(item: Item) -> str:
    return f"{datetime.fromtimestamp(item.mtime_ns // 10**9, UTC):%Y-%m-%d %H:%M:%S}"


def _show_size(item: Item) -> str:
    return "{}x{}".format(*item.size)


def _prefer(trait: Traits, words: str) -> Criterion:
    return Criterion(lambda item: trait not in item.traits, lambda item: words)


CRITERIA = {
    "largest-resolution": Criterion(
        lambda item: -item.size[0] * item.size[1], lambda item: f"largest resolution {_show_size(item)}"
    ),
    "smallest-resolution": Criterion(
        lambda item: item.size[0] * item.size[1], lambda item: f"smallest resolution {_show_size(item)}"
    ),
    "longest": Criterion(lambda item: -item.seconds, lambda item: f"longest, {item.seconds:.1f} s"),
    "colour": _prefer(Traits.COLOUR, "in colour"),
    "sound": _prefer(Traits.SOUND, "with sound"),
    "exif": _prefer(Traits.EXIF, "with EXIF"),
    "largest-file": Criterion(lambda item: -item.file_size, lambda item: f"largest file, {item.file_size:,} bytes"),
    "smallest-file": Criterion(lambda item: item.file_size, lambda item: f"smallest file, {item.file_size:,} bytes"),
    "oldest": Criterion(lambda item: item.mtime_ns, lambda item: f"oldest, {_show_time(item)}"),
    "newest": Criterion(lambda item: -item.mtime_ns, lambda item: f"newest, {_show_time(item)}"),
    "name": Criterion(
        lambda item: natural_key(item.path.rpartition("/")[2]),
        lambda item: f"first name, {show(item.path.rpartition('/')[2])}",
    ),
}
USUAL = ("largest-resolution", "colour", "sound", "longest", "exif", "largest-file", "oldest", "name")
FOLDER = "folder:"
_LAST = Criterion(lambda item: item.path, lambda item: f"first path, {show(item.path)}")
_BIN = re.compile(
    r"\$RECYCLE\.BIN|RECYCLE[RD]|#recycle|@Recycle|\.recycle|#snapshot|[.~]snapshots?|\.zfs|\.Trash(es|-.*)?"
    r"|System Volume Information|@eaDir",
    re.IGNORECASE,
)
"""Folders of what was thrown away, of snapshots that expire, of thumbnails: what lies there goes by itself."""


def is_discarded(path: str) -> bool:
    """Tell whether a file lies in a bin, a snapshot or among thumbnails: such a file is never kept for another."""
    return any(_BIN.fullmatch(part) for part in path.split("/")[:-1])


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path lies in a folder, both below the same root; an empty one is the root itself."""
    return not folder or path.startswith(f"{folder}/")


@dataclass(frozen=True, slots=True)
class Preference:
    """An order of preference among files. What lies in a bin or snapshot comes last whatever it says."""

    names: tuple[str, ...] = ()
    """Of `CRITERIA`, or `folder:PATH` with a path below the root, the most important first. What they leave open,
    `folders` decide, and then the usual order. UsageError for others."""
    folders: tuple[str, ...] = ()
    """Below the root: what lies in the first is preferred to what lies in the second, and so on."""

    def __post_init__(self) -> None:
        for name in self.names:
            if name not in CRITERIA and not (name.startswith(FOLDER) and len(name) > len(FOLDER)):
                known = f"{', '.join(CRITERIA)}, folder:PATH"
                raise UsageError(f"--keep takes {known}, separated by commas, not {name!r}")

    @classmethod
    def parse(cls, text: str) -> "Preference":
        """Read `oldest,largest-file`."""
        return cls(tuple(name.strip() for name in text.split(",")))

    def key(self, item: Item) -> tuple[Any, ...]:
        """Return what files are sorted by: the first is the one to keep."""
        return tuple(criterion.key(item) for criterion in self._criteria())

    def key_of_content(self, item: Item) -> tuple[Any, ...]:
        """Return the same as far as it is about what a file shows, and what the user has said."""
        return self.key(item)[: -len(USUAL[USUAL.index("longest") :])]

    def explain(self, keeper: Item, next_best: Item) -> str:
        """Return why `keeper` is kept rather than the next best: the first criterion that tells them apart."""
        decisive = (each for each in self._criteria() if each.key(keeper) != each.key(next_best))
        return next(decisive, _LAST).describe(keeper)

    def sort(self, items: Sequence[Item]) -> list[int]:
        """Return the positions of the items in the order of preference."""
        keys = [self.key(item) for item in items]
        return sorted(range(len(items)), key=keys.__getitem__)

    def _criteria(self) -> list[Criterion]:
        given = [_make_criterion(name) for name in self.names]
        folders = [_order_folders(self.folders)] if self.folders else []
        return [_KEPT, *given, *folders, *(CRITERIA[name] for name in USUAL), _LAST]


_KEPT = Criterion(lambda item: is_discarded(item.path), lambda item: "in no bin or snapshot")


def _make_criterion(name: str) -> Criterion:
    if not name.startswith(FOLDER):
        return CRITERIA[name]
    folder = os.path.normpath(name.removeprefix(FOLDER))
    folder = "" if folder == "." else folder
    return Criterion(lambda item: not is_below(item.path, folder), lambda item: f"in {show(folder or '.')}")


def _order_folders(folders: Sequence[str]) -> Criterion:
    def place(item: Item) -> int:
        return next((n for n, folder in enumerate(folders) if is_below(item.path, folder)), len(folders))

    return Criterion(place, lambda item: f"in {show([*folders, ''][place(item)] or '.')}, which comes first")
