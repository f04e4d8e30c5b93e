"""What has come or gone lies beyond what is around it; what a version of a picture changes does not."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators import beyond
from framesift.comparators.beyond import REACH, RIM, lies_beyond
from framesift.comparators.combined import Combined
from tests.comparators.painting import add_person, paint, street
from tests.comparators.test_likeness import PICTURES, SAME


def grey(image: np.ndarray) -> np.ndarray:
    return Combined().describe(image)["grey"]


def measure_one_way(images: np.ndarray, ranged: np.ndarray, rim: int) -> float:
    """As it is meant, place by place."""
    worst, (height, width) = 0.0, ranged.shape
    excess = np.zeros(ranged.shape, np.uint8)
    for y, x in np.ndindex(height, width):
        around = ranged[max(y - REACH, 0) : y + REACH + 1, max(x - REACH, 0) : x + REACH + 1].astype(int)
        excess[y, x] = max(images[y, x] - around.max(), around.min() - images[y, x], 0)
    for y in range(max(rim, 1), height - rim):
        for x in range(max(rim, 1), width - rim):
            worst = max(worst, int(excess[y - 1 : y + 1, x - 1 : x + 1].sum()) / 4)
    return worst


def relight(keeper: np.ndarray, member: np.ndarray) -> np.ndarray:
    gain = np.clip((member.std() + 1) / (keeper.std() + 1), 0.6, 1.7)
    return np.clip((keeper - keeper.mean()) * gain + member.mean(), 0, 255).astype(np.uint8)


def measure(keeper: np.ndarray, member: np.ndarray) -> float:
    lights = (keeper, relight(keeper, member))
    return min(max(measure_one_way(member, lit, 0), measure_one_way(lit, member, RIM)) for lit in lights)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), limit=st.sampled_from([4.0, 16.0, 36.0]))
def test_of_many_at_once_it_is_what_it_is_of_one(seed, limit):
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (6, 6, 5), dtype=np.uint8)
    members = np.array([cv2.resize(each, (20, 24), interpolation=cv2.INTER_CUBIC) for each in small])
    members[1] = np.clip(members[0] * 1.2 + 10, 0, 255)
    members[2] = members[0]
    members[2, 10:14, 8:12] ^= 64
    worst = np.array([measure(members[0], member) for member in members])
    clear = np.abs(worst - limit) > 1  # levels are rounded
    assert (lies_beyond(members[0], members, limit) == (worst > limit))[clear].all()


@pytest.mark.parametrize("way", SAME)
@pytest.mark.parametrize("name", PICTURES)
def test_a_version_of_a_picture_has_nothing_beyond(name, way):
    picture = PICTURES[name]
    members = np.array([grey(SAME[way](picture)), grey(picture)])
    assert not lies_beyond(grey(picture), members, 48).any()


@pytest.mark.parametrize("place", [paint(640, 480), cv2.resize(street(), (640, 480))], ids=["yard", "street"])
def test_a_person_who_comes_or_goes_lies_beyond(place):
    visited = cv2.resize(add_person(cv2.resize(place, (320, 240)), 200, 150, 0), (640, 480))
    for keeper, member in ((place, visited), (visited, place)):
        assert lies_beyond(grey(keeper), grey(member)[np.newaxis], 36).tolist() == [True]


def test_the_number_that_is_looked_at_together_changes_nothing(monkeypatch):
    members = np.array([grey(paint(320, 240, (shift, 0), shift)) for shift in range(0, 20, 2)])
    together = lies_beyond(members[0], members, 36)
    assert 0 < together.sum() < len(members)
    monkeypatch.setattr(beyond, "_AT_ONCE", 3)
    assert lies_beyond(members[0], members, 36).tolist() == together.tolist()
    assert lies_beyond(members[0], members[:0], 36).tolist() == []
