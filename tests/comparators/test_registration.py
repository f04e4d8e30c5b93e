"""By how much the camera was pushed, and when that is not believed."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.registration import FARTHEST_SHIFT, find_shift

shifts = st.integers(-FARTHEST_SHIFT, FARTHEST_SHIFT)


def paint(seed: int) -> np.ndarray:
    """A place of fine structure, (220, 300) uint8: in a smooth one 1 px explains too little."""
    scene = np.random.default_rng(seed).integers(0, 256, (110, 150)).astype(np.uint8)
    return np.asarray(cv2.resize(scene, (300, 220)), np.uint8)


def see(scene: np.ndarray, right: int = 0, down: int = 0) -> np.ndarray:
    """The place when the camera was pushed, (160, 250)."""
    return scene[20 - down : 180 - down, 20 - right : 270 - right]


@given(st.integers(0, 99), shifts, shifts)
@settings(max_examples=30, deadline=None)
def test_a_shift_is_found_both_ways(seed, right, down):
    before, after = see(paint(seed)), see(paint(seed), right, down)
    assert find_shift(before, after) == (right, down)
    assert find_shift(after, before) == (-right, -down)


@given(st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_any_two_pictures_are_shifted_both_ways(one, other):
    before, after = (cv2.resize(paint(seed)[:40, :40], (160, 120)) for seed in (one, other))
    right, down = find_shift(before, after)
    assert find_shift(after, before) == (-right, -down)
    assert max(abs(right), abs(down)) <= FARTHEST_SHIFT


@pytest.mark.parametrize(("gain", "level"), [(1, 60), (0.8, 0), (1.1, -20)])
def test_light_does_not_matter(gain, level):
    before, after = see(paint(1) // 2 + 40), see(paint(1) // 2 + 40, 7, -5)
    assert find_shift(before, np.asarray(np.rint(after * gain + level), np.uint8)) == (7, -5)


@pytest.mark.parametrize("after", [see(paint(2)), np.full((160, 250), 90, np.uint8), see(paint(1))])
def test_no_shift_where_none_explains_the_difference(after):
    assert find_shift(see(paint(1)), after) == (0, 0)


def test_one_thing_that_moves_is_no_shift_of_the_camera():
    before, after = see(paint(1)).copy(), see(paint(1)).copy()
    before[40:100, 60:90], after[40:100, 70:100] = 250, 250
    assert find_shift(before, after) == (0, 0)


def test_pictures_too_small_to_be_shifted():
    assert find_shift(np.zeros((3, 2), np.uint8), np.ones((3, 2), np.uint8)) == (0, 0)
    assert find_shift(np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.uint8)) == (0, 0)


class TestMasks:
    LOOKED_AT = np.full((160, 250), 255, np.uint8)
    LOOKED_AT[:, 100:200] = 0

    @given(shifts, shifts)
    @settings(max_examples=10, deadline=None)
    def test_the_camera_by_what_is_looked_at(self, right, down):
        before, after = see(paint(1)).copy(), see(paint(1), right, down).copy()
        hidden = self.LOOKED_AT == 0
        before[hidden], after[hidden] = see(paint(2))[hidden], see(paint(3))[hidden]
        assert find_shift(before, after, self.LOOKED_AT) == (right, down)
        assert find_shift(after, before, self.LOOKED_AT) == (-right, -down)

    def test_not_by_what_moves_behind_a_mask(self):
        before, after = (cv2.GaussianBlur(see(paint(1)), (0, 0), 9) for _ in range(2))
        hidden = self.LOOKED_AT == 0
        before[hidden], after[hidden] = see(paint(2))[hidden], see(paint(2), 9, 4)[hidden]
        assert find_shift(before, after) == (9, 4)
        assert find_shift(before, after, self.LOOKED_AT) == (0, 0)

    def test_all_looked_at_is_as_without_a_mask(self):
        all_of_it = np.full((160, 250), 255, np.uint8)
        for after in (see(paint(1), 3, 8), see(paint(2)), cv2.GaussianBlur(see(paint(1), 2, 1), (0, 0), 2)):
            assert find_shift(see(paint(1)), after, all_of_it) == find_shift(see(paint(1)), after)
