"""Which file of a group to keep: the first in an order of preference that is total, whatever the disk lists first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from framesift.duplicates.groups import Item
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


CRITERIA = {
    "largest-resolution": Criterion(
        lambda item: -item.size[0] * item.size[1], lambda item: f"largest resolution {_show_size(item)}"
    ),
    "smallest-resolution": Criterion(
        lambda item: item.size[0] * item.size[1], lambda item: f"smallest resolution {_show_size(item)}"
    ),
    "largest-file": Criterion(lambda item: -item.file_size, lambda item: f"largest file, {item.file_size} bytes"),
    "smallest-file": Criterion(lambda item: item.file_size, lambda item: f"smallest file, {item.file_size} bytes"),
    "oldest": Criterion(lambda item: item.mtime_ns, lambda item: f"oldest, {_show_time(item)}"),
    "newest": Criterion(lambda item: -item.mtime_ns, lambda item: f"newest, {_show_time(item)}"),
    "name": Criterion(
        lambda item: natural_key(item.path.rpartition("/")[2]),
        lambda item: f"first name, {show(item.path.rpartition('/')[2])}",
    ),
}
_USUAL = ("largest-resolution", "largest-file", "oldest", "name")
_LAST = Criterion(lambda item: item.path, lambda item: f"first path, {show(item.path)}")


@dataclass(frozen=True, slots=True)
class Preference:
    """An order of preference among files."""

    names: tuple[str, ...] = ()
    """Of `CRITERIA`, the most important first. What they leave open, the usual order decides. UsageError for others."""

    def __post_init__(self) -> None:
        for name in self.names:
            if name not in CRITERIA:
                raise UsageError(f"--keep takes {', '.join(CRITERIA)}, separated by commas, not {name!r}")

    @classmethod
    def parse(cls, text: str) -> "Preference":
        """Read `oldest,largest-file`."""
        return cls(tuple(name.strip() for name in text.split(",")))

    def key(self, item: Item) -> tuple[Any, ...]:
        """Return what files are sorted by: the first is the one to keep."""
        return tuple(criterion.key(item) for criterion in self._criteria())

    def explain(self, keeper: Item, next_best: Item) -> str:
        """Return why `keeper` is kept rather than the next best: the first criterion that tells them apart."""
        decisive = (each for each in self._criteria() if each.key(keeper) != each.key(next_best))
        return next(decisive, _LAST).describe(keeper)

    def sort(self, items: Sequence[Item]) -> list[int]:
        """Return the positions of the items in the order of preference."""
        keys = [self.key(item) for item in items]
        return sorted(range(len(items)), key=keys.__getitem__)

    def _criteria(self) -> list[Criterion]:
        return [CRITERIA[name] for name in (*self.names, *_USUAL)] + [_LAST]
