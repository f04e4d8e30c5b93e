"""Groups that are told while a search goes on: those of a search over what is described, in a share of its time."""

import math
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import cv2
import numpy as np
import pytest

from framesift.comparators.orientation import AS_IT_IS
from framesift.duplicates import Group, Item, Watch, by_combined, by_hash, find_duplicates
from framesift.duplicates import glances as module
from framesift.duplicates.glances import Glances, Pair
from framesift.duplicates.inventory import Inventory
from framesift.errors import StorageError
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.duplicates.test_preference import item


class Counter(Watch):
    """Counts what is described, and knows what is done."""

    def __init__(self) -> None:
        self.stage, self.described = "", 0

    def follow(self, items, stage, total=None):
        self.stage = stage
        for each in items:
            self.described += stage == "describing"
            yield each


@pytest.fixture
def folder(write_tree):
    """Versions of four pictures in turn, the largest last, so that the first keepers do not stay it."""
    files = {}
    for version, scale in enumerate((0.6, 0.8, 0.8, 1.0)):
        for number in range(4):
            image = cv2.resize(paint(number, 320, 240), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            files[f"{version}{number}.png"] = encode(image)
    files["alone.png"] = encode(paint(9, 320, 240))
    return write_tree(files)


@pytest.fixture
def unhurried(monkeypatch):
    """As much time as anybody wants, from the fourth picture on."""
    monkeypatch.setattr(module, "FIRST", 4)
    monkeypatch.setattr(Glances, "_allow", lambda *_: math.inf)


@pytest.mark.parametrize("method", [by_combined(), by_hash()], ids=lambda method: method.name)
@pytest.mark.usefixtures("unhurried")
def test_groups_so_far_are_those_of_a_search_over_what_is_described(folder, tmp_path, method):
    told, watch = [], Counter()

    def hear(group: Group) -> None:
        told.append((watch.stage, watch.described, group))

    options = {"index": tmp_path / "index.sqlite", "jobs": 2}
    found = find_duplicates(folder, method, watch=watch, meanwhile=hear, **options)
    assert found.groups == find_duplicates(folder, method, **options).groups != []
    times = {key: [group for *_, group in told] for key, told in groupby(told, key=lambda each: each[:2])}
    assert list(times) == [("describing", number) for number in (6, 9, 14)] + [("comparing", 17)]
    for (_, number), groups in times.items():
        later = [item.path for item in found.inventory.items[number:]]
        expected = find_duplicates(folder, method, exclude=later, **options).groups
        assert sorted(groups, key=str) == sorted(expected, key=str)
    assert times["comparing", 17] == found.groups


@pytest.mark.usefixtures("unhurried")
def test_what_is_kept_apart_is_apart_from_the_beginning(folder):
    def apart(one: Item, other: Item) -> bool:
        return one.path[1] == other.path[1] == "2"

    told = list[Group]()
    find_duplicates(folder, meanwhile=told.append, apart=apart)
    assert {group.keeper.path[1] for group in told} == {"0", "1", "3"}


def test_nobody_who_listens_costs_nothing(folder, monkeypatch):
    monkeypatch.setattr(module, "FIRST", 1)
    monkeypatch.setattr(Glances, "_glance", lambda *_: pytest.fail("nobody listens"))
    assert len(find_duplicates(folder).groups) == 4


@dataclass
class Bench:
    """Glances with a clock of its own: describing a picture takes a second."""

    total: int
    look_s: float = 10.0
    now: float = 0.0
    pairs: list[Pair] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    alike: dict[int, int] = field(default_factory=dict)
    fails: bool = False

    def __post_init__(self) -> None:
        self.glances = Glances(self, self.propose, self.form, self.total, self.told.append, lambda: self.now)
        self.inventory = Inventory([], np.zeros(self.total))

    def look_at(self, keeper: Item, member: Item, turn: Any) -> bool:
        if self.fails:
            raise StorageError("the disk refuses", keeper.path)
        pair = next(pair for pair in self.pairs if self.name(pair) == (keeper.path, member.path))
        if pair.similarity not in self.looks:
            self.looks.append(pair.similarity)
            self.now += self.look_s
        return True

    def name(self, pair: Pair) -> tuple[str, str]:
        return self.inventory.items[pair.keeper].path, self.inventory.items[pair.member].path

    def propose(self, inventory: Inventory):
        assert len(inventory.items) == len(inventory.descriptors)
        yield [pair for pair in self.pairs if pair.member < len(inventory.items)]

    def form(self, inventory: Inventory, look: Any):
        assert look is self and len(inventory.items) == len(inventory.descriptors)
        yield [each.path for each in inventory.items]

    def describe(self, number: int) -> None:
        for _ in range(number):
            self.inventory.items.append(item(f"{len(self.inventory.items)}.png"))
            self.now += 1
            self.glances(self.inventory)


def test_the_most_alike_are_looked_at_first_and_once():
    bench = Bench(10_000, look_s=0.5)
    bench.pairs = [Pair(0.5 + number / 1000, number, number + 1, AS_IT_IS) for number in range(40)]
    bench.describe(99)
    assert bench.told == []
    bench.describe(1)
    assert bench.looks == [0.539, 0.538, 0.537, 0.536], "for two seconds"
    assert bench.told == [[f"{number}.png" for number in range(36, 41)]]
    bench.describe(49)
    assert len(bench.told) == 1
    bench.describe(1)
    assert bench.looks[4:] == [0.535, 0.534, 0.533, 0.532], "what was looked at is known"
    assert bench.told[1] == [f"{number}.png" for number in range(32, 41)]


@pytest.mark.parametrize("total", [300, 5_000, 40_000])
def test_no_more_than_a_share_of_the_time_and_one_look_is_spent(total):
    bench = Bench(total)
    bench.pairs = [Pair(number / total, number, number + 1, AS_IT_IS) for number in range(0, total - 1, 2)]
    bench.describe(total)
    spent = bench.now - total
    assert 0 < spent <= module.SHARE * total + 10


def test_each_look_ends_in_time():
    """However long a search takes: somebody may want to stop it."""
    bench = Bench(10**7)
    bench.pairs = [Pair(number / 1000, number, number + 1, AS_IT_IS) for number in range(90)]
    bench.describe(100)
    assert bench.now == 100 + 10 and len(bench.looks) == 1


def test_what_goes_wrong_is_left_to_the_search():
    bench = Bench(1000, fails=True)
    bench.pairs = [Pair(1.0, 1, 2, AS_IT_IS)]
    bench.describe(200)
    assert bench.told == []
