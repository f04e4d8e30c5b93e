"""A part stands still when what it showed is still there, at its place, whatever the light does."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.standstill import UNKNOWN, Standstill, compare_part, estimate_noise

BOX = (60, 50, 48, 32)
"""Left, top, width, height of the thing."""


def scene(box=BOX, seed=1, noise=2.0, gain=1.0, lift=0.0, cover=None, contrast=60.0) -> np.ndarray:
    """A textured ground with a textured thing on it, as a camera sees it: 200x150 px, grey."""
    ground = cv2.GaussianBlur(np.random.default_rng(3).normal(110, 40, (150, 200)), (0, 0), 2)
    x, y, width, height = box
    if width:
        thing = cv2.resize(np.random.default_rng(4).normal(0, contrast, (6, 9)), (width, height))
        ground[y : y + height, x : x + width] = 110 + thing
    if cover:
        a, b, wide, high = cover
        ground[b : b + high, a : a + wide] = 30
    seen = gain * ground + lift + np.random.default_rng(seed).normal(0, noise, ground.shape)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def compare(before: np.ndarray, after: np.ndarray, box=BOX) -> Standstill:
    x, y, width, height = box
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], float)
    return compare_part(before, after, [corners], estimate_noise(before, after))


@pytest.mark.parametrize("light", [{}, {"gain": 0.6}, {"gain": 1.3, "lift": -15}, {"lift": 40}, {"noise": 5}])
def test_what_stands_still_does_in_any_light(light):
    assert compare(scene(), scene(seed=2, **light)).holds


@pytest.mark.parametrize("step", [(4, 0), (0, 4), (-5, 3), (12, 0), (60, 0)])
def test_what_has_moved_does_not(step):
    moved = (BOX[0] + step[0], BOX[1] + step[1], *BOX[2:])
    assert not compare(scene(), scene(moved, seed=2)).holds


def test_what_is_gone_or_has_come_does_not():
    assert not compare(scene(), scene((0, 0, 0, 0), seed=2)).holds
    assert not compare(scene((0, 0, 0, 0)), scene(seed=2)).holds


@pytest.mark.parametrize("cover", [(60, 50, 16, 32), (60, 70, 48, 12), (90, 50, 18, 40)])
def test_what_is_covered_in_part_does_not(cover):
    assert not compare(scene(), scene(seed=2, cover=cover)).holds


def test_something_beside_it_is_no_change_of_it():
    assert compare(scene(), scene(seed=2, cover=(120, 50, 20, 40))).holds


def test_nothing_is_certain_of_what_shows_no_structure():
    flat = np.full((150, 200), 90, np.uint8)
    assert not compare(flat, flat).holds
    assert compare(scene(), scene(), (60, 50, 2, 30)) == UNKNOWN
    assert compare(scene(), scene(), (300, 50, 20, 20)) == UNKNOWN


@settings(deadline=None, max_examples=40)
@given(st.integers(-50, 220), st.integers(-50, 170), st.integers(1, 200), st.integers(1, 200))
def test_wherever_a_part_lies_an_equal_picture_shows_no_change(x, y, width, height):
    image = scene()
    found = compare(image, image, (x, y, width, height))
    assert found == UNKNOWN or (found.changed == 0 and found.likeness > 0.99)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31))
def test_both_ways_round_is_the_same(seed):
    one, other = scene(), scene((64, 52, 48, 32), seed=seed)
    there, back = compare(one, other), compare(other, one)
    assert there.changed == pytest.approx(back.changed) and there.likeness == pytest.approx(back.likeness)
