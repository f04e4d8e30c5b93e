"""The first groups of a search, formed while its pictures are still described: to look at, as the end may be another.

They are those of a search over the pictures that are described so far, as far as there is time for it: of the pairs
that it would look at, those come first that are most alike, for a second look confirms most of them. What it has said
is remembered from one time to the next, and nothing of it goes into what the search itself finds.
"""

import math
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from framesift.comparators.orientation import Turn
from framesift.duplicates.groups import Group, Item
from framesift.duplicates.inventory import Inventory
from framesift.duplicates.methods import Method
from framesift.duplicates.second_look import SecondLook
from framesift.errors import FramesiftError

FIRST, GROWTH = 100, 1.5
"""Pictures that are described before the first time, and how many times as many before the next."""
SHARE = 0.02
"""Of the time that describing takes."""
LONGEST_S = 2.0
"""At one time: meanwhile nothing is described, and nobody is heard who wants the search to stop."""


class Pair(NamedTuple):
    """Two pictures that may show the same, by their places in the inventory."""

    similarity: float
    keeper: int
    member: int
    turn: Turn


Meanwhile = Callable[[Group], None]
"""Takes a group as it is found. It stands in the place of those before it that share a picture with it."""
Propose = Callable[[Inventory], Iterator[list[Pair]]]
"""Yields what is near to each keeper in turn."""
Form = Callable[[Inventory, SecondLook], Iterator[Group]]


class Memory(SecondLook):
    """Confirms what it has looked at before, and nothing else."""

    def __init__(self, directory: str, method: Method, jobs: int) -> None:
        super().__init__(directory, method.look, jobs, method.turned)
        self._known = dict[tuple[Item, Item, Turn], str | None]()

    def look_at(self, keeper: Item, member: Item, turn: Turn) -> bool:
        """Tell whether they show the same."""
        pair = keeper, member, turn
        if pair not in self._known:
            [self._known[pair]] = super().confirm(keeper, [(member, turn)])
        return self._known[pair] is not None

    def confirm(self, keeper: Item, members: Iterable[tuple[Item, Turn]]) -> Generator[str | None, None, None]:
        yield from (self._known.get((keeper, *member)) for member in members)


class Glances:
    """Called with the inventory after each picture of `total` that is described.

    `propose` names the pairs that the search would look at, `form` forms its groups; each of these is handed to
    `meanwhile` (None: nothing is done).
    """

    def __init__(
        self,
        memory: Memory,
        propose: Propose,
        form: Form,
        total: int,
        meanwhile: Meanwhile | None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._memory, self._propose, self._form = memory, propose, form
        self._total, self._meanwhile, self._clock = total, meanwhile, clock
        self._next = FIRST if meanwhile else math.inf
        self._began, self._spent_s = clock(), 0.0
        self._least_s = 0.0
        """For each picture, whatever comes of it."""
        self._alike = set[int]()
        """Places of pictures that are in a pair."""

    def __call__(self, inventory: Inventory) -> None:
        count = len(inventory.items)
        if count < self._next:
            return
        self._next = math.ceil(count * GROWTH)
        began = self._clock()
        allowed = self._allow(count, began)
        if allowed > self._least_s * count:
            with suppress(FramesiftError):  # what goes wrong here goes wrong in the end too, and is told then
                self._glance(Inventory(inventory.items, inventory.descriptors[:count]), began, allowed)
            self._spent_s += self._clock() - began

    def _allow(self, count: int, now: float) -> float:
        """Return the seconds that may be spent this time: what is left of the share, in equal parts."""
        described = now - self._began - self._spent_s
        left = SHARE * described * self._total / count - self._spent_s
        times = 1 + math.log(max(self._total / count, 1), GROWTH)
        return min(left / times, LONGEST_S)

    def _glance(self, inventory: Inventory, began: float, allowed: float) -> None:
        pairs = self._list_pairs(inventory, began, began + allowed / 2)
        for pair in sorted(pairs, key=lambda pair: -pair.similarity):
            if self._clock() >= began + allowed:
                break
            if self._memory.look_at(inventory.items[pair.keeper], inventory.items[pair.member], pair.turn):
                self._alike |= {pair.keeper, pair.member}
        if self._alike and self._meanwhile:
            places = sorted(self._alike)
            alike = Inventory([inventory.items[place] for place in places], inventory.descriptors[places])
            for group in self._form(alike, self._memory):
                self._meanwhile(group)

    def _list_pairs(self, inventory: Inventory, began: float, until: float) -> Iterator[Pair]:
        for number, pairs in enumerate(self._propose(inventory)):
            now = self._clock()
            if number == 0:
                self._least_s = (now - began) / len(inventory.items)
            yield from pairs
            if now >= until:
                return
