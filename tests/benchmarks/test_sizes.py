"""The benchmark of what can be found: its shares by hand, and one view through every method."""

import numpy as np
import pytest

from benchmarks.quality import sizes
from benchmarks.quality.sizes import ENOUGH, LIGHTS, Trial, View, find_least, make_finders
from benchmarks.quality.things import THINGS, place_box, put

SIZE = (320, 180)


@pytest.fixture(scope="module")
def view() -> View:
    [found] = sizes.see_places(("yard-days",), LIGHTS[1:2], SIZE)
    return found


def trials_of(found: dict[float, str]) -> list[Trial]:
    """For each share a letter for each trial: y for found."""
    return [Trial(False, "box", "strong", share, (letter == "y",)) for share, row in found.items() for letter in row]


@pytest.mark.parametrize(
    ("found", "half", "most"),
    [
        ({1: "nnnn", 2: "yynn", 3: "yyyy"}, 2, 3),
        ({1: "yyyy", 2: "nnnn", 3: "yyyy"}, 3, 3),
        ({1: "yyyy", 2: "yyyy", 3: "nyyn"}, 1, None),
        ({1: "nnnn"}, None, None),
    ],
)
def test_the_smallest_share_from_which_on_all_are_found(found, half, most):
    assert [find_least(trials_of(found), 0, enough) for enough in ENOUGH] == [half, most]


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("share", [0.05, 0.5, 5])
def test_a_thing_has_its_share_and_changes_nothing_else(view, thing, share):
    x, y, wide, high = box = place_box(thing, share, SIZE, np.random.default_rng(1))
    assert 100 * wide * high / (SIZE[0] * SIZE[1]) == pytest.approx(share, rel=0.3)
    assert x >= 0.05 * SIZE[0] and x + wide <= 0.95 * SIZE[0] and y >= 0.1 * SIZE[1] and y + high <= SIZE[1]
    changed = (put(thing, view.after, box, 110, 2, np.random.default_rng(2)) != view.after).any(axis=2)
    assert changed[y : y + high, x : x + wide].mean() > 0.5
    changed[y - 3 : y + high + 3, x - 3 : x + wide + 3] = False
    assert not changed.any()


def test_one_view_through_every_method(view):
    finders = make_finders()
    assert sizes.look(finders, view.before, view.after) == [False] * len(finders)
    trials = list(sizes.try_view(view, finders, (0.01, 5.0), 1))
    assert len(trials) == 2 * len(THINGS) * len(sizes.CONTRASTS)
    for trial in trials:
        if trial.contrast == "strong":
            assert trial.found == (trial.share == 5.0,) * len(finders)
    table = sizes.tabulate(sizes.sum_up(trials, len(finders)), finders)
    assert table.splitlines()[2].startswith("| day   | strong, 110 levels  | person, car |")
    assert sizes.tabulate_sides({0.28}).endswith(" 96x241 px |")


def test_the_thresholds_are_those_of_a_run(view):
    """A score by regions and reaches is that of the comparator with these thresholds."""
    changed = put("car", view.after, (100, 100, 40, 18), 110, 2, np.random.default_rng(3))
    for finder in make_finders():
        one, other = finder.comparator.describe(view.before), finder.comparator.describe(changed)
        area = finder.comparator.compared_area(other)
        regions = finder.comparator.measure(one, other)
        assert finder.finds(regions, area) is (finder.comparator.score(one, other) > finder.score.px(area))
