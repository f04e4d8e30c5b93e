"""Some of many things, from all over a run, in memory that knows no number of them."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Spread(Generic[T]):
    """Some of many things, evenly from among them: in order, and at most `most` of them."""

    most: int
    met: int = 0
    """So many there are in all."""
    _items: list[T] = field(default_factory=list)
    _step: int = 1

    def add(self, item: T) -> None:
        """Take an item in, and where there are too many every second out."""
        if self.met % self._step == 0:
            self._items.append(item)
        self.met += 1
        if len(self._items) > self.most:
            self._items, self._step = self._items[::2], 2 * self._step

    def items(self, most: int) -> list[T]:
        """Return at most so many items, in order."""
        number = len(self._items)
        return [self._items[place * number // most] for place in range(most)] if number > most else [*self._items]
