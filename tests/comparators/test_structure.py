"""The field of normalised gradients, pixel by pixel and in plain numbers, and what light does to it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.change import CHANGED
from framesift.comparators.structure import (
    HIGHEST_EDGE,
    LEAST_EDGE,
    UNIT,
    Gradients,
    bound_levels,
    bound_mean,
    find_difference,
    find_edge,
    find_gradients,
    find_possible,
)

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
seeds = st.integers(0, 999)


def draw(seed: int, height: int = 20, width: int = 26) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)


def paint(seed: int = 3) -> np.ndarray:
    """Boxes of many shades, 80 to 160, (120, 160) uint8, slightly blurred."""
    random = np.random.default_rng(seed)
    picture = np.full((120, 160), 120, np.uint8)
    for x, y, wide, high in random.integers((0, 0, 6, 6), (150, 110, 40, 40), (25, 4)).tolist():
        cv2.rectangle(picture, (x, y), (x + wide, y + high), int(random.integers(80, 161)), -1)
    return np.asarray(cv2.GaussianBlur(picture, (5, 5), 0), np.uint8)


def differ(before: np.ndarray, after: np.ndarray, looked_at: np.ndarray | None = None) -> np.ndarray:
    one, other = find_gradients(before), find_gradients(after)
    return find_difference(one, other, measure_edge(one, other, looked_at), looked_at)


def measure_edge(one: Gradients, other: Gradients, looked_at: np.ndarray | None = None) -> float:
    return find_edge(one.measure_mean(looked_at), other.measure_mean(looked_at))


def differ_slowly(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """One pixel at a time; a picture goes on beyond its sides as in a mirror, without its last px."""
    height, width = before.shape
    steps = np.zeros((2, 2, height, width), int)
    for number, picture in enumerate((before, after)):
        mirrored = np.pad(picture.astype(int), 1, "reflect")
        for y in range(height):
            for x in range(width):
                near = mirrored[y : y + 3, x : x + 3]
                steps[number, :, y, x] = (near * SOBEL).sum(), (near * SOBEL.T).sum()
    squares = (steps**2).sum(axis=1)
    means = [int(np.rint(np.sqrt(s.astype(np.float32))).sum()) / s.size for s in squares]
    edge = min(max(LEAST_EDGE, 4 * (means[0] + means[1]) / 2), HIGHEST_EDGE)
    lengths = np.sqrt(squares.astype(np.float32) + np.float32(edge * edge))
    field = np.rint(steps.astype(np.float32) * (np.float32(UNIT) / lengths)[:, None]).astype(int)
    outside = np.zeros((2, height, width), int)
    for y in range(height):
        for x in range(width):
            window = np.s_[:, max(y - 4, 0) : y + 5, max(x - 4, 0) : x + 5]
            for ranged, image in ((0, 1), (1, 0)):
                near = field[ranged][window].reshape(2, -1)
                here = field[image][:, y, x]
                beyond = np.maximum(here - near.max(axis=1), near.min(axis=1) - here)
                outside[:, y, x] = np.maximum(outside[:, y, x], beyond)
    return np.minimum(np.rint(np.sqrt((outside**2).sum(axis=0).astype(np.float32))), 255)


@given(seeds, st.sampled_from([1, 4]))
@settings(max_examples=10, deadline=None)
def test_pixel_by_pixel(seed, coarse):
    before, after = (
        cv2.resize(draw(each, 20 // coarse, 26 // coarse), (26, 20), interpolation=cv2.INTER_NEAREST)
        for each in (seed, seed + 1)
    )
    assert np.array_equal(differ(before, after), differ_slowly(before, after))


def test_gradients_are_exact_in_float32():
    steepest = find_gradients(np.tile(np.uint8([[0, 255, 255, 0]]).repeat(2, axis=1), (9, 1))).steepness
    assert steepest.max() == (4 * 255) ** 2 and find_gradients(draw(1)).steepness.max() < 2**24


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_turned_and_mirrored_pictures_differ_as_much(seed):
    """To the bit, so the order in which px are taken decides nothing."""
    before, after = draw(seed), draw(seed + 1)
    difference = differ(before, after)
    for turn in (np.fliplr, np.flipud, np.transpose):
        assert np.array_equal(differ(*(np.ascontiguousarray(turn(p)) for p in (before, after))), turn(difference))
    gradients = find_gradients(before)
    order = np.random.default_rng(seed).permutation(before.size)
    fields = gradients.image, gradients.across, gradients.down, gradients.steepness
    shuffled = Gradients(*(each.ravel()[order] for each in fields))
    assert shuffled.measure_mean() == gradients.measure_mean()


def test_any_number_of_threads_finds_the_same():
    before, after = draw(1, 240, 320), draw(2, 240, 320)
    expected, threads = differ(before, after), cv2.getNumThreads()
    try:
        cv2.setNumThreads(4)
        assert np.array_equal(differ(before, after), expected)
    finally:
        cv2.setNumThreads(threads)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_both_ways_round(seed):
    before, after = draw(seed), draw(seed + 1)
    assert np.array_equal(differ(before, after), differ(after, before))
    assert not differ(before, before).any()


@given(seeds, st.integers(-80, 95))
@settings(max_examples=20, deadline=None)
def test_added_light_changes_nothing(seed, level):
    brighter = (paint(seed).astype(int) + level).astype(np.uint8)
    assert not differ(paint(seed), brighter).any()


@given(seeds, st.floats(0.65, 1.4))
@settings(max_examples=40, deadline=None)
def test_multiplied_light_changes_too_little(seed, gain):
    brighter = np.asarray(np.rint(paint(seed) * gain), np.uint8)
    assert differ(paint(seed), brighter).max() <= CHANGED


@pytest.mark.parametrize("contrast", [2, 0.5])
def test_in_haze_as_in_clear_air(contrast):
    """What is seen with less contrast by both differs as much, but for whole grey levels."""
    one, other = paint(3), paint(4)
    hazy = [np.asarray(np.rint(120 + (picture.astype(float) - 120) * contrast), np.uint8) for picture in (one, other)]
    gap = np.abs(differ(one, other).astype(int) - differ(*hazy).astype(int))
    assert np.percentile(gap, 99) <= CHANGED / 2 and gap.mean() < 0.03 * UNIT


def test_noise_on_nothing_is_no_edge():
    flat = [120 + np.random.default_rng(seed).normal(0, 2, (120, 160)) for seed in (1, 2)]
    before, after = (cv2.GaussianBlur(np.rint(each).astype(np.uint8), (5, 5), 0) for each in flat)
    assert measure_edge(find_gradients(before), find_gradients(after)) == LEAST_EDGE
    assert np.percentile(differ(before, after), 99.9) < CHANGED


@pytest.mark.parametrize(("distance", "changed"), [(0, False), (2, False), (4, False), (8, True)])
def test_what_moves_a_little_has_not_changed(distance, changed):
    before, after = (np.full((60, 80), 90, np.uint8) for _ in range(2))
    before[20:40, 20:40], after[20:40, 20 + distance : 40 + distance] = 180, 180
    assert bool(differ(before, after).max() > CHANGED) is changed


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_what_is_not_looked_at_decides_nothing(one, other):
    """Neither is it the gradient that a neighbour is compared with, nor one by which an edge is told."""
    before, after = draw(1), draw(2)
    looked_at = np.full(before.shape, 255, np.uint8)
    looked_at[5:15, 8:20] = 0
    hidden = cv2.erode(255 - looked_at, np.ones((3, 3), np.uint8)) > 0  # 1 px less: so far gradients reach
    others = np.where(hidden, draw(one), before), np.where(hidden, draw(other), after)
    difference = differ(before, after, looked_at)
    assert np.array_equal(differ(*others, looked_at), difference)
    assert not difference[looked_at == 0].any() and difference.any()


@given(seeds, st.integers(0, 100), st.floats(LEAST_EDGE, HIGHEST_EDGE), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_what_is_not_possible_does_not_differ_so_much(seed, level, edge, mixed):
    """Of pictures from the same to quite others, so that there are many px close to the level."""
    before = draw(seed)
    after = np.asarray(np.rint(before * (1 - mixed) + draw(seed + 1) * mixed), np.uint8)
    one, other = find_gradients(before), find_gradients(after)
    possible = find_possible(one, other, edge, level)
    assert not (find_difference(one, other, edge)[possible == 0] > level).any()


@given(seeds, st.integers(2, 100), st.floats(LEAST_EDGE, HIGHEST_EDGE), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_nothing_is_possible_around_what_hardly_differs(seed, level, edge, more):
    """Not even where light and dark lie in the way that makes the longest gradient."""
    most = bound_levels(edge, level)
    noise = np.random.default_rng(seed).integers(-most - more, most + more + 1, (20, 26))
    noise[:3, :3] = np.array([[-1, -1, -1], [-1, 0, 1], [-1, 1, 1]]) * most
    before = np.full((20, 26), 120, np.uint8)
    after = np.clip(120 + noise, 0, 255).astype(np.uint8)
    apart = cv2.absdiff(before, after)
    around = cv2.dilate((apart > most).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    possible = find_possible(find_gradients(before), find_gradients(after), edge, level)
    assert not possible[~around].any() and (more == 0) == (not around.any())


@given(seeds, st.integers(1, 12), st.integers(1, 12), st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_mean_lengths_lie_no_farther_apart_than_levels_let_them(seed, width, height, most):
    before = draw(seed, height, width)
    noise = np.random.default_rng(seed + 1).integers(-most, most + 1, before.shape)
    after = np.clip(before + noise, 0, 255).astype(np.uint8)
    means = [find_gradients(picture).measure_mean() for picture in (before, after)]
    assert abs(means[0] - means[1]) <= bound_mean(cv2.absdiff(before, after).mean())


def test_the_mean_is_of_what_is_looked_at():
    gradients, looked_at = find_gradients(draw(1)), np.zeros((20, 26), np.uint8)
    looked_at[3:9, 4:20] = 255
    lengths = np.rint(np.sqrt(gradients.steepness))
    assert gradients.measure_mean(looked_at) == lengths[looked_at > 0].mean(dtype=float)
    assert gradients.measure_mean(np.zeros_like(looked_at)) == 0


def test_little_is_possible_where_little_differs():
    one, other = find_gradients(paint(3)), find_gradients(paint(3) + np.uint8(20))
    assert not find_possible(one, other, LEAST_EDGE, CHANGED).any()
    assert 0.2 < find_possible(one, find_gradients(paint(4)), LEAST_EDGE, CHANGED).mean() < 0.9
