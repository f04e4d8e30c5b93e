"""Tolerance differencing decides the same of a scene whatever size its frames have.

What is as large as the threshold, or as faint as what counts at all, falls to one side or the other by chance. Of 700
strong figures of 0.02 % to 3 % of the picture, 98 % of the scores at 640, 1280 and 3840 px lay between 0.97 and 1.11
times those at 320 px, and of pictures enlarged from 160 px between 0.78 and 1.21 times. 16 figures were decided
otherwise in one of the sizes, all of 0.03 % to 0.06 % of the picture.
"""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS

FULL = 3840, 2160
WIDTHS = (160, 320, 640, 1280, 3840)
SPREAD = {160: 0.25, 320: 0.0, 640: 0.05, 1280: 0.05, 3840: 0.05}
"""By how much 19 of 20 scores differ at most from those at 320 px."""
AREA, SCORE = (Threshold.parse(text) for text in DEFAULT_THRESHOLDS[Method.TOLERANCE])
COMPARATOR = ToleranceDifferencing(AREA)


@cache
def draw_place(seed: int) -> np.ndarray:
    """Walls, boxes and soft light, (2160, 3840) uint8."""
    random = np.random.default_rng(seed)
    coarse = random.integers(60, 200, (9, 16)).astype(np.uint8)
    place = np.asarray(cv2.resize(coarse, FULL, interpolation=cv2.INTER_CUBIC), np.uint8)
    for x, y, wide, high in random.integers((0, 0, 60, 60), (*FULL, 420, 420), (60, 4)).tolist():
        cv2.rectangle(place, (x, y), (x + wide, y + high), int(random.integers(30, 225)), -1)
    return place


def add_figure(place: np.ndarray, x: int, y: int, height: int, level: int) -> np.ndarray:
    """Somebody upright, 2/5 as wide as high, of whom about 3/4 of the box are covered."""
    image, wide = place.copy(), height * 2 // 5
    cv2.ellipse(image, (x + wide // 2, y + height // 8), (height // 10, height // 8), 0, 0, 360, 255 - level, -1)
    cv2.rectangle(image, (x, y + height // 4), (x + wide, y + height * 6 // 10), level, -1)
    for left, right in ((1, 3), (5, 7)):
        legs = (x + wide * left // 8, y + height * 6 // 10), (x + wide * right // 8, y + height)
        cv2.rectangle(image, *legs, 255 - level, -1)
    return image


def see(scene: np.ndarray, width: int, seed: int) -> np.ndarray:
    """The scene by a camera of this width, with a little noise."""
    size = width, width * FULL[1] // FULL[0]
    seen = scene if size == FULL else cv2.resize(scene, size, interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(seed).integers(-2, 3, seen.shape, np.int8)
    return np.clip(seen.astype(np.int16) + noise, 0, 255).astype(np.uint8)


@cache
def describe_place(seed: int, width: int) -> np.ndarray:
    return COMPARATOR.describe(see(draw_place(seed), width, 1))


def measure_all(place: int, changed: np.ndarray) -> dict[int, float]:
    """The score at each width in shares of its threshold: above 1 the frame is kept."""
    found = {}
    for width in WIDTHS:
        descriptor = COMPARATOR.describe(see(changed, width, 2))
        score = COMPARATOR.score(describe_place(place, width), descriptor)
        found[width] = score / SCORE.px(COMPARATOR.compared_area(descriptor))
    return found


places = st.integers(0, 3)
spots = st.tuples(st.integers(250, 3200), st.integers(260, 1200))


def test_what_is_large_is_kept_at_any_size():
    """From 0.33 % of the picture, but for a few in a thousand.

    Of 1,729 from 300 px on 4 were missed in some size, of 2,517 from 400 px on 2, one of each in all sizes: hard edges
    of the ground lay all around them, within the few px in which a gradient may be found again.
    """
    random, kept = np.random.default_rng(5), 0
    for number in range(100):
        height, level = int(random.integers(300, 901)), int(random.choice([0, 15, 30, 225, 240, 255]))
        spot = random.integers((250, 260), (3201, 1201)).tolist()
        scores = measure_all(number % 4, add_figure(draw_place(number % 4), *spot, height, level))
        kept += min(scores.values()) > 1
    assert kept >= 98


@given(places, spots, st.integers(0, 255), st.integers(10, 60))
@settings(max_examples=30, deadline=None)
def test_what_is_tiny_is_dropped_at_any_size(place, spot, level, height):
    """Below 0.015 % of the picture, however strong."""
    assert max(measure_all(place, add_figure(draw_place(place), *spot, height, level)).values()) < 1


def test_the_score_hardly_depends_on_the_size():
    random, ratios = np.random.default_rng(7), []
    for number in range(60):
        height, level = int(70 * 13 ** random.random()), int(random.choice([0, 20, 235, 255]))
        spot = random.integers((250, 260), (3200, 1200)).tolist()
        scores = measure_all(number % 4, add_figure(draw_place(number % 4), *spot, height, level))
        if min(scores.values()) > 0:
            ratios.append([scores[width] / scores[320] for width in WIDTHS])
    assert len(ratios) > 40
    for width, of_width in zip(WIDTHS, np.array(ratios).T, strict=True):
        assert np.median(of_width) == pytest.approx(1, abs=0.03)
        assert np.percentile(abs(of_width - 1), 95) <= SPREAD[width]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("gain", [1, 0.7, 1.2])
def test_nothing_is_kept_for_nothing_at_any_size(place, gain):
    lit = np.clip(draw_place(place) * gain, 0, 255).astype(np.uint8)
    assert max(measure_all(place, lit).values()) == 0
