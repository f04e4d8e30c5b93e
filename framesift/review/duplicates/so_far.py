"""What a search has found of a collection while it goes on: to be looked at, as the end may be another."""

import threading
from collections.abc import Callable

from framesift.duplicates import Group
from framesift.frames.frame import natural_key
from framesift.review.duplicates.stored_groups import StoredGroup


class SoFar:
    """The groups so far. Its methods may be called from any thread; `count` is told how many there are."""

    def __init__(self, job_id: str, collection_id: str, count: Callable[[int], None]) -> None:
        self.job_id, self._collection_id, self._count = job_id, collection_id, count
        self._groups = dict[str, StoredGroup]()
        """By the path of the keeper."""
        self._keepers = dict[str, str]()
        """By the path of every file that is in a group."""
        self._lock = threading.Lock()

    def add(self, group: Group) -> None:
        """Take a group in the place of those that share a file with it."""
        added = StoredGroup.of(self.job_id, self._collection_id, group, ())
        with self._lock:
            for path in [item.path for item in added.items]:
                if (keeper := self._keepers.get(path)) is not None:
                    for item in self._groups.pop(keeper).items:
                        del self._keepers[item.path]
            self._groups[group.keeper.path] = added
            self._keepers |= {item.path: group.keeper.path for item in added.items}
            self._count(len(self._groups))

    def groups(self) -> list[StoredGroup]:
        """Return the groups in natural order of their keepers, as they stand in the end."""
        with self._lock:
            groups = list(self._groups.values())
        return sorted(groups, key=lambda group: natural_key(group.group.keeper.path))
