"""The range of 16-bit pictures: whole depths as on a camera of 8 bits, narrow bands with room on both sides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from framesift.frames.levels import WHOLE, Levels, choose_levels, cut_levels, find_band, lies_beyond

RANGES = st.tuples(st.integers(0, 65535), st.integers(1, 65536)).filter(lambda r: r[0] < r[1]).map(lambda r: Levels(*r))


def make_ramp(low: int, high: int) -> np.ndarray:
    """Levels from low to high, about equally often, (100, 200) uint16."""
    return np.linspace(low, high, 20_000).round().astype(np.uint16).reshape(100, 200)


@pytest.mark.parametrize("depth", [10, 12, 14, 16])
@pytest.mark.parametrize(("darkest", "brightest"), [(0, 255), (40, 180), (100, 170)])
def test_content_that_fits_a_depth_and_spans_a_good_part_of_it_is_seen_as_on_a_camera_of_8_bits(
    depth, darkest, brightest
):
    eight = make_ramp(darkest, brightest).astype(np.uint8)
    deep = eight.astype(np.uint16) << (depth - 8)
    levels = choose_levels(deep)
    if brightest > 127:  # or it would fit fewer bits
        assert levels == Levels(0, 1 << depth)
        assert np.array_equal(cut_levels(deep, levels), eight)


def test_all_levels_are_the_upper_8_bits():
    every = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(cut_levels(every, WHOLE), every >> 8)


@pytest.mark.parametrize(("low", "high"), [(0, 40), (60, 100), (0, 900), (200, 2000), (1000, 9000)])
def test_what_is_dark_is_not_stretched_for_a_night_tells_nothing_of_the_day(low, high):
    levels = choose_levels(make_ramp(low, high))
    assert levels.low == 0 or low > high - low


@pytest.mark.parametrize(("low", "high"), [(7400, 8165), (29600, 30110), (3000, 3400), (60000, 65535), (20000, 20010)])
def test_a_narrow_band_lies_in_the_middle_and_what_is_warmer_or_colder_still_differs(low, high):
    levels = choose_levels(make_ramp(low, high))
    grey = cut_levels(make_ramp(low, high), levels)
    assert levels.high - levels.low >= max(256, 1.9 * (high - low))
    assert levels.high == 65536 or (grey.min() >= 60 and grey.max() <= 194)
    ends = cut_levels(np.array([0, 65535], np.uint16), levels)
    assert ends.tolist() == [0, 255]


def test_the_noise_of_a_plain_surface_is_not_blown_up():
    noise = np.random.default_rng(1).normal(8000, 5, (200, 300)).round().astype(np.uint16)
    grey = cut_levels(noise, choose_levels(noise))
    assert choose_levels(noise).high - choose_levels(noise).low == 256 and grey.std() < 6


def test_a_few_broken_pixels_change_nothing():
    ramp = np.tile(make_ramp(7400, 8165), (6, 1))
    broken = ramp.copy()
    broken.flat[1000] = 65535
    assert choose_levels(broken).resembles(choose_levels(ramp))


def test_all_channels_have_one_range():
    colours = np.dstack([make_ramp(7400, 7600), make_ramp(7600, 7800), make_ramp(7900, 8100)])
    levels = choose_levels(colours)
    assert levels.low < 7400 and levels.high > 8100


@given(RANGES)
def test_grey_levels_rise_with_the_levels(levels):
    grey = cut_levels(np.arange(65536, dtype=np.uint16), levels).astype(int)
    assert (np.diff(grey) >= 0).all() and grey[levels.low] == 0
    assert (grey[: levels.low] == 0).all() and (grey[levels.high :] == 255).all()


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=50))
def test_there_is_a_range_for_any_picture(values):
    levels = choose_levels(np.array(values, np.uint16))
    assert levels.high - levels.low >= 256
    assert not lies_beyond(np.array(values * 2, np.uint16), WHOLE)


def test_most_of_a_picture_lies_beyond():
    levels = Levels(0, 1024)
    assert lies_beyond(make_ramp(1000, 4000), levels) and not lies_beyond(make_ramp(0, 1500), levels)


@given(RANGES)
def test_a_range_comes_back_from_json(levels):
    assert Levels.of([levels.low, levels.high]) == levels


@pytest.mark.parametrize("value", [None, [], [1], [2, 1], [0, 65537], [-1, 5], [0.0, 5], [True, 5], "ab", {"a": 1}])
def test_what_is_no_range_is_refused(value):
    with pytest.raises(ValueError):
        Levels.of(value)


@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_a_picture_of_8_bits_has_a_band_where_it_spans_few_levels(image):
    levels = find_band(image)
    assert (levels is None) == (np.ptp(image) > 45)
    if levels is not None:
        grey = cut_levels(image.astype(np.uint16) << 8, levels)
        assert len(np.unique(grey)) == len(np.unique(image)), "nothing is lost"
        assert not lies_beyond(image.astype(np.uint16) << 8, levels)


def test_ranges_resemble_each_other_within_some_grey_levels():
    one = Levels(7000, 8024)
    assert one.resembles(one) and one.resembles(Levels(7010, 8050)) and Levels(7010, 8050).resembles(one)
    assert not one.resembles(Levels(7100, 8124)) and not one.resembles(WHOLE)
