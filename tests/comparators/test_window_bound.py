"""What is told of windows tells nothing apart that a look at all of both pictures finds to be one."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.window_bound import RIM, Gains, Windows, bound_excess, find_largest, measure_windows
from framesift.comparators.worst_window import find_worst
from tests.comparators.test_comparators import paint
from tests.comparators.test_landmarks import plane, warp
from tests.comparators.test_likeness import SAME, jpeg


def gains(least: float = 0.9, most: float = 1.1, is_lit: bool = False) -> Gains:
    return Gains(np.array([least], np.float32), np.array([most], np.float32), np.array([is_lit]))


COLOURS = [(200, 30, 90), (120, 110, 130), (90, 90, 90), (160, 150, 140), (60, 80, 100)]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    radius=st.integers(1, 4) | st.integers(1, 20),
    colour=st.sampled_from(COLOURS),
    gain=st.floats(0.7, 1.0),
    offset=st.integers(0, 30),
)
def test_it_is_no_more_than_the_worst_window(seed, radius, colour, gain, offset):
    """Of two that are told apart the worst window may be somewhat less: another light is tried for them."""
    picture = paint(seed, 240, 160)
    other = cv2.circle(picture.copy(), (120, 80), radius, colour, -1)
    other = jpeg(cv2.convertScaleAbs(other, alpha=gain, beta=offset), 80)
    largest, _ = find_largest(plane(picture), plane(other), gains(0.6, 1.7, True), 0, 1)
    worst = find_worst(picture, other, 1.0)
    assert largest <= worst.excess * (1.02 if worst.excess <= 1 else 1.5) + 0.02


@pytest.mark.parametrize("radius", [1, 2, 4, 8, 16])
def test_of_what_is_plain_to_see_it_is_about_the_worst_window(radius):
    picture = paint(3, 240, 160)
    other = cv2.circle(picture.copy(), (120, 80), radius, (200, 30, 90), -1)
    largest, _ = find_largest(plane(picture), plane(other), gains(0.6, 1.7, True), 0, 1)
    assert largest <= find_worst(picture, other, 1.0).excess * 1.02 + 0.02


@pytest.mark.parametrize("way", ["encoded again", "brighter", "darker", "less contrast"])
@pytest.mark.parametrize("seed", range(4))
def test_of_versions_it_is_within_the_limit(seed, way):
    picture = paint(seed, 640, 480)
    assert find_largest(plane(picture), plane(SAME[way](picture)), gains(0.7, 1.3, True), 0.1, 1)[0] < 1.05


@pytest.mark.parametrize("right", [0.3, 0.6])
def test_a_shift_that_is_allowed_for_is_no_difference(right):
    picture = paint(3, 640, 480)
    assert find_largest(plane(picture), plane(warp(picture, right=right)), gains(), 2 * right + 0.1, 1)[0] < 1.1


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (40, 60, 200)])
def test_what_has_come_is_told_and_where(colour):
    picture = paint(1, 640, 480)
    other = jpeg(cv2.circle(picture.copy(), (400, 300), 9, colour, -1), 85)
    for pair in ((picture, other), (other, picture)):
        largest, (row, column) = find_largest(*map(plane, pair), gains(), 0.2, 1)
        assert largest > 1.1 and abs(row - 300) < 16 and abs(column - 400) < 16


def test_what_may_have_been_cut_off_tells_nothing():
    picture = np.full((100, 100, 3), 250, np.uint8)
    picture[40:60, 40:60] = 254
    assert find_largest(plane(picture - 80), plane(picture), gains(is_lit=True), 0, 1)[0] == 0


def test_one_window_is_what_it_is_among_all():
    one, other = (plane(paint(seed, 240, 160)) for seed in (1, 2))
    for light in (gains(), gains(0.6, 1.7, True)):
        largest, (row, column) = find_largest(one, other, light, 0.3, 1.15)
        (first, luma), (second, luma_2) = (
            measure_windows(each[row - 4 : row + 5, column - 4 : column + 5]) for each in (one, other)
        )
        square = bound_excess(first, second, np.array((luma * luma_2).mean(), np.float32), light, 0.3, 1.15)
        assert float(np.sqrt(square[0])) == pytest.approx(largest, rel=1e-3)


def test_of_many_at_once_it_is_what_it_is_of_one():
    cuts = np.random.default_rng(1).integers(0, 256, (5, 3, 9, 9, 3), dtype=np.uint8)
    together, _ = measure_windows(cuts)
    for place in np.ndindex(5, 3):
        for all_of_them, one in zip(together, measure_windows(cuts[place])[0], strict=True):
            assert all_of_them[place] == pytest.approx(one, rel=1e-4)
    assert isinstance(together, Windows)


def test_pictures_without_anything_but_a_rim_tell_nothing():
    thin = np.zeros((2 * RIM, 500, 3), np.uint8)
    assert find_largest(thin, thin + 200, gains(), 0, 1)[0] == 0
